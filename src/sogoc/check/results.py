"""What is read out of the masks: findings, the scorecard by place, and the errors in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.check.masks import BITS, bits, masks_of, number
from sogoc.tables import naming
from sogoc.tables.engine import Step, literal, quoted
from sogoc.tables.naming import flaw, proposal, raw, standard

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.check.masks import Layout
    from sogoc.check.rules import Judged
    from sogoc.contract.model import RegisterObject


def findings_step(plan: Layout, made_by_pass: str, makes: str) -> Step:
    """The records that fail, with one bit a rule."""
    fails = [f"fail_{word}" for word in range(plan.words)]
    select = (
        f"select _row, _locality, {', '.join(fails)}"
        f" from {quoted(made_by_pass)} where _row is not null"
    )
    return Step(makes, (made_by_pass,), select)


def judged_step(one: RegisterObject, plan: Layout, made_by_pass: str) -> Step:
    """How many records break which rules, where no rule waits for linking."""
    fails = ", ".join(f"fail_{word}" for word in range(plan.words))
    nulls = ", ".join(f"{number(0)} as null_{word}" for word in range(plan.words))
    select = (
        f"select _locality, {fails}, {nulls}, cast(sum(records) as bigint) as records"
        f" from {quoted(made_by_pass)} group by _locality, {fails}"
    )
    return Step(naming.judged(one.name), (made_by_pass,), select)


def linked_judged_step(one: RegisterObject, plan: Layout, made_by_pass: str) -> Step:
    """The same of both passes; the bits of the first are in `found_i`."""
    words = range(plan.words)
    fails = [f"fail_{word} + found_{word} as fail_{word}" for word in words]
    nulls = [f"{mask} as null_{word}" for word, mask in enumerate(_nulls(plan))]
    masks = ", ".join(f"fail_{word}, null_{word}" for word in words)
    select = (
        f"select _locality, {masks}, cast(sum(records) as bigint) as records from ("
        f"select _locality, {', '.join(fails + nulls)}, records from {quoted(made_by_pass)})"
        f" as both_passes group by _locality, {masks}"
    )
    return Step(naming.judged(one.name), (made_by_pass,), select)


def card(plan: Layout, made_by_pass: str) -> str:
    """Counts of every rule by place, from the combinations of masks: few, whatever the rows."""
    if not plan.rules:
        return _NOTHING_COUNTED
    masks = ", ".join(masks_of(plan))
    sums = ", ".join(
        f"sum(case when {condition} then records else 0 end) as {name}_{rule.position}"
        for rule in plan.rules
        for name, condition in (("failed", _failed(rule)), ("unknown", _left_open(plan, rule)))
    )
    failed, unknown = (
        " ".join(f"when {rule.position} then {name}_{rule.position}" for rule in plan.rules)
        for name in ("failed", "unknown")
    )
    lines = ", ".join(f"({rule.position})" for rule in plan.rules)
    return (
        f"with masks as (select _locality, {masks}, sum(records) as records"
        f" from {quoted(made_by_pass)} group by _locality, {masks}),"
        f" places as (select _locality, sum(records) as records, {sums}"
        " from masks group by _locality),"
        f" counts as (select _locality, rule, records, case rule {failed} end as failed,"
        f" case rule {unknown} end as unassessed"
        f" from places cross join (values {lines}) as rules (rule))"
        " select _locality, rule, cast(failed as bigint) as failed,"
        " cast(records - failed - unassessed as bigint) as passed,"
        " cast(unassessed as bigint) as unassessed from counts"
    )


def _failed(rule: Judged) -> str:
    word, bit = divmod(rule.position, BITS)
    return f"(fail_{word} & {number(1 << bit)}) <> 0"


def _left_open(plan: Layout, rule: Judged) -> str:
    unknown = _unknown(plan.slot_masks(rule))
    return f"not {_failed(rule)} and ({unknown})" if unknown else "1 = 0"


def _nulls(plan: Layout) -> list[str]:
    """One bit a rule that could not be assessed, out of what was empty."""
    masks = ((rule.position, _unknown(plan.slot_masks(rule))) for rule in plan.rules)
    return bits([(position, unknown) for position, unknown in masks if unknown], plan.words)


_NO_RULE = -1
"""Stands in a list of rules that would be empty: its mask does not exist."""

_NOTHING_COUNTED = (
    "select cast(null as varchar) as _locality, 0 as rule, cast(0 as bigint) as failed,"
    " cast(0 as bigint) as passed, cast(0 as bigint) as unassessed where 1 = 0"
)


def _unknown(masks: list[int]) -> str:
    return " or ".join(
        f"(blank_{word} & {number(mask)}) <> 0" for word, mask in enumerate(masks) if mask
    )


def errors(one: RegisterObject, plan: Layout, found_in: str, *, records: str = "") -> str:
    """One row a broken rule, shown at the first field the rule names, with the text as it came.

    `records` names the table to look them up in, if not all of them.
    """
    rules = [(r.position, one.rules[r.position].fields[0]) for r in plan.rules]
    rules = rules or [(_NO_RULE, one.fields[0].name)]
    lines = ", ".join(
        f"({p}, {p // BITS}, {number(1 << p % BITS)}, {literal(f)})" for p, f in rules
    )
    fields = sorted({field for _, field in rules})
    words = range(max(1, -(-len(one.rules) // BITS)))
    broken = " or ".join(f"(word = {word} and (fail_{word} & bit) <> 0)" for word in words)
    # First which rules, then the record: the other way round, each record's texts are carried
    # through a comparison with every rule.
    each = (
        f"select _row, _locality, rule, field from {quoted(found_in)}"
        f" inner join (values {lines}) as rules (rule, word, bit, field) on {broken}"
    )
    return (
        "select found._row as _row, found._locality as _locality, found.rule as rule,"
        f" found.field as field, {_chosen(fields, flaw)} as flaw, {_chosen(fields, raw)} as text,"
        f" {_chosen(fields, proposal)} as proposal from ({each}) as found"
        f" inner join {quoted(records or standard(one.name))} as record"
        " on record._row = found._row"
    )


def _chosen(fields: list[str], column: Callable[[str], str]) -> str:
    cases = " ".join(
        f"when {literal(field)} then record.{quoted(column(field))}" for field in fields
    )
    return f"case found.field {cases} end"
