"""Any person of the nation by number: parents, spouse, home, birthday, name, numbers.

Nothing is looked up and nothing is kept: everything follows from the person's number and the seed.
Days are counted from 1 January 1900.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.nation.names import GIVEN, MIDDLE, SURNAME, Bearers, Tokens, cohort_of
from sogoc.demo.nation.nation import DISTRICT_BITS, OTHER, SLOT_BITS, Nation
from sogoc.demo.nation.village import NEIGHBOURHOODS, NOBODY, RANKS, SLOTS

if TYPE_CHECKING:
    from sogoc.demo.nation.lots import Flags, Ints

YEAR_ZERO = np.datetime64("1900-01-01")
TODAY = 45_961
"""1 November 2025."""
_YEARS = ((YEAR_ZERO + np.arange(TODAY + 800)).astype("datetime64[Y]").astype(np.int64)) + 1970
_INSIDE, _SLOT = np.int64(NEIGHBOURHOODS - 1), np.int64(SLOTS - 1)


class Kin:
    """Some persons, by number; each array has one value for each of them."""

    def __init__(self, nation: Nation, ids: Ints) -> None:
        self._nation, self.ids = nation, ids
        self.neighbourhood = ids >> SLOT_BITS
        district = ids >> DISTRICT_BITS
        self._at = nation.pattern[district] * SLOTS + (ids & _SLOT)
        self._base = ids & ~_SLOT
        self.province = nation.province[district]
        """Of birth, a position."""
        self._turn = nation.turn[district]
        self.female = nation.village.female[self._at]
        self.generation = nation.village.generation[self._at]

    # -- families

    def _beyond(self, husbands: Ints) -> Ints:
        """How many neighbourhoods further on the wife of the man in this slot was born."""
        nation = self._nation
        district = self.ids >> DISTRICT_BITS
        couple = (district << DISTRICT_BITS) | np.maximum(husbands, 0)
        bits = nation.lots.bits("married away", couple)
        away = (bits >> np.uint64(32)).astype(np.float64) < nation.rates.people.married_away * 2**32
        # Clans of the highlands come from the mother: her house is the home.
        away &= ~nation.land.mountainous()[self.province]
        steps = 1 + (bits.astype(np.int64) & 0xFFFF) % (NEIGHBOURHOODS - 1)
        return np.where(away, steps, 0)

    def _person(self, slots: Ints, steps: Ints) -> Ints:
        """The person of that slot so many neighbourhoods on; NOBODY where there is no slot."""
        inside = (self.neighbourhood + steps) & _INSIDE
        there = (self.neighbourhood & ~_INSIDE) | inside
        return np.where(slots == NOBODY, NOBODY, (there << SLOT_BITS) | slots)

    def father(self) -> Ints:
        """His number; NOBODY for the oldest generation."""
        slots = self._nation.village.father[self._at].astype(np.int64)
        return np.where(slots == NOBODY, NOBODY, self._base | slots)

    def mother(self) -> Ints:
        """Her number; NOBODY for the oldest generation."""
        village = self._nation.village
        steps = self._beyond(village.father[self._at].astype(np.int64))
        return self._person(village.mother[self._at].astype(np.int64), steps)

    def spouse(self) -> Ints:
        """Husband or wife, if married; NOBODY else."""
        slots = self._nation.village.spouse[self._at].astype(np.int64)
        steps = self._beyond(np.where(self.female, slots, self.ids & _SLOT))
        found = self._person(slots, np.where(self.female, -steps, steps))
        man = np.where(self.female, found, self.ids)
        return np.where(self._unmarried(man), NOBODY, found)

    def _unmarried(self, men: Ints) -> Flags:
        rate = self._nation.rates.people.unmarried_parents
        return self._nation.lots.chance("unmarried", np.maximum(men, 0), rate)

    def fatherless(self, father: Ints) -> Flags:
        """Whether the books name no father."""
        return np.asarray((father != NOBODY) & self._unmarried(father), dtype=np.bool_)

    def couple(self, father: Ints, spouse: Ints) -> Ints:
        """The man's number of the couple they are of, else of the couple they were born to."""
        own = np.where(self.female, spouse, self.ids)
        alone = self._nation.lots.chance("alone", self.ids, self._nation.rates.people.alone)
        parents = np.where((father != NOBODY) & ~alone, father, self.ids)
        return np.where(spouse != NOBODY, own, parents)

    # -- time

    def days(self) -> Ints:
        """Birthdays. Twins have one."""
        village, lots = self._nation.village, self._nation.lots
        mother = village.mother[self._at].astype(np.int64)
        family = np.where(mother == NOBODY, self.ids, self._base | mother)
        elder = village.elder[self._at].astype(np.int64)
        birth = np.where(village.twin[self._at], self._base | elder, self.ids)
        shift = lots.below("family day", family, 301) + lots.below("day", birth, 91) - 195
        return np.asarray(village.day[self._at] + shift, dtype=np.int64)

    def died(self, years: Ints) -> Ints:
        """Days of death; 0 for the living."""
        lots, rates = self._nation.lots, self._nation.rates.people
        # Who died young is single, or somebody's child would be younger than the death.
        single = self._nation.village.spouse[self._at] == NOBODY
        rate = np.where((years < 1965) | single, rates.dead(years), 0.0)
        dead = lots.chance("dead", self.ids, rate)
        grown = np.maximum((years - 1900 + np.where(single, 1, 48)) * 365.25, 37_300)
        day = grown + lots.uniform("day of death", self.ids) * (TODAY - grown)
        return np.where(dead, np.minimum(day, TODAY).astype(np.int64), 0)

    # -- names

    def peoples(self) -> Ints:
        """As the father's line; most of a neighbourhood are of one people."""
        root = self._base | self._nation.village.root[self._at]
        nation = self._nation
        own: Ints = nation.people[self.neighbourhood]
        mixed = np.flatnonzero(nation.lots.chance("mixed", root, nation.rates.people.mixed))
        spins = nation.lots.spin("people", root[mixed] | OTHER)
        own[mixed] = nation.land.peoples[self.province[mixed], spins]
        return own

    def bearers(self, years: Ints) -> Bearers:
        """Who they are, as far as names go."""
        return Bearers(
            people=self.peoples(),
            naming=self._nation.land.naming[self.province],
            female=self.female,
            cohort=cohort_of(years),
        )

    def tokens(self, bearers: Bearers) -> Tokens:
        """Names as the population register writes them."""
        tokens = self._drawn(bearers)
        self._like_the_elder(tokens)
        self._like_the_father(tokens, bearers)
        return tokens

    def _drawn(self, bearers: Bearers) -> Tokens:
        lots, book, page = self._nation.lots, self._nation.book, bearers.page()
        tokens = np.empty((3, len(self.ids)), dtype=np.int32)
        tokens[SURNAME] = self._surnames(bearers)
        father = self.father()
        brood = father * 2 + self.female
        share = self._nation.rates.people.siblings_share_middle
        shared = (father != NOBODY) & lots.chance("one middle name", brood, share)
        key = np.where(shared, brood | OTHER, self.ids)
        tokens[MIDDLE] = book.middles[page, lots.spin("middle", key)]
        tokens[GIVEN] = book.givens[page, lots.spin("given", self.ids)]
        return tokens

    def _surnames(self, bearers: Bearers) -> Ints:
        """From the father's line; of some peoples the clan from the mother's."""
        nation, people = self._nation, bearers.people
        root = self._base | nation.village.root[self._at]
        clans = np.flatnonzero(nation.book.matrilineal[people])
        if clans.size:
            root[clans] = (self._base | nation.village.mother_root[self._at])[clans]
            people = people.copy()
            people[clans] = Kin(nation, root[clans]).peoples()
        spins = nation.lots.spin("surname", root)
        named: Ints = nation.book.surnames[people * 3 + bearers.naming, spins]
        return named

    def _like_the_elder(self, tokens: Tokens) -> None:
        """Twins, and some siblings, have names one letter or mark apart."""
        nation, village, rates = self._nation, self._nation.village, self._nation.rates.people
        twin = village.twin[self._at]
        rate = np.where(twin, rates.twins_alike, rates.siblings_alike)
        elder = village.elder[self._at].astype(np.int64)
        alike = nation.lots.chance("alike", self.ids, rate) & (elder != NOBODY)
        rows = np.flatnonzero(alike)
        rows = rows[village.female[self._at[rows] - (self.ids[rows] & _SLOT) + elder[rows]]
                    == self.female[rows]]  # fmt: skip
        one = Kin(nation, self._base[rows] | elder[rows])
        drawn = one._drawn(one.bearers(year_of(one.days())))
        tokens[GIVEN, rows] = nation.book.like[drawn[GIVEN]]
        twins = twin[rows]
        tokens[MIDDLE, rows[twins]] = drawn[MIDDLE, twins]

    def _like_the_father(self, tokens: Tokens, bearers: Bearers) -> None:
        """A few sons bear the whole name of the father."""
        rate = self._nation.rates.people.after_the_father
        named = self._nation.lots.chance("after the father", self.ids, rate)
        rows = np.flatnonzero(named & ~self.female & (self.generation > 0))
        father = Kin(self._nation, self.father()[rows])
        told = father.bearers(year_of(father.days()))
        same = told.people == bearers.people[rows]
        drawn = father._drawn(told)
        tokens[:, rows[same]] = drawn[:, same]

    def ancestors(self, bearers: Bearers, surname: Ints) -> tuple[Tokens, Tokens]:
        """Names, as written, of the parents of the oldest, who stand in no register."""
        lots, book = self._nation.lots, self._nation.book
        parents = []
        for female in (False, True):
            ids = (self.ids | OTHER) * 2 + female
            who = Bearers(
                people=bearers.people,
                naming=bearers.naming,
                female=np.full(len(ids), female),
                cohort=np.zeros_like(ids),
            )
            surnames = book.surname(who, lots.spin("surname", ids)) if female else surname
            middles = book.middles[who.page(), lots.spin("middle", ids)]
            givens = book.givens[who.page(), lots.spin("given", ids)]
            parents.append(book.written(np.stack([surnames, middles, givens]), who))
        return parents[0], parents[1]

    # -- numbers

    def numbers(self, years: Ints) -> Ints:
        """Personal numbers (Decree 137/2015 Art. 13), twelve digits.

        The last six are a place that nobody else of the same province, sex and year has: the
        district's turn in its province, the neighbourhood in it, the slot's rank by age; stirred.
        """
        nation = self._nation
        rank = nation.village.rank[self._at].astype(np.int64)
        own = (self._turn * NEIGHBOURHOODS + (self.neighbourhood & _INSIDE)) * RANKS + rank
        head = nation.land.codes[self.province] * 1000
        head += (years // 100 - 19) * 200 + self.female * 100 + years % 100
        start = nation.lots.below("serial", head, 1_000_000)
        return np.asarray(head * 1_000_000 + (own * 370_249 + start) % 1_000_000, dtype=np.int64)

    def old_numbers(self, years: Ints) -> Ints:
        """Numbers of the old card, nine digits; 0 for those who never had one.

        Some were given again over time and province.
        """
        lots, rates = self._nation.lots, self._nation.rates.people
        twice = lots.chance("old number twice", self.ids, rates.old_number_twice)
        ids = np.where(twice, self.ids - 1 - lots.below("whose", self.ids, 100_000), self.ids)
        number = 10_000_000 + (np.maximum(ids, 0) * 370_248_451 + 7) % 950_000_000
        return np.where(lots.chance("old card", self.ids, rates.old_card(years)), number, 0)


def year_of(days: Ints) -> Ints:
    """The year of each day."""
    return _YEARS[days]
