"""One object of a delivery goes into the register: what is new, changed, missing, returned."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from psycopg import sql

from sogoc.database.bulk import MARKED, copy_in, copy_out, marked
from sogoc.records import plan
from sogoc.records.prepare import add_keys, columns, drop_keys
from sogoc.tables.engine import quoted
from sogoc.tables.naming import recorded

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    import psycopg

    from sogoc.records.shape import Tables
    from sogoc.tables.engine import Engine

_HELD = {
    "id": pa.int64(),
    "key": pa.string(),
    "digest": pa.string(),
    "locality": pa.string(),
    "missing": pa.bool_(),
}
_COMING = sql.Identifier("pg_temp", "coming")


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCounts:
    """What a delivery did to one object. `rows` = inserted + changed + returned + unchanged."""

    rows: int = 0
    inserted: int = 0
    changed: int = 0
    unchanged: int = 0
    returned: int = 0
    """Were missing, and are there again as they were."""
    missing: int = 0
    """Were there, and are no longer among those of their locality."""

    def as_counts(self) -> dict[str, int]:
        """The same by name, for the counts of a delivery."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """One delivery on its way into the register."""

    connection: psycopg.Connection
    tables: Engine
    delivery: int
    as_of: date | None
    """The day since when it is true; None for corrections, which keep the day of each record."""
    at: datetime

    def object(self, target: Tables) -> MergeCounts:
        """Merge the standard records of one object; leaves `recorded(o)` for the other stores."""
        one, engine = target.object, self.tables
        self._read_what_is_held(target)
        engine.run(plan.naming_step(one))
        engine.run(plan.recorded_step(one, self._next_id(target)))
        counted = f"select change, count(*) from {quoted(recorded(one.name))} group by change"
        counts = {str(change): int(count) for change, count in engine.rows(counted)}
        if counts.get("inserted"):
            self._insert(target)
        if counts.get("changed"):
            self._change(target)
        missing = self._mark(target, plan.missing_select(one), "missing")
        if counts.get("returned"):
            self._mark(target, _returned_select(one.name), "returned")
        return MergeCounts(rows=sum(counts.values()), missing=missing, **counts)

    def corrected(self, target: Tables) -> int:
        """Give records a new version under the number they have; return how many changed.

        Reads `standard(o)` and `standing(o)`; leaves `recorded(o)`. Records that are not among
        them are neither read nor marked: a list of corrections says nothing about the others.
        """
        one, engine = target.object, self.tables
        self._read_what_is_held(target)
        engine.run(plan.naming_step(one))
        engine.run(plan.corrected_step(one))
        changed = f"select 1 from {quoted(recorded(one.name))} where change = 'changed'"
        count = len(engine.rows(changed))
        if count:
            self._change(target)
        return count

    def _read_what_is_held(self, target: Tables) -> None:
        select = sql.SQL(
            "select id, key, replace(_digest::text, '-', ''), _locality, "
            "_missing_since is not null from {}"
        ).format(target.current)
        rows = copy_out(self.connection, select, _HELD)
        self.tables.register(plan.held(target.object.name), rows)

    def _next_id(self, target: Tables) -> int:
        """The first number for new records.

        Numbers come from the table's sequence, which no undo turns back: a number on a worklist
        means one record for ever.
        """
        table = target.current.as_string(self.connection)
        row = self.connection.execute(
            "select nextval(pg_get_serial_sequence(%s, 'id'))", (table,)
        ).fetchone()
        return int(row[0]) if row else 1

    def _insert(self, target: Tables) -> None:
        file = self._incoming(target, "inserted")
        first = not self.tables.rows(
            f"select 1 from {quoted(plan.held(target.object.name))} limit 1"
        )
        if first:
            drop_keys(self.connection, target)
        copy_in(self.connection, target.current, file)
        if first:
            add_keys(self.connection, target)
        self.connection.execute(
            sql.SQL("select setval(pg_get_serial_sequence({}, 'id'), max(id)) from {}").format(
                sql.Literal(target.current.as_string(self.connection)), target.current
            )
        )

    def _change(self, target: Tables) -> None:
        """The version that stood there goes to history; the new one takes its place."""
        self.connection.execute(
            sql.SQL("create temporary table coming (like {})").format(target.current)
        )
        copy_in(self.connection, _COMING, self._incoming(target, "changed"))
        kept = [name for name in columns(self.connection, target.current) if name != "id"]
        # Nobody but the new version says since when the old one is untrue.
        true_to = sql.SQL("greatest(held._true_from, other._true_from)")
        self._end(target, _COMING, true_to=true_to, change="changed")
        sets = sql.SQL(", ").join(
            sql.SQL("{0} = other.{0}").format(sql.Identifier(name)) for name in kept
        )
        self.connection.execute(
            sql.SQL("update {} as held set {} from {} as other where held.id = other.id").format(
                target.current, sets, _COMING
            )
        )
        self.connection.execute(sql.SQL("drop table {}").format(_COMING))

    def _mark(self, target: Tables, select: str, change: str) -> int:
        """Records that went missing or came back: nothing about them but that."""
        ids = self.tables.arrow(select).rename_columns(["id"])
        if not ids.num_rows:
            return 0
        since = self.delivery if change == "missing" else None
        with marked(self.connection, ids):
            self._end(target, MARKED, true_to=sql.SQL("null::date"), change=change)
            self.connection.execute(
                sql.SQL(
                    "update {} as held set _missing_since = {}, _believed_from = {} "
                    "from {} as other where held.id = other.id"
                ).format(target.current, sql.Literal(since), sql.Literal(self.at), MARKED)
            )
        return int(ids.num_rows)

    def _end(self, target: Tables, which: sql.Identifier, *, true_to: sql.SQL, change: str) -> None:
        """Copy the versions that stand there to history, for the records in the table `which`."""
        names = [sql.Identifier(name) for name in columns(self.connection, target.current)]
        listed = sql.SQL(", ").join(names)
        held = sql.SQL(", ").join(sql.SQL("held.{}").format(name) for name in names)
        literals = [sql.Literal(value) for value in (self.at, self.delivery, change)]
        ended = sql.SQL(", ").join([true_to, *literals])
        self.connection.execute(
            sql.SQL(
                "insert into {} ({}, _true_to, _believed_to, _ended_by, _change) select {}, {} "
                "from {} as held inner join {} as other on held.id = other.id"
            ).format(target.history, listed, held, ended, target.current, which)
        )

    def _incoming(self, target: Tables, change: str) -> Path:
        step = plan.incoming_step(
            target.object, change, delivery=self.delivery, as_of=self.as_of, at=self.at
        )
        self.tables.run(step)
        return self.tables.parquet(step.makes)


def _returned_select(name: str) -> str:
    return f"select record as id from {quoted(recorded(name))} where change = 'returned'"
