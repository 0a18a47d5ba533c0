"""Pairs worth comparing, the level of every comparison, and the weight in bits.

Fellegi and Sunter (1969): a weight is log2(m / u). u is counted in the population wherever it
can be, m is measured on pairs that bear one number and blended with the policy's starting chance.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sogoc.link.columns import TOTALS, asked, chances, exact, judged, scored, settled
from sogoc.link.policy import MISSING
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import POPULATION

if TYPE_CHECKING:
    from sogoc.contract.model import RegisterObject
    from sogoc.link.policy import Comparison, Level, Policy, Stage

_BITS = 1.4426950408889634
"""1 / ln 2: weights are written with ln, which every engine has."""


def exact_step(one: RegisterObject, policy: Policy) -> Step:
    """Levels of pairs with the same 12-digit number: labels that cost nothing."""
    pairs = (
        f"select a.asked, p.person from {quoted(asked(one.name))} as a "
        f"inner join {POPULATION} as p on a.number = p.number"
    )
    select = f"with pairs as ({pairs}) {_leveled(one, policy)}"
    return Step(exact(one.name), (asked(one.name), POPULATION, TOTALS), select)


def chances_step(one: RegisterObject, policy: Policy) -> Step:
    """One row: m of each level, measured where another comparison agrees.

    Some equal numbers belong to somebody else, so a field is measured only on pairs whose other
    fields agree. `strength` pairs of the starting chance keep a small register from extremes.
    """
    items = [
        f"{_measured(policy, comparison, position)} as {_chance(comparison, position)}"
        for comparison in policy.comparisons
        for position, level in enumerate(comparison.levels, 1)
        if level.m is not None
    ]
    return Step(
        chances(one.name),
        (exact(one.name),),
        f"select count(*) as pairs, {', '.join(items)} from {quoted(exact(one.name))}",
    )


def _chance(comparison: Comparison, position: int) -> str:
    return f"m_{comparison.id}_{position}"


def _measured(policy: Policy, comparison: Comparison, position: int) -> str:
    level = comparison.levels[position - 1]
    if not (level.measured and comparison.measured_where):
        return f"cast({level.m} as double)"
    where = " and ".join(
        f"{name}_level in "
        f"({', '.join(str(policy.comparison(name).number(code)) for code in codes)})"
        for name, codes in comparison.measured_where
    )
    seen = ", ".join(
        str(number) for number, each in enumerate(comparison.levels, 1) if each.measured
    )
    share = sum(each.m or 0 for each in comparison.levels if each.measured)
    hits = _tally(f"{where} and {comparison.id}_level = {position}")
    tries = _tally(f"{where} and {comparison.id}_level in ({seen})")
    # Levels that are not measured keep their part of the chance.
    return (
        f"{share} * ({hits} + {policy.strength * (level.m or 0) / share}) "
        f"/ ({tries} + {policy.strength})"
    )


def _tally(condition: str) -> str:
    return f"coalesce(sum(case when {condition} then 1 else 0 end), 0)"


def scored_step(one: RegisterObject, policy: Policy, stage: int) -> Step:
    """Pairs of one stage's blocks among those not yet settled, each once, with its weight."""
    earlier = [settled(one.name, number) for number in range(1, stage)]
    select = f"""
with todo as ({_todo(one, earlier)}),
pairs as ({_pairs(one, policy.stages[stage - 1], stage)}),
leveled as ({_leveled(one, policy)})
select a.asked, a.person, {", ".join(f"a.{c.id}_level" for c in policy.comparisons)},
    round(least({" + ".join(_weight(c) for c in policy.comparisons)},
        ln(n.persons) * {_BITS} + {policy.cap_bits}), 6) as weight
from leveled as a
cross join {TOTALS} as n
cross join {quoted(chances(one.name))} as m
"""
    return Step(
        scored(one.name, stage),
        (
            asked(one.name),
            judged(one.name),
            POPULATION,
            TOTALS,
            chances(one.name),
            *earlier,
            *(scored(one.name, number) for number in range(1, stage)),
        ),
        select,
    )


def settled_step(one: RegisterObject, policy: Policy, stage: int) -> Step:
    """Those who need no further stage: the best candidate bears the name and stands alone.

    The posterior counts all candidates seen so far; `resolve` computes the final one the same way
    with bearers nobody has seen.
    """
    tables = [scored(one.name, number) for number in range(1, stage + 1)]
    pairs = " union all ".join(
        f"select asked, person, name_level, weight from {quoted(table)}" for table in tables
    )
    name = policy.level("name:equal")
    select = f"""
with pairs as ({pairs}),
ranked as (
    select p.asked, p.name_level,
        {mass(policy)} as mass,
        sum({mass(policy)}) over (partition by p.asked) as total,
        row_number() over (partition by p.asked order by p.weight desc, p.person) as place
    from pairs as p
    cross join {TOTALS} as n
)
select asked from ranked
where place = 1 and name_level = {name}
    and mass / (total + {1 - policy.present}) >= {policy.stages[stage - 1].settled}
"""
    return Step(settled(one.name, stage), (*tables, TOTALS), select)


