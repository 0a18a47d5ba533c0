"""Records by their keys: one, or up to ten thousand by one statement."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from psycopg import sql

from sogoc.errors import BadQuestion, Sentence, UnknownThing
from sogoc.exchange.answering import Found
from sogoc.exchange.looking.rows import (
    columns,
    identity,
    key_of,
    rows_of,
    subjects,
    with_people,
    written,
)
from sogoc.records.shape import Tables, postgres_type

if TYPE_CHECKING:
    from sogoc.contract.model import RegisterObject
    from sogoc.database.store import Connection
    from sogoc.exchange.answering import Asked
    from sogoc.exchange.looking.rows import Row


def by_key(connection: Connection, one: RegisterObject, asked: Asked) -> Found:
    """The records that bear the keys. Raises UnknownThing if a single key names nothing."""
    names = identity(one)
    rows = _rows(connection, one, asked)
    if len(asked.keys) == 1 and not rows:
        raise UnknownThing(
            Sentence(
                vi="Không có bản ghi nào mang mã được hỏi.",
                en="No record bears the key that was asked for.",
            )
        )
    fields = sorted(asked.fields)
    records = [
        {"key": key_of(row, names), "fields": {name: row[name] for name in fields}} for row in rows
    ]
    return Found(body=written({"records": records}), subjects=subjects(one, rows))


def _rows(connection: Connection, one: RegisterObject, asked: Asked) -> list[Row]:
    """At most twice as many rows as keys were asked for."""
    keys = identity(one)
    wanted = [_parts(key, keys) for key in asked.keys]
    names = with_people(one, [*keys, *sorted(asked.fields)])
    given = sql.SQL(", ").join(
        sql.SQL("%s::{}[]").format(sql.SQL(postgres_type(one.field(key)))) for key in keys
    )
    same = sql.SQL(" and ").join(
        sql.SQL("{} = {}").format(sql.Identifier("r", key), sql.Identifier("w", key))
        for key in keys
    )
    select = sql.SQL(
        "select {columns} from {table} as r inner join unnest({given}) as w ({keys}) on {same} "
        "where r._missing_since is null order by r.id limit %s"
    ).format(
        columns=columns(names),
        table=Tables(asked.register.id, one).current,
        given=given,
        keys=sql.SQL(", ").join(map(sql.Identifier, keys)),
        same=same,
    )
    lists = [list(each) for each in zip(*wanted, strict=True)] or [[] for _ in keys]
    values = (*lists, 2 * len(wanted))
    return rows_of(connection, select, values, names=names, wrong=_no_key(keys))


def _parts(key: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The key's values in the order of its fields: a text, or an object where there are several."""
    if len(names) == 1:
        return (key,)
    try:
        told = json.loads(key)
        values = tuple(told[name] for name in names)
    except (ValueError, KeyError, TypeError) as wrong:
        raise _no_key(names) from wrong
    if not all(isinstance(value, str) for value in values) or len(told) != len(names):
        raise _no_key(names)
    return values


def _no_key(names: tuple[str, ...]) -> BadQuestion:
    listed = ", ".join(names)
    return BadQuestion(
        Sentence(
            vi=f"Khóa của bản ghi phải gồm {listed}, đúng kiểu.",
            en=f"The key of a record is {listed}, each in its form.",
        )
    )
