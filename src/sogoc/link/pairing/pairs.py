"""Pairs worth comparing, the level of every comparison, and the weight in bits.

Fellegi and Sunter (1969): a weight is log2(m / u). u is counted in the population wherever it
can be, m is measured on pairs that bear one number and blended with the policy's starting chance.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sogoc.link.columns import (
    FOLDED,
    TOTALS,
    asked,
    chances,
    exact,
    first,
    judged,
    pairs,
    scored,
    settled,
)
from sogoc.link.names import TIES
from sogoc.link.pairing.blocks import scans
from sogoc.link.policy import MISSING
from sogoc.link.population import number_text
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
from sogoc.tables.naming import POPULATION

if TYPE_CHECKING:
    from sogoc.contract.model import RegisterObject
    from sogoc.link.policy import Comparison, Policy, Stage


def first_step(one: RegisterObject, policy: Policy) -> Step:
    """Levels of the pairs of the first stage: each is taken once, for chances and for scores."""
    table = pairs(one.name, 1)
    select = f"""
with pairs as (select asked, person from {quoted(table)})
select * from ({_leveled(one, policy, ())}) as leveled
"""
    return Step(first(one.name), (table, asked(one.name), POPULATION, FOLDED), select)


def exact_step(one: RegisterObject, policy: Policy) -> Step:
    """Levels of pairs with the same 12-digit number: labels that cost nothing."""
    table, number = first(one.name), policy.level("number:equal")
    select = f"select * from {quoted(table)} where number_level = {number}"
    return Step(exact(one.name), (table,), select)


def chances_step(one: RegisterObject, policy: Policy) -> Step:
    """One row: m of each level, measured where another comparison agrees.

    Some equal numbers belong to somebody else, so a field is measured only on pairs whose other
    fields agree. `strength` pairs of the starting chance keep a small register from extremes.
    """
    items = [
        f"{_measured(policy, comparison, number)} as m_{chance_name(comparison, number)}"
        for comparison in policy.comparisons
        for number, level in enumerate(comparison.levels, 1)
        if is_measured(comparison, level)
    ]
    select = f"""
with measured as (
    select {", ".join(["count(*) as pairs", *items])} from {quoted(exact(one.name))}
)
select m.*, {", ".join(chances_bits(policy))}
from measured as m
cross join {TOTALS} as n
"""
    return Step(chances(one.name), (exact(one.name), TOTALS), select)


def _measured(policy: Policy, comparison: Comparison, position: int) -> str:
    level = comparison.levels[position - 1]
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
        f"{double(share)} * ({hits} + {double(policy.strength * (level.m or 0) / share)}) "
        f"/ ({tries} + {double(policy.strength)})"
    )


def _tally(condition: str) -> str:
    return f"coalesce(sum(case when {condition} then 1 else 0 end), 0)"


def pairs_step(one: RegisterObject, policy: Policy, stage: int) -> Step:
    """Pairs of one stage's blocks among those not yet settled, each once, none seen before."""
    earlier = [settled(one.name, number) for number in range(1, stage)]
    select = f"""
with todo as ({_todo(one, earlier)})
{_pairs(one, policy.stages[stage - 1], stage)}
"""
    reads = (
        *(asked(one.name), judged(one.name), POPULATION),
        *earlier,
        *(pairs(one.name, number) for number in range(1, stage)),
    )
    return Step(pairs(one.name, stage), reads, select)


def scored_step(one: RegisterObject, policy: Policy, stage: int) -> Step:
    """The pairs of one stage with the level of each comparison and their weight."""
    if stage == 1:
        return _scored_first(one, policy)
    table = pairs(one.name, stage)
    select = f"""
with pairs as (select asked, person from {quoted(table)}),
leveled as ({_leveled(one, policy, tuple(asked_bits(policy)))})
{_weighed(one, policy, "leveled")}
"""
    reads = (table, asked(one.name), POPULATION, FOLDED, chances(one.name))
    return Step(scored(one.name, stage), reads, select)


def _scored_first(one: RegisterObject, policy: Policy) -> Step:
    """Of the first stage all levels are known; only what an officer refused is left out."""
    bits = ", ".join(f"a.{column}" for column in asked_bits(policy))
    select = f"""
with leveled as (
    select e.*, {bits} from {quoted(first(one.name))} as e
    inner join {quoted(asked(one.name))} as a on e.asked = a.asked
    left join ({_refused(one)}) as g on e.asked = g.asked and e.person = g.person
    where g.asked is null
)
{_weighed(one, policy, "leveled")}
"""
    reads = (first(one.name), asked(one.name), judged(one.name), POPULATION, chances(one.name))
    return Step(scored(one.name, 1), reads, select)


def _weighed(one: RegisterObject, policy: Policy, leveled: str) -> str:
    return f"""
select a.asked, a.person, {", ".join(f"a.{c.id}_level" for c in policy.comparisons)},
    cast({weight(policy)} as integer) as weight
from {leveled} as a
cross join {quoted(chances(one.name))} as m
"""