def mass(policy: Policy) -> str:
    """What a candidate `p` weighs against the others and against being absent."""
    return f"{policy.present} * power(2.0, p.weight) / n.persons"


def _todo(one: RegisterObject, earlier: list[str]) -> str:
    done = " ".join(
        f"left join {quoted(table)} as done_{number} on a.asked = done_{number}.asked"
        for number, table in enumerate(earlier)
    )
    still = " and ".join(f"done_{number}.asked is null" for number, _ in enumerate(earlier))
    where = f"where {still}" if still else ""
    return f"select a.* from {quoted(asked(one.name))} as a {done} {where}"


def _pairs(one: RegisterObject, stage: Stage, number: int) -> str:
    joins = [
        "select a.asked, p.person from todo as a "
        f"inner join {POPULATION} as p "
        f"on {' and '.join(f'a.{left} = p.{right}' for left, right in block.same)} "
        f"where {block.where}"
        for block in stage.blocks
    ]
    if number == 1:
        joins.append(
            f"select j.asked, p.person from {quoted(judged(one.name))} as j "
            f"inner join {POPULATION} as p on j.number = p.number where j.decision = 'same'"
        )
    together = " union ".join(joins)
    seen = " union all ".join(
        f"select asked, person from {quoted(scored(one.name, earlier))}"
        for earlier in range(1, number)
    )
    other = (
        f"select j.asked, p.person from {quoted(judged(one.name))} as j "
        f"inner join {POPULATION} as p on j.number = p.number where j.decision = 'other'"
    )
    gone = f"{other} union all {seen}" if seen else other
    return (
        f"select b.asked, b.person from ({together}) as b "
        f"left join ({gone}) as g on b.asked = g.asked and b.person = g.person "
        "where g.asked is null"
    )


_COUNTS = (
    "bearers",
    "written_bearers",
    "turned_bearers",
    "kin_bearers",
    "born_bearers",
    "year_bearers",
    "commune_bearers",
    "province_bearers",
    "sex_share",
)


def _leveled(one: RegisterObject, policy: Policy) -> str:
    """Pairs with the level of each comparison, and the counts that weights read."""
    levels = ", ".join(f"{_level(c)} as {c.id}_level" for c in policy.comparisons)
    counts = ", ".join(f"a.{column}" for column in _COUNTS)
    return (
        f"select a.asked, p.person, {counts}, {levels} from pairs "
        f"inner join {quoted(asked(one.name))} as a on pairs.asked = a.asked "
        f"inner join {POPULATION} as p on pairs.person = p.person"
    )


def _level(comparison: Comparison) -> str:
    there = " and ".join(
        f"a.{left} is not null and p.{right} is not null" for left, right in comparison.needs
    )
    cases = " ".join(
        f"when {_expanded(level.when)} then {number}"
        for number, level in enumerate(comparison.levels, 1)
    ).replace("when true then", "else")
    return (
        f"cast(case when not ({there} and {comparison.only_when}) then {MISSING} "
        f"{cases} end as tinyint)"
    )


_SWAPPED = re.compile(r"neighbours_swapped\(([a-z_.]+), ([a-z_.]+)\)")
_LONGEST = 12


def _expanded(predicate: str) -> str:
    """The predicate in SQL alone: engines share no edit distance that knows swaps."""
    return _SWAPPED.sub(lambda call: _neighbours_swapped(call[1], call[2]), predicate)


def _neighbours_swapped(one: str, other: str) -> str:
    at_each = " or ".join(
        f"{one} = concat(substr({other}, 1, {at - 1}), substr({other}, {at + 1}, 1), "
        f"substr({other}, {at}, 1), substr({other}, {at + 2}))"
        for at in range(1, _LONGEST)
    )
    return f"(length({one}) = length({other}) and levenshtein({one}, {other}) = 2 and ({at_each}))"


def _weight(comparison: Comparison) -> str:
    cases = " ".join(
        f"when {number} then {_bits(comparison, level, number)}"
        for number, level in enumerate(comparison.levels, 1)
    )
    return f"case a.{comparison.id}_level {cases} else 0 end"


def _bits(comparison: Comparison, level: Level, number: int) -> str:
    if level.ratio is not None:
        return f"ln({level.ratio}) * {_BITS}"
    return f"ln(m.{_chance(comparison, number)} / ({level.u})) * {_BITS}"
