"""The end of a run: records, findings, verifications, scores and the delivery's state, at once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sogoc.check.coverage import EXPECTED, held_places, silent_steps
from sogoc.check.plan import around
from sogoc.contract.model import RuleForm
from sogoc.database.deliveries import Deliveries, Outcome
from sogoc.pipeline.placing import place_findings
from sogoc.records.figure_store import keep_figures
from sogoc.records.finding_store import FindingStore, keep_near_duplicates
from sogoc.records.store import RecordStore
from sogoc.records.verification_store import VerificationStore
from sogoc.score.deadlines import due

if TYPE_CHECKING:
    from datetime import datetime

    from sogoc.contract.model import Register
    from sogoc.intake.take import Taken
    from sogoc.pipeline.judging import Judged, Judging
    from sogoc.pipeline.parts import Parts


def store_run(parts: Parts, judging: Judging, judged: Judged) -> None:
    """Put what a run made into the register: all of it or nothing.

    The tables of the register are made or widened before, by themselves: an empty new column is
    no half-done delivery, and a lock on the table is not held while a million rows go in.
    """
    connection = parts.connection
    RecordStore(connection).prepare(judging.register)
    Deliveries(connection).begin(judging.delivery.id, form=judged.taken.form)
    keep_contract(parts, judging, parts.clock.now())
    with connection.transaction():
        # Those who follow the register read it by this moment: it is taken when it is our turn.
        RecordStore(connection).wait_for_turn(judging.register)
        at = parts.clock.now()
        counts = _merge(parts, judging, judged, at=at)
        outcome = Outcome(
            counts=counts,
            rules_version=judged.rules.version,
            population_release=judged.population.id if judged.population else None,
        )
        Deliveries(connection).merged(judging.delivery.id, at, outcome)


def _merge(parts: Parts, judging: Judging, judged: Judged, *, at: datetime) -> dict[str, Any]:
    register, engine = judging.register, judged.engine
    delivery, connection = judging.delivery.id, parts.connection
    merged = RecordStore(connection).merge(register, engine, delivery=delivery, at=at)
    by = due(judged.day, judged.rules).correct_by
    days = {rule.code: by for one in register.objects for rule in one.rules}
    store = FindingStore(connection)
    if judged.population is None and (asked := _of_answers(register)):
        # Nobody was verified here: what a round found of persons stands until a round says other.
        days = {code: day for code, day in days.items() if code not in asked}
        found = store.correct(register, engine, delivery=delivery, at=at, due=days)
    else:
        found = store.merge(register, engine, delivery=delivery, at=at, due=days)
    place_findings(connection, register, delivery=delivery)
    if judged.population:
        VerificationStore(connection).merge(register, engine, delivery=delivery, at=at)
    keep_near_duplicates(connection, register, engine, delivery=delivery)
    _look_at_the_silent(parts, judging, judged)
    keep_figures(connection, register, engine, delivery=delivery)
    objects = {
        one.name: {
            **merged[one.name].as_counts(),
            "opened": found[one.name].opened,
            "closed": found[one.name].closed,
        }
        for one in register.objects
    }
    return {**objects, **of_the_file(judged.taken), **judged.linking}


def _of_answers(register: Register) -> set[str]:
    """Codes of the rules that read answers about persons."""
    return {
        rule.code
        for one in register.objects
        for rule in one.rules
        if rule.form is RuleForm.VERIFICATION
    }


def _look_at_the_silent(parts: Parts, judging: Judging, judged: Judged) -> None:
    """Count the records held of places that the delivery does not bring and that should have some.

    After the merge: what the delivery brought stands in the register by then.
    """
    register, engine = judging.register, judged.engine
    for one in register.objects:
        named = {rule.expected.rpartition(".")[0] for rule in one.rules if rule.expected}
        known = frozenset(table for table in {*named, EXPECTED} if engine.has(table))
        steps = silent_steps(one, around(register, one, today=judged.day, known=known))
        if steps:
            held = RecordStore(parts.connection).places(register, one.name)
            engine.register(held_places(one.name), held)
        for step in steps:
            engine.run(step)


def of_the_file(taken: Taken) -> dict[str, Any]:
    """What is kept of the file among the counts of its delivery."""
    return {
        "file": {
            "rows": taken.rows,
            "sheets": list(taken.sheets),
            "left_out": taken.left_out,
            "recovered": taken.recovered,
            "notes": [{"vi": note.vi, "en": note.en} for note in taken.notes],
        }
    }


def keep_contract(parts: Parts, judging: Judging, at: datetime) -> None:
    """The contract that the records were merged under is kept whole, to read them by later."""
    register = judging.register
    text = parts.shelf.path(register.id).read_text(encoding="utf-8")
    Deliveries(parts.connection).keep_contract(
        {
            "register": register.id,
            "version": register.version,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "text": text,
            "at": at,
        }
    )