def settled_step(one: RegisterObject, policy: Policy, stage: int) -> Step:
    """Those who need no further stage: the best candidate bears the name and stands alone.

    All candidates seen so far count against the best, and so does being absent; `resolve` adds
    bearers of the name whom nobody has seen.
    """
    tables = [scored(one.name, number) for number in range(1, stage + 1)]
    earlier = [settled(one.name, number) for number in range(1, stage)]
    seen = " union all ".join(
        f"select asked, person, name_level, weight from {quoted(table)}" for table in tables
    )
    select = f"""
with pairs as ({seen}),
ranked as (
    select p.asked, p.name_level, p.weight,
        max(p.weight) over (partition by p.asked) as best,
        row_number() over (partition by p.asked order by p.weight desc, p.person) as place
    from pairs as p
    {_not_in("p", earlier)}
),
topped as (
    select r.*, m.absent, greatest(r.best, m.absent) as top
    from ranked as r
    cross join {quoted(chances(one.name))} as m
),
weighed as (
    select asked,
        max(case when place = 1 then name_level end) as name_level,
        max(case when place = 1 then {mass("top - weight")} end) as mass,
        sum({mass("top - weight")}) + max({mass("top - absent")}) as total
    from topped
    group by asked
)
select asked from weighed
where name_level = {policy.level("name:equal")}
    and cast(mass as double) >= {double(policy.stages[stage - 1].settled)} * cast(total as double)
"""
    return Step(settled(one.name, stage), (*tables, *earlier, chances(one.name)), select)


def _todo(one: RegisterObject, earlier: list[str]) -> str:
    return f"select a.* from {quoted(asked(one.name))} as a {_not_in('a', earlier)}"


def _not_in(alias: str, tables: list[str]) -> str:
    """Joins and the condition that leave only those asked for who stand in none of the tables."""
    joins = " ".join(
        f"left join {quoted(table)} as done_{number} on {alias}.asked = done_{number}.asked"
        for number, table in enumerate(tables)
    )
    still = " and ".join(f"done_{number}.asked is null" for number, _ in enumerate(tables))
    return f"{joins} where {still}" if still else ""


def _pairs(one: RegisterObject, stage: Stage, number: int) -> str:
    untold = _untold(one)
    told = [
        block for block in stage.blocks if not untold.intersection(left for left, _ in block.same)
    ]
    joins = [
        f"select a.asked, p.person from {scan.source} as a "
        f"inner join {POPULATION} as p on {scan.on} where {scan.where}"
        for scan in scans(told, todo="todo")
    ]
    if number == 1:
        joins.append(
            f"select j.asked, p.person from {quoted(judged(one.name))} as j "
            f"inner join {POPULATION} as p on j.number = p.number where j.decision = 'same'"
        )
        return " union ".join(joins)
    seen = " union all ".join(
        f"select asked, person from {quoted(pairs(one.name, earlier))}"
        for earlier in range(1, number)
    )
    return (
        f"select b.asked, b.person from ({' union '.join(joins)}) as b "
        f"left join ({_refused(one)} union all {seen}) as g "
        "on b.asked = g.asked and b.person = g.person where g.asked is null"
    )


def _refused(one: RegisterObject) -> str:
    """Pairs of which an officer said that they are two people."""
    return (
        f"select j.asked, p.person from {quoted(judged(one.name))} as j "
        f"inner join {POPULATION} as p on j.number = p.number where j.decision = 'other'"
    )


def _leveled(one: RegisterObject, policy: Policy, carried: tuple[str, ...]) -> str:
    """Pairs with the level of each comparison.

    Texts are read late: a name is spelled out only where it differs, and the distance of two names
    is taken once for a pair. (Once for each two distinct names costs more than it saves: two thirds
    of the pairs of the widest stage are of distinct names.)
    """
    untold = _untold(one)
    levels = [
        f"cast({MISSING} as tinyint) as {c.id}_level"
        if untold.intersection(left for left, _ in c.needs)
        else f"{_level(c)} as {c.id}_level"
        for c in policy.comparisons
    ]
    text = " ".join(levels)
    mine = sorted({*_OF_ASKED.findall(text), "folded_text"} | set(carried))
    theirs = sorted(set(_OF_PERSON.findall(text)) - {"folded_text"})
    items = [
        *(f"a.{column} as a_{column}" for column in mine),
        *(f"{_theirs(column)} as p_{column}" for column in theirs),
    ]
    read = sorted({"folded", *theirs} - set(_OF_NAME))
    # First with the population, while a pair is two numbers: an engine that joins the asked first
    # would carry all their columns through a scan of everybody.
    found = (
        f"select pairs.asked, pairs.person, {', '.join(f'p.{column}' for column in read)} "
        f"from pairs inner join {POPULATION} as p on pairs.person = p.person"
    )
    met = (
        f"select p.asked, p.person, p_name.text as p_folded_text, {', '.join(items)} "
        "from found as p "
        f"inner join {quoted(asked(one.name))} as a on p.asked = a.asked "
        f"left join {FOLDED} as p_name on p.folded = p_name.folded and p.folded <> a.folded"
    )
    apart = "abs(length(a_folded_text) - length(p_folded_text))"
    near = (
        f"select *, case when {apart} <= {_FAR_NAME} "
        f"then levenshtein(a_folded_text, p_folded_text) end as name_distance from ({met}) as met"
    )
    kept = ", ".join(
        [_in_one_row(", ".join(levels)), *(f"a_{column} as {column}" for column in carried)]
    )
    return (
        f"with found as materialized ({found}) select asked, person, {kept} from ({near}) as near"
    )


