"""What is packed into the record of a person (`layout.PERSON`): written and read for many at once.

The compiled loops read the same for one person at a time; they write it out, see
`kernel/writing/source.py` and `overlay/departed.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sogoc.errors import IndexRefused, Sentence
from sogoc.link.index.layout import DEAD, MOST_HOMES, NO_NUMBER, SEX, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

_AS_THEY_ARE = ("folded", "written", "old_number", "born")
_HIGH = 32


class Homes:
    """The pairs of commune and province that persons live in, in the order of their coming."""

    def __init__(self) -> None:
        self._known = np.empty(0, dtype=np.int64)
        """The pairs, packed, ascending; `_number` of each."""
        self._number = np.empty(0, dtype=np.int16)
        self._pairs: list[np.ndarray] = []

    @property
    def pairs(self) -> np.ndarray:
        """Commune and province of each number."""
        return np.concatenate([np.empty((0, 2), dtype="<i4"), *self._pairs])

    def numbers(self, commune: np.ndarray, province: np.ndarray) -> np.ndarray:
        """The number of each person's home, -1 where nothing is known of it.

        Raises IndexRefused where there are more homes than the record has room for.
        """
        packed = (commune.astype(np.int64) + 1 << _HIGH) + (province + 1)
        new = np.setdiff1d(packed, self._known)
        new = new[new > 0]
        first = len(self._known)
        if first + len(new) > MOST_HOMES:
            raise _too_many(first + len(new))
        if len(new):
            pairs = np.stack([new >> _HIGH, new & (1 << _HIGH) - 1], axis=1) - 1
            self._pairs.append(pairs.astype("<i4"))
            self._add(new, np.arange(first, first + len(new), dtype=np.int16))
        if not len(self._known):
            return np.full(len(packed), UNKNOWN, dtype=np.int16)
        at = np.minimum(np.searchsorted(self._known, packed), len(self._known) - 1)
        return np.where(packed > 0, self._number[at], np.int16(UNKNOWN))

    def _add(self, packed: np.ndarray, numbers: np.ndarray) -> None:
        known = np.concatenate([self._known, packed])
        order = np.argsort(known)
        self._known = known[order]
        self._number = np.concatenate([self._number, numbers])[order]


def write(some: np.ndarray, batch: Mapping[str, np.ndarray], homes: Homes) -> None:
    """Fill these records from columns of `population`, -1 for what is not known."""
    for field in _AS_THEY_ARE:
        some[field] = batch[field]
    number = batch["number"].astype(np.int64, copy=False)
    some["number_low"] = number & (1 << _HIGH) - 1
    some["number_high"] = np.where(number >= 0, number >> _HIGH, NO_NUMBER)
    some["home"] = homes.numbers(batch["commune"], batch["province"])
    dead = np.where(batch["died"] != UNKNOWN, DEAD, 0)
    some["marks"] = (batch["sex"] + 1 & SEX) | dead


def numbers(persons: np.ndarray) -> np.ndarray:
    """The personal numbers, -1 where none is known."""
    high = persons["number_high"].astype(np.int64)
    return np.where(high == NO_NUMBER, UNKNOWN, (high << _HIGH) | persons["number_low"])


def sexes(persons: np.ndarray) -> np.ndarray:
    """The sexes as `population` codes them, -1 where none is known."""
    return (persons["marks"] & SEX).astype(np.int8) - np.int8(1)


def communes(persons: np.ndarray, homes: np.ndarray) -> np.ndarray:
    """The places that are the persons' communes, -1 where none is known."""
    return _of(homes[:, 0], persons["home"])


def provinces(persons: np.ndarray, homes: np.ndarray) -> np.ndarray:
    """The places that are the persons' provinces, likewise."""
    return _of(homes[:, 1], persons["home"])


def _of(places: np.ndarray, home: np.ndarray) -> np.ndarray:
    known: np.ndarray = np.append(places, np.int32(UNKNOWN))[home]
    return known


def _too_many(count: int) -> IndexRefused:
    return IndexRefused(
        Sentence(
            vi=f"Dân cư thuộc {count} xã và tỉnh khác nhau; chỉ mục chứa được {MOST_HOMES}.",
            en=f"The persons live in {count} communes and provinces; an index holds {MOST_HOMES}.",
        )
    )
