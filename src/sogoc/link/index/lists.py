"""Lists of positions by value, made by counting: two passes over the persons, no comparing.

Each of these loops is plain Python over arrays and runs compiled (`compiled.py`).
"""

from __future__ import annotations

import numpy as np

from sogoc.link.index.compiled import compiled
from sogoc.link.index.hashing import bucket_bits
from sogoc.link.index.layout import BUCKET


def by_value(values: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of each of `count` values, ascending; those of no value stand last of all."""
    starts = np.zeros(count + 2, dtype=np.int32)
    rows = np.empty(len(values), dtype=np.int32)
    compiled(_count)(values, starts)
    compiled(_scatter)(values, starts.copy(), rows)
    return starts, rows


def by_value_in_order(
    values: np.ndarray, order: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """The same, each list in the order of `order`, which names every position once."""
    starts = np.zeros(count + 2, dtype=np.int32)
    rows = np.empty(len(values), dtype=np.int32)
    compiled(_count)(values, starts)
    compiled(_scatter_in_order)(values, order, starts.copy(), rows)
    return starts, rows


def by_number(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Buckets of about eight numbers each: starts, positions, and eight bits of each number."""
    known = int(np.count_nonzero(numbers >= 0))
    bits = bucket_bits(known, BUCKET)
    shift, starts = np.uint64(64 - bits), np.zeros((1 << bits) + 1, dtype=np.int32)
    rows, marks = np.empty(known, dtype=np.int32), np.empty(known, dtype=np.uint8)
    compiled(_count_numbers)(numbers, shift, starts)
    compiled(_scatter_numbers)(numbers, shift, starts.copy(), rows, marks)
    return starts, rows, marks


def _count(values: np.ndarray, starts: np.ndarray) -> None:
    last = len(starts) - 1
    for value in values:
        starts[value + 1 if value >= 0 else last] += 1
    for value in range(last):
        starts[value + 1] += starts[value]


def _scatter(values: np.ndarray, next_free: np.ndarray, rows: np.ndarray) -> None:
    last = len(next_free) - 2
    for row in range(len(values)):
        value = values[row] if values[row] >= 0 else last
        rows[next_free[value]] = row
        next_free[value] += 1


def _scatter_in_order(
    values: np.ndarray, order: np.ndarray, next_free: np.ndarray, rows: np.ndarray
) -> None:
    last = len(next_free) - 2
    for row in order:
        value = values[row] if values[row] >= 0 else last
        rows[next_free[value]] = row
        next_free[value] += 1


def _count_numbers(numbers: np.ndarray, shift: np.uint64, starts: np.ndarray) -> None:
    for number in numbers:
        if number >= 0:
            # `hashing.mixed`, written out for the compiler: it must be the same key.
            key = np.uint64(number) * np.uint64(0x9E3779B97F4A7C15)
            key ^= key >> np.uint64(32)
            starts[np.int64(key >> shift) + 1] += 1
    for bucket in range(len(starts) - 1):
        starts[bucket + 1] += starts[bucket]


def _scatter_numbers(
    numbers: np.ndarray,
    shift: np.uint64,
    next_free: np.ndarray,
    rows: np.ndarray,
    marks: np.ndarray,
) -> None:
    for row in range(len(numbers)):
        number = numbers[row]
        if number >= 0:
            key = np.uint64(number) * np.uint64(0x9E3779B97F4A7C15)
            key ^= key >> np.uint64(32)
            bucket = np.int64(key >> shift)
            rows[next_free[bucket]] = row
            marks[next_free[bucket]] = np.uint8(key & np.uint64(255))
            next_free[bucket] += 1
