"""From standard records to one outcome a person: the whole cascade as plain steps.

Deterministic first (number, name and date), then blocks from narrow to wide for whoever is not
settled, then one posterior a person. Which pairs, how they weigh and when they are sure stands in
the policy; this module only lays the steps in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.asked import asked_step, judged_step
from sogoc.link.calibration.model import shipped_calibration
from sogoc.link.outcomes import verified_step
from sogoc.link.pairing.pairs import (
    chances_step,
    exact_step,
    first_step,
    pairs_step,
    scored_step,
    settled_step,
)
from sogoc.link.resolve import answers_step, candidates_step, mutual_step

if TYPE_CHECKING:
    from sogoc.contract.model import Register, RegisterObject
    from sogoc.link.calibration.model import Calibration
    from sogoc.link.policy import Policy
    from sogoc.tables.engine import Step


def plan(
    register: Register,
    policy: Policy,
    *,
    known: frozenset[str] = frozenset(),
    calibration: Calibration | None = None,
) -> list[Step]:
    """Steps that make `verified(o)` for every object of the register that names persons.

    Reads `standard(o)`, `locality_units` and the tables of `population_plan`; of the tables in
    `known` it also reads `judgements__<object>` (`_row`, `person`, `number`, `decision`: `same`,
    `other` or `absent`), which outrank every score. Without a calibration of its own the register
    gets the one that travels with the package.
    """
    fitting = (calibration or shipped_calibration()).fitting(policy)
    return [
        step
        for one in register.objects
        if one.persons
        for step in (*_of(one, policy, known), verified_step(one, policy, fitting))
    ]


def _of(one: RegisterObject, policy: Policy, known: frozenset[str]) -> list[Step]:
    stages = range(1, len(policy.stages) + 1)
    steps = [
        judged_step(one, known),
        asked_step(one, policy),
        pairs_step(one, policy, 1),
        first_step(one, policy),
        exact_step(one, policy),
        chances_step(one, policy),
    ]
    for stage in stages:
        if stage != stages[0]:
            steps.append(pairs_step(one, policy, stage))
        steps.append(scored_step(one, policy, stage))
        if stage != stages[-1]:
            steps.append(settled_step(one, policy, stage))
    return [
        *steps,
        candidates_step(one, policy),
        *([mutual_step(one, policy)] if one.link_to == "one-to-one" else []),
        answers_step(one, policy),
    ]
