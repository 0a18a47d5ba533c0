"""Worklists of a node: what their desk needs, and the way of a returned one into the register."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sogoc.clock import today
from sogoc.database.decisions.judgements import Act, Judgements
from sogoc.database.deliveries import Arrival, Deliveries, Outcome, Scope, turn
from sogoc.errors import UnknownThing
from sogoc.localities.units import Units
from sogoc.node.words import flaw_in_words
from sogoc.pipeline.after.correcting import store_corrected
from sogoc.pipeline.keeping import keep
from sogoc.pipeline.persons import number_known
from sogoc.records.store import RecordStore
from sogoc.worklists.back.apply import Officer, apply, preview
from sogoc.worklists.back.opened import opened
from sogoc.worklists.back.recheck import StageRecheck, rechecked
from sogoc.worklists.back.returned import read_back
from sogoc.worklists.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sogoc.contract.model import Register
    from sogoc.pipeline.after.correcting import Corrected
    from sogoc.pipeline.parts import Parts
    from sogoc.worklists.back.apply import Preview
    from sogoc.worklists.back.returned import Return

FORM = "worklist"
"""The form of a delivery that is a returned worklist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A returned worklist, read and judged; nothing was written."""

    register: Register
    returned: Return
    seen: Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who hands a worklist in, and on what evidence where a row says none."""

    officer: str
    evidence: str = ""


def desk(parts: Parts, register: str, *, keeper: str) -> Desk:
    """What worklists need of the node; the caller holds the transaction."""
    held = parts.shelf.register(register)
    newest = Deliveries(parts.connection).newest_of_places(held.id)
    scored = (one for one in newest if one.state == "merged" and one.rules_version)
    latest = next(scored, None)
    kept = Judgements(parts.connection)
    return Desk(
        connection=parts.connection,
        register=held,
        units=Units.load(),
        clock=parts.clock,
        keeper=keeper,
        rules_version=latest.rules_version if latest else "",
        flaw=flaw_in_words,
        is_number_of_somebody=lambda number: number_known(parts, number),
        standing=lambda name: kept.standing(held.id, name),
        kept=lambda delivery: _file_of(parts, delivery),
    )


def _file_of(parts: Parts, delivery: int) -> Path | None:
    """The file of a delivery as it came, None where a record came otherwise."""
    try:
        return parts.folder / Deliveries(parts.connection).one(delivery).kept_path
    except UnknownThing:
        return None


def preview_return(parts: Parts, file: Path, *, keeper: str = "") -> Shown:
    """What a returned worklist would change. Raises WorklistRefused that names every mistake."""
    with parts.connection.transaction(), _read(parts, file, keeper=keeper) as (shown, _, _):
        return shown


def apply_return(
    parts: Parts, file: Path, signed: Signed, *, keeper: str = ""
) -> tuple[Shown, int | None]:
    """Bring a returned worklist into its register, as a delivery of its own; return its number.

    The file is kept byte for byte before anything of it is stored. Then all of it or nothing:
    corrections, answers, the records with their history, persons verified anew, findings that the
    new values opened or closed. None: this very file was applied before. Raises WorklistRefused.
    """
    register = parts.shelf.register(opened(file).head.register)
    RecordStore(parts.connection).prepare(register)
    with (
        turn(parts.connection, register.id),
        parts.connection.transaction(),
        _read(parts, file, keeper=keeper) as (shown, work, made),
    ):
        if shown.returned.already:
            return shown, None
        return shown, _store(parts, file, signed, of=(shown, work, made))


@contextmanager
def _read(
    parts: Parts, file: Path, *, keeper: str
) -> Iterator[tuple[Shown, Desk, Corrected | None]]:
    work = desk(parts, opened(file).head.register, keeper=keeper)
    returned = read_back(work, file)
    if not returned.changes and not returned.verdicts:
        seen = preview(work, returned, lambda _: {})
        yield Shown(register=work.register, returned=returned, seen=seen), work, None
        return
    with rechecked(parts, work, returned) as made:
        seen = preview(work, returned, StageRecheck(made))
        yield Shown(register=work.register, returned=returned, seen=seen), work, made


def _store(
    parts: Parts, file: Path, signed: Signed, *, of: tuple[Shown, Desk, Corrected | None]
) -> int:
    shown, work, made = of
    delivery = begin(parts, shown.register, file, officer=signed.officer, form=FORM)
    by = Officer(name=signed.officer, delivery=delivery, evidence=signed.evidence)
    done = apply(work, shown.returned, shown.seen, by=by)
    at = parts.clock.now()
    act = Act(officer=signed.officer, at=at, delivery=delivery)
    for verdict in shown.returned.verdicts:
        told = verdict if verdict.evidence else replace(verdict, evidence=signed.evidence)
        Judgements(parts.connection).keep(shown.register.id, told, act)
    counts = store_corrected(parts, made, delivery=delivery, at=at) if made else {}
    answered = {
        "corrections": done.corrections,
        "closed": done.closed,
        "stays": done.stays_open,
        "judged": done.judged,
    }
    outcome = Outcome(
        counts={**counts, FORM: {"number": shown.returned.worklist, **answered}},
        population_release=made.population.id if made and made.population else None,
    )
    Deliveries(parts.connection).merged(delivery, at, outcome)
    return delivery


def begin(parts: Parts, register: Register, file: Path, *, officer: str, form: str) -> int:
    """Keep what an officer decided as a delivery of its own, and begin it; return its number."""
    kept = keep(file, parts.deliveries)
    deliveries = Deliveries(parts.connection)
    arrival = Arrival(
        register=register.id,
        contract_version=register.version,
        file_name=file.name,
        sha256=kept.sha256,
        bytes=kept.bytes,
        kept_path=str(kept.path.relative_to(parts.folder)),
        received_at=parts.clock.now(),
        received_by=officer,
        as_of=today(parts.clock),
        form=form,
        scope=Scope.RECORDS,
    )
    number = deliveries.keep(arrival)
    deliveries.begin(number, form=form)
    return number
