"""Whether the objects that should be there are there: counts by place against an expected count.

No record fails such a rule, a place does. Without an expected count it is not assessed: the
records that happen to be there are no denominator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.check.masks import place
from sogoc.contract.model import RuleForm
from sogoc.localities.tables import LOCALITY_UNITS
from sogoc.tables import naming
from sogoc.tables.engine import Step, literal, quoted

if TYPE_CHECKING:
    from sogoc.check.functions import Surroundings
    from sogoc.contract.model import RegisterObject, Rule

EXPECTED = "expected"
"""Counts given for any rule: `register`, `object`, `rule` (code), `locality`, `expected`."""


def coverage_steps(one: RegisterObject, around: Surroundings) -> list[Step]:
    """The table of coverage, if the object has a rule of it."""
    rules = [rule for rule in one.rules if rule.form is RuleForm.COVERAGE]
    if not rules:
        return []
    parts = [_counts(one, rule, around) for rule in rules]
    reads = (naming.standard(one.name), *sorted(_tables(rules, around)))
    select = " union all ".join(f"select * from ({part}) as c{n}" for n, part in enumerate(parts))
    return [Step(naming.coverage(one.name), reads, select)]


def held_places(name: str) -> str:
    """Records that the register holds by place, after the delivery: `locality`, `records`."""
    return f"held_places__{name}"


def silent_steps(one: RegisterObject, around: Surroundings) -> list[Step]:
    """The places that should have records and that the delivery does not bring, with what is held.

    Only those of the provinces that it brings: a commune that sends nothing at all is seen beside
    its neighbours, with the records that it sent before, or none. They are nobody's share of the
    delivery's score.
    """
    rules = [rule for rule in one.rules if rule.form is RuleForm.COVERAGE]
    parts = [_silent(one, rule, around) for rule in rules if _expected(one, rule, around)]
    if not parts:
        return []
    tables = (naming.coverage(one.name), held_places(one.name), LOCALITY_UNITS)
    return [Step(naming.silent(one.name), tables, " union all ".join(parts))]


def _silent(one: RegisterObject, rule: Rule, around: Surroundings) -> str:
    brought = f"select _locality from {quoted(naming.coverage(one.name))} where present > 0"
    units = f"{quoted(LOCALITY_UNITS)} as unit where unit.valid_to is null"
    [expected] = _expected(one, rule, around)
    return (
        f"select due._locality as _locality, {literal(rule.code)} as rule,"
        f" due.expected as expected, coalesce(held.records, cast(0 as bigint)) as present from ("
        f"select _locality, cast(sum(expected) as bigint) as expected from ({expected}) as given"
        f" where _locality not in (select _locality from ({brought}) as b"
        f" where _locality is not null) and _locality in (select unit.code from {units}"
        f" and unit.parent in (select unit.parent from {units}"
        f" and unit.code in ({brought}))) group by _locality) as due"
        f" left join {quoted(held_places(one.name))} as held on held.locality = due._locality"
        f" where due.expected > 0"
    )


def coverage_card(one: RegisterObject) -> str:
    """The lines of coverage on the scorecard: what is there, what is not; else not assessed."""
    positions = " ".join(
        f"when {literal(rule.code)} then {position}"
        for position, rule in enumerate(one.rules)
        if rule.form is RuleForm.COVERAGE
    )
    if not positions:
        return ""
    return (
        f"select _locality, case rule {positions} end as rule,"
        " case when expected > present then expected - present else 0 end as failed,"
        " case when expected is null then 0 when expected > present then present"
        " else expected end as passed,"
        " case when expected is null then present else 0 end as unassessed"
        f" from {quoted(naming.coverage(one.name))}"
    )


def _counts(one: RegisterObject, rule: Rule, around: Surroundings) -> str:
    here = place(one.field(rule.fields[0]))
    present = (
        f"select {here} as _locality, cast(null as bigint) as expected, count(*) as present"
        f" from {quoted(naming.standard(one.name))} group by {here}"
    )
    sources = [present, *_expected(one, rule, around)]
    return (
        f"select _locality, {literal(rule.code)} as rule,"
        " cast(sum(expected) as bigint) as expected, cast(sum(present) as bigint) as present"
        f" from ({' union all '.join(sources)}) as counted group by _locality"
        # A delivery speaks for the places it brings: a commune's sheet lacks no other commune's.
        " having sum(present) > 0"
    )


def _expected(one: RegisterObject, rule: Rule, around: Surroundings) -> list[str]:
    table, _, column = rule.expected.rpartition(".")
    found = []
    if table in around.known:
        found.append(
            f"select {quoted(rule.fields[0])} as _locality,"
            f" cast({quoted(column)} as bigint) as expected, 0 as present from {quoted(table)}"
        )
    elif EXPECTED in around.known:
        found.append(
            "select locality as _locality, cast(expected as bigint) as expected, 0 as present"
            f" from {quoted(EXPECTED)} where register = {literal(around.register)}"
            f" and object = {literal(one.name)} and rule = {literal(rule.code)}"
        )
    return found


def _tables(rules: list[Rule], around: Surroundings) -> set[str]:
    named = {rule.expected.rpartition(".")[0] for rule in rules} | {EXPECTED}
    return named & around.known
