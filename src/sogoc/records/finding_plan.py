"""The steps that compare what a delivery breaks with what stood open before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.contract.model import RuleForm
from sogoc.tables import naming
from sogoc.tables.engine import Step, literal, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sogoc.contract.model import RegisterObject, Rule

_SAME = (
    "came.record = held.record and came.rule = held.rule and came.person = held.person"
    " and came.field = held.field"
)
_SAME_TEXT = (
    "coalesce(came.flaw, '') = coalesce(held.flaw, '')"
    " and coalesce(came.came_as, '') = coalesce(held.came_as, '')"
)


def open_before(name: str) -> str:
    """Findings that stand open or that an officer settled for the register as it is."""
    return f"open_findings__{name}"


def broken_now(name: str) -> str:
    """Rules that the records of the delivery break, as findings."""
    return f"broken__{name}"


def opened(name: str) -> str:
    """Findings that the delivery opens, in the columns of `node.finding`."""
    return f"opened_findings__{name}"


def broken_step(one: RegisterObject, due: Mapping[str, date]) -> Step:
    """Each broken rule at the record it is about, with what the contract says of the rule."""
    reads, select = _broken(one, due)
    return Step(broken_now(one.name), reads, select)


def _broken(one: RegisterObject, due: Mapping[str, date]) -> tuple[tuple[str, ...], str]:
    reads = (naming.errors(one.name), naming.recorded(one.name), naming.standard(one.name))
    hamlet = f"cast(standard.{quoted(one.hamlet)} as varchar)" if one.hamlet else "null"
    lines = [_line(one, number, due) for number, _ in enumerate(one.rules)]
    nothing = "(-1, '', '', 0, '', '', null)"
    select = (
        f"select recorded.record as record, rules.code as rule, rules.person as person,"
        f" error.field as field, error._locality as locality, cast({hamlet} as varchar) as hamlet,"
        f" rules.error_group as error_group, rules.severity as severity,"
        f" rules.criterion as criterion, error.flaw as flaw, error.text as came_as,"
        f" error.proposal as proposal, cast(rules.due as date) as due"
        f" from {quoted(reads[0])} as error"
        f" inner join {quoted(reads[1])} as recorded on recorded._row = error._row"
        f" inner join {quoted(reads[2])} as standard on standard._row = error._row"
        f" inner join (values {', '.join(lines) or nothing})"
        f" as rules (rule, code, person, error_group, severity, criterion, due)"
        f" on rules.rule = error.rule"
    )
    return reads, select


def errors_of_step(one: RegisterObject, rules: frozenset[str]) -> Step:
    """The errors of these rules alone."""
    table = naming.errors(one.name)
    positions = [str(place) for place, rule in enumerate(one.rules) if rule.code in rules]
    select = f"select * from {quoted(table)} where rule in ({', '.join(positions) or '-1'})"
    return Step(table, (table,), select)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """By which delivery of which register findings are opened, and when."""

    register: str
    delivery: int
    at: datetime


def opened_step(one: RegisterObject, by: Opening) -> Step:
    """What is new: a rule not broken before, or broken by another text.

    Another text keeps the day on which the record first broke the rule, and its due day. What an
    officer settled for the register as it is stays settled as long as the text is the same.
    """
    reads = (broken_now(one.name), open_before(one.name))
    opened_at = f"coalesce(held.opened_at, {literal(by.at.isoformat())})"
    select = (
        f"{_opened(one, by)}, {opened_at} as opened_at, coalesce(held.due, came.due) as due"
        f" from {quoted(reads[0])} as came"
        f" left join {quoted(reads[1])} as held on {_SAME} and not held.settled"
        f" where (held.record is null or not ({_SAME_TEXT}))"
        f" and not exists (select 1 from {quoted(reads[1])} as held"
        f" where held.settled and {_SAME} and {_SAME_TEXT})"
    )
    return Step(opened(one.name), reads, select)


def first_opened_step(one: RegisterObject, by: Opening, due: Mapping[str, date]) -> Step:
    """The same where nothing stood open or settled before: whatever is broken is new."""
    reads, broken = _broken(one, due)
    opened_at = literal(by.at.isoformat())
    select = (
        f"{_opened(one, by)}, {opened_at} as opened_at, came.due as due from ({broken}) as came"
    )
    return Step(opened(one.name), reads, select)


def _opened(one: RegisterObject, by: Opening) -> str:
    return (
        f"select {literal(by.register)} as register, {literal(one.name)} as object,"
        f" came.record as record, came.rule as rule, came.person as person, came.field as field,"
        f' came.locality as locality, came.hamlet as hamlet, came.error_group as "group",'
        f" came.severity as severity, came.criterion as criterion, came.flaw as flaw,"
        f" came.came_as as came_as, came.proposal as proposal,"
        f" cast({by.delivery} as bigint) as opened_by"
    )


def closed_select(one: RegisterObject) -> str:
    """Open findings of delivered records whose rule now holds, or is broken by another text."""
    return (
        f"select held.id from {quoted(open_before(one.name))} as held"
        f" where not held.settled"
        f" and held.record in (select record from {quoted(naming.recorded(one.name))})"
        f" and not exists (select 1 from {quoted(broken_now(one.name))} as came"
        f" where {_SAME} and {_SAME_TEXT})"
    )


def _line(one: RegisterObject, number: int, due: Mapping[str, date]) -> str:
    rule = one.rules[number]
    day = due.get(rule.code)
    words = [rule.code, _person(one, rule)]
    weights = [rule.severity.value, rule.criterion.value]
    return (
        f"({number}, {', '.join(map(literal, words))}, {rule.group.value},"
        f" {', '.join(map(literal, weights))},"
        f" {literal(day.isoformat()) if day else 'null'})"
    )


def _person(one: RegisterObject, rule: Rule) -> str:
    """The person of the record that a rule about linking judges; else nobody."""
    if rule.form is not RuleForm.VERIFICATION:
        return ""
    for person in one.persons:
        if rule.fields[0] in {person.number, person.old_number, person.name, person.born}:
            return person.id
    return ""


def pairs_step(register: str, one: RegisterObject, *, delivery: int) -> Step:
    """The same pairs by record, in the columns of `node.near_duplicate`."""
    reads = (naming.near_duplicates(one.name), naming.recorded(one.name))
    select = (
        f"select cast({delivery} as bigint) as delivery, {literal(register)} as register,"
        f" {literal(one.name)} as object, least(l.record, r.record) as record,"
        f" greatest(l.record, r.record) as other, pair.likeness as likeness, pair.why as why"
        f" from {quoted(reads[0])} as pair"
        f" inner join {quoted(reads[1])} as l on l._row = pair._row"
        f" inner join {quoted(reads[1])} as r on r._row = pair._other"
    )
    return Step(f"kept_pairs__{one.name}", reads, select)
