"""The tree as static files that any tool can fetch (C2SP tlog-tiles).

A tile holds up to 256 hashes of one level; level L of tiles stands at height 8 L of the tree, and
each of its hashes is the root of a whole tile below. Only the last tile of a level may be partial,
and then its width stands in its name, so that a file once served never changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.errors import BrokenLog, Sentence
from sogoc.trust.tree import HASH_BYTES, node_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HEIGHT = 8
WIDTH = 1 << HEIGHT
"""Hashes in a whole tile."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile: `level` of tiles, `index` within it, `width` from 1 to 256 hashes."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its address below the log's prefix: `tile/0/x001/x234/067.p/8`."""
        return f"tile/{self.level}/{_number(self.index)}{_partial(self.width)}"

    @property
    def whole(self) -> Tile:
        """The same tile once it is full."""
        return Tile(self.level, self.index)


def bundle_path(index: int, width: int = WIDTH) -> str:
    """Address of the bundle that holds the entries of tile `index` of level 0."""
    return f"tile/entries/{_number(index)}{_partial(width)}"


def _number(index: int) -> str:
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])


def _partial(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"


_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9]\d?)/(?P<number>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?"
)
_HIGHEST = 63
_ENTRIES = -1
"""Stands for the level of bundles of entries."""


def tile_at(path: str) -> Tile | None:
    """The tile that an address names, or None if it names none; level -1 is a bundle of entries.

    One tile has one address: leading groups of zeros, a width of 256 or a level above 63 name none.
    """
    found = _PATH.fullmatch(path)
    if not found:
        return None
    level = _ENTRIES if found["level"] == "entries" else int(found["level"])
    width = int(found["width"] or WIDTH)
    number = found["number"]
    if level > _HIGHEST or width > WIDTH or (found["width"] and width == WIDTH):
        return None
    if number.startswith("x000/"):
        return None
    return Tile(level, int(number.replace("x", "").replace("/", "")), width)


def tiles_of(size: int) -> list[Tile]:
    """Every tile of a tree of `size` leaves, whole and partial; none that is empty."""
    tiles, level, count = list[Tile](), 0, size
    while count:
        tiles += [Tile(level, index) for index in range(count // WIDTH)]
        if count % WIDTH:
            tiles.append(Tile(level, count // WIDTH, count % WIDTH))
        level, count = level + 1, count // WIDTH
    return tiles


def tiles_between(old: int, size: int) -> list[Tile]:
    """The tiles that a tree of `size` has and one of `old` leaves had not."""
    tiles, level = list[Tile](), 0
    while size:
        tiles += [Tile(level, index) for index in range(old // WIDTH, size // WIDTH)]
        if size % WIDTH and size > old:
            tiles.append(Tile(level, size // WIDTH, size % WIDTH))
        level, old, size = level + 1, old // WIDTH, size // WIDTH
    return tiles


class TiledHashes:
    """The hashes of a log of `size` leaves, read tile by tile; each tile is fetched once.

    `fetch` gives the bytes of a tile or raises BrokenLog. Bytes that are no multiple of a hash, or
    fewer than the tile's width, are refused; whether they are the right ones the root tells.
    """

    def __init__(self, size: int, fetch: Callable[[Tile], bytes]) -> None:
        self.size = size
        self._fetch = fetch
        self._read: dict[tuple[int, int], bytes] = {}

    def at(self, level: int, index: int) -> bytes:
        """Root of one whole subtree, put together from the tile that spans it."""
        up, within = divmod(level, HEIGHT)
        first = index << within
        tile = self._tile(up, first // WIDTH)
        start = first % WIDTH
        hashes = [
            tile[at * HASH_BYTES : (at + 1) * HASH_BYTES]
            for at in range(start, start + (1 << within))
        ]
        if not hashes[-1]:
            raise _missing(Tile(up, first // WIDTH))
        while len(hashes) > 1:
            hashes = [
                node_hash(left, right)
                for left, right in zip(hashes[::2], hashes[1::2], strict=True)
            ]
        return hashes[0]

    def _tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._read:
            count = self.size >> (HEIGHT * level)
            width = min(WIDTH, count - index * WIDTH)
            tile = Tile(level, index, width)
            if width <= 0:
                raise _missing(tile)
            content = self._fetch(tile)
            if len(content) != width * HASH_BYTES:
                raise _missing(tile)
            self._read[level, index] = content
        return self._read[level, index]


def _missing(tile: Tile) -> BrokenLog:
    return BrokenLog(
        Sentence(
            vi=f"Nhật ký thiếu hoặc hỏng ô {tile.path}.",
            en=f"The log lacks the tile {tile.path}, or it is damaged.",
        )
    )


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries as one file: each after its length, two bytes, big-endian.

    Raises BrokenLog for an entry of 64 KiB or more.
    """
    return b"".join(_sized(entry) for entry in entries)


def _sized(entry: bytes) -> bytes:
    if len(entry) > _LONGEST_ENTRY:
        raise BrokenLog(
            Sentence(
                vi="Một mục nhật ký dài quá 65.535 byte.",
                en="An entry of the log is longer than 65,535 bytes.",
            )
        )
    return len(entry).to_bytes(2, "big") + entry


_LONGEST_ENTRY = 0xFFFF


def unbundled(content: bytes) -> list[bytes]:
    """The entries of a bundle. Raises BrokenLog if it ends within one."""
    entries, at = [], 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 2], "big")
        entry = content[at + 2 : at + 2 + length]
        if at + 2 > len(content) or len(entry) != length:
            raise BrokenLog(
                Sentence(
                    vi="Tệp mục nhật ký bị cắt giữa chừng.",
                    en="A bundle of entries ends in the middle of one.",
                )
            )
        entries.append(entry)
        at += 2 + length
    return entries
