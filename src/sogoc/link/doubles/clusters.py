"""Pairs put together where all of them speak for each other; a chain of likenesses is no evidence.

"A is like B, B is like C" says nothing of A and C: two clusters become one only if every record of
the one was found alike with every record of the other. So each pair stands in one cluster, and a
cluster never says more than its pairs do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST = 8
"""Records of one cluster: more than a person can hold against each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records that may be one person, the lower first."""

    record: int
    other: int
    weight: int
    posterior: float
    evidence: str


def clustered(pairs: Iterable[Pair], *, largest: int = LARGEST) -> list[list[Pair]]:
    """The pairs by cluster, those with the strongest pair first.

    Pairs are taken from the strongest down. One that cannot join is a cluster of its own: its
    records may so stand in several, each time with what speaks for it.
    """
    ordered = sorted(pairs, key=lambda one: (-one.posterior, -one.weight, one.record, one.other))
    known = {(one.record, one.other) for one in ordered}
    members: dict[int, frozenset[int]] = {}
    alone: list[Pair] = []
    joined: list[Pair] = []
    for one in ordered:
        left = members.get(one.record, frozenset({one.record}))
        right = members.get(one.other, frozenset({one.other}))
        whole = left | right
        if left == right or (len(whole) <= largest and _all_known(left, right, known)):
            joined.append(one)
            members |= dict.fromkeys(whole, whole)
        else:
            alone.append(one)
    return _grouped(joined, alone, members)


def _all_known(left: frozenset[int], right: frozenset[int], known: set[tuple[int, int]]) -> bool:
    return all((min(a, b), max(a, b)) in known for a in left for b in right)


def _grouped(
    joined: list[Pair], alone: list[Pair], members: dict[int, frozenset[int]]
) -> list[list[Pair]]:
    groups: dict[frozenset[int], list[Pair]] = {}
    for one in joined:
        groups.setdefault(members[one.record], []).append(one)
    found = [*groups.values(), *([one] for one in alone)]
    return sorted(found, key=lambda group: (-group[0].posterior, -group[0].weight, group[0].record))
