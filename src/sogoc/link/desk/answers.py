"""From the candidates that the kernel kept to the row of `link_answers__`, for one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sogoc.link.index.layout import FAMILY, UNKNOWN
from sogoc.link.index.records import numbers
from sogoc.link.kernel.writing.source import NONE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sogoc.link.index.person_index import PersonIndex
    from sogoc.link.kernel.running import Kept
    from sogoc.link.policy import Policy

_SHARES = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One person of the population who may be meant: a row of `link_candidates__`."""

    person: int
    place: int
    levels: tuple[int, ...]
    """Of each comparison of the policy, in its order; 0 where a value is missing."""
    weight: int
    next_weight: int | None
    mass: int
    seen: int
    unseen: int
    absent: int
    bearers: int
    rivals: int

    @property
    def total(self) -> int:
        """All masses together."""
        return self.seen + self.unseen + self.absent

    @property
    def posterior(self) -> float:
        """This person's share, a whole number of billionths."""
        return self.mass * _SHARES // self.total / 1e9


def candidates(kept: Kept, asked: int) -> list[Candidate]:
    """Those kept for this person asked for, best first."""
    rows = np.flatnonzero(kept.longs[:, 0] == asked)
    return [_candidate(kept.longs[row].tolist(), kept.levels[row].tolist()) for row in rows]


def _candidate(numbers: list[int], levels: list[int]) -> Candidate:
    _, person, place, _, weight, after, mass, seen, unseen, absent, _, bearers, rivals = numbers
    return Candidate(
        person=person,
        place=place,
        levels=tuple(levels),
        weight=weight,
        next_weight=None if after == NONE else after,
        mass=mass,
        seen=seen,
        unseen=unseen,
        absent=absent,
        bearers=bearers,
        rivals=rivals,
    )


def answer(
    index: PersonIndex, policy: Policy, asked: Mapping[str, Any], *, found: Sequence[Candidate]
) -> dict[str, Any]:
    """The row that `resolve.answers_step` makes: the best candidate, the number's bearer."""
    at = [one.id for one in policy.comparisons].index("number")
    equal = policy.level("number:equal")
    best = found[0] if found else None
    held = next((one for one in found if one.levels[at] == equal), None)
    own = ("asked", "_row", "who", "folded", "number_text", "old_number", "born", "place", "died")
    return {
        **{name: asked[name] for name in own},
        "number": _digits(asked["number"]),
        "name_bearers": asked["bearers"],
        "confirmed": None if best is None else False,
        "judged_absent": False,
        "anybody": best and (_SHARES - best.absent * _SHARES // best.total) / 1e9,
        "margin": _margin(best),
        "bearers": best.bearers if best else 0,
        "rival": bool(best and best.rivals),
        **_side(index, policy, "b_", one=best),
        **_side(index, policy, "h_", one=held),
    }


def _margin(best: Candidate | None) -> float | None:
    if best is None or best.next_weight is None:
        return None
    return (best.weight - best.next_weight) / 1e3


def _side(
    index: PersonIndex, policy: Policy, side: str, *, one: Candidate | None
) -> dict[str, Any]:
    """What is said of one candidate, under this prefix; all of it unknown where there is none."""
    levels = one.levels if one else [None] * len(policy.comparisons)
    told = {
        **{f"{c.id}_level": level for c, level in zip(policy.comparisons, levels, strict=True)},
        "person": one.person if one else None,
        "posterior": one.posterior if one else None,
        "weight": one.weight if one else None,
        **(_facts(index, one.person) if one else dict.fromkeys(_FACTS)),
    }
    return {f"{side}{name}": value for name, value in told.items()}


_FACTS = ("number", "folded", "died", *FAMILY)


def _facts(index: PersonIndex, person: int) -> dict[str, Any]:
    """What the population says of a person, read where it lies."""
    array, row = index.array, person
    if person >= index.persons and index.changes is not None:
        array, row = index.changes.array, person - index.persons
    record, dead = array("persons")[row], array("dead")
    at = int(np.searchsorted(dead, row))
    died = int(array("died")[at]) if at < len(dead) and dead[at] == row else UNKNOWN
    return {
        "number": _digits(_known(int(numbers(record)))),
        "folded": _known(record["folded"]),
        "died": _known(died),
        **{role: _known(array(role)[row]) if len(array(role)) else None for role in FAMILY},
    }


def number_of(index: PersonIndex, person: int) -> str | None:
    """The personal number of a person of the index; None where none is known."""
    number: str | None = _facts(index, person)["number"]
    return number


def _known(number: int) -> int | None:
    return None if number == UNKNOWN else int(number)


def _digits(number: int | None) -> str | None:
    return None if number is None else f"{number:012}"
