"""The register's records in the node's database: prepared, merged, undone, handed out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from psycopg import sql

from sogoc.database.bulk import copy_out, copy_to_parquet
from sogoc.database.deliveries import Deliveries
from sogoc.records.correcting import corrected_step, standing_records
from sogoc.records.merge import Merge, MergeCounts
from sogoc.records.plan import standing
from sogoc.records.prepare import prepare
from sogoc.records.readings import NOW, referred_of, select_of, texts_of, types_of
from sogoc.records.shape import Tables
from sogoc.records.undo import undo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import psycopg

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.records.correcting import Places
    from sogoc.records.readings import Reading
    from sogoc.tables.engine import Engine


@dataclass(frozen=True, slots=True)
class RecordStore:
    """The records of a node, through one open connection."""

    connection: psycopg.Connection

    def prepare(self, register: Register) -> None:
        """Make or widen the register's tables. Raises StoreError.

        Call it before the transaction of `merge`, else registers wait for each other.
        """
        prepare(self.connection, register)

    def merge(
        self, register: Register, tables: Engine, *, delivery: int, at: datetime
    ) -> dict[str, MergeCounts]:
        """Put the standard records of a delivery into the register; return counts by object.

        Whole or not at all. The caller opens the transaction in which the findings, the
        verifications, the scores and the delivery's new state go in too: a node that dies at any
        line leaves the register before the delivery or after it, never between. Deliveries of the
        same register wait for each other. Leaves `recorded(o)` in the engine; it holds for this
        transaction only and must be made again if that is rolled back.
        """
        with self.connection.transaction():
            self.wait_for_turn(register)
            merge = self._merge(tables, delivery, at)
            return {one.name: merge.object(Tables(register.id, one)) for one in register.objects}

    def merge_single(
        self, register: Register, tables: Engine, *, delivery: int, at: datetime
    ) -> dict[str, MergeCounts]:
        """The same for records that speak for themselves alone: no other is marked as missing."""
        merge = self._merge(tables, delivery, at)
        return {one.name: merge.single(Tables(register.id, one)) for one in register.objects}

    def end(
        self, register: Register, tables: Engine, *, delivery: int, at: datetime
    ) -> dict[str, pa.Table]:
        """End the records of a delivery; return their numbers (`id`) by object.

        In the caller's transaction. Raises DeliveryRefused where one does not stand.
        """
        merge = self._merge(tables, delivery, at)
        return {one.name: merge.endings(Tables(register.id, one)) for one in register.objects}

    def _merge(self, tables: Engine, delivery: int, at: datetime) -> Merge:
        as_of = Deliveries(self.connection).one(delivery).as_of
        return Merge(
            connection=self.connection, tables=tables, delivery=delivery, as_of=as_of, at=at
        )

    def wait_for_turn(self, register: Register) -> None:
        """Wait until no other delivery of the register is being merged; ours until the commit."""
        self.connection.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
            (f"sogoc.register.{register.id}",),
        )

    def stand(self, register: Register, tables: Engine, places: Places) -> None:
        """Put the records to be corrected beside their corrections; makes `standard(o)` of both.

        `standard(o)` holds them as they were read again, in the order of `places`.
        """
        for name, corrected in places.items():
            target = Tables(register.id, register.object(name))
            rows = standing_records(self.connection, target, corrected)
            tables.register(standing(name), rows)
            tables.run(corrected_step(target.object))

    def correct(
        self, register: Register, tables: Engine, *, delivery: int, at: datetime
    ) -> dict[str, int]:
        """Write the corrected records of each object; return how many changed.

        In the caller's transaction, as `merge`; reads what `stand` made. The version that stood
        there goes to history as one that never was true.
        """
        merge = Merge(
            connection=self.connection, tables=tables, delivery=delivery, as_of=None, at=at
        )
        return {one.name: merge.corrected(Tables(register.id, one)) for one in register.objects}

    def undo(self, register: Register, *, delivery: int, at: datetime) -> None:
        """Take a delivery back: everything stands as before it. Raises UndoRefused."""
        # A contract may have grown since: what it names that was never delivered is empty.
        self.prepare(register)
        undo(self.connection, register, delivery=delivery, at=at)

    def holds(self, register: Register, one: RegisterObject, *, field: str, value: str) -> bool:
        """Whether a current record of the object has this value in this field."""
        select = sql.SQL("select exists (select from {} where {} = %(value)s)").format(
            Tables(register.id, one).current, sql.Identifier(field)
        )
        row = self.connection.execute(select, {"value": value}).fetchone()
        return bool(row and row[0])

    def count(self, register: Register, name: str) -> int:
        """How many current records an object has, those that went missing too."""
        table = Tables(register.id, register.object(name)).current
        row = self.connection.execute(sql.SQL("select count(*) from {}").format(table)).fetchone()
        return int(row[0]) if row else 0

    def holds_at_least(self, register: Register, name: str, least: int) -> bool:
        """Whether it has so many: no more of them are looked at."""
        table = Tables(register.id, register.object(name)).current
        select = sql.SQL("select exists (select from {} offset {})").format(
            table, sql.Literal(least - 1)
        )
        row = self.connection.execute(select).fetchone()
        return bool(row and row[0])

    def places(self, register: Register, name: str) -> pa.Table:
        """How many records of an object stand in each place: `locality`, `records`.

        Those that went missing from their place's deliveries are not counted.
        """
        select = sql.SQL(
            "select _locality, count(*) from {} where _missing_since is null "
            "and _locality is not null group by _locality"
        ).format(Tables(register.id, register.object(name)).current)
        return copy_out(self.connection, select, {"locality": pa.string(), "records": pa.int64()})

    def export(
        self,
        register: Register,
        name: str,
        folder: Path,
        *,
        reading: Reading = NOW,
    ) -> Path:
        """Write the records of one object to `folder/<register>__<object>.parquet`.

        Columns: `_record` (its id), the fields, `_locality`, `_true_from`, `_missing_since`; one
        row a record.
        """
        self.prepare(register)
        target = Tables(register.id, register.object(name))
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{register.id}__{name}.parquet"
        select = select_of(target, reading)
        copy_to_parquet(self.connection, select, types_of(target), file=file)
        return file

    def export_referred(
        self, register: Register, name: str, asked: Mapping[str, Sequence[str]], *, folder: Path
    ) -> Path:
        """The same, of the records alone in which one of these fields holds one of its values."""
        self.prepare(register)
        target = Tables(register.id, register.object(name))
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{register.id}__{name}.parquet"
        select = referred_of(target, asked)
        copy_to_parquet(self.connection, select, types_of(target), file=file)
        return file

    def export_texts(
        self, register: Register, name: str, fields: Sequence[str], *, file: Path
    ) -> int:
        """Write these fields of the current records as text to `file`; return how many records.

        Columns: `_record`, `_as_of` (the day as of which the record was delivered), each field as
        it stands and `came__<field>` as it came. Records that went missing are left out.
        """
        self.prepare(register)
        target = Tables(register.id, register.object(name))
        columns = ["_as_of", *(each for field in fields for each in (field, f"came__{field}"))]
        types = {"_record": pa.int64(), **dict.fromkeys(columns, pa.string())}
        return copy_to_parquet(self.connection, texts_of(target, fields), types, file=file)
