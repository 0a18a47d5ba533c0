"""Findings in the node's database: opened by one delivery, closed by a later one or by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

from sogoc.database.bulk import copy_in, copy_out, marked
from sogoc.database.divided import part_of
from sogoc.named_sql import statements
from sogoc.records import finding_plan as plan
from sogoc.records import plan as plan_of_records
from sogoc.tables.naming import near_duplicates

if TYPE_CHECKING:
    from datetime import datetime

    import psycopg

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.tables.engine import Engine, Step

Due = Mapping[str, date]
"""Rule code -> the day by which what breaks it must be put right."""

_SQL = statements(files("sogoc.records") / "finding_store.sql")
_BEFORE = {
    "id": pa.int64(),
    "record": pa.int64(),
    "rule": pa.string(),
    "person": pa.string(),
    "field": pa.string(),
    "flaw": pa.string(),
    "came_as": pa.string(),
    "opened_at": pa.string(),
    "due": pa.date32(),
    "settled": pa.bool_(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingCounts:
    """What a delivery did to the findings of one object."""

    opened: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class FindingStore:
    """The findings of a node, through one open connection."""

    connection: psycopg.Connection

    def merge(
        self,
        register: Register,
        tables: Engine,
        *,
        delivery: int,
        at: datetime,
        due: Due,
    ) -> dict[str, FindingCounts]:
        """Hold the errors of a delivery against the open findings; `due` gives a day by rule code.

        Call it after `RecordStore.merge`, in the same transaction; reads `errors(o)`. A finding
        whose rule is still broken stays as it was opened; one whose record was delivered and now
        holds is closed by the delivery. Findings of records that were not delivered stay open.
        """
        merge = _Merge(self.connection, tables, register.id, delivery, at)
        return {one.name: merge.object(one, due) for one in register.objects}

    def correct(
        self, register: Register, tables: Engine, *, delivery: int, at: datetime, due: Due
    ) -> dict[str, FindingCounts]:
        """The same for corrected records, for the rules in `due` alone.

        Those are the rules that one record can be judged by without the others of its register;
        findings of the other rules stay as they are until a delivery is checked whole.
        """
        merge = _Merge(self.connection, tables, register.id, delivery, at, only=frozenset(due))
        return {one.name: merge.object(one, due) for one in register.objects}

    def end(
        self, register: Register, ended: Mapping[str, pa.Table], *, delivery: int, at: datetime
    ) -> dict[str, FindingCounts]:
        """Close what stands open of records that ended; `ended` gives their `id` by object."""
        counts = {}
        for name, ids in ended.items():
            of = {"register": register.id, "object": name, "delivery": delivery, "at": at}
            with marked(self.connection, ids):
                closed = self.connection.execute(_SQL["close_ended"], of).rowcount
            counts[name] = FindingCounts(closed=closed)
        return counts


@dataclass(frozen=True, slots=True)
class _Merge:
    connection: psycopg.Connection
    tables: Engine
    register: str
    delivery: int
    at: datetime
    only: frozenset[str] | None = None

    def object(self, one: RegisterObject, due: Due) -> FindingCounts:
        few = plan_of_records.few(self.tables, one.name)
        of = {"register": self.register, "object": one.name, "records": few}
        select = sql.SQL(_SQL["before"])
        before = copy_out(self.connection, select, _BEFORE, parameters=of)
        if self.only is not None:
            rules = pa.array(sorted(self.only), pa.string())
            before = before.filter(pc.is_in(before["rule"], value_set=rules))
            self.tables.run(plan.errors_of_step(one, self.only))
        by = plan.Opening(register=self.register, delivery=self.delivery, at=self.at)
        if not before.num_rows:
            return FindingCounts(opened=self._open(plan.first_opened_step(one, by, due)))
        self.tables.register(plan.open_before(one.name), before)
        self.tables.run(plan.broken_step(one, due))
        step = plan.opened_step(one, by)
        closed = self.tables.arrow(plan.closed_select(one))
        self._close(closed)
        return FindingCounts(opened=self._open(step), closed=closed.num_rows)

    def _open(self, step: Step) -> int:
        count = self.tables.run(step)
        if count:
            with part_of(self.connection, "finding", self.register) as target:
                copy_in(self.connection, target, self.tables.parquet(step.makes))
        return count

    def _close(self, ids: pa.Table) -> None:
        if not ids.num_rows:
            return
        with marked(self.connection, ids):
            times = {"delivery": self.delivery, "at": self.at}
            self.connection.execute(_SQL["close"], {"register": self.register, **times})


def keep_near_duplicates(
    connection: psycopg.Connection, register: Register, tables: Engine, *, delivery: int
) -> int:
    """Keep the pairs of records that look alike, for a person to judge; return how many.

    Reads `near_duplicates(o)` where it was made. A pair is named by its records, the lower first.
    """
    count = 0
    for one in register.objects:
        if tables.has(near_duplicates(one.name)):
            step = plan.pairs_step(register.id, one, delivery=delivery)
            tables.run(step)
            target = sql.Identifier("node", "near_duplicate")
            count += copy_in(connection, target, tables.parquet(step.makes))
    return count
