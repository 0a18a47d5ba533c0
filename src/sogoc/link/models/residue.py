"""m learned anew where no number helps: expectation and maximisation over levels that are stored.

Records with a good number may be cleaner than the rest. So m is learned a second time, on records
without a number, from the candidates that linking left: each counts with its posterior, the
posteriors follow from m, and so in turn (Dempster, Laird and Rubin, 1977). What the pairs with one
number said stays in it with the weight of `strength` pairs. u is counted, never learned. The
records are a sample by their ordinal, shares are whole billionths: the same on every engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.columns import TOTALS, asked, chances, scored
from sogoc.link.models.model import learned
from sogoc.link.weights import (
    asked_bits,
    chance_name,
    chances_bits,
    double,
    is_measured,
    mass,
    weight,
)
from sogoc.tables.engine import Step, quoted

if TYPE_CHECKING:
    from sogoc.contract.model import RegisterObject
    from sogoc.link.models.model import Model
    from sogoc.link.policy import Comparison, Policy
    from sogoc.tables.engine import Engine

ROUNDS = 5
SAMPLE = 65_536
"""All of them; a quarter of it takes one record in four."""

_SHARES = 1_000_000_000


def trained(
    engine: Engine, one: RegisterObject, policy: Policy, *, rounds: int = ROUNDS, of: int = SAMPLE
) -> Model:
    """The model learned on the residue of an object that was linked in this engine.

    `of` in 65,536: how many of its records without a number are looked at.
    """
    for step in residue_steps(one, policy, rounds=rounds, of=of):
        engine.run(step)
    return learned(engine, one, policy, row=_row(one, rounds))


def residue_steps(one: RegisterObject, policy: Policy, *, rounds: int, of: int) -> list[Step]:
    """The sample, then one row of chances a round, each from the one before."""
    return [_sample(one, policy, of), *(_round(one, policy, each) for each in range(1, rounds + 1))]


def _residue(one: RegisterObject) -> str:
    return f"link_residue__{one.name}"


def _row(one: RegisterObject, number: int) -> str:
    return f"link_chances_{number}__{one.name}" if number else chances(one.name)


def _sample(one: RegisterObject, policy: Policy, of: int) -> Step:
    tables = [scored(one.name, number) for number, _ in enumerate(policy.stages, 1)]
    pairs = " union all ".join(f"select * from {quoted(table)}" for table in tables)
    bits = ", ".join(f"a.{column}" for column in asked_bits(policy))
    # Multiplied by a number without a common divisor, so neighbours fall apart.
    select = f"""
with pairs as ({pairs})
select p.* exclude (weight), {bits}
from pairs as p
inner join {quoted(asked(one.name))} as a on p.asked = a.asked
where a.number is null and a.asked * 40503 % {SAMPLE} < {of}
"""
    return Step(_residue(one), (*tables, asked(one.name)), select)


def _round(one: RegisterObject, policy: Policy, number: int) -> Step:
    before = _row(one, number - 1)
    measured = [
        (comparison, position)
        for comparison in policy.comparisons
        for position, level in enumerate(comparison.levels, 1)
        if is_measured(comparison, level)
    ]
    items = ", ".join(
        ["count(*) as pairs", *(_maximised(each, position, policy) for each, position in measured)]
    )
    select = f"""
with weighed as (
    select a.*, {weight(policy)} as weight, m.absent
    from {quoted(_residue(one))} as a
    cross join {quoted(before)} as m
),
topped as (
    select *, greatest(max(weight) over (partition by asked), absent) as top from weighed
),
massed as (select *, {mass("top - weight")} as mass from topped),
shared as (
    select *, mass * {_SHARES} // (sum(mass) over (partition by asked) + {mass("top - absent")})
        as share
    from massed
),
maximised as (
    select {items} from shared cross join {quoted(chances(one.name))} as m
)
select m.*, {", ".join(chances_bits(policy))}
from maximised as m
cross join {TOTALS} as n
"""
    return Step(_row(one, number), (_residue(one), before, chances(one.name), TOTALS), select)


def _maximised(comparison: Comparison, position: int, policy: Policy) -> str:
    """The expected share of a level among the measured ones, drawn to what equal numbers said."""
    name = chance_name(comparison, position)
    seen = ", ".join(
        str(number) for number, level in enumerate(comparison.levels, 1) if level.measured
    )
    whole = double(sum(level.m or 0 for level in comparison.levels if level.measured))
    strength = double(policy.strength)
    hits = _expected(f"{comparison.id}_level = {position}")
    tries = _expected(f"{comparison.id}_level in ({seen})")
    return (
        f"{whole} * ({hits} + {strength} * max(m.m_{name}) / {whole}) "
        f"/ ({tries} + {strength}) as m_{name}"
    )


def _expected(condition: str) -> str:
    return (
        f"cast(coalesce(sum(case when {condition} then share else 0 end), 0) as double) "
        f"/ {double(float(_SHARES))}"
    )
