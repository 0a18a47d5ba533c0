"""Each rule made ready for the one pass: its condition, or the records that break it.

A rule over many records (a key that repeats, a reference that leads nowhere) is answered before,
as the list of the records it strikes. The pass meets all these lists in one join over a number,
where a join a rule would compare texts once more for every record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.check.conditions import NOT_ASSESSED, Condition, condition
from sogoc.contract.model import RuleForm
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import reference, standard

if TYPE_CHECKING:
    from sogoc.check.functions import Surroundings
    from sogoc.contract.model import Reference, RegisterObject, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A rule in the pass: its bit, its condition, and what was answered before."""

    position: int
    condition: Condition
    struck: Step | None = None
    """Makes `_row` of every record that breaks the rule, each once; the condition is not asked."""
    touched: Step | None = None
    """Makes a small table that the condition reads, joined by `touched_column(position, 0)`."""


def touched_column(position: int, number: int) -> str:
    """A column of a table of touched records, `_row` the first; no field's name is the same."""
    return f"_rule_{position}_{number}"


def touched(name: str, position: int) -> str:
    """The records of one object that the rule at a position has something to say about."""
    return f"touched__{name}__{position}"


def struck(name: str, position: int) -> str:
    """The records of one object that break the rule at a position."""
    return f"struck__{name}__{position}"


def row_rule(rule: Rule, position: int, around: Surroundings) -> Judged:
    """A rule over one record."""
    ready = condition(rule.fail_when, around, not_assessed_when=rule.not_assessed_when)
    return Judged(position=position, condition=ready)


def unique_rule(one: RegisterObject, rule: Rule, position: int) -> Judged:
    """A key that stands more than once: each record that bears it fails, none is the right one."""
    table = standard(one.name)
    columns = [quoted(field) for field in rule.fields]
    twice = (
        f"select {', '.join(columns)} from {quoted(table)} where {_all_there(columns)}"
        f" group by {', '.join(columns)} having count(*) > 1"
    )
    same = " and ".join(f"twice.{column} = record.{column}" for column in columns)
    select = (
        f"select record._row as _row from {quoted(table)} as record"
        f" where exists (select 1 from ({twice}) as twice where {same})"
    )
    return over_keys(rule, position, Step(struck(one.name, position), (table,), select))


def reference_rule(
    one: RegisterObject, rule: Rule, position: int, *, around: Surroundings
) -> Judged:
    """A key that is not found where it refers to; not assessed where that register is not here."""
    tables_there = targets(rule.reference, around)
    if rule.reference is None or not tables_there:
        return Judged(position=position, condition=NOT_ASSESSED)
    select = f"select here._row as _row {_leads_nowhere(one, rule, tables_there)}"
    step = Step(struck(one.name, position), (standard(one.name), *tables_there), select)
    return over_keys(rule, position, step)


def references_within(one: RegisterObject, register: str) -> list[tuple[Reference, str]]:
    """References to the same register, each with a SELECT of the records of this delivery that
    refer to what the delivery does not bring.
    """
    return [
        (
            rule.reference,
            f"select 1 {_leads_nowhere(one, rule, (standard(rule.reference.object),))}",
        )
        for rule in one.rules
        if rule.reference is not None
        and rule.reference.register in {"", register}
        and not rule.reference.held_by
    ]


def _leads_nowhere(one: RegisterObject, rule: Rule, tables: tuple[str, ...]) -> str:
    """FROM and WHERE of the records, `here`, whose whole key is in none of the tables."""
    far = rule.reference.fields if rule.reference else ()
    same = " and ".join(
        f"there.{quoted(to)} = here.{quoted(field)}"
        for field, to in zip(rule.fields, far, strict=True)
    )
    there = _all_there([f"here.{quoted(field)}" for field in rule.fields])
    absent = "".join(
        f" and not exists (select 1 from {quoted(table)} as there where {same})" for table in tables
    )
    return f"from {quoted(standard(one.name))} as here where {there}{absent}"


def simple_rules(one: RegisterObject, around: Surroundings) -> list[Judged]:
    """The rules over one record, keys and references, in the contract's order."""
    found = []
    for position, rule in enumerate(one.rules):
        if rule.form is RuleForm.ROW:
            found.append(row_rule(rule, position, around))
        elif rule.form is RuleForm.UNIQUE:
            found.append(unique_rule(one, rule, position))
        elif rule.form is RuleForm.REFERENCE:
            found.append(reference_rule(one, rule, position, around=around))
    return found


def over_keys(rule: Rule, position: int, step: Step) -> Judged:
    """A rule answered by a list of records; not assessed where a part of the key is empty."""
    unknown = tuple(f"{quoted(field)} is null" for field in sorted(set(rule.fields)))
    return Judged(position=position, condition=Condition("false", unknown), struck=step)


def targets(to: Reference | None, around: Surroundings) -> tuple[str, ...]:
    """The tables a reference may lead to; none where it is not on this node.

    Within one register the other record comes in this delivery or came in an earlier one: the
    schools are handed in once, their pupils each year.
    """
    if to is None or to.held_by:
        return ()
    held = reference(to.register or around.register, to.object)
    lent = (held,) if held in around.known else ()
    return (standard(to.object), *lent) if to.register in {"", around.register} else lent


def _all_there(columns: list[str]) -> str:
    return " and ".join(f"{column} is not null" for column in columns)
