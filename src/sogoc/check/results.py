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
    from sogoc.contract.model import RegisterObject


def findings_step(plan: Layout, made_by_pass: str, makes: str) -> Step:
    """The records that fail, with one bit a rule failed and one bit a rule not assessed."""
    fails = [f"fail_{word}" for word in range(plan.words)]
    named = [f"{mask} as null_{word}" for word, mask in enumerate(_nulls(plan))]
    select = (
        f"select _row, _locality, {', '.join(fails + named)}"
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
    blanks = [f"unknown_{word}" for word in range(plan.blank_words)]
    lines = ", ".join(_line(plan, position) for position in range(len(plan.rules)))
    fails = (
        "("
        + " or ".join(f"(word = {word} and (fail_{word} & bit) <> 0)" for word in range(plan.words))
        + ")"
    )
    unknown = (
        "("
        + " or ".join(f"(blank_{word} & {blank}) <> 0" for word, blank in enumerate(blanks))
        + ")"
    )
    return (
        f"with masks as (select _locality, {masks}, sum(records) as records"
        f" from {quoted(made_by_pass)} group by _locality, {masks})"
        f" select _locality, rule,"
        f" cast(sum(case when {fails} then records else 0 end) as bigint) as failed,"
        f" cast(sum(case when {fails} or {unknown} then 0 else records end) as bigint) as passed,"
        f" cast(sum(case when not {fails} and {unknown} then records else 0 end) as bigint)"
        f" as unassessed"
        f" from masks cross join (values {lines})"
        f" as rules (rule, word, bit, {', '.join(blanks)})"
        f" group by _locality, rule"
    )


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


def _line(plan: Layout, index: int) -> str:
    rule = plan.rules[index]
    word, bit = divmod(rule.position, BITS)
    masks = [number(mask) for mask in plan.slot_masks(rule)]
    return f"({rule.position}, {word}, {', '.join([number(1 << bit), *masks])})"


def _unknown(masks: list[int]) -> str:
    return " or ".join(
        f"(blank_{word} & {number(mask)}) <> 0" for word, mask in enumerate(masks) if mask
    )


def errors(one: RegisterObject, plan: Layout, found_in: str) -> str:
    """One row a broken rule, shown at the first field the rule names, with the text as it came."""
    rules = [(r.position, one.rules[r.position].fields[0]) for r in plan.rules]
    rules = rules or [(_NO_RULE, one.fields[0].name)]
    lines = ", ".join(
        f"({p}, {p // BITS}, {number(1 << p % BITS)}, {literal(f)})" for p, f in rules
    )
    fields = sorted({field for _, field in rules})
    words = range(max(1, -(-len(one.rules) // BITS)))
    broken = " or ".join(f"(word = {word} and (fail_{word} & bit) <> 0)" for word in words)
    return (
        f"select found._row as _row, found._locality as _locality, rules.rule as rule,"
        f" rules.field as field, {_chosen(fields, flaw)} as flaw, {_chosen(fields, raw)} as text,"
        f" {_chosen(fields, proposal)} as proposal"
        f" from {quoted(found_in)} as found"
        f" inner join {quoted(standard(one.name))} as record on record._row = found._row"
        f" inner join (values {lines}) as rules (rule, word, bit, field) on {broken}"
    )


def _chosen(fields: list[str], column: Callable[[str], str]) -> str:
    cases = " ".join(
        f"when {literal(field)} then record.{quoted(column(field))}" for field in fields
    )
    return f"case rules.field {cases} end"
