"""Counts that no array of the index holds, as flat arrays beside it: made once, then mapped.

`link_cohorts` and `link_regions` count by three ids each; packed into one number and sorted, a
count is found by halving, one or many at once. So are the texts of the tokens.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq

from sogoc.errors import IndexRefused
from sogoc.link.columns import COHORTS, REGIONS, TOKENS
from sogoc.link.desk.formulas import UnknownToDesk
from sogoc.link.index import manifest as manifests
from sogoc.link.index.arrays import codes, text_array
from sogoc.link.index.folder import Arrays, NewFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sogoc.link.index.person_index import PersonIndex

DESK = "desk"
_COHORT = ("middle", "given", "decade")
_REGION = ("surname", "given", "province")
_SECOND, _THIRD = 24, 15
"""Bits of the second and the third id of a key; the first has as many as the second."""
_BELOW = 2
"""Ids stand from -2 on."""


class Counted:
    """The counts and tokens of one index."""

    def __init__(self, array: Callable[[str], np.ndarray], provinces: np.ndarray) -> None:
        self._array = array
        self._provinces = provinces

    def cohort(self, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """How many bear middle and given name and were born in a decade, as `link_cohorts` says."""
        return self._one("cohort", key, _COHORT)

    def region(self, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """How many bear surname and given name and live in a province, as `link_regions` says."""
        return self._one("region", key, _REGION)

    def cohorts(self, middle: np.ndarray, given: np.ndarray, decade: np.ndarray) -> np.ndarray:
        """The same of many; 0 where nobody does."""
        return self._found("cohort", packed(middle, given, decade))

    def regions(self, surname: np.ndarray, given: np.ndarray, place: np.ndarray) -> np.ndarray:
        """The same of many; the province by its place."""
        return self._found("region", packed(surname, given, _short(self._provinces, place)))

    def _one(
        self, name: str, key: Mapping[str, Any], ids: tuple[str, str, str]
    ) -> Mapping[str, Any] | None:
        first, second, third = (np.array([key[each]], np.int64) for each in ids)
        if name == "region":
            third = _short(self._provinces, third)
        (bearers,) = self._found(name, packed(first, second, third)).tolist()
        return {**{each: key[each] for each in ids}, "bearers": bearers} if bearers else None

    def _found(self, name: str, wanted: np.ndarray) -> np.ndarray:
        keys, counts = self._array(f"{name}_keys"), self._array(f"{name}_counts")
        if not len(keys):
            return np.zeros(len(wanted), np.int64)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, counts[at], 0)

    def token(self, text: str) -> int | None:
        """The number of a token: they stand by their texts."""
        letters, ends = self._array("token_text"), self._array("token_ends")
        wanted, low, high = text.encode(), 0, len(ends) - 1
        while low < high:
            middle = (low + high) >> 1
            if letters[ends[middle] : ends[middle + 1]].tobytes() < wanted:
                low = middle + 1
            else:
                high = middle
        there = low < len(ends) - 1
        same = there and letters[ends[low] : ends[low + 1]].tobytes() == wanted
        return low if same else None


_NOBODY = (1 << _THIRD) - 1 - _BELOW
"""No decade and no province of a person has this number."""


def counted(index: PersonIndex) -> Counted:
    """Those of this index; made where they are not there or are of another one.

    Where the folder may only be read they stay in memory.
    """
    folder, seal = index.folder / DESK, manifests.seal(index.manifest)
    with suppress(IndexRefused):
        made = manifests.read(folder)
        if made.of == seal:
            return Counted(Arrays(folder, made.files), index.array("provinces"))
    arrays: dict[str, np.ndarray] = {}
    _derive(index, arrays)
    with suppress(OSError):
        new = NewFolder(folder)
        for name, array in arrays.items():
            new.keep(name, array)
        new.finish(source=index.manifest.source, persons=index.persons, of=seal)
    return Counted(arrays.__getitem__, index.array("provinces"))


def _short(provinces: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The number of a place among the provinces of persons; one that is none stands for nobody."""
    order = np.argsort(provinces)
    if not len(order):
        return np.full(len(places), _NOBODY)
    at = np.minimum(np.searchsorted(provinces, places, sorter=order), len(order) - 1)
    return np.where(provinces[order[at]] == places, order[at], _NOBODY)


def packed(first: np.ndarray, second: np.ndarray, third: np.ndarray) -> np.ndarray:
    """One number of three ids each, none of which is below -2; strangers to all keys are apart."""
    one, two, three = (each.astype(np.int64) + _BELOW for each in (first, second, third))
    return ((one << _SECOND | two) << _THIRD) | three


def _derive(index: PersonIndex, arrays: dict[str, np.ndarray]) -> None:
    """The arrays of an index. Raises UnknownToDesk where it has more names than keys can tell."""
    texts = pq.read_table(index.table(TOKENS), columns=["text"])["text"].combine_chunks()
    if len(texts) + _BELOW >= 1 << _SECOND:
        raise UnknownToDesk(f"{len(texts)} parts of names")
    arrays["token_text"], arrays["token_ends"] = text_array(texts)
    for name, table, ids in (("cohort", COHORTS, _COHORT), ("region", REGIONS, _REGION)):
        rows = pq.read_table(index.table(table), columns=[*ids, "bearers"])
        first, second, third = (codes(rows[one].combine_chunks()) for one in ids)
        if name == "region":
            third = _short(index.array("provinces"), third)
        keys = packed(first, second, third)
        order = np.argsort(keys, kind="stable")
        arrays[f"{name}_keys"] = keys[order]
        arrays[f"{name}_counts"] = codes(rows["bearers"].combine_chunks())[order]
