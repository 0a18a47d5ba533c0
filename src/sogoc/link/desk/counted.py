"""Counts that no array of the index holds, as flat arrays beside it: made once, then mapped.

`link_cohorts` and `link_regions` count by three ids each; sorted by them, a count is found by
halving. So are the texts of the tokens.
"""

from __future__ import annotations

from bisect import bisect_left
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq

from sogoc.errors import IndexRefused
from sogoc.link.columns import COHORTS, REGIONS, TOKENS
from sogoc.link.index import manifest as manifests
from sogoc.link.index.arrays import codes, text_array
from sogoc.link.index.folder import Arrays, NewFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sogoc.link.index.person_index import PersonIndex

DESK = "desk"
_COHORT = ("middle", "given", "decade")
_REGION = ("surname", "given", "province")


class Counted:
    """The counts and tokens of one index."""

    def __init__(self, array: Callable[[str], np.ndarray]) -> None:
        self._array = array

    def cohort(self, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """How many bear middle and given name and were born in a decade, as `link_cohorts` says."""
        return self._found("cohort", tuple(key[name] for name in _COHORT))

    def region(self, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """How many bear surname and given name and live in a province, as `link_regions` says."""
        return self._found("region", tuple(key[name] for name in _REGION))

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

    def _found(self, name: str, ids: tuple[int, int, int]) -> Mapping[str, Any] | None:
        keys = self._array(f"{name}_keys")
        at = bisect_left(range(len(keys)), ids, key=lambda row: tuple(keys[row].tolist()))
        if at == len(keys) or tuple(keys[at].tolist()) != ids:
            return None
        return {"bearers": int(self._array(f"{name}_counts")[at])}


def counted(index: PersonIndex) -> Counted:
    """Those of this index; made where they are not there or are of another one.

    Where the folder may only be read they stay in memory.
    """
    folder, seal = index.folder / DESK, manifests.seal(index.manifest)
    with suppress(IndexRefused):
        made = manifests.read(folder)
        if made.of == seal:
            return Counted(Arrays(folder, made.files))
    arrays: dict[str, np.ndarray] = {}
    _derive(index, arrays)
    with suppress(OSError):
        new = NewFolder(folder)
        for name, array in arrays.items():
            new.keep(name, array)
        new.finish(source=index.manifest.source, persons=index.persons, of=seal)
    return Counted(arrays.__getitem__)


def _derive(index: PersonIndex, arrays: dict[str, np.ndarray]) -> None:
    for name, table, ids in (("cohort", COHORTS, _COHORT), ("region", REGIONS, _REGION)):
        rows = pq.read_table(index.table(table), columns=[*ids, "bearers"])
        keys = np.stack([codes(rows[one].combine_chunks()) for one in ids], axis=1)
        order = np.lexsort(keys.T[::-1])
        arrays[f"{name}_keys"] = keys[order].astype("<i4")
        arrays[f"{name}_counts"] = codes(rows["bearers"].combine_chunks())[order]
    texts = pq.read_table(index.table(TOKENS), columns=["text"])["text"].combine_chunks()
    arrays["token_text"], arrays["token_ends"] = text_array(texts)
