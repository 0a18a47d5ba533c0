"""A text with separators cut into blocks of whole rows, so that each can be read by columns.

Rows end at line breaks outside quotation marks, so what is within is told by counting the marks
before each break. That is only sure while marks stand as RFC 4180 has them: round a whole cell,
doubled within. In a block where they do not (`1/2" pipe`), the cells in marks are looked up one
by one. Where a mark opens that is never closed, cutting ends; from there the rows are for a
reader that goes sign by sign.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = 16 * 1024 * 1024
LONGEST_CELL = 1_000_000
_BREAK, _RETURN, _MARK = 10, 13, 34


@dataclass(frozen=True, slots=True)
class Block:
    """Whole rows; `lines` says in which line of the file, from 1, each begins."""

    content: bytes
    first: bytes
    """The first row alone."""
    lines: np.ndarray
    breaks_within: bool
    """Whether a cell holds a line break."""


class Cutting:
    """Blocks of a stream of UTF-8; when they end, `rest` holds the bytes from `line` on."""

    def __init__(self, stream: Iterator[bytes], separator: str, *, line: int = 1) -> None:
        self._stream = stream
        self._separator = ord(separator)
        self._size = SIZE
        self.line = line
        self.rest = b""

    def __iter__(self) -> Iterator[Block]:
        if self._separator > 127 or self._separator in (_BREAK, _RETURN, _MARK):  # noqa: PLR2004 - ASCII
            return
        for more in self._stream:
            self.rest += more
            block = self._cut(at_end=False)
            if block is not None:
                yield block
            elif len(self.rest) > 2 * LONGEST_CELL + SIZE:
                return
        block = self._cut(at_end=True)
        if block is not None:
            yield block

    def _cut(self, *, at_end: bool) -> Block | None:
        """The whole rows at hand, or nothing where there are none or their marks are odd."""
        signs = np.frombuffer(self.rest, dtype=np.uint8)
        breaks = np.flatnonzero(signs == _BREAK)
        marks = np.flatnonzero(signs == _MARK)
        outside, is_open = _by_count(breaks, marks)
        if not _are_round_cells(signs, marks[: len(marks) - is_open], self._separator):
            outside, is_open = _by_cells(self.rest, breaks, self._separator)
        cut = int(breaks[outside[-1]]) + 1 if len(outside) else 0
        if at_end and not is_open:
            cut = len(self.rest)
        content = self.rest[:cut]
        if not cut or _has_odd_breaks(content):
            return None
        starts = np.concatenate(([0], breaks[outside] + 1))
        after = np.concatenate(([0], outside + 1))
        whole = starts < cut
        if np.diff(starts[whole], append=cut).max() > LONGEST_CELL:
            return None
        within = len(np.flatnonzero(breaks < cut)) > len(outside)
        first = content[: starts[1]] if len(starts) > 1 else content
        block = Block(content, first, (self.line + after[whole]).astype(np.int32), within)
        self.line += int(np.searchsorted(breaks, cut))
        self.rest = self.rest[cut:]
        return block

    def text(self, encoding: str, errors: str) -> io.TextIOWrapper:
        """What was not cut, as text from here to the end."""
        rest = io.BufferedReader(_Joined(self.rest, self._stream))
        return io.TextIOWrapper(rest, encoding=encoding, errors=errors, newline="")


def _by_count(breaks: np.ndarray, marks: np.ndarray) -> tuple[np.ndarray, bool]:
    """The breaks after an even number of marks, and whether a cell is open at the end."""
    return np.flatnonzero(np.searchsorted(marks, breaks) % 2 == 0), len(marks) % 2 == 1


def _by_cells(content: bytes, breaks: np.ndarray, separator: int) -> tuple[np.ndarray, bool]:
    """The same told by the cells in marks: a mark within a cell that has none round it is a sign.

    A mark that closes too early, `"c"d`, ends what is quoted; the rest of the cell is plain.
    """
    told = [found.span() for found in _in_marks(separator).finditer(content)]
    if not told:
        return np.arange(len(breaks)), False
    spans = np.array(told, dtype=np.int64)
    before = np.searchsorted(spans[:, 0], breaks) - 1
    within = (before >= 0) & (breaks < spans[before, 1])
    start, end = told[-1]
    marks = content.count(b'"', start, end)
    return np.flatnonzero(~within), end == len(content) and marks % 2 == 1


@cache
def _in_marks(separator: int) -> re.Pattern[bytes]:
    """A cell in marks from its first to its last, or to the end where it is never closed."""
    begins = rb"(?:(?<=[\n%b])|\A)" % re.escape(bytes([separator]))
    return re.compile(begins + rb'"(?:[^"]++|"")*+(?:"|\Z)')


def _has_odd_breaks(content: bytes) -> bool:
    """Whether there are breaks of old Macintoshes, or bytes that no text holds."""
    return b"\0" in content or content.count(b"\r") != content.count(b"\r\n")


def _are_round_cells(signs: np.ndarray, marks: np.ndarray, separator: int) -> bool:
    """Whether the marks stand round whole cells, and doubled within."""
    opening, closing = marks[0::2], marks[1::2]
    before = signs[np.maximum(opening - 1, 0)]
    may_open = (opening == 0) | np.isin(before, (separator, _BREAK, _MARK))
    last = closing == len(signs) - 1
    after = signs[np.minimum(closing + 1, len(signs) - 1)]
    may_close = last | np.isin(after, (separator, _BREAK, _RETURN, _MARK))
    return bool(may_open.all() and may_close.all())


class _Joined(io.RawIOBase):
    """Bytes at hand, then those of the stream."""

    def __init__(self, rest: bytes, stream: Iterator[bytes]) -> None:
        super().__init__()
        self._rest = memoryview(rest)
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, room: memoryview) -> int:  # type: ignore[override]  # any buffer
        if not self._rest:
            self._rest = memoryview(next(self._stream, b""))
        many = min(len(room), len(self._rest))
        room[:many] = self._rest[:many]
        self._rest = self._rest[many:]
        return many
