"""Verifying a journal from outside, with public data alone: what a stranger does.

The auditor believes nothing but the log's public key and the checkpoints it kept from earlier. It
fetches the public marks of all entries, builds the whole tree anew, and compares; so a tile that
was served wrongly is found even where no proof led through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.errors import BadSeal, BrokenLog, NotThere, Sentence
from sogoc.trust.note import Checkpoint, believed, read_checkpoint, read_note
from sogoc.trust.tiles import HEIGHT, WIDTH, Tile, bundle_path, unbundled
from sogoc.trust.tree import GrowingTree, leaf_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sogoc.trust.note import NoteKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What was verified: size, root, and how many earlier checkpoints the log continues."""

    checkpoint: Checkpoint
    note: str
    continued: int


def audit(
    fetch: Callable[[str], bytes],
    keys: Iterable[NoteKey],
    *,
    earlier: Iterable[str] = (),
    former: Iterable[NoteKey] = (),
) -> Audited:
    """Verify the whole log behind `fetch`, which gives the bytes of a public address.

    `keys` may sign it now; `earlier` are notes kept from former visits, or by witnesses, and may
    be signed by `former` keys of the log too. Raises BadSeal if the checkpoint is by none of
    `keys`, BrokenLog if the entries do not make its root or an earlier one.
    """
    known = tuple(keys)
    every = (*known, *former)
    note = fetch("checkpoint").decode()
    now = _told(note, known)
    kept = sorted({_told(each, every) for each in earlier}, key=lambda one: one.size)
    wanted = {one.size: one for one in kept}
    if len(wanted) != len(kept) or any(size > now.size for size in wanted):
        raise _two_histories()
    tree, tiles = GrowingTree(), _Tiles(fetch)
    _check(wanted.get(0), tree)
    for mark in _marks(fetch, now.size):
        tiles.take(tree.append(leaf_hash(mark)))
        _check(wanted.get(tree.size), tree)
    _check(now, tree)
    tiles.check_rest()
    return Audited(checkpoint=now, note=note, continued=len(kept))


def _told(note: str, keys: Iterable[NoteKey]) -> Checkpoint:
    read = read_note(note)
    signed = believed(read, keys)
    checkpoint = read_checkpoint(read.text)
    if any(checkpoint.origin != key.name for key in signed):
        raise BadSeal(
            Sentence(vi="Mốc này thuộc về nhật ký khác.", en="This checkpoint is of another log.")
        )
    return checkpoint


def _marks(fetch: Callable[[str], bytes], size: int) -> Iterable[bytes]:
    for index in range(-(-size // WIDTH)):
        width = min(WIDTH, size - index * WIDTH)
        marks = unbundled(fetch(bundle_path(index, width)))
        if len(marks) != width:
            raise _two_histories()
        yield from marks


def _check(told: Checkpoint | None, tree: GrowingTree) -> None:
    if told is not None and (told.size, told.root) != (tree.size, tree.root()):
        raise _two_histories()


class _Tiles:
    """Holds every served tile against what the entries make: others' proofs come from tiles."""

    def __init__(self, fetch: Callable[[str], bytes]) -> None:
        self._fetch = fetch
        self._filling: dict[int, list[bytes]] = {}
        self._done: dict[int, int] = {}

    def take(self, whole: list[tuple[int, int, bytes]]) -> None:
        """Of the subtrees that became whole, put those into tiles that stand in tiles."""
        for level, _, told in whole[::HEIGHT]:
            hashes = self._filling.setdefault(level // HEIGHT, [])
            hashes.append(told)
            if len(hashes) == WIDTH:
                self._compare(level // HEIGHT)

    def check_rest(self) -> None:
        """Compare the last tile of each level, which is not full."""
        for level in [level for level, hashes in self._filling.items() if hashes]:
            self._compare(level)

    def _compare(self, level: int) -> None:
        hashes = self._filling[level]
        tile = Tile(level, self._done.get(level, 0), len(hashes))
        if self._fetch(tile.path) != b"".join(hashes):
            raise _two_histories()
        self._done[level] = tile.index + 1
        hashes.clear()


def witnessed(
    fetch: Callable[[str], bytes],
    keys: Iterable[NoteKey],
    witnesses: Iterable[NoteKey],
    *,
    least: int,
) -> tuple[str, tuple[str, ...]]:
    """The latest checkpoint that witnesses signed, and the names of the known ones that did.

    It may be a while old, so `keys` are those of now and before. A witness that changed its key
    counts once. Raises BrokenLog if fewer than `least` did, BadSeal for a signature of theirs that
    fails.
    """
    try:
        note = fetch("witnessed").decode()
    except NotThere:
        raise _too_few(0, least) from None
    logs, known = tuple(keys), tuple(witnesses)
    _told(note, logs)
    told = believed(read_note(note), [*logs, *known])
    signed = tuple(dict.fromkeys(one.name for one in told if one in known))
    if len(signed) < least:
        raise _too_few(len(signed), least)
    return note, signed


def _too_few(signed: int, least: int) -> BrokenLog:
    return BrokenLog(
        Sentence(
            vi=f"Mốc nhật ký chỉ có {signed} nhân chứng ký, cần ít nhất {least}: chưa ai khác xác "
            "nhận lịch sử này.",
            en=f"Only {signed} witnesses signed the checkpoint, at least {least} are needed: "
            "nobody else vouches for this history.",
        )
    )


def _two_histories() -> BrokenLog:
    return BrokenLog(
        Sentence(
            vi="Nhật ký không khớp với mốc đã ký: có mục bị sửa, bị bỏ hoặc bị thay thứ tự.",
            en="The log does not make its signed checkpoint: an entry was changed, left out or "
            "moved.",
        )
    )
