"""A small land register whose parcels are delivered again and again; all of it made up."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pyarrow as pa
from psycopg import sql

from sogoc.contract.model import Field, Person, Register, RegisterObject
from sogoc.database.deliveries import Arrival, Deliveries, Outcome
from sogoc.records.finding_store import FindingStore
from sogoc.records.store import RecordStore
from sogoc.records.verification_store import VerificationStore
from sogoc.tables import naming
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.testing.standard_records import put, register, rule
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.records.finding_store import FindingCounts
    from sogoc.records.merge import MergeCounts

PARCEL = RegisterObject(
    name="parcel",
    label="Thửa đất",
    fields=(
        Field(name="code", kind=Kind.PARCEL_ID, key=1, label="Mã thửa đất"),
        Field(name="sheet", kind=Kind.MAP_SHEET),
        Field(name="number", kind=Kind.PARCEL_NUMBER),
        Field(name="commune", kind=Kind.COMMUNE, score_by=True),
        Field(name="hamlet", kind=Kind.TEXT),
        Field(name="area", kind=Kind.AREA),
        Field(name="owner", kind=Kind.PERSONAL_ID),
        Field(name="issued", kind=Kind.DATE),
        Field(name="shared", kind=Kind.YES_NO),
    ),
    rules=(rule("parcel.area.missing", "area"), rule("parcel.owner.format", "owner")),
    persons=(Person(id="owner", number="owner"),),
    identities=(("code",), ("commune", "sheet", "number")),
    true_from="issued",
    hamlet="hamlet",
)
LAND = register(PARCEL)
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KEPT = ("finding", "verification", "judgement", "score", "record_group", "near_duplicate")

Row = Mapping[str, object]
Error = tuple[int, int, str]


def parcel(code: str | None, **more: object) -> dict[str, object]:
    """A parcel in commune 10105, with what a test does not care about filled in."""
    return {"code": code, "commune": "10105", "sheet": 1, "number": 7, **more}


@dataclass
class Office:
    """Hands deliveries in, one a day, and looks at what became of the register."""

    connection: psycopg.Connection
    folder: Path
    register: Register = LAND
    days: itertools.count[int] = field(default_factory=itertools.count)

    def deliver(
        self,
        rows: Sequence[Row],
        errors: Sequence[Error] = (),
        answers: Sequence[Mapping[str, object]] | None = None,
    ) -> Delivered:
        """Merge a delivery; an error is (row, position of the rule, text as it came)."""
        day = next(self.days)
        at = START + timedelta(days=day)
        number = self._keep(at, str(day))
        with DuckDBEngine(self.folder / f"run-{number}", memory_gib=1) as engine:
            put(engine, self.register.objects[0], rows)
            engine.register(naming.errors("parcel"), _errors(errors))
            if answers is not None:
                engine.register(naming.verified("parcel"), _answers(answers))
            RecordStore(self.connection).prepare(self.register)
            with self.connection.transaction():
                counts, findings = self._merge(engine, number, at)
        return Delivered(number, counts, findings)

    def _merge(
        self, engine: DuckDBEngine, number: int, at: datetime
    ) -> tuple[MergeCounts, FindingCounts]:
        store = RecordStore(self.connection)
        counts = store.merge(self.register, engine, delivery=number, at=at)["parcel"]
        due = {"parcel.area.missing": date(2026, 3, 31)}
        findings = FindingStore(self.connection).merge(
            self.register, engine, delivery=number, at=at, due=due
        )["parcel"]
        VerificationStore(self.connection).merge(self.register, engine, delivery=number, at=at)
        Deliveries(self.connection).merged(
            number, at, Outcome(counts={"parcel": counts.as_counts()})
        )
        return counts, findings

    def _keep(self, at: datetime, checksum: str) -> int:
        deliveries = Deliveries(self.connection)
        number = deliveries.keep(
            Arrival(
                register=self.register.id,
                contract_version="1.0.0",
                file_name="made-up.xlsx",
                sha256=checksum,
                bytes=1,
                kept_path="var/made-up.xlsx",
                received_at=at,
                received_by="officer",
                as_of=at.date(),
            )
        )
        deliveries.begin(number)
        return number

    def undo(self, number: int) -> None:
        """Take a delivery back."""
        at = START + timedelta(days=next(self.days))
        RecordStore(self.connection).undo(self.register, delivery=number, at=at)

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """Rows of a SELECT; `current` and `history` stand for the tables of the parcels."""
        text = select.replace("from current", "from register.land__parcel")
        return self.connection.execute(
            text.replace("from history", "from register.land__parcel__history")
        ).fetchall()

    def dump(self) -> dict[str, list[str]]:
        """Everything that a delivery may touch, row by row as text."""
        tables = [("register", "land__parcel"), ("register", "land__parcel__history")]
        tables += [("node", name) for name in KEPT]
        found = {}
        for name in tables:
            select = sql.SQL("select one::text from {} as one order by 1").format(
                sql.Identifier(*name)
            )
            found[".".join(name)] = [row[0] for row in self.connection.execute(select)]
        return found


@dataclass(frozen=True)
class Delivered:
    """A delivery that was merged."""

    number: int
    counts: MergeCounts
    findings: FindingCounts


def widened(**more: Kind) -> Register:
    """The land register with more fields, as a later version of its contract has them."""
    fields = [*PARCEL.fields, *(Field(name=name, kind=kind) for name, kind in more.items())]
    kept = {one.name: one for one in fields}
    return register(dataclasses.replace(PARCEL, fields=tuple(kept.values())))


def _errors(errors: Sequence[Error]) -> pa.Table:
    fields = [PARCEL.rules[position].fields[0] for _, position, _ in errors]
    nothing = [None] * len(errors)
    return pa.table(
        {
            "_row": pa.array([row for row, _, _ in errors], pa.int64()),
            "_locality": pa.array(["10105"] * len(errors), pa.string()),
            "rule": pa.array([position for _, position, _ in errors], pa.int32()),
            "field": pa.array(fields, pa.string()),
            "flaw": pa.array(nothing, pa.string()),
            "text": pa.array([text for _, _, text in errors], pa.string()),
            "proposal": pa.array(nothing, pa.string()),
        }
    )


def _answers(answers: Sequence[Mapping[str, object]]) -> pa.Table:
    texts = ("outcome", "number", "differs", "evidence")
    columns = {name: pa.array([one.get(name) for one in answers], pa.string()) for name in texts}
    return pa.table(
        {
            "_row": pa.array([one["_row"] for one in answers], pa.int64()),
            "person": pa.array(["owner"] * len(answers), pa.string()),
            "probability": pa.array([one.get("probability") for one in answers], pa.float64()),
            **columns,
        }
    )
