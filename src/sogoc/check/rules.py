"""Each rule made ready for the one pass: its condition, and the small table it may look into.

A rule over many records (a key that repeats, a reference that leads nowhere) is answered before:
the keys that break it make a small table, which the pass joins like any reference.
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
    """A rule in the pass: its bit, its condition, and the keys to join, if it needs them."""

    position: int
    condition: Condition
    keys: Step | None = None
    """Makes the small table of keys that break the rule."""
    on: tuple[str, ...] = ()
    """Columns of the standard record that are those keys."""


def key_column(position: int, number: int) -> str:
    """A column of the table of broken keys; no field's name can be the same."""
    return f"_rule_{position}_{number}"


def broken_keys(name: str, position: int) -> str:
    """The table of the keys of one object that break the rule at a position."""
    return f"broken__{name}__{position}"


def row_rule(rule: Rule, position: int, around: Surroundings) -> Judged:
    """A rule over one record."""
    ready = condition(rule.fail_when, around, not_assessed_when=rule.not_assessed_when)
    return Judged(position=position, condition=ready)


def unique_rule(one: RegisterObject, rule: Rule, position: int) -> Judged:
    """A key that stands more than once: each record that bears it fails, none is the right one."""
    table = standard(one.name)
    columns = [quoted(field) for field in rule.fields]
    named = ", ".join(
        f"{column} as {quoted(key_column(position, number))}"
        for number, column in enumerate(columns)
    )
    select = (
        f"select {named} from {quoted(table)} where {_all_there(columns)}"
        f" group by {', '.join(columns)} having count(*) > 1"
    )
    step = Step(broken_keys(one.name, position), (table,), select)
    return _over_keys(rule.fields, position, step)


def reference_rule(
    one: RegisterObject, rule: Rule, position: int, *, around: Surroundings
) -> Judged:
    """A key that is not found where it refers to; not assessed where that register is not here."""
    tables_there = targets(rule.reference, around)
    if rule.reference is None or not tables_there:
        return Judged(position=position, condition=NOT_ASSESSED)
    named = ", ".join(
        f"here.{quoted(field)} as {quoted(key_column(position, number))}"
        for number, field in enumerate(rule.fields)
    )
    select = f"select distinct {named} {_leads_nowhere(one, rule, tables_there)}"
    step = Step(broken_keys(one.name, position), (standard(one.name), *tables_there), select)
    return _over_keys(rule.fields, position, step)


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


def _over_keys(fields: tuple[str, ...], position: int, step: Step) -> Judged:
    unknown = tuple(f"{quoted(field)} is null" for field in sorted(set(fields)))
    fails = f"{quoted(key_column(position, 0))} is not null"
    return Judged(position=position, condition=Condition(fails, unknown), keys=step, on=fields)


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
