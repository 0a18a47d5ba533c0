"""Who is whose child and spouse: patterns of 4,096 persons in four generations.

A person's number says all: `number >> 12` is the neighbourhood, `number & 4095` the slot in its
pattern, and eight neighbourhoods (`number >> 15`, a district) follow one pattern. The pattern says
for each slot the sex, roughly the birthday, the slots of father, mother and spouse, and which
sibling came before. So nobody has to be looked up: the mother of any person is arithmetic.

Every fifth couple or so is of two neighbourhoods of the district; children live in the father's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from sogoc.demo.nation.lots import Flags, Floats, Ints, Lots

SLOTS = 1 << 12
NEIGHBOURHOODS = 8
"""In a district."""
PATTERNS = 48
NOBODY = -1
RANKS = 128
"""Slots of one sex whose birthdays may fall in one year have different ranks below this."""

GENERATIONS = (512, 1152, 1408, 1024)
_CHILDREN = (8.0, 4.2, 3.0)
"""Births looked for on average by the couples of each generation; the surplus is left out."""
_FIRST_DAY, _LAST_FIRST = 10_600, 20_600  # 1929 to 1956, in days since 1900
_NOW = 45_850  # July 2025: what is added by lot ends within the year
_YEAR = 365.25
_GROWN = 37_600  # born after 2002: not married yet
TWINS = 0.012


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    """All patterns one behind the other; each array is read at `pattern * SLOTS + slot`.

    Slots of relatives are NOBODY where there is none; `day` counts from 1 January 1900.
    """

    day: Ints
    female: Flags
    generation: npt.NDArray[np.int8]
    father: npt.NDArray[np.int16]
    mother: npt.NDArray[np.int16]
    spouse: npt.NDArray[np.int16]
    elder: npt.NDArray[np.int16]
    """The sibling born before, or with, this one."""
    twin: Flags
    """Born on the day of the elder."""
    order: npt.NDArray[np.int8]
    """How many siblings are older."""
    root: npt.NDArray[np.int16]
    """The first known man of the male line."""
    mother_root: npt.NDArray[np.int16]
    """The first known woman of the female line within the neighbourhood."""
    rank: npt.NDArray[np.int16]


def load_village(lots: Lots) -> Village:
    """Draw the patterns."""
    made = [_Pattern(lots, number).finished() for number in range(PATTERNS)]
    return Village(**{name: np.concatenate([one[name] for one in made]) for name in made[0]})


class _Pattern:
    """One pattern while it grows, generation by generation."""

    def __init__(self, lots: Lots, number: int) -> None:
        self._lots, self._base = lots, number * SLOTS
        self.day = np.zeros(SLOTS, dtype=np.int64)
        self.female = lots.chance("village sex", self._base + np.arange(SLOTS), 0.49)
        self.relatives = {
            name: np.full(SLOTS, NOBODY, dtype=np.int16)
            for name in ("father", "mother", "spouse", "elder")
        }
        self.twin = np.zeros(SLOTS, dtype=np.bool_)
        self.order = np.zeros(SLOTS, dtype=np.int8)

    def finished(self) -> dict[str, np.ndarray]:
        """Grow it."""
        start, couples = 0, np.empty((0, 2), dtype=np.int64)
        for generation, count in enumerate(GENERATIONS):
            slots = np.arange(start, start + count)
            if generation == 0:
                self.day[slots] = self._first(slots)
            else:
                self._born(slots, generation, couples)
            couples = self._couples(slots, generation)
            start += count
        generations = np.repeat(np.arange(len(GENERATIONS), dtype=np.int8), GENERATIONS)
        return {
            "day": self.day,
            "female": self.female,
            "generation": generations,
            **self.relatives,
            "twin": self.twin,
            "order": self.order,
            "root": self._root("father"),
            "mother_root": self._root("mother"),
            "rank": self._ranks(),
        }

    def _drawn(self, lot: str, ids: Ints) -> Floats:
        return self._lots.uniform(f"village {lot}", self._base + ids)

    def _first(self, slots: Ints) -> Ints:
        span = _LAST_FIRST - _FIRST_DAY
        # More of the young among those still in the books.
        drawn = np.sort(self._drawn("first day", slots) ** 0.7)
        return np.asarray(_FIRST_DAY + drawn * span, dtype=np.int64)

    def _couples(self, slots: Ints, generation: int) -> Ints:
        """Men by age beside women about three years younger; the rest stay single."""
        grown = slots[self.day[slots] < _GROWN]
        if generation == len(GENERATIONS) - 1:
            return np.empty((0, 2), dtype=np.int64)
        men, women = grown[~self.female[grown]], grown[self.female[grown]]
        apart = (self._drawn("apart", women) + self._drawn("apart too", women)) * 3.5 - 0.5
        men = men[np.argsort(self.day[men], kind="stable")]
        women = women[np.argsort(self.day[women] - apart * _YEAR, kind="stable")]
        count = min(len(men), len(women))
        pairs: Ints = np.stack([men[:count], women[:count]], axis=1)
        mother = self.relatives["mother"]
        siblings = (mother[pairs[:, 0]] == mother[pairs[:, 1]]) & (mother[pairs[:, 0]] != NOBODY)
        older = (self.day[pairs[:, 1]] - self.day[pairs[:, 0]]) / _YEAR
        pairs = pairs[~siblings & (older > -2.5) & (older < 12)]
        spouse = self.relatives["spouse"]
        spouse[pairs[:, 0]], spouse[pairs[:, 1]] = pairs[:, 1], pairs[:, 0]
        return pairs

    def _born(self, slots: Ints, generation: int, couples: Ints) -> None:
        """Children of the couples, ordered by birthday, as many as there are slots."""
        most = 12
        which = np.repeat(np.arange(len(couples)), most)
        nth = np.tile(np.arange(most), len(couples))
        ids = which * most + nth + generation * SLOTS * most
        step = (1.15 + self._drawn("step", ids) * 2.6) * _YEAR
        # Only of every second child: so twins come in twos.
        twin = (self._drawn("twins", ids) < TWINS * 3) & (nth % 2 == 1)
        step[twin] = 0
        steps = np.cumsum(step.reshape(-1, most), axis=1)
        mothers = self.day[couples[:, 1]][:, None]
        first = 17.5 + 6 * self._drawn("first child", ids[nth == 0])[:, None]
        day = (mothers + first * _YEAR + steps).ravel()
        age = day - np.repeat(mothers.ravel(), most)
        wished = _CHILDREN[generation - 1] * 2 * self._drawn("wish", ids[nth == 0])
        there = (nth < np.repeat(wished, most)) & (age < 44 * _YEAR) & (day < _NOW)
        chosen = np.flatnonzero(there)
        if len(chosen) < len(slots):
            chosen = np.flatnonzero((age < 46 * _YEAR) & (day < _NOW))
        lot = np.argsort(nth[chosen] * 1.0 + 6 * self._drawn("kept", ids[chosen]), kind="stable")
        kept = np.sort(chosen[lot[: len(slots)]])
        by_day = kept[np.argsort(day[kept], kind="stable")]
        self.day[slots] = day[by_day]
        self.relatives["father"][slots] = couples[which[by_day], 0]
        self.relatives["mother"][slots] = couples[which[by_day], 1]
        self._siblings(slots, which[by_day])

    def _siblings(self, slots: Ints, family: Ints) -> None:
        order = np.argsort(family, kind="stable")
        same = np.flatnonzero(family[order][1:] == family[order][:-1]) + 1
        younger, older = slots[order[same]], slots[order[same - 1]]
        self.relatives["elder"][younger] = older
        for one, before in zip(younger, older, strict=True):
            self.order[one] = self.order[before] + 1
        self.twin[younger[self.day[younger] == self.day[older]]] = True

    def _root(self, line: str) -> npt.NDArray[np.int16]:
        root = np.arange(SLOTS, dtype=np.int16)
        parent = self.relatives[line]
        for _ in GENERATIONS[1:]:
            above = parent[root]
            root = np.where(above == NOBODY, root, above)
        return root

    def _ranks(self) -> npt.NDArray[np.int16]:
        ranks = np.empty(SLOTS, dtype=np.int16)
        for sex in (False, True):
            mine = np.flatnonzero(self.female == sex)
            by_day = mine[np.argsort(self.day[mine], kind="stable")]
            ranks[by_day] = np.arange(len(mine)) % RANKS
        return ranks
