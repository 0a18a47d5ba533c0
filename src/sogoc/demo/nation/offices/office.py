"""An office writes records down: which kinds of error happen to which records.

Errors depend on each other by where and when: careless offices, bad days. Which persons suffer
more of which kind stands in the table of rates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.demo.nation.lots import Flags, Floats, Ints
    from sogoc.demo.nation.nation import Nation
    from sogoc.demo.nation.offices.register import Meant, Records
    from sogoc.demo.nation.population import Persons

_OLD_BEFORE, _YOUNG_FROM = 1965, 2000
MOST = 0.95
"""No kind of error is more certain than this."""


class Office:
    """The offices of a slice of records: draws errors, and remembers what happened to whom."""

    def __init__(self, nation: Nation, records: Records, meant: Meant, persons: Persons) -> None:
        self.nation, self.persons, self.rows = nation, persons, meant.rows
        self.meant = meant
        self._lot = records.lot
        self._happened: dict[str, Flags] = {}
        kinds = np.array([share for share, _ in nation.rates.offices])
        where = nation.lots.uniform("office", persons.commune)
        self.kind = np.minimum(np.searchsorted(np.cumsum(kinds), where), len(kinds) - 1)
        """Of office: a position in the table of rates."""
        share, times = nation.rates.bad_days
        bad = self.chance("bad day", share)
        self._times = np.array([times for _, times in nation.rates.offices])[self.kind]
        self._times = self._times * np.where(bad, times, 1.0)
        self._traits = _traits(nation, persons)

    def chance(self, lot: str, rate: float | Floats) -> Flags:
        """A draw for each record."""
        return self.nation.lots.chance(self._lot(lot), self.rows, rate)

    def below(self, lot: str, limit: int) -> Ints:
        """A whole number for each record."""
        return self.nation.lots.below(self._lot(lot), self.rows, limit)

    def errs(self, kind: str, *, among: Flags | None = None, lot: str = "") -> Flags:
        """The records that this kind of error strikes, of those it may strike."""
        error = self.nation.rates.errors[kind]
        rate = error.rate * self._times
        for trait, times in error.more.items():
            rate *= np.where(self._traits[trait], times, 1.0)
        struck = self.chance(lot or kind, np.minimum(rate, MOST))
        return struck if among is None else struck & among

    def remember(self, kind: str, struck: Flags) -> None:
        """That this happened."""
        before = self._happened.get(kind)
        self._happened[kind] = struck if before is None else before | struck

    def kinds(self) -> pa.Array:
        """What happened to each record, joined by blanks; `clean` for those that came off well."""
        names = list(self._happened)
        bits = np.zeros(len(self.rows), dtype=np.int64)
        for place, flags in enumerate(self._happened.values()):
            bits |= flags.astype(np.int64) << place
        distinct, which = np.unique(bits, return_inverse=True)
        texts = [" ".join(_named(names, one)) or "clean" for one in distinct.tolist()]
        return pa.DictionaryArray.from_arrays(pa.array(which.astype(np.int32)), pa.array(texts))


def _named(names: list[str], bits: int) -> Iterator[str]:
    while bits:
        lowest = bits & -bits
        yield names[lowest.bit_length() - 1]
        bits ^= lowest


def _traits(nation: Nation, persons: Persons) -> dict[str, Flags]:
    province = nation.land.province[persons.place]
    return {
        "old": persons.year < _OLD_BEFORE,
        "young": persons.year >= _YOUNG_FROM,
        "minority": persons.bearers.people != 0,
        "far": nation.land.mountainous()[province],
        "women": persons.bearers.female,
    }
