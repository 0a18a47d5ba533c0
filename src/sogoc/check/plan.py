"""The steps that check a register: keys first, then one pass an object, then what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.check.coverage import coverage_card, coverage_steps
from sogoc.check.functions import Surroundings
from sogoc.check.linked import (
    linked_checked,
    linked_errors,
    linked_pass,
    linked_rules,
    nothing_found,
    nothing_verified,
    verdicts,
    verdicts_step,
    waits_for_linking,
)
from sogoc.check.masks import answered_before, checked, layout, pass_step
from sogoc.check.near import near_rule, near_rules, near_steps
from sogoc.check.results import card, errors, findings_step, judged_step, linked_judged_step
from sogoc.check.rules import simple_rules
from sogoc.tables import naming
from sogoc.tables.engine import Step, quoted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sogoc.check.masks import Layout
    from sogoc.contract.model import Register, RegisterObject


def plan(
    register: Register,
    *,
    today: date,
    known: frozenset[str] = frozenset(),
    holidays: frozenset[date] = frozenset(),
) -> list[Step]:
    """Check the standard records of every object.

    `known` names the reference tables at hand (`tables.naming.reference`); a rule that refers to
    another register is not assessed without its table. Makes `findings(o)` for every object, and
    `scorecard(o)`, `errors(o)` and `judged(o)` for those without rules over verification; for the
    others `plan_after_link` or `plan_without_link` does.
    """
    steps: list[Step] = []
    for one in register.objects:
        about = around(register, one, today=today, holidays=holidays, known=known)
        steps += whole_object(one, about)
    return steps


def plan_after_link(
    register: Register, *, today: date, holidays: frozenset[date] = frozenset()
) -> list[Step]:
    """Check what linking said, and write scorecard and errors of both passes."""
    return _second_pass(register, today, holidays=holidays, said=verdicts_step)


def plan_without_link(
    register: Register, *, today: date, holidays: frozenset[date] = frozenset()
) -> list[Step]:
    """The same where no population register is at hand: what needs one is not assessed."""
    return _second_pass(register, today, holidays=holidays, said=nothing_verified)


def plan_of_answers(
    register: Register, *, today: date, holidays: frozenset[date] = frozenset()
) -> list[Step]:
    """Only the rules that read answers about persons, over records that were checked before.

    Makes `errors(o)` of these rules alone; reads `standard(o)` and `verified(o)`.
    """
    steps: list[Step] = []
    for one in register.objects:
        if not waits_for_linking(one):
            continue
        laid = layout(one, linked_rules(one, around(register, one, today=today, holidays=holidays)))
        made, found = linked_checked(one.name), naming.linked_findings(one.name)
        reads = (found, naming.standard(one.name), verdicts(one.name))
        steps += [
            nothing_found(one, laid),
            verdicts_step(one),
            linked_pass(one, laid),
            findings_step(laid, made, found),
            Step(naming.errors(one.name), reads, linked_errors(one, laid)),
        ]
    return steps


def around(
    register: Register,
    one: RegisterObject,
    *,
    today: date,
    holidays: frozenset[date] = frozenset(),
    known: frozenset[str] = frozenset(),
) -> Surroundings:
    """What the rules of one object may ask beside the record."""
    kinds = {field.name: field.kind for field in one.fields}
    return Surroundings(
        register=register.id, kinds=kinds, today=today, holidays=holidays, known=known
    )


def _second_pass(
    register: Register,
    today: date,
    *,
    holidays: frozenset[date],
    said: Callable[[RegisterObject], Step],
) -> list[Step]:
    steps: list[Step] = []
    for one in register.objects:
        if waits_for_linking(one):
            about = around(register, one, today=today, holidays=holidays)
            steps += [said(one), *_linked(one, about)]
    return steps


def first_layout(one: RegisterObject, around: Surroundings) -> Layout:
    """The rules of the first pass: all but those of coverage and over verification."""
    near = [near_rule(one, alike, position) for position, alike in near_rules(one)]
    rules = sorted([*simple_rules(one, around), *near], key=lambda rule: rule.position)
    return layout(one, rules)


def whole_object(one: RegisterObject, around: Surroundings) -> list[Step]:
    """The first pass over every record of one object, and what it says."""
    laid = first_layout(one, around)
    made, found = checked(one.name), naming.findings(one.name)
    steps = [
        *near_steps(one),
        *answered_before(laid.rules),
        pass_step(one, laid, made),
        findings_step(laid, made, found),
        *coverage_steps(one, around),
        Step(first_card(one.name), (made,), card(laid, made)),
        Step(first_errors(one), (found, naming.standard(one.name)), errors(one, laid, found)),
    ]
    if not waits_for_linking(one):
        steps += [judged_step(one, laid, made), *final_steps(one)]
    return steps


def _linked(one: RegisterObject, around: Surroundings) -> list[Step]:
    laid = layout(one, linked_rules(one, around))
    made, found = linked_checked(one.name), naming.linked_findings(one.name)
    reads = (found, naming.standard(one.name), verdicts(one.name))
    return [
        linked_pass(one, laid),
        findings_step(laid, made, found),
        Step(_linked_card(one.name), (made,), card(laid, made)),
        Step(_linked_errors(one.name), reads, linked_errors(one, laid)),
        linked_judged_step(one, laid, made),
        *final_steps(one),
    ]


def final_steps(one: RegisterObject) -> list[Step]:
    """Scorecard and errors of all passes, each table made once."""
    cards, lists = [first_card(one.name)], []
    if waits_for_linking(one):
        cards.append(_linked_card(one.name))
        lists += [first_errors(one), _linked_errors(one.name)]
    each = [f"select * from {quoted(table)}" for table in cards]
    covered = coverage_card(one)
    reads = (*cards, naming.coverage(one.name)) if covered else tuple(cards)
    both = " union all ".join([*each, *([covered] if covered else [])])
    all_errors = " union all ".join(f"select * from {quoted(table)}" for table in lists)
    steps = [Step(naming.scorecard(one.name), reads, both)]
    return [*steps, Step(naming.errors(one.name), tuple(lists), all_errors)] if lists else steps


def first_card(name: str) -> str:
    """The scorecard of the first pass."""
    return f"first_scorecard__{name}"


def _linked_card(name: str) -> str:
    return f"linked_scorecard__{name}"


def first_errors(one: RegisterObject) -> str:
    """Where no second pass comes, the errors of the first are all of them."""
    return f"first_errors__{one.name}" if waits_for_linking(one) else naming.errors(one.name)


def _linked_errors(name: str) -> str:
    return f"linked_errors__{name}"
