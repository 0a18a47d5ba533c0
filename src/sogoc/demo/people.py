"""The made-up people: four generations of families, as arrays by person.

Persons are numbered from 0; `-1` stands for nobody. Each generation marries within its commune or
province and people, has its children, and grows old; who is dead at `TODAY` stays in the arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sogoc.demo.draw import Days, Draws, Flags, Ints, Texts
    from sogoc.demo.names import NameBook
    from sogoc.demo.places import Places

FIRST_RELEASE = np.datetime64("2026-06-30")
"""The day of the first release of the population register."""
TODAY = np.datetime64("2026-10-31")
"""The day on which the demo plays; the second release is of this day."""
REGISTER_BEGAN = np.datetime64("2016-01-01")
"""Who died earlier was never in the population register."""
NOBODY = -1
NEVER = np.datetime64("NaT", "D")
BY_DAY, BY_MONTH, BY_YEAR = 0, 1, 2


@dataclass(slots=True, kw_only=True)
class Generation:
    """Persons of one generation, before they are joined to the others."""

    ids: Ints
    female: Flags
    born: Days
    father: Ints
    mother: Ints
    patch: Ints
    people: Ints


@dataclass(slots=True, kw_only=True)
class Couples:
    """Married pairs; arrays by couple."""

    husband: Ints
    wife: Ints
    married: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody; arrays by person."""

    female: Flags
    born: Days
    precision: Ints
    """Of the date of birth in the register: BY_DAY, BY_MONTH, BY_YEAR."""
    father: Ints
    mother: Ints
    spouse: Ints
    married: Days
    people: Ints
    peoples: tuple[str, ...]
    name: Texts
    died: Days
    patch: Ints
    """Where the person lives at TODAY."""
    hamlet: Ints
    patch_before: Ints
    """Where the person lived before `moved`; the same as `patch` if never moved."""
    moved: Days
    household: Ints
    birth_province: Texts
    """Old province code of the place where the birth was registered."""
    number: Texts
    number_before: Texts
    """The number held until `renumbered`; empty if there was none."""
    renumbered: Days
    old_number: Texts
    """9-digit number, empty if never issued."""
    phone: Texts

    def __len__(self) -> int:
        return len(self.born)

    def registered(self, day: np.datetime64) -> Flags:
        """Whether the population register knows the person on that day, living or dead."""
        remembered = np.isnat(self.died) | (self.died >= REGISTER_BEGAN)
        return np.asarray((self.born <= day) & remembered, dtype=np.bool_)

    def living(self, day: np.datetime64) -> Flags:
        """Born, and not dead, on that day."""
        alive = np.isnat(self.died) | (self.died > day)
        return np.asarray((self.born <= day) & alive, dtype=np.bool_)

    def year(self) -> Ints:
        """The year of birth."""
        return years(self.born)

    def adult(self, day: np.datetime64) -> Flags:
        """At least 18 years old, whether living or not."""
        return np.asarray(self.born <= day - np.timedelta64(6575, "D"), dtype=np.bool_)

    def written_birth(self, ids: Ints) -> Texts:
        """ISO text with the precision that the register holds: `1931`, `1931-05`, `1931-05-02`."""
        text = self.born[ids].astype(str).astype(object)
        length = np.array([10, 7, 4])[self.precision[ids]]
        short = np.flatnonzero(length < length.max(initial=10))
        text[short] = [t[:n] for t, n in zip(text[short], length[short], strict=True)]
        return text


def years(days: Days) -> Ints:
    """The calendar year of each day."""
    return np.asarray(days.astype("datetime64[Y]").astype(np.int64) + 1970, dtype=np.int64)


def founders(draws: Draws, places: Places, book: NameBook, count: int) -> Generation:
    """The oldest generation, born 1925 to 1951, whose parents nobody remembers."""
    ids = np.arange(count, dtype=np.int64)
    patch = draws.weighted("home", ids, places.weight)
    early = draws.uniform("born", ids)
    span = (np.sqrt(early) * 26 * 365.25).astype(np.int64)
    return Generation(
        ids=ids,
        female=draws.chance("sex", ids, 0.51),
        born=np.datetime64("1925-01-01") + span.astype("timedelta64[D]"),
        father=np.full(count, NOBODY, dtype=np.int64),
        mother=np.full(count, NOBODY, dtype=np.int64),
        patch=patch,
        people=_peoples(draws, places, book, ids, patch),
    )


def regions(places: Places, patch: Ints) -> Ints:
    """0 highland, 1 coast, 2 delta: which names and peoples are at home."""
    coast = places.old_province[patch] == "54"
    delta = places.province[patch] == "82"
    return np.asarray(np.where(delta, 2, np.where(coast, 1, 0)), dtype=np.int64)


