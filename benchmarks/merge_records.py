"""A million records of 20 fields into the register, again, with 1 % changed, out, and back.

Use: merge_records.py [records]
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import measure, record

from sogoc.contract.model import Field, Person, Register, RegisterObject
from sogoc.database.deliveries import Arrival, Deliveries, Outcome
from sogoc.database.migrate import migrate
from sogoc.database.store import open_store
from sogoc.records.store import RecordStore
from sogoc.tables import naming
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Step
from sogoc.testing.stopped_clock import StoppedClock
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    import psycopg

KINDS = [Kind.TEXT] * 10 + [Kind.INTEGER] * 4 + [Kind.DATE] * 2 + [Kind.AREA] * 2
PARCEL = RegisterObject(
    name="parcel",
    fields=(
        Field(name="code", kind=Kind.PARCEL_ID, key=1),
        Field(name="commune", kind=Kind.COMMUNE, score_by=True),
        *(Field(name=f"f{number}", kind=kind) for number, kind in enumerate(KINDS)),
    ),
    identities=(("code",),),
    persons=(Person(number="f0"),),
)
LAND = Register(id="land", name="Sổ đất đai", version="1", objects=(PARCEL,))
ARRIVAL = Arrival(
    register="land",
    contract_version="1",
    file_name="made-up",
    sha256="",
    bytes=0,
    kept_path="",
    received_at=datetime(2026, 1, 1, tzinfo=UTC),
    received_by="benchmark",
    as_of=datetime(2026, 1, 1, tzinfo=UTC).date(),
)


def value(field: Field, changed: str) -> str:
    """The value of a field as SQL over the row's number."""
    if field.name == "code":
        return "'P' || range"
    if field.name == "commune":
        return "cast(10000 + range % 300 as varchar)"
    if field.name == "f3":
        return f"'thửa ' || range || case when range % 100 = 0 then '{changed}' else '' end"
    return {
        "VARCHAR": f"'giá trị ' || ((range * 7919) % 100003) || ' {field.name}'",
        "BIGINT": "range * 31 % 1000",
        "DATE": "date '2000-01-01' + cast(range % 9000 as integer)",
    }.get(field.type, "cast(range % 100000 / 100 as decimal(18, 2))")


def standard(engine: DuckDBEngine, records: int, changed: str) -> None:
    """Standard records; dates were written in another way than they are kept."""
    columns = ["range + 1 as _row", "'1' as _sheet", "cast(range + 2 as integer) as _line"]
    columns += ["cast(1 as integer) as _part"]
    for field in PARCEL.fields:
        text = value(field, changed)
        came = f"strftime({text}, '%d/%m/%Y')" if field.kind is Kind.DATE else text
        columns += [
            f"{text} as {field.name}",
            f"cast({came} as varchar) as {naming.raw(field.name)}",
        ]
    columns += [f"commune as {naming.now('commune')}"]
    select = f"select {', '.join(columns)} from range({records})"
    engine.run(Step(naming.standard(PARCEL.name), (), select))


def deliver(connection: psycopg.Connection, engine: DuckDBEngine, mark: str) -> dict[str, Any]:
    """Merge one delivery, as the pipeline does."""
    deliveries, at = Deliveries(connection), datetime(2026, 1, 1, tzinfo=UTC)
    number = deliveries.keep(replace(ARRIVAL, sha256=mark))
    deliveries.begin(number)
    store = RecordStore(connection)
    store.prepare(LAND)
    with connection.transaction():
        counts = store.merge(LAND, engine, delivery=number, at=at)
        deliveries.merged(number, at, Outcome(counts={}))
    return {"delivery": number, **counts[PARCEL.name].as_counts()}


def main(records: int) -> None:
    """Measure each and record it."""
    results: dict[str, Any] = {"records": records, "fields": len(PARCEL.fields)}
    with tempfile.TemporaryDirectory() as name, open_store(Path(name) / "node") as connection:
        migrate(connection, StoppedClock())
        for mark, changed in (("first", ""), ("same", ""), ("one_percent", "a")):
            with DuckDBEngine(Path(name) / mark) as engine:
                standard(engine, records, changed)
                results[mark] = measure(lambda: deliver(connection, engine, mark))  # noqa: B023 - called at once
        store = RecordStore(connection)
        results["export"] = measure(
            lambda: store.export(LAND, PARCEL.name, Path(name)).stat().st_size
        )
        last, at = results["one_percent"]["returned"]["delivery"], ARRIVAL.received_at
        results["undo"] = measure(lambda: store.undo(LAND, delivery=last, at=at))
    print(results, record("merge_records", results))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
