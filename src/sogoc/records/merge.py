"""One object of a delivery goes into the register: what is new, changed, missing, returned."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from psycopg import sql

from sogoc.database.bulk import MARKED, copy_in, copy_out, marked
from sogoc.errors import DeliveryRefused, Sentence
from sogoc.records import plan
from sogoc.records.prepare import add_keys, columns, drop_keys
from sogoc.tables.engine import quoted
from sogoc.tables.naming import recorded

if TYPE_CHECKING:
    from collections.abc import Callable
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
    ended: int = 0
    """Were there, and end by what the delivery says."""

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
        empty = not engine.rows(f"select 1 from {quoted(plan.held(one.name))} limit 1")
        counts = self._stored(target, self._insert_all if empty else self._insert)
        missing = self._mark(target, plan.missing_select(one), "missing")
        return MergeCounts(rows=sum(counts.values()), missing=missing, **counts)

    def single(self, target: Tables) -> MergeCounts:
        """The same for records that speak for themselves: others are neither read nor marked."""
        self._read_those_named(target)
        counts = self._stored(target, self._insert)
        return MergeCounts(rows=sum(counts.values()), **counts)

    def endings(self, target: Tables) -> pa.Table:
        """End the records of the delivery; return their numbers, `id`.

        Raises DeliveryRefused where one of them does not stand in the register.
        """
        one = target.object
        self._read_those_named(target)
        for sheet, line in self.tables.rows(plan.unknown_select(one)):
            raise _not_there(sheet, line)
        ids = self.tables.arrow(plan.ended_select(one))
        self._mark(target, plan.ended_select(one), "ended")
        return ids

    def _stored(self, target: Tables, insert: Callable[[Tables], None]) -> dict[str, int]:
        """Put in what is new, changed or back; leaves `recorded(o)`. Returns counts by change."""
        one, engine = target.object, self.tables
        engine.run(plan.recorded_step(one, self._next_id(target)))
        counted = f"select change, count(*) from {quoted(recorded(one.name))} group by change"
        counts = {str(change): int(count) for change, count in engine.rows(counted)}
        if counts.get("inserted"):
            insert(target)
        if counts.get("changed"):
            self._change(target)
        if counts.get("returned"):
            self._mark(target, _returned_select(one.name), "returned")
        return counts

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
        rows = copy_out(self.connection, _what_is_held(target), _HELD)
        self.tables.register(plan.held(target.object.name), rows)

    def _read_those_named(self, target: Tables) -> None:
        """The same of the records alone that the delivery names."""
        one = target.object
        self.tables.run(plan.naming_step(one))
        keys = [
            row[0] for row in self.tables.rows(f"select _key from {quoted(plan.named(one.name))}")
        ]
        select = sql.SQL("{} where key = any(%(keys)s)").format(_what_is_held(target))
        rows = copy_out(self.connection, select, _HELD, parameters={"keys": keys})
        self.tables.register(plan.held(one.name), rows)

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

    def _insert_all(self, target: Tables) -> None:
        """The first records of a table: its keys are built once, over all of them."""
        drop_keys(self.connection, target)
        self._insert(target)
        add_keys(self.connection, target)

    def _insert(self, target: Tables) -> None:
        copy_in(self.connection, target.current, self._incoming(target, "inserted"))
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
        """Records that went missing, ended or came back: nothing about them but that."""
        ids = self.tables.arrow(select).rename_columns(["id"])
        if not ids.num_rows:
            return 0
        since = None if change == "returned" else self.delivery
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


def _what_is_held(target: Tables) -> sql.Composed:
    return sql.SQL(
        "select id, key, replace(_digest::text, '-', ''), _locality, "
        "_missing_since is not null from {}"
    ).format(target.current)


def _not_there(sheet: str, line: int) -> DeliveryRefused:
    return DeliveryRefused(
        Sentence(
            vi=f"Trang {sheet}, dòng {line}: không có bản ghi này đang tồn tại để kết thúc.",
            en=f"Sheet {sheet}, row {line}: no such record stands, so it cannot end.",
        )
    )


def _returned_select(name: str) -> str:
    return f"select record as id from {quoted(recorded(name))} where change = 'returned'"