def _peoples(draws: Draws, places: Places, book: NameBook, ids: Ints, patch: Ints) -> Ints:
    """Minorities live together: a commune of the highland has more of them or fewer."""
    region = regions(places, patch)
    lean = 0.3 + 1.4 * draws.uniform("commune lean", places.commune[patch] + 10_000_000)
    people = np.zeros(len(ids), dtype=np.int64)
    lot = draws.uniform("people", ids)
    for code, name in enumerate(("highland", "coast", "delta")):
        shares = np.array(book.shares(name))
        others = np.cumsum(shares[1:])
        here = region == code
        # Kinh is the first of the table: whom no minority claims.
        place = np.searchsorted(others, lot[here] / lean[here], side="right") + 1
        people[here] = np.where(place > len(others), 0, place)
    return people


def marry(draws: Draws, places: Places, generation: Generation) -> Couples:
    """Pair men and women of like age and one people: within the commune, else the province."""
    ids = generation.ids
    commune = places.commune[generation.patch]
    province = np.where(places.province[generation.patch] == "66", 900, 901)
    stays = draws.chance("marries at home", ids, 0.8)
    free = draws.chance("marries", ids, 0.93) & (years(generation.born) < 2005)
    pairs = []
    for near in (np.where(stays, commune, province), province):
        husband, wife = _pairs(generation, near * 100 + generation.people, free)
        free[husband] = False
        free[wife] = False
        pairs.append((husband, wife))
    husband, wife = (np.concatenate(side) for side in zip(*pairs, strict=True))
    age = draws.between("wedding age", ids[wife], (19.5, 27)) * 365.25
    wedding = generation.born[wife] + age.astype(np.int64).astype("timedelta64[D]")
    # A man much younger than his wife must not marry as a child.
    wedding = np.maximum(wedding, generation.born[husband] + np.timedelta64(18 * 366, "D"))
    held = wedding < TODAY
    return Couples(husband=ids[husband[held]], wife=ids[wife[held]], married=wedding[held])


def _pairs(generation: Generation, group: Ints, free: Flags) -> tuple[Ints, Ints]:
    """The eldest free man of a group with its eldest free woman, and so on; never siblings."""
    men = np.flatnonzero(free & ~generation.female)
    women = np.flatnonzero(free & generation.female)
    man_key = _rank(group[men], generation.born[men])
    woman_key = _rank(group[women], generation.born[women])
    _, at_man, at_woman = np.intersect1d(man_key, woman_key, return_indices=True)
    husband, wife = men[at_man], women[at_woman]
    mothers = generation.mother
    kin = (mothers[husband] == mothers[wife]) & (mothers[husband] != NOBODY)
    apart = np.abs((generation.born[husband] - generation.born[wife]).astype(np.int64))
    fit = ~kin & (apart < 15 * 365)
    return husband[fit], wife[fit]


def _rank(group: Ints, born: Days) -> Ints:
    """A key of group and place by age within it."""
    order = np.lexsort((born, group))
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(ordered)])
    place = np.arange(len(ordered)) - np.repeat(starts, sizes)
    keys = np.empty(len(group), dtype=np.int64)
    keys[order] = ordered * (1 << 22) + place
    return keys


def children(draws: Draws, couples: Couples, parents: Generation, first: int) -> Generation:
    """The children of the couples, numbered from `first`; twins are about one birth in eighty."""
    start = int(parents.ids[0])
    wife, husband = couples.wife, couples.husband
    year = years(parents.born[wife - start])
    fertility = np.interp(
        year, [1930, 1945, 1958, 1970, 1982, 2005], [4.6, 4.4, 3.5, 2.6, 2.2, 2.0]
    )
    count = (fertility * 0.5 + draws.uniform("children", wife) * fertility + 0.5).astype(np.int64)
    couple = np.repeat(np.arange(len(wife)), count)
    order = np.arange(len(couple)) - np.repeat(np.cumsum(count) - count, count)
    key = wife[couple] * 16 + order
    days = 300 + order * 900 + draws.below("spacing", key, 500)
    born = couples.married[couple] + days.astype("timedelta64[D]")
    twin = draws.chance("twin", key, 0.025) & (order > 0)
    born[twin] = born[np.flatnonzero(twin) - 1]
    at_mother = born - parents.born[wife[couple] - start]
    kept = (born <= TODAY) & (at_mother < np.timedelta64(45 * 365, "D"))
    couple, born = couple[kept], born[kept]
    ids = first + np.arange(len(couple), dtype=np.int64)
    father = husband[couple]
    return Generation(
        ids=ids,
        female=draws.chance("sex", ids, 0.477),
        born=born,
        father=father,
        mother=wife[couple],
        patch=parents.patch[father - start],
        people=parents.people[father - start],
    )
