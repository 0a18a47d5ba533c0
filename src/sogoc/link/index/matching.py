"""Names of other persons found again in the dictionaries of an index, all at once.

The loops are plain Python over arrays and run compiled (`compiled.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sogoc.link.index.compiled import compiled
from sogoc.link.index.hashing import text_keys
from sogoc.link.index.layout import UNKNOWN

if TYPE_CHECKING:
    from sogoc.link.index.person_index import PersonIndex


class Texts(NamedTuple):
    """Texts end to end, and where each begins."""

    letters: np.ndarray
    ends: np.ndarray

    def text(self, number: int) -> str:
        """The text with this number."""
        low, high = self.ends[number], self.ends[number + 1]
        return bytes(self.letters[low:high]).decode()


def folded_names(index: PersonIndex, names: Texts) -> np.ndarray:
    """The number of each folded name in the index, -1 for those it does not have."""
    keys, of_key = index.array("name_keys"), index.array("name_of_key")
    found = np.full(len(names.ends) - 1, UNKNOWN, dtype=np.int32)
    if not len(keys):
        return found
    at = np.minimum(np.searchsorted(keys, text_keys(names.letters, names.ends)), len(keys) - 1)
    known = Texts(index.array("name_text"), index.array("name_ends"))
    low = np.ascontiguousarray(of_key[at])
    compiled(_first_equal)(names, known, low, low + 1, found)
    return found


def written_names(index: PersonIndex, names: Texts, folded: np.ndarray) -> np.ndarray:
    """The number of each written name, by the number of its folded name; -1 likewise."""
    found = np.full(len(names.ends) - 1, UNKNOWN, dtype=np.int32)
    starts = index.array("written_starts")
    there = (folded >= 0) & (folded < len(starts) - 1)
    low = np.where(there, starts[np.where(there, folded, 0)], 0)
    high = np.where(there, starts[np.where(there, folded + 1, 0)], 0)
    known = Texts(index.array("written_text"), index.array("written_ends"))
    compiled(_first_equal)(names, known, low, high, found)
    return found


def _first_equal(
    names: Texts, known: Texts, low: np.ndarray, high: np.ndarray, found: np.ndarray
) -> None:
    """Of each name the first equal one among those from `low` to `high`."""
    for name in range(len(found)):
        begin, size = names.ends[name], names.ends[name + 1] - names.ends[name]
        for other in range(low[name], high[name]):
            start = known.ends[other]
            if known.ends[other + 1] - start != size:
                continue
            at = 0
            while at < size and names.letters[begin + at] == known.letters[start + at]:
                at += 1
            if at == size:
                found[name] = other
                break
