"""Whether the objects that should be there are there: counts by place against an expected count.

No record fails such a rule, a place does. Without an expected count it is not assessed: the
records that happen to be there are no denominator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.check.masks import place
from sogoc.contract.model import RuleForm
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
