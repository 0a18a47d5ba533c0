"""The tree over the entries of a journal, and proofs that a stranger can check (RFC 9162, 2.1).

A leaf is SHA-256(0x00 || entry), a node SHA-256(0x01 || left || right): the two prefixes keep an
inner node from being shown as an entry. A tree of n leaves splits at the largest power of two below
n. The root of five entries therefore holds the root of the first four unchanged, which is what a
proof of consistency shows: nothing that was once signed has been altered or taken out.

Nothing here reads a disk or a clock. Where hashes lie is the business of `Hashes`.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from sogoc.errors import BrokenLog, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HASH_BYTES = 32
EMPTY = sha256(b"").digest()
"""Root of a tree without entries."""


class Hashes(Protocol):
    """Where the hashes of whole subtrees lie.

    Promises every keeper of hashes keeps:

    - `at(level, index)` is the root over leaves `index * 2**level` up to the next such subtree;
    - what was given once for a place is given for it for ever.
    """

    def at(self, level: int, index: int) -> bytes:
        """Root of one whole subtree. Raises BrokenLog if it is not there."""


def leaf_hash(entry: bytes) -> bytes:
    """The leaf of one entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two."""
    return sha256(b"\x01" + left + right).digest()


class GrowingTree:
    """A tree that only grows: it keeps the roots of its whole subtrees, at most one a level.

    So a journal of a billion entries goes on from thirty hashes, and `whole` tells its keeper
    each subtree as it becomes whole.
    """

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        if size.bit_count() != len(edge):
            raise _broken(f"{len(edge)} hashes cannot be the edge of a tree of {size}")
        self.size = size
        self._edge = list(edge)  # roots of whole subtrees, largest first

    @classmethod
    def over(cls, hashes: Hashes, size: int) -> GrowingTree:
        """The tree of `size` leaves that `hashes` holds."""
        return cls(size, [hashes.at(level, index) for level, index in edge_of(size)])

    @property
    def edge(self) -> tuple[bytes, ...]:
        """Roots of the whole subtrees, largest first."""
        return tuple(self._edge)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add one leaf; return what became whole: (level, index, hash), the leaf first."""
        index = self.size
        whole = [(0, index, leaf)]
        level = 0
        while index & 1:
            leaf = node_hash(self._edge.pop(), leaf)
            index >>= 1
            level += 1
            whole.append((level, index, leaf))
        self._edge.append(leaf)
        self.size += 1
        return whole

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaves in order, where nobody needs to know what became whole."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """The root over all leaves."""
        if not self._edge:
            return EMPTY
        root = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            root = node_hash(left, root)
        return root


def edge_of(size: int) -> list[tuple[int, int]]:
    """Places (level, index) of the whole subtrees that make a tree of `size`, largest first."""
    places, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            places.append((level, start >> level))
            start += 1 << level
    return places


def root_of(hashes: Hashes, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return GrowingTree.over(hashes, size).root()


def inclusion_path(hashes: Hashes, index: int, size: int) -> list[bytes]:
    """The hashes that prove leaf `index` (from 0) in the tree of `size` (RFC 9162, 2.1.3.1).

    Raises BrokenLog if there is no such leaf.
    """
    if not 0 <= index < size:
        raise _broken(f"leaf {index} is not in a tree of {size}")
    low, high, path = 0, size, list[bytes]()
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_over(hashes, middle, high))
            high = middle
        else:
            path.append(_over(hashes, low, middle))
            low = middle
    return path[::-1]


def consistency_path(hashes: Hashes, old: int, size: int) -> list[bytes]:
    """The hashes that prove the tree of `old` leaves to be the start of that of `size`.

    RFC 9162, 2.1.4.1. Raises BrokenLog unless 0 < old <= size.
    """
    if not 0 < old <= size:
        raise _broken(f"a tree of {size} has no start of {old}")
    low, high, path, known = 0, size, list[bytes](), True
    while low + old != high:
        middle = low + _split(high - low)
        if low + old <= middle:
            path.append(_over(hashes, middle, high))
            high = middle
        else:
            path.append(_over(hashes, low, middle))
            old -= middle - low
            low = middle
            known = False
    if not known:
        path.append(_over(hashes, low, high))
    return path[::-1]


def check_inclusion(
    leaf: bytes, index: int, *, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Raise BrokenLog unless `path` proves `leaf` at `index` under `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise _broken(f"leaf {index} is not in a tree of {size}")
    place, last, seen = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise _broken("the proof of an entry is longer than its tree is high")
        if place & 1 or place == last:
            seen = node_hash(step, seen)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            seen = node_hash(seen, step)
        place, last = place >> 1, last >> 1
    if last or seen != root:
        raise _broken("the proof does not lead from the entry to the root")


def check_consistency(
    old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]
) -> None:
    """Raise BrokenLog unless `path` proves that tree `old` is the start of tree `new`.

    Both are (size, root); RFC 9162, 2.1.4.2. The empty tree is the start of every tree.
    """
    (first, old_root), (second, new_root) = old, new
    if first > second or first < 0:
        raise _broken(f"a tree of {second} has no start of {first}")
    if first in {0, second}:
        expected = EMPTY if first == 0 else new_root
        if path or old_root != expected:
            raise _broken("two roots of one tree differ")
        return
    steps = [old_root, *path] if first & (first - 1) == 0 else list(path)
    if not steps:
        raise _broken("the proof that the log only grew is empty")
    seen_old, seen_new = _replayed(steps, first - 1, second - 1)
    if seen_old != old_root or seen_new != new_root:
        raise _broken("the log was rewritten: its earlier root is not the start of the later one")


def _replayed(steps: list[bytes], place: int, last: int) -> tuple[bytes, bytes]:
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise _broken("the proof that the log only grew is longer than its tree is high")
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    if last:
        raise _broken("the proof that the log only grew is too short")
    return old, new


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _over(hashes: Hashes, low: int, high: int) -> bytes:
    """Root over leaves `low` to `high`, where `low` is a start that a split can give."""
    size = high - low
    root = b""
    for level, index in reversed(edge_of(size)):
        part = hashes.at(level, (low >> level) + index)
        root = node_hash(part, root) if root else part
    return root


def _broken(what: str) -> BrokenLog:
    return BrokenLog(
        Sentence(
            vi=f"Không chứng minh được nhật ký còn nguyên vẹn: {what}.",
            en=f"The log cannot be proved whole: {what}.",
        )
    )
