"""The steps that score a register: counts by place, the index of every level, records by group.

`score_counts` holds what was counted, whatever the weights; `scores` and `groups` have the columns
of the node's tables of the same name, without the delivery. An empty locality means all records,
those whose place is not known included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.contract.model import ErrorGroup, RuleForm, Severity
from sogoc.localities.tables import LOCALITY_UNITS
from sogoc.score.levels import levels_select
from sogoc.tables import naming
from sogoc.tables.engine import Step, literal, quoted
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.contract.model import Register, RegisterObject, Rule
    from sogoc.score.rule_file import RuleFile

COUNTS = "score_counts"
"""`name` (rule code), `locality`, `assessed`, `failed`, `unassessed`."""

SCORES = "scores"
"""`rules_version, register, level, name, criterion, locality, assessed, failed, unassessed, dqi,
colour`. Names: a rule's code; `<object>.<field>/<criterion>`, `<object>/<criterion>` and
`<register>/<criterion>`; `<object>.<field>`; the object; the register."""

GROUPS = "groups"
"""`rules_version, register, object, locality, group, records, reason`."""

_BITS = 62


def plan(register: Register, rules: RuleFile) -> list[Step]:
    """Score the register from the scorecards and judgements of its objects."""
    return [_counts(register), scores_step(register, rules), _groups(register, rules)]


def scores_step(register: Register, rules: RuleFile, *, counts: str = COUNTS) -> Step:
    """The index of every level from counts, those just made or those kept of an old delivery."""
    select = levels_select(register, rules, quoted(counts))
    return Step(SCORES, (counts,), select)


def _counts(register: Register) -> Step:
    parts = [_counts_of(one) for one in register.objects if one.rules]
    reads = [naming.scorecard(one.name) for one in register.objects if one.rules]
    select = " union all ".join(parts) or (
        "select '' as name, '' as locality, 0 as assessed, 0 as failed, 0 as unassessed where 1 = 0"
    )
    return Step(COUNTS, (*reads, LOCALITY_UNITS), select)


def _counts_of(one: RegisterObject) -> str:
    codes = " ".join(f"when {n} then {literal(rule.code)}" for n, rule in enumerate(one.rules))
    placed = _placed(one, naming.scorecard(one.name), ("rule", "passed", "failed", "unassessed"))
    return (
        f"select case rule {codes} end as name, locality,"
        " cast(sum(passed + failed) as bigint) as assessed,"
        " cast(sum(failed) as bigint) as failed, cast(sum(unassessed) as bigint) as unassessed"
        f" from ({placed}) as placed group by rule, locality"
    )


def _placed(one: RegisterObject, table: str, columns: Iterable[str]) -> str:
    """Rows of a table once for all places, once for their place, once for its province."""
    names = ", ".join(f"counted.{column} as {column}" for column in columns)
    source = f"from {quoted(table)} as counted"
    parts = [f"select {names}, '' as locality {source}"]
    if one.locality is not None:
        there = "where counted._locality is not null"
        parts.append(f"select {names}, counted._locality as locality {source} {there}")
        if one.locality.kind is Kind.COMMUNE:
            parts.append(
                f"select {names}, unit.parent as locality {source}"
                f" inner join {quoted(LOCALITY_UNITS)} as unit on unit.code = counted._locality"
                " and unit.level = 'commune' and unit.valid_to is null"
                " and unit.parent is not null"
            )
    return " union all ".join(parts)


def _groups(register: Register, rules: RuleFile) -> Step:
    parts = [_groups_of(register, one, rules) for one in register.objects]
    reads = tuple(naming.judged(one.name) for one in register.objects)
    return Step(GROUPS, (*reads, LOCALITY_UNITS), " union all ".join(parts))


def _groups_of(register: Register, one: RegisterObject, rules: RuleFile) -> str:
    words = range(max(1, -(-len(one.rules) // _BITS)))
    masks = [f"{mask}_{word}" for word in words for mask in ("fail", "null")]
    placed = _placed(one, naming.judged(one.name), (*masks, "records"))
    lines = " ".join(
        f"when {group.when} then {number}" for number, group in enumerate(rules.groups)
    )
    numbers = " ".join(f"when {n} then {group.group}" for n, group in enumerate(rules.groups))
    reasons = " ".join(
        f"when {n} then {literal(group.reason)}" for n, group in enumerate(rules.groups)
    )
    return (
        f"select {literal(rules.version)} as rules_version, {literal(register.id)} as register,"
        f" {literal(one.name)} as object, locality,"
        f' case line {numbers} end as "group", cast(sum(records) as bigint) as records,'
        f" case line {reasons} end as reason"
        f" from (select locality, records, case {lines} end as line from ("
        f"select locality, records, {_counted(one)} from ({placed}) as placed)"
        " as counted) as grouped group by locality, line"
    )


def _counted(one: RegisterObject) -> str:
    """What a group's condition may count, of one record (`score.reading.COUNTED`)."""
    rules = list(enumerate(one.rules))
    keys = {field.name for field in one.fields if field.key}
    empty = [(n, rule) for n, rule in rules if _is_missing(rule)]
    of_key = [
        (n, rule)
        for n, rule in rules
        if rule.form is RuleForm.ROW
        and rule.severity is Severity.ERROR
        and rule.group in {ErrorGroup.MISSING, ErrorGroup.FORMAT}
        and keys & set(rule.fields)
    ]
    persons = [(n, rule) for n, rule in rules if rule.form is RuleForm.VERIFICATION]
    columns = {
        "errors": _sum((n, r) for n, r in rules if r.severity is Severity.ERROR),
        "warnings": _sum((n, r) for n, r in rules if r.severity is Severity.WARNING),
        "missing": _sum(empty),
        "required": str(len(empty)),
        "key_errors": _sum(of_key),
        "unverified": f"{_sum(persons)} + {_sum(persons, mask='null')}",
    }
    return ", ".join(f"{sql} as {name}" for name, sql in columns.items())


def _is_missing(rule: Rule) -> bool:
    return rule.group is ErrorGroup.MISSING and rule.form is RuleForm.ROW


def _sum(rules: Iterable[tuple[int, Rule]], *, mask: str = "fail") -> str:
    terms = [
        f"case when ({mask}_{n // _BITS} & cast({1 << n % _BITS} as bigint)) <> 0 then 1 else 0 end"
        for n, _ in rules
    ]
    return " + ".join(terms) or "0"
