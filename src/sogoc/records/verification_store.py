"""Answers about persons in the node's database, and the answers that were believed before."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import pyarrow as pa
from psycopg import sql

from sogoc.database.bulk import copy_in, copy_out, marked
from sogoc.database.divided import part_of
from sogoc.named_sql import statements
from sogoc.records.plan import few
from sogoc.tables.engine import Step, literal, quoted
from sogoc.tables.naming import recorded, verified

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import psycopg

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.tables.engine import Engine

_SQL = statements(files("sogoc.records") / "verification_store.sql")
_BELIEVED = {
    "record": pa.int64(),
    "person": pa.string(),
    "outcome": pa.string(),
    "number": pa.string(),
    "probability": pa.float64(),
    "differs": pa.string(),
    "evidence": pa.string(),
    "link": pa.int64(),
}
_SAME_ANSWER = (
    "came.outcome = held.outcome and coalesce(came.number, '') = coalesce(held.number, '')"
    " and coalesce(came.differs, '') = coalesce(held.differs, '')"
    " and coalesce(came.evidence, '') = coalesce(held.evidence, '')"
    # A population that grew by one person moves every likelihood a little: that is no news.
    " and abs(coalesce(came.probability, -1) - coalesce(held.probability, -1)) < 0.001"
)


@dataclass(frozen=True, slots=True)
class VerificationStore:
    """The verifications of a node, through one open connection."""

    connection: psycopg.Connection

    def merge(
        self, register: Register, tables: Engine, *, delivery: int, at: datetime
    ) -> dict[str, int]:
        """Put the answers of linking in; return how many are new or other, by object.

        Call it after `RecordStore.merge`, in the same transaction. Objects without `verified(o)`
        were not asked about: their answers stay. An answer that is the same stays since when it
        was first believed; another one ends it, and so does a person who is no longer named.
        Whatever is said of a person of a record, their link keeps its number.
        """
        merge = _Merge(self.connection, tables, register.id, delivery, at)
        asked = [one for one in register.objects if tables.has(verified(one.name))]
        return {one.name: merge.object(one) for one in asked}

    def end(
        self, register: Register, ended: Mapping[str, pa.Table], *, delivery: int, at: datetime
    ) -> None:
        """End the answers about persons of records that ended; `ended` gives `id` by object."""
        for name, ids in ended.items():
            of = {"register": register.id, "object": name, "delivery": delivery, "at": at}
            with marked(self.connection, ids):
                self.connection.execute(_SQL["end_all"], of)

    def answered(self, register: str) -> pa.Table:
        """Of whom an answer stands: `object`, `record`, `person`."""
        types = {"object": pa.string(), "record": pa.int64(), "person": pa.string()}
        select = sql.SQL(_SQL["answered"])
        return copy_out(self.connection, select, types, parameters={"register": register})


@dataclass(frozen=True, slots=True)
class _Merge:
    connection: psycopg.Connection
    tables: Engine
    register: str
    delivery: int
    at: datetime

    def object(self, one: RegisterObject) -> int:
        of = {"register": self.register, "object": one.name, "records": few(self.tables, one.name)}
        select = sql.SQL(_SQL["believed"])
        rows = copy_out(self.connection, select, _BELIEVED, parameters=of)
        self.tables.register(_believed(one), rows)
        self._end(one)
        return self._begin(one)

    def _end(self, one: RegisterObject) -> None:
        over = self.tables.arrow(
            f"select held.record as id, held.person as person from {quoted(_believed(one))} as held"
            f" left join ({_came(one)}) as came"
            f" on came.record = held.record and came.person = held.person"
            f" where held.record in (select record from {quoted(recorded(one.name))})"
            f" and (came.record is null or not ({_SAME_ANSWER}))"
        )
        if over.num_rows:
            of = {"register": self.register, "object": one.name}
            with marked(self.connection, over):
                times = {"delivery": self.delivery, "at": self.at}
                self.connection.execute(_SQL["end"], {**of, **times})

    def _begin(self, one: RegisterObject) -> int:
        select = (
            f"select {literal(self.register)} as register, {literal(one.name)} as object, came.*,"
            f" coalesce(held.link, {self._first_number(one)} + row_number() over"
            " (partition by held.link is null order by came.record, came.person) - 1) as link,"
            f" cast({self.delivery} as bigint) as delivery,"
            f" {literal(self.at.isoformat())} as believed_from from ({_came(one)}) as came"
            # Joined by number, then compared: the comparison inside the join took a gigabyte.
            f" left join {quoted(_believed(one))} as held"
            f" on came.record = held.record and came.person = held.person"
            f" where held.record is null or not ({_SAME_ANSWER})"
        )
        step = Step(f"answers_to_keep__{one.name}", (verified(one.name), _believed(one)), select)
        if not self.tables.run(step):
            return 0
        with part_of(self.connection, "verification", self.register) as target:
            return copy_in(self.connection, target, self.tables.parquet(step.makes))

    def _first_number(self, one: RegisterObject) -> int:
        """The first of the numbers for links of persons of whom nothing was said before."""
        ((new,),) = self.tables.rows(
            f"select count(*) from ({_came(one)}) as came"
            f" left join {quoted(_believed(one))} as held"
            f" on came.record = held.record and came.person = held.person where held.record is null"
        )
        if not new:
            return 0
        self.connection.execute(_SQL["hold_numbers"])
        try:
            row = self.connection.execute(_SQL["take_numbers"], {"count": new}).fetchone()
        finally:
            self.connection.execute(_SQL["let_numbers_go"])
        return int(row[0]) - int(new) + 1 if row else 0


def _believed(one: RegisterObject) -> str:
    return f"believed__{one.name}"


def _came(one: RegisterObject) -> str:
    return (
        "select recorded.record as record, person, outcome, number, probability, differs, evidence"
        f" from {quoted(verified(one.name))} as verified"
        f" inner join {quoted(recorded(one.name))} as recorded on recorded._row = verified._row"
    )
