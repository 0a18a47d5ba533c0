"""One person asked about: outcome, posterior and evidence as the whole register would get them.

The plan's own statements are worked out for the one row (`statements`), joined from the mapped
dictionaries of the index (`dictionaries`); the compiled kernel weighs the candidates. No SQL runs:
three small statements would cost an engine more than the whole answer costs here. Equal to the
batch to the bit, given the same chances; judgements, and claims of other records on the same
person, are the batch's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sogoc.link.asked import asked_step
from sogoc.link.calibration.model import shipped_calibration
from sogoc.link.columns import FOLDED, NAMES
from sogoc.link.columns import answers as answers_table
from sogoc.link.desk.answers import Candidate, answer, candidates
from sogoc.link.desk.asking import asked_of, kinds
from sogoc.link.desk.dictionaries import Dictionaries
from sogoc.link.desk.statements import branches, statement
from sogoc.link.index.compiled import needed
from sogoc.link.kernel.people import population
from sogoc.link.kernel.running import Runner
from sogoc.link.kernel.writing.module import loops
from sogoc.link.kernel.writing.source import source
from sogoc.link.outcomes import verified_step
from sogoc.link.weights import FAR, TOP
from sogoc.tables.naming import standard

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sogoc.contract.model import RegisterObject
    from sogoc.link.calibration.model import Calibration
    from sogoc.link.desk.statements import Lookup
    from sogoc.link.index.person_index import PersonIndex
    from sogoc.link.kernel.running import Kept, Loop
    from sogoc.link.kernel.shapes import Asked, Work
    from sogoc.link.policy import Policy

    Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What linking says of one person: the columns of `verified__`, and what was weighed."""

    person: str
    """Id of the person group in the contract."""
    outcome: str
    number: str | None
    probability: float | None
    margin: float | None
    differs: str | None
    evidence: str | None
    posterior: float | None
    """Of the best candidate, before calibration."""
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """By what a desk answers: how persons are told of, what is compared, and what it weighs.

    `chances` is the one row of `link_chances__` (`desk.chances`); without a calibration the one
    that travels with the package is used.
    """

    object: RegisterObject
    policy: Policy
    chances: Mapping[str, int]
    calibration: Calibration | None = None


class Desk:
    """A desk over an index that stays open; machine code is kept in the folder `cache`.

    Raises KernelMissing without the part `national`; UnknownToKernel or UnknownToDesk where the
    policy says what only SQL can.
    """

    def __init__(self, index: PersonIndex, told: Told, *, cache: Path) -> None:
        needed()
        one, policy = told.object, told.policy
        fitting = (told.calibration or shipped_calibration()).fitting(policy)
        self._one, self._policy, self._index = one, policy, index
        known = Dictionaries(index)
        # What the plan gathers for all records at once is here a look-up of one.
        looked_up: dict[str, Lookup] = {
            "possible": partial(_possible, known),
            "borne": known.lookups[FOLDED],
            "written_so": known.lookups[NAMES],
        }
        step = asked_step(one, policy)
        self._told = [statement(text, {}) for text in branches(step.select, "told")]
        self._asked = statement(
            step.select,
            {**known.lookups, **looked_up},
            given=frozenset({"told", "wanted", *looked_up}),
        )
        self._verified = statement(verified_step(one, policy, fitting).select, {})
        self._source = source(policy, kinds(policy))
        self._loops = loops(self._source, cache)
        self._population = population(index)
        self._runner = Runner(len(policy.comparisons), 1)
        self._chances = np.array([told.chances[n] for n in self._source.chances], dtype=np.int64)
        self._masses = np.array([_mass(below) for below in range(FAR + 1)], dtype=np.int64)

    def ask(self, record: Mapping[str, Any]) -> list[Answer]:
        """The answer for each person of a record, given as its row of `standard`.

        A record that names nobody has none.
        """
        row = {"_row": 1, **record}
        told = [one for branch in self._told for one in branch({standard(self._one.name): [row]})]
        if not told:
            return []
        asked = sorted(self._asked({"told": told}), key=lambda each: int(each["asked"]))
        kept = self._runner.alone(self._link, asked_of(asked, self._source))
        return [self._answer(each, kept) for each in asked]

    def _answer(self, asked: Row, kept: Kept) -> Answer:
        found = candidates(kept, int(asked["asked"]))
        facts = answer(self._index, self._policy, asked, found=found)
        (said,) = self._verified({answers_table(self._one.name): [facts]})
        return Answer(
            person=said["person"],
            outcome=said["outcome"],
            number=said["number"],
            probability=said["probability"],
            margin=said["margin"],
            differs=said["differs"],
            evidence=said["evidence"],
            posterior=facts["b_posterior"],
            candidates=tuple(found),
        )

    def _link(self, asked: Asked, work: Work, kept: Kept) -> Loop:
        loop = self._loops.link
        return partial(loop, asked, self._chances, self._masses, *self._population, work, *kept)


def _possible(known: Dictionaries, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The communes that a record may mean, by their ids: what the plan gathers for all records."""
    places = known.places_of(key["communes"])
    return None if places is None else {"communes": key["communes"], "places": places}


def _mass(below: int) -> int:
    """What `weights.mass` says of a distance below the top."""
    return int(2.0 ** (TOP - below / 1000.0))
