"""A map from posteriors to probabilities: a staircase that never goes down.

Labels are counted in the bins of `bins.py`; the posterior itself is worth a few labels a bin; and
neighbouring bins that would go down are pooled (Ayer, Brunk, Ewing, Reid and Silverman, 1955;
Zadrozny and Elkan, 2002). The order of candidates stays as it was: only what is said of them
changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sogoc.link.calibration.bins import BILLION, BINS, bin_of, low, middle

if TYPE_CHECKING:
    from collections.abc import Iterable

STRENGTH = 4.0
"""Labels that the posterior itself is worth in a bin: decides empty bins, not full ones."""


@dataclass(frozen=True, slots=True)
class Tread:
    """One tread of a staircase: posteriors from here to the next tread have one probability.

    `labels` and `wrong` are what was counted there.
    """

    first: int
    """The first bin of the tread; the last one ends before the next tread."""
    labels: float
    wrong: float
    parts: int
    """The probability in parts of a billion."""

    @property
    def probability(self) -> float:
        """The probability of being the right person."""
        return self.parts / BILLION

    @property
    def low(self) -> int:
        """The least posterior that stands on this tread, in parts of a billion."""
        return low(self.first)


@dataclass(slots=True)
class Labels:
    """How many labels fell in each bin, and how many of them were right."""

    seen: list[float] = field(default_factory=lambda: [0.0] * BINS)
    right: list[float] = field(default_factory=lambda: [0.0] * BINS)

    def add(self, position: int, *, seen: float, right: float) -> None:
        """Count labels of one bin."""
        self.seen[position] += seen
        self.right[position] += right

    @classmethod
    def of(cls, judged: Iterable[tuple[float, bool]]) -> Labels:
        """Labels from posteriors and whether each was right."""
        labels = cls()
        for posterior, right in judged:
            labels.add(bin_of(posterior), seen=1, right=right)
        return labels

    def before(self, others: Labels, *, most: float) -> Labels:
        """These labels first: where there are any, the others count as at most this many.

        In bins that these say nothing of, the others count in full.
        """
        together = Labels(list(self.seen), list(self.right))
        for position, seen in enumerate(others.seen):
            share = min(1.0, most / seen) if seen and self.seen[position] else 1.0
            together.add(position, seen=seen * share, right=others.right[position] * share)
        return together

    def joined(self, others: Labels, *, most: float) -> Labels:
        """These labels and those of elsewhere, which count as at most this many in a bin."""
        together = Labels(list(self.seen), list(self.right))
        for position, seen in enumerate(others.seen):
            share = min(1.0, most / seen) if seen else 0.0
            together.add(position, seen=seen * share, right=others.right[position] * share)
        return together


@dataclass(slots=True)
class _Pool:
    first: int
    seen: float
    right: float
    weight: float
    mass: float

    @property
    def mean(self) -> float:
        return self.mass / self.weight


def staircase(labels: Labels) -> tuple[Tread, ...]:
    """The staircase nearest to the labels among all that never go down."""
    pools: list[_Pool] = []
    for position in range(BINS):
        seen, right = labels.seen[position], labels.right[position]
        mass = right + STRENGTH * middle(position)
        pools.append(_Pool(position, seen, right, seen + STRENGTH, mass))
        while len(pools) > 1 and pools[-2].mean >= pools[-1].mean:
            upper = pools.pop()
            lower = pools[-1]
            lower.seen += upper.seen
            lower.right += upper.right
            lower.weight += upper.weight
            lower.mass += upper.mass
    return tuple(
        Tread(pool.first, pool.seen, pool.seen - pool.right, round(pool.mean * BILLION))
        for pool in pools
    )


def tread_at(treads: tuple[Tread, ...], position: int) -> Tread:
    """The tread on which a bin stands."""
    return [tread for tread in treads if tread.first <= position][-1]
