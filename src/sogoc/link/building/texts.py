"""Distinct texts, numbered in the order in which they come: a table that grows as it reads.

Names repeat: four hundred million of a nation are seven million spellings. Each is hashed where it
lies, without becoming a string of Python. The loops run compiled (`link/index/compiled.py`).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sogoc.link.index.arrays import text_array
from sogoc.link.index.compiled import compiled
from sogoc.link.index.matching import Texts

_OFFSET, _PRIME, _MIX = (
    np.uint64(value) for value in (0xCBF29CE484222325, 0x100000001B3, 0x9E3779B97F4A7C15)
)
_SHIFT, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_FIRST = 1 << 16
UNKNOWN = -1


class Numbered:
    """The distinct texts so far; `count` of them."""

    def __init__(self) -> None:
        self.count = 0
        self._slots = np.zeros(4 * _FIRST, dtype=np.uint64)
        self._ends = np.zeros(2 * _FIRST + 1, dtype=np.int64)
        self._letters = np.empty(16 * _FIRST, dtype=np.uint8)

    def numbers(self, column: pa.Array) -> np.ndarray:
        """The number of each text of a column, -1 where there is none (NULL)."""
        known = np.empty(0, dtype=np.uint8)
        if column.null_count:
            known = pc.is_valid(column).cast(pa.uint8()).to_numpy(zero_copy_only=False)
        return self.numbers_of(Texts(*text_array(column)), known)

    def numbers_of(self, texts: Texts, known: np.ndarray) -> np.ndarray:
        """The same for texts end to end; `known` is 0 where there is none, empty if all are."""
        numbers = np.empty(len(texts.ends) - 1, dtype=np.int32)
        done = 0
        while True:
            done, self.count = compiled(_number)(
                *(texts, known, self._slots, self._letters, self._ends),
                *(self.count, numbers, done),
            )
            if done == len(numbers):
                return numbers
            self._grow(int(texts.ends[done + 1] - texts.ends[done]))

    @property
    def texts(self) -> Texts:
        """All texts by number, end to end."""
        ends = self._ends[: self.count + 1]
        return Texts(self._letters[: ends[-1]], ends)

    def arrow(self) -> pa.Array:
        """The same as a column."""
        texts = self.texts
        buffers = [None, pa.py_buffer(texts.ends), pa.py_buffer(texts.letters)]
        return pa.Array.from_buffers(pa.large_string(), self.count, buffers)

    def _grow(self, longest: int) -> None:
        """More room: for entries, for their letters, or for both."""
        if 2 * self.count + 2 > len(self._slots):
            self._ends = np.resize(self._ends, 2 * len(self._slots) + 1)
            self._slots = np.zeros(4 * len(self._slots), dtype=np.uint64)
            compiled(_settle)(self._letters, self._ends, self.count, self._slots)
        while self._ends[self.count] + longest >= len(self._letters):
            self._letters = np.resize(self._letters, 2 * len(self._letters))


def digits(column: pa.Array, length: int) -> np.ndarray:
    """Each text of exactly so many digits as a number; -1 for every other, and for NULL."""
    texts = Texts(*text_array(column))
    numbers = np.empty(len(column), dtype=np.int64)
    # The letters of a NULL may be anything: only what is valid is read.
    known = pc.is_valid(column).cast(pa.uint8()).to_numpy(zero_copy_only=False)
    compiled(_digits)(texts, known, length, numbers)
    return numbers


def mapped(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """The value of each code; -1 for -1."""
    known: np.ndarray = np.append(values.astype(np.int32, copy=False), np.int32(UNKNOWN))[codes]
    return known


def _number(
    texts: Texts,
    known: np.ndarray,
    slots: np.ndarray,
    letters: np.ndarray,
    ends: np.ndarray,
    count: int,
    numbers: np.ndarray,
    start: int,
) -> tuple[int, int]:
    """Number texts from `start` on; stops at the first for which there is no room.

    A slot holds half of the text's key and its number plus one: most others are seen at once.
    """
    mask = len(slots) - 1
    for one in range(start, len(numbers)):
        if len(known) > 0 and known[one] == 0:
            numbers[one] = -1
            continue
        low, length = texts.ends[one], texts.ends[one + 1] - texts.ends[one]
        key = _OFFSET
        for at in range(low, low + length):
            key = (key ^ np.uint64(texts.letters[at])) * _PRIME
        key *= _MIX
        slot = np.int64(key >> _SHIFT) & mask
        entry = slots[slot]
        while entry != 0:
            found = np.int64(entry & _LOW) - 1
            begin = ends[found]
            if (entry ^ key << _SHIFT) >> _SHIFT == 0 and ends[found + 1] - begin == length:
                same = 0
                while same < length and letters[begin + same] == texts.letters[low + same]:
                    same += 1
                if same == length:
                    break
            slot = (slot + 1) & mask
            entry = slots[slot]
        if entry == 0:
            if 2 * count + 2 > len(slots) or ends[count] + length >= len(letters):
                return one, count
            begin = ends[count]
            for at in range(length):
                letters[begin + at] = texts.letters[low + at]
            ends[count + 1] = begin + length
            count += 1
            entry = key << _SHIFT | np.uint64(count)
            slots[slot] = entry
        numbers[one] = np.int64(entry & _LOW) - 1
    return len(numbers), count


def _settle(letters: np.ndarray, ends: np.ndarray, count: int, slots: np.ndarray) -> None:
    """Find each entry a slot in a larger table."""
    mask = len(slots) - 1
    for one in range(count):
        key = _OFFSET
        for letter in range(ends[one], ends[one + 1]):
            key = (key ^ np.uint64(letters[letter])) * _PRIME
        key *= _MIX
        slot = np.int64(key >> _SHIFT) & mask
        while slots[slot] != 0:
            slot = (slot + 1) & mask
        slots[slot] = key << _SHIFT | np.uint64(one + 1)


def _digits(texts: Texts, known: np.ndarray, length: int, numbers: np.ndarray) -> None:
    for one in range(len(numbers)):
        low, high = texts.ends[one], texts.ends[one + 1]
        number = np.int64(-1)
        if known[one] == 1 and high - low == length:
            number = np.int64(0)
            for at in range(low, high):
                digit = np.int64(texts.letters[at]) - 48
                if digit < 0 or digit > 9:  # noqa: PLR2004 - a digit
                    number = np.int64(-1)
                    break
                number = number * 10 + digit
        numbers[one] = number
