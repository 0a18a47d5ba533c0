"""Records as they stand, as we believed them at a moment, as they were true on a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from psycopg import sql

from sogoc.records.shape import postgres_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sogoc.contract.model import Field
    from sogoc.records.shape import Tables

ARROW_TYPE = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DECIMAL(18,2)": pa.decimal128(18, 2),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "BOOLEAN": pa.bool_(),
}
"""A field's type (`values.kinds`) in a file; `shape` has the same in PostgreSQL's words."""


@dataclass(frozen=True, slots=True)
class Now:
    """What the node holds at present; records that went missing included, and marked."""


@dataclass(frozen=True, slots=True)
class AsBelieved:
    """What the node held at that moment: for questions such as "on what was this decided?"."""

    at: datetime


@dataclass(frozen=True, slots=True)
class AsTrue:
    """What was true on that day by all that the node knows at present."""

    on: date


@dataclass(frozen=True, slots=True)
class CameSince:
    """The versions that came after a delivery and stand now; of its moment later deliveries too."""

    at: datetime
    delivery: int


@dataclass(frozen=True, slots=True)
class HeldBefore:
    """What the records of `CameSince` said when that delivery had just been merged."""

    at: datetime
    delivery: int


Reading = Now | AsBelieved | AsTrue | CameSince | HeldBefore

NOW = Now()


def arrow_type(field: Field) -> pa.DataType:
    """The type of a field's column in a file."""
    return ARROW_TYPE[field.type]


def types_of(target: Tables) -> dict[str, pa.DataType]:
    """The columns of a reading."""
    fields = {field.name: arrow_type(field) for field in target.object.fields}
    return {
        "_record": pa.int64(),
        **fields,
        "_locality": pa.string(),
        "_true_from": pa.date32(),
        "_missing_since": pa.int64(),
    }


def select_of(target: Tables, reading: Reading) -> sql.Composed:
    """The SELECT of a reading, one row a record."""
    names = [name for name in types_of(target) if name != "_record"]
    columns = sql.SQL(", ").join([sql.SQL("id as _record"), *map(sql.Identifier, names)])
    match reading:
        case Now():
            return sql.SQL("select {} from {}").format(columns, target.current)
        case AsBelieved(at):
            return sql.SQL(
                "select {0} from {1} where _believed_from <= {3} union all "
                "select {0} from {2} where _believed_from <= {3} and _believed_to > {3}"
            ).format(columns, target.current, target.history, sql.Literal(at))
        case CameSince(at, delivery):
            return sql.SQL("select {} from {} where {}").format(
                columns, target.current, _came_since(at, delivery)
            )
        case HeldBefore(at, delivery):
            # A mark of missing ends a version and changes nothing else: of alike ones one is told.
            return sql.SQL(
                "select distinct on (id) {0} from {1} as held where id in "
                "(select id from {2} where {3}) "
                "and (_believed_from, _delivery) <= ({4}, {5}) "
                "and (_believed_to, _ended_by) > ({4}, {5}) order by id, _believed_from desc"
            ).format(
                columns,
                target.history,
                target.current,
                _came_since(at, delivery),
                sql.Literal(at),
                sql.Literal(delivery),
            )
        case AsTrue(on):
            # Several versions may claim a day; what was learned last is what we know.
            return sql.SQL(
                "select {0} from (select distinct on (id) * from ("
                "select id, {4}, _believed_from from {1} where _true_from <= {3} union all "
                "select id, {4}, _believed_from from {2} where _true_from <= {3} "
                "and coalesce(_true_to, 'infinity') > {3}"
                ") as versions order by id, _believed_from desc) as latest"
            ).format(
                columns,
                target.current,
                target.history,
                sql.Literal(on),
                sql.SQL(", ").join(map(sql.Identifier, names)),
            )


def referred_of(target: Tables, asked: Mapping[str, Sequence[str]]) -> sql.Composed:
    """The SELECT of what stands now, of records in which a field holds one of its values."""
    one_of = [
        sql.SQL("{} = any({}::{}[])").format(
            sql.Identifier(name),
            sql.Literal(list(values)),
            sql.SQL(postgres_type(target.object.field(name))),
        )
        for name, values in asked.items()
    ]
    where = sql.SQL(" or ").join(one_of) if one_of else sql.SQL("false")
    return sql.SQL("{} where {}").format(select_of(target, NOW), where)


def _came_since(at: datetime, delivery: int) -> sql.Composed:
    return sql.SQL("(_believed_from, _delivery) > ({}, {})").format(
        sql.Literal(at), sql.Literal(delivery)
    )


def texts_of(target: Tables, fields: Sequence[str]) -> sql.Composed:
    """The SELECT of some fields as text, as they stand and as they came, one row a record."""
    each = [
        sql.SQL("r.{0}::text, coalesce(r._came ->> {1}, r.{0}::text)").format(
            sql.Identifier(name), sql.Literal(name)
        )
        for name in fields
    ]
    columns = sql.SQL(", ").join([sql.SQL("r.id, d.as_of::text"), *each])
    return sql.SQL(
        "select {} from {} as r left join node.delivery as d on r._delivery = d.id "
        "where r._missing_since is null order by r.id"
    ).format(columns, target.current)
