"""The steps that check a register: keys first, then one pass an object, then what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.check.functions import Surroundings
from sogoc.check.masks import checked, layout, pass_step
from sogoc.check.results import card, errors_step, findings_step
from sogoc.check.rules import judged
from sogoc.tables import naming
from sogoc.tables.engine import Step

if TYPE_CHECKING:
    from datetime import date

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
    `scorecard(o)` and `errors(o)` for those without rules that wait for linking.
    """
    steps: list[Step] = []
    for one in register.objects:
        kinds = {field.name: field.kind for field in one.fields}
        around = Surroundings(
            register=register.id, kinds=kinds, today=today, holidays=holidays, known=known
        )
        steps += _object(one, around)
    return steps


def _object(one: RegisterObject, around: Surroundings) -> list[Step]:
    rules = judged(one, around)
    laid = layout(one, rules)
    made, found = checked(one.name), naming.findings(one.name)
    positions = [rule.position for rule in rules]
    return [
        *(rule.keys for rule in rules if rule.keys is not None),
        pass_step(one, laid, made),
        findings_step(laid, made, found),
        Step(naming.scorecard(one.name), (made,), card(laid, made)),
        errors_step(one, positions, found),
    ]
