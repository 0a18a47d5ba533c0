"""Which persons a register is about: a drawn few of the nation, some twice, some unregistered.

A register is known by how many records it has. Record r is the same whoever makes it, alone or
among all: its person is a one-to-one draw by its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.nation.lots import Flags, Ints, Shuffle

if TYPE_CHECKING:
    from sogoc.demo.nation.nation import Nation


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """Whom records are about, one value a record."""

    rows: Ints
    """Ordinals of the records, from 0."""
    ids: Ints
    place: Ints
    """In the population register; -1 for those it lacks."""
    second: Flags
    """Whether the person has another record in this register."""


class Records:
    """The records of one register of the nation."""

    def __init__(self, nation: Nation, count: int) -> None:
        absent = min(round(count * nation.rates.absent), nation.unregistered)
        self._second_from = count - round(count * nation.rates.second)
        self._absent_from = self._second_from - absent
        self.count, self._nation = count, nation
        lots, lot = nation.lots, self.lot("person")
        self._stirred = Shuffle(lots, f"{lot} order", count)
        self._registered = Shuffle(lots, f"{lot} registered", nation.persons)
        self._others = Shuffle(lots, f"{lot} unregistered", nation.unregistered)

    def lot(self, name: str) -> str:
        """Lots of this register alone."""
        return f"register of {self.count}: {name}"

    def meant(self, first: int, count: int) -> Meant:
        """Whom the records `first` ... `first + count - 1` are about."""
        rows = np.arange(first, first + count, dtype=np.int64)
        turn = self._stirred(rows)
        second = turn >= self._second_from
        turn = np.where(second, turn - self._second_from, turn)
        absent = turn >= self._absent_from
        place = np.full(count, -1, dtype=np.int64)
        ids = np.empty(count, dtype=np.int64)
        place[~absent] = self._registered(turn[~absent])
        ids[~absent] = self._nation.registered_person(place[~absent])
        others = self._others(turn[absent] - self._absent_from)
        ids[absent] = self._nation.unregistered_person(others)
        return Meant(rows=rows, ids=ids, place=place, second=second)
