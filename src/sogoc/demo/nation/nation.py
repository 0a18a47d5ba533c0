"""The nation: its seed, families, land, names and rates, and who of it is registered.

Whatever is the same for a whole district or neighbourhood is drawn once when the nation is loaded;
persons follow from their numbers (`kin.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.nation.land import Land, load_land
from sogoc.demo.nation.lots import Ints, Lots
from sogoc.demo.nation.names import NameBook, load_book
from sogoc.demo.nation.village import NEIGHBOURHOODS, PATTERNS, SLOTS, Village, load_village

if TYPE_CHECKING:
    from sogoc.demo.nation.rates import Rates

SLOT_BITS, DISTRICT_BITS = 12, 15
OTHER = 1 << 44
"""Added to a number to draw for something beside the person: a family, a place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nation:
    """All that persons are made of. Arrays are by district or by neighbourhood."""

    persons: int
    """In the population register."""
    lots: Lots
    village: Village
    land: Land
    book: NameBook
    rates: Rates
    pattern: Ints
    province: Ints
    turn: Ints
    """The district's turn among those of its province."""
    birthplace: Ints
    """The old commune of each neighbourhood."""
    people: Ints
    """What most of each neighbourhood are."""

    @property
    def neighbourhoods(self) -> int:
        """How many there are."""
        return len(self.birthplace)

    @property
    def unregistered(self) -> int:
        """Persons whom the population register lacks."""
        return self.neighbourhoods * SLOTS - self.persons

    def registered_person(self, places: Ints) -> Ints:
        """The number of the person at each place (from 0) of the population register."""
        some, more = divmod(self.persons, self.neighbourhoods)
        where, nth = _dealt(places, more, some)
        return self._stirred(where, SLOTS - 1 - nth)

    def unregistered_person(self, places: Ints) -> Ints:
        """The number of each of the others, by place from 0."""
        some, more = divmod(self.persons, self.neighbourhoods)
        # The first `more` neighbourhoods have one registered person more, so one of these less.
        short = more * (SLOTS - some - 1)
        late = places >= short
        first, first_nth = divmod(places, max(SLOTS - some - 1, 1))
        then, then_nth = divmod(places - short, SLOTS - some)
        where = np.where(late, then + more, first)
        return self._stirred(where, np.where(late, then_nth, first_nth))

    def _stirred(self, where: Ints, nth: Ints) -> Ints:
        """Slots in an order of the neighbourhood's own: one-to-one on twelve bits."""
        bits = self.lots.bits("registered", where).astype(np.int64)
        mask = SLOTS - 1
        slot = (nth * ((bits & mask) | 1)) & mask
        slot ^= slot >> 6
        slot = (slot * (((bits >> 12) & mask) | 1) + ((bits >> 24) & mask)) & mask
        slot ^= slot >> 7
        return np.asarray((where << SLOT_BITS) | slot, dtype=np.int64)


def _dealt(places: Ints, more: int, some: int) -> tuple[Ints, Ints]:
    """Which hand and which card of it: the first `more` hands hold `some` + 1, the rest `some`."""
    early = more * (some + 1)
    late = places >= early
    first, first_nth = divmod(places, some + 1)
    then, then_nth = divmod(places - early, max(some, 1))
    return np.where(late, then + more, first), np.where(late, then_nth, first_nth)


def load_nation(persons: int, *, seed: int, rates: Rates) -> Nation:
    """A nation with this many registered persons; a larger one of the same seed begins alike."""
    lots = Lots(seed)
    book = load_book(lots)
    land = load_land(lots, book.peoples)
    registered = int(SLOTS * (1 - rates.people.unregistered))
    districts = -(-persons // (registered * NEIGHBOURHOODS))
    numbers = np.arange(districts, dtype=np.int64)
    province = land.province_of(lots, numbers)
    neighbourhoods = np.arange(districts * NEIGHBOURHOODS, dtype=np.int64)
    there = province[neighbourhoods // NEIGHBOURHOODS]
    return Nation(
        persons=persons,
        lots=lots,
        village=load_village(lots),
        land=land,
        book=book,
        rates=rates,
        pattern=lots.below("pattern", numbers, PATTERNS),
        province=province,
        turn=_turns(province),
        birthplace=land.commune_of(lots, neighbourhoods, there),
        people=land.peoples[there, lots.spin("people", neighbourhoods)],
    )


def _turns(province: Ints) -> Ints:
    order = np.argsort(province, kind="stable")
    sorted_ones = province[order]
    turns = np.empty_like(province)
    turns[order] = np.arange(len(province)) - np.searchsorted(sorted_ones, sorted_ones)
    return turns
