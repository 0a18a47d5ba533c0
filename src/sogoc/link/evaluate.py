"""How good links are, measured against a truth that linking never sees.

Precision is of the links given; recall is of the records whose person is in the population.
Both per record: the person answered against the person meant.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 0.9999, 1.0)
"""Edges of the bins of posteriors; the last takes its upper edge in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The best person for one record: `accepted` if the outcome says that this is the person."""

    record: int
    person: str | None
    probability: float
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Who is meant (None: nobody in the population), and what was done to the record."""

    person: str | None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Counts of one group of records, and what follows from them; a share of nothing is 1."""

    records: int
    present: int
    linked: int
    correct: int

    @property
    def precision(self) -> float:
        """Share of the links that are right."""
        return self.correct / self.linked if self.linked else 1.0

    @property
    def recall(self) -> float:
        """Share of those present that were linked to the right person."""
        return self.correct / self.present if self.present else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Posteriors from `low` to `high`: how many, their mean, and the share that was right."""

    low: float
    high: float
    count: int
    mean: float
    right: float


def quality(links: Iterable[Link], truth: Mapping[int, Truth]) -> Quality:
    """Of the accepted links. A record of the truth without a link counts as not linked."""
    accepted = [link for link in links if link.accepted and link.person is not None]
    return Quality(
        records=len(truth),
        present=sum(one.person is not None for one in truth.values()),
        linked=len(accepted),
        correct=sum(_right(link, truth) for link in accepted),
    )


def by_kind(links: Sequence[Link], truth: Mapping[int, Truth]) -> dict[str, Quality]:
    """The same for each kind of damage; a record with two kinds counts in both."""
    groups: dict[str, dict[int, Truth]] = defaultdict(dict)
    for record, one in truth.items():
        for kind in one.kinds:
            groups[kind][record] = one
    found = {link.record: link for link in links}
    return {
        kind: quality((found[record] for record in group if record in found), group)
        for kind, group in sorted(groups.items())
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Worse:
    """A group that is served worse than all others together: shares of what, and by how much."""

    group: str
    measure: str
    """`recall`: found when present; `precision`: right when found."""
    share: float
    others: float
    """The same share of all records outside the group."""


_POINTS = {"recall": 0.01, "precision": 0.001}
"""Differences below these are not told; nor such as chance alone makes once in a thousand times."""
_CHANCE = 3.0


def worse_served(groups: Mapping[str, Quality]) -> list[Worse]:
    """The groups, of one way to divide the records, that linking serves worse than the others.

    Each against the rest of the records, by a test of two shares, so that a small group is not
    accused by chance and a large one is not excused by its own weight in the average.
    """
    return [
        Worse(group=name, measure=measure, share=share, others=others)
        for name, one in groups.items()
        for measure, share, others in _apart(one, _rest(one, groups.values()))
    ]


def _rest(one: Quality, groups: Iterable[Quality]) -> Quality:
    every = list(groups)
    return Quality(
        records=sum(each.records for each in every) - one.records,
        present=sum(each.present for each in every) - one.present,
        linked=sum(each.linked for each in every) - one.linked,
        correct=sum(each.correct for each in every) - one.correct,
    )


def _apart(one: Quality, rest: Quality) -> Iterator[tuple[str, float, float]]:
    for measure, of_one, of_rest in (
        ("recall", one.present, rest.present),
        ("precision", one.linked, rest.linked),
    ):
        if not of_one or not of_rest:
            continue
        share, others = one.correct / of_one, rest.correct / of_rest
        both = (one.correct + rest.correct) / (of_one + of_rest)
        error = (both * (1 - both) * (1 / of_one + 1 / of_rest)) ** 0.5
        if others - share > max(_POINTS[measure], _CHANCE * error):
            yield measure, share, others


def recall_at(links: Iterable[Link], truth: Mapping[int, Truth], *, precision: float) -> float:
    """The largest recall that a threshold on the posterior reaches with at least this precision.

    All best links count here, accepted or not; those of equal posterior stand or fall together.
    """
    present = sum(one.person is not None for one in truth.values())
    given = sorted((link for link in links if link.person is not None), key=_downwards)
    best = correct = 0
    for linked, link in enumerate(given, 1):
        correct += _right(link, truth)
        last = linked == len(given) or given[linked].probability != link.probability
        if last and correct >= precision * linked:
            best = correct
    return best / present if present else 1.0


def calibration(links: Iterable[Link], truth: Mapping[int, Truth]) -> list[Bin]:
    """For each bin of posteriors the share that was right, beside their mean."""
    groups: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        if link.person is not None:
            groups[_bin(link.probability)].append(link)
    return [
        Bin(
            low=BINS[index],
            high=BINS[index + 1],
            count=len(group),
            mean=sum(link.probability for link in group) / len(group),
            right=sum(_right(link, truth) for link in group) / len(group),
        )
        for index, group in sorted(groups.items())
    ]


def _right(link: Link, truth: Mapping[int, Truth]) -> bool:
    meant = truth[link.record].person
    return meant is not None and meant == link.person


def _downwards(link: Link) -> tuple[float, int]:
    return (-link.probability, link.record)


def _bin(probability: float) -> int:
    inside = [index for index, low in enumerate(BINS[:-1]) if low <= probability]
    return inside[-1] if inside else 0
