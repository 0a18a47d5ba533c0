"""One delivery through all the stages: kept, read, judged, linked, scored, stored.

The order carries the guarantee: the file is durable before anything reads it; stage tables stand
in the run's own folder, each whole or not at all, so an interrupted run goes on where it stopped;
the register, its findings, verifications and scores change in one transaction at the very end. A
crash at any line leaves the register either before or after the delivery, never between.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sogoc.clock import today
from sogoc.database.deliveries import Arrival, Deliveries, Scope, turn
from sogoc.errors import DeliveryRefused
from sogoc.pipeline.again.basis import superseded
from sogoc.pipeline.judging import Judging, judge
from sogoc.pipeline.keeping import keep
from sogoc.pipeline.population.people import landed
from sogoc.pipeline.run_folder import forget_older
from sogoc.pipeline.single.judging import judge_single
from sogoc.pipeline.single.storing import content, store_single
from sogoc.pipeline.stages import Stage, nobody
from sogoc.pipeline.storing import store_run

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from sogoc.contract.model import Register
    from sogoc.database.deliveries import Delivery
    from sogoc.pipeline.keeping import Kept
    from sogoc.pipeline.parts import Parts
    from sogoc.pipeline.single.storing import Witness
    from sogoc.pipeline.stages import Tell


_LOOKED_AT = 5000
"""Runs of a register whose stage tables may still stand: one for each of its communes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an officer hands in."""

    register: str
    file: Path
    officer: str
    form: str = ""
    as_of: date | None = None
    """The day the data speaks for; None: the day it is handed in."""
    scope: Scope = Scope.PLACES
    """For what it speaks: whole places, its records alone, or that they end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of it. `known_already`: the same bytes were merged before, nothing changed."""

    delivery: Delivery
    register: Register
    known_already: bool


def deliver(
    parts: Parts, request: Request, *, tell: Tell = nobody, witness: Witness = content
) -> Delivered:
    """Bring a delivery into its register, or go on with one that was interrupted.

    `witness` is shown single records before they hold. Raises DeliveryRefused, after which nothing
    of the file is stored; UnknownThing for a register that is not there.
    """
    register = parts.shelf.register(request.register)
    tell(Stage.KEEP, 0, 1)
    kept = keep(request.file, parts.deliveries)
    tell(Stage.KEEP, 1, 1)
    deliveries = Deliveries(parts.connection)
    with turn(parts.connection, register.id):
        merged = deliveries.of_checksum(register.id, kept.sha256, request.scope)
        if merged is not None:
            return Delivered(delivery=merged, register=register, known_already=True)
        delivery = deliveries.unfinished(register.id, kept.sha256, request.scope)
        if delivery is None:
            arrival = _arrival(parts, request, register=register, kept=kept)
            delivery = deliveries.one(deliveries.keep(arrival))
        try:
            judging = Judging(register=register, delivery=delivery, file=kept.path)
            if request.scope is Scope.PLACES:
                _work(parts, judging, tell=tell)
            else:
                _work_on_single(parts, judging, tell=tell, witness=witness)
        except DeliveryRefused as refusal:
            _refuse(parts, delivery, kept, why=_words(refusal))
            raise
        mine = [one.id for one in deliveries.newest_of_places(register.id, limit=_LOOKED_AT)]
        forget_older(parts.runs, superseded(parts.runs, mine), keep=parts.keep_runs)
        return Delivered(
            delivery=deliveries.one(delivery.id), register=register, known_already=False
        )


def _arrival(parts: Parts, request: Request, *, register: Register, kept: Kept) -> Arrival:
    return Arrival(
        register=register.id,
        contract_version=register.version,
        file_name=request.file.name,
        sha256=kept.sha256,
        bytes=kept.bytes,
        kept_path=str(kept.path.relative_to(parts.folder)),
        received_at=parts.clock.now(),
        received_by=request.officer,
        as_of=request.as_of or today(parts.clock),
        form=request.form,
        scope=request.scope,
    )


def _work(parts: Parts, judging: Judging, *, tell: Tell) -> None:
    with judge(parts, judging, tell=tell) as judged:
        tell(Stage.RECORDS, 0, 1)
        store_run(parts, judging, judged)
        judged.basis.write()
        tell(Stage.RECORDS, 1, 1)
    if judging.register.is_population:
        landed(parts, judging.register)


def _work_on_single(parts: Parts, judging: Judging, *, tell: Tell, witness: Witness) -> None:
    try:
        with judge_single(parts, judging, tell=tell) as single:
            tell(Stage.RECORDS, 0, 1)
            store_single(parts, judging, single, witness=witness)
            tell(Stage.RECORDS, 1, 1)
    finally:
        # No later delivery begins with what was made of a few records, and who comes again after
        # an error has soon made it anew.
        shutil.rmtree(parts.runs / str(judging.delivery.id), ignore_errors=True)


def _refuse(parts: Parts, delivery: Delivery, kept: Kept, *, why: dict[str, Any]) -> None:
    """Nothing of a refused file stays but its name, its checksum and the reason."""
    Deliveries(parts.connection).refused(delivery.id, why)
    shutil.rmtree(parts.runs / str(delivery.id), ignore_errors=True)
    shutil.rmtree(kept.path.parent, ignore_errors=True)


def _words(refusal: DeliveryRefused) -> dict[str, Any]:
    sentence = refusal.sentence
    return {"refused": {"vi": sentence.vi, "en": sentence.en, "place": str(refusal.place or "")}}
