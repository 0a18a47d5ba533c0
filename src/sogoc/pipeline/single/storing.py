"""The end of a run over single records: they go in or they end, and nothing else changes.

All in one transaction. Last in it comes the witness: what must be true or durable before the
records are, such as a journal's entry. If it says no, nothing of the delivery is in the register.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sogoc.database.deliveries import Deliveries, Outcome, Scope
from sogoc.pipeline.placing import place_findings
from sogoc.pipeline.storing import keep_contract, of_the_file
from sogoc.records.finding_store import FindingStore
from sogoc.records.store import RecordStore
from sogoc.records.verification_store import VerificationStore
from sogoc.score.deadlines import due

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sogoc.contract.model import Register
    from sogoc.pipeline.judging import Judging
    from sogoc.pipeline.parts import Parts
    from sogoc.pipeline.single.judging import Single
    from sogoc.tables.engine import Engine

    Counts = Mapping[str, dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Single records in the register, not yet for good."""

    register: Register
    """With the objects alone of which records came."""
    engine: Engine
    """With `standard(o)`, and of records that did not end `recorded(o)` and what was opened."""
    delivery: int
    counts: Counts


class Witness(Protocol):
    """Whom a delivery of single records is shown before it holds."""

    def __call__(self, stored: Stored, /) -> None:
        """Raises what stands against it, and nothing is stored: DeliveryRefused, StoreError."""


def content(stored: Stored, /) -> None:
    """Nobody need see it."""
    del stored


def store_single(parts: Parts, judging: Judging, single: Single, *, witness: Witness) -> None:
    """Put the records into the register: all of them or none."""
    connection = parts.connection
    RecordStore(connection).prepare(judging.register)
    Deliveries(connection).begin(judging.delivery.id, form=single.taken.form)
    keep_contract(parts, judging, parts.clock.now())
    ending = judging.delivery.scope == Scope.ENDINGS
    with connection.transaction():
        RecordStore(connection).wait_for_turn(judging.register)
        at = parts.clock.now()
        counts = (_ended if ending else _merged)(parts, judging, single, at=at)
        witness(
            Stored(
                register=single.register,
                engine=single.engine,
                delivery=judging.delivery.id,
                counts=counts,
            )
        )
        told: dict[str, Any] = {**counts, **of_the_file(single.taken)}
        release = single.population.id if single.population else None
        outcome = Outcome(counts=told, population_release=release)
        Deliveries(connection).merged(judging.delivery.id, at, outcome)


def _merged(parts: Parts, judging: Judging, single: Single, *, at: datetime) -> Counts:
    register, engine, connection = single.register, single.engine, parts.connection
    by: dict[str, Any] = {"delivery": judging.delivery.id, "at": at}
    merged = RecordStore(connection).merge_single(register, engine, **by)
    days = dict.fromkeys(single.judged, due(single.day, single.rules).correct_by)
    found = FindingStore(connection).correct(register, engine, **by, due=days)
    # The whole register: where a record lies may be told by another that it refers to.
    place_findings(connection, judging.register, delivery=judging.delivery.id)
    if single.population:
        VerificationStore(connection).merge(register, engine, **by)
    return {
        one.name: {
            **merged[one.name].as_counts(),
            "opened": found[one.name].opened,
            "closed": found[one.name].closed,
        }
        for one in register.objects
    }


def _ended(parts: Parts, judging: Judging, single: Single, *, at: datetime) -> Counts:
    register, connection = single.register, parts.connection
    by: dict[str, Any] = {"delivery": judging.delivery.id, "at": at}
    ended = RecordStore(connection).end(register, single.engine, **by)
    found = FindingStore(connection).end(register, ended, **by)
    VerificationStore(connection).end(register, ended, **by)
    return {
        name: {
            "rows": single.taken.counts[name],
            "ended": ids.num_rows,
            "closed": found[name].closed,
        }
        for name, ids in ended.items()
    }
