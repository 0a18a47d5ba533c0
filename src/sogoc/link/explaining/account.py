"""One person of one record as linking weighed them: every candidate, level by level.

Read off the tables that linking left, so nothing is computed here that did not decide: the weight
of a pair is the sum of its parts in thousandths of a bit, capped; a share is a mass over the sum of
all masses, "not in the population" and bearers of the name whom no block brought up included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.link.calibration.bins import BILLION
from sogoc.link.columns import TOTALS, asked, candidates, chances, mutual
from sogoc.link.population import number_text
from sogoc.link.weights import asked_bits, level_bits
from sogoc.tables.engine import quoted
from sogoc.tables.naming import POPULATION

if TYPE_CHECKING:
    from sogoc.contract.model import RegisterObject
    from sogoc.link.policy import Level, Policy
    from sogoc.tables.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One comparison of a pair: the level that held, and what it weighs."""

    comparison: str
    level: Level | None
    """None where a value is missing on one side: nothing is compared, nothing weighs."""
    weight: int
    """Thousandths of a bit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One person of the population who may be meant."""

    place: int
    number: str | None
    confirmed: bool
    parts: tuple[Part, ...]
    weight: int
    """Of all parts together, as it counted: capped."""
    share: float
    """Of all that may be meant, this person's part."""

    @property
    def capped(self) -> int:
        """What the cap took away, thousandths of a bit; 0 mostly."""
        return self.weight - sum(part.weight for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that was weighed for one person of a record; candidates best first."""

    candidates: tuple[Candidate, ...]
    prior: int
    """What is known before any evidence: one person of so many, thousandths of a bit."""
    absent: float
    """The part of "not in the population"."""
    unseen: float
    """The part of bearers of the name whom no block brought up."""
    persons: int
    """In the population."""
    namesakes: int

    @property
    def margin(self) -> int | None:
        """Thousandths of a bit between the best and the next; None without a next."""
        if len(self.candidates) < 2:  # noqa: PLR2004 - a margin takes two
            return None
        return self.candidates[0].weight - self.candidates[1].weight


def account(engine: Engine, one: RegisterObject, policy: Policy, *, who: int) -> Account | None:
    """What linking weighed for the person asked for under this number; None if nobody was.

    The number is that of `link_asked__<object>`: record and which of its persons.
    """
    held = _asked(engine, one, who)
    if held is None:
        return None
    rows = engine.rows(_pairs(engine, one, policy), [who])
    total = sum(rows[0][5:8]) if rows else 0
    return Account(
        candidates=tuple(_candidate(policy, row) for row in rows),
        prior=-held[0],
        absent=rows[0][7] / total if total else 1.0,
        unseen=rows[0][6] / total if total else 0.0,
        persons=held[1],
        namesakes=held[2],
    )


def _asked(engine: Engine, one: RegisterObject, who: int) -> tuple[int, int, int] | None:
    select = f"""
        select m.absent, n.persons, a.bearers
        from {quoted(asked(one.name))} as a cross join {quoted(chances(one.name))} as m
        cross join {TOTALS} as n
        where a.asked = ?
    """
    found = engine.rows(select, [who])
    return (int(found[0][0]), int(found[0][1]), int(found[0][2])) if found else None


def _pairs(engine: Engine, one: RegisterObject, policy: Policy) -> str:
    table = mutual(one.name) if engine.has(mutual(one.name)) else candidates(one.name)
    levels = ", ".join(f"a.{each.id}_level" for each in policy.comparisons)
    weights = ", ".join(
        "case a."
        f"{each.id}_level "
        + " ".join(
            f"when {number} then {level_bits(policy, each, number)}"
            for number, _ in enumerate(each.levels, 1)
        )
        + " else 0 end"
        for each in policy.comparisons
    )
    own = ", ".join(f"k.{name}" for name in asked_bits(policy) if name != "unseen")
    of_record = f", {own}" if own else ""
    return f"""
        select a.place, a.number, a.confirmed, a.weight, a.mass, a.seen, a.unseen, a.absent,
            {levels}, {weights}
        from (
            select c.*{of_record}, {number_text("p.number", 12)} as number
            from {quoted(table)} as c
            inner join {quoted(asked(one.name))} as k on c.asked = k.asked
            inner join {POPULATION} as p on c.person = p.person
            where c.asked = ?
        ) as a
        cross join {quoted(chances(one.name))} as m
        order by a.place
    """


def _candidate(policy: Policy, row: tuple[Any, ...]) -> Candidate:
    place, number, confirmed, weight, mass, seen, unseen, absent = row[:8]
    count = len(policy.comparisons)
    levels, weights = row[8 : 8 + count], row[8 + count :]
    total = seen + unseen + absent
    return Candidate(
        place=place,
        number=number,
        confirmed=confirmed == 1,
        parts=tuple(
            Part(comparison=each.id, level=each.levels[level - 1] if level else None, weight=own)
            for each, level, own in zip(policy.comparisons, levels, weights, strict=True)
        ),
        weight=weight,
        share=mass * BILLION // total / BILLION if total else 0.0,
    )