def _untold(one: RegisterObject) -> frozenset[str]:
    """Relatives, household and former place, where no record of this object tells of them."""
    return frozenset(role for role in TIES if not any(getattr(each, role) for each in one.persons))


_OF_NAME = ("surname", "middle", "core", "given")


def _theirs(column: str) -> str:
    """A column of the population; the parts of a name come from its dictionary, which is small."""
    if column not in _OF_NAME:
        return f"p.{column}"
    return f"case when p.folded = a.folded then a.{column} else p_name.{column} end"


_FAR_NAME = 2
"""Names further apart than that are told apart no more."""

_OF_ASKED = re.compile(r"\ba\.([a-z_]+)\b")
_OF_PERSON = re.compile(r"\bp\.([a-z_]+)\b")


def _in_one_row(text: str) -> str:
    """The same over a row that holds both sides, `a_` and `p_` before their columns."""
    return _OF_PERSON.sub(r"p_\1", _OF_ASKED.sub(r"a_\1", text))


def _level(comparison: Comparison) -> str:
    there = " and ".join(
        f"a.{left} is not null and p.{right} is not null" for left, right in comparison.needs
    )
    cases = " ".join(
        f"when {expanded(level.when)} then {number}"
        for number, level in enumerate(comparison.levels, 1)
    ).replace("when true then", "else")
    return (
        f"cast(case when not ({there} and ({expanded(comparison.only_when)})) then {MISSING} "
        f"{cases} end as tinyint)"
    )


_NAMES_APART = re.compile(r"levenshtein\(a\.folded_text, p\.folded_text\)")
_DIGIT_OFF = re.compile(r"levenshtein\(a\.(old_)?number_text, p\.\1?number_text\) <= 1")
_SWAPPED = re.compile(r"neighbours_swapped\(a\.(old_)?number_text, p\.\1?number_text\)")
AMONG = re.compile(r"among\(([a-z_.]+), ([a-z_.]+)\)")
"""`among(x, y)`: id x stands in the list y."""
_TEXT = re.compile(r"\bp\.(folded_text|number_text|old_number_text)\b")
_TEXTS = {
    "folded_text": "(case when p.folded = a.folded then a.folded_text else p.folded_text end)",
    "number_text": number_text("p.number", 12),
    "old_number_text": number_text("p.old_number", 9),
}
_DIGITS = {"": 12, "old_": 9}
_LONGEST = 12


def expanded(predicate: str) -> str:
    """The predicate in SQL alone, over `a`, `p` and the distance of the names.

    Engines share no edit distance that knows swaps, and digits are spelled out only where it may
    matter: one digit changed, or two neighbours swapped, leave a difference of a few thousands or
    a multiple of a thousand.
    """
    text = _NAMES_APART.sub("name_distance", predicate)
    text = _DIGIT_OFF.sub(lambda call: _digits_off(call[1] or ""), text)
    text = _SWAPPED.sub(lambda call: _digits_swapped(call[1] or ""), text)
    text = AMONG.sub(r"\2 like concat('% ', cast(\1 as varchar), ' %')", text)
    return _TEXT.sub(lambda found: _TEXTS[found[1]], text)


def _digits_off(which: str) -> str:
    theirs = number_text(f"p.{which}number", _DIGITS[which])
    return f"({_maybe_near(which)} and levenshtein(a.{which}number_text, {theirs}) <= 1)"


def _digits_swapped(which: str) -> str:
    theirs = number_text(f"p.{which}number", _DIGITS[which])
    return f"({_maybe_near(which)} and {neighbours_swapped(f'a.{which}number_text', theirs)})"


def _maybe_near(which: str) -> str:
    apart = f"abs(a.{which}number - p.{which}number)"
    return f"(a.{which}number is null or {apart} % 1000 = 0 or {apart} < 10000)"


def neighbours_swapped(one: str, other: str) -> str:
    """Whether two letters side by side changed places, and nothing else differs."""
    at_each = " or ".join(
        f"{one} = concat(substr({other}, 1, {at - 1}), substr({other}, {at + 1}, 1), "
        f"substr({other}, {at}, 1), substr({other}, {at + 2}))"
        for at in range(1, _LONGEST)
    )
    return f"(length({one}) = length({other}) and levenshtein({one}, {other}) = 2 and ({at_each}))"
