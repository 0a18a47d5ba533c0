"""Persons in the order of `population_plan`: by date of birth, folded name, number, and the rest.

Counting puts the persons of one day together; in a day, name and number are one key of 64 bits.
Only those who have both alike, or neither, are compared by what is left.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sogoc.link.index import lists
from sogoc.link.index.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Mapping

LATER = (
    *("old_number", "written", "commune", "mother", "father", "sex", "died", "spouse"),
    *("province", "household", "former"),
)
"""What decides after name and number, in this order."""

MOST_NAMES = (1 << 24) - 1
"""Folded names that fit beside a number of 12 digits into 64 bits."""
_NO_NUMBER = np.int64((1 << 40) - 1)
_NUMBER_BITS = np.int64(40)
_THREADS = 2


def in_order(day: np.ndarray, days: int, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Positions of all persons in their order, as 32 bits; NULL (-1) comes last everywhere.

    `day` is the rank of the date of birth among so many, -1 for none.
    """
    starts, rows = lists.by_value(day, days)
    tied = np.zeros(len(rows), dtype=np.uint8)
    folded, number = columns["folded"], columns["number"]
    cuts = _cuts(starts)
    with ThreadPoolExecutor(_THREADS) as threads:
        list(
            threads.map(
                lambda some: compiled(_sort_days)(starts, some, folded, number, rows, tied), cuts
            )
        )
    _settle_ties(rows, tied, columns)
    return rows


def _cuts(starts: np.ndarray) -> list[np.ndarray]:
    """The days in pieces of about as many persons each, more pieces than threads."""
    wanted = np.linspace(0, starts[-1], 4 * _THREADS + 1)
    edges = np.unique(np.searchsorted(starts, wanted))
    return [np.array([low, high]) for low, high in pairwise(edges) if low < high]


def _sort_days(
    starts: np.ndarray,
    days: np.ndarray,
    folded: np.ndarray,
    number: np.ndarray,
    rows: np.ndarray,
    tied: np.ndarray,
) -> None:
    for day in range(days[0], min(days[1], len(starts) - 1)):
        low, high = starts[day], starts[day + 1]
        keys = np.empty(high - low, dtype=np.uint64)
        for at in range(low, high):
            row = rows[at]
            name = np.int64(folded[row])
            if name < 0:
                name = np.int64(MOST_NAMES)
            digits = np.int64(number[row])
            if digits < 0:
                digits = _NO_NUMBER
            keys[at - low] = (np.uint64(name) << np.uint64(_NUMBER_BITS)) | np.uint64(digits)
        order = np.argsort(keys, kind="mergesort")
        some = rows[low:high].copy()
        for at in range(high - low):
            rows[low + at] = some[order[at]]
            if at > 0 and keys[order[at]] == keys[order[at - 1]]:
                tied[low + at] = 2
                tied[low + at - 1] = max(tied[low + at - 1], 1)


def _settle_ties(rows: np.ndarray, tied: np.ndarray, columns: Mapping[str, np.ndarray]) -> None:
    """Order those with one date, name and number: 1 marks the first of each run, 2 the others."""
    at = np.flatnonzero(tied)
    if not len(at):
        return
    some, run = rows[at], np.cumsum(tied[at] == 1)
    keys = [columns[name][some] for name in reversed(LATER)]
    last = [np.where(one < 0, np.iinfo(one.dtype).max, one) for one in keys]
    rows[at] = some[np.lexsort((*last, run))]
