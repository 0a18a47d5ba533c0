"""Records by a search that the contract allows, page by page.

A page is counted from the start of the search, never from a number of the record: numbers that
outlast a question would join what two narrow grants gave apart. A record's key stands in the answer
only where its fields were asked for and granted. A search reaches `FARTHEST` records and no
further: who needs all is granted the difference since a release.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from sogoc.errors import BadQuestion, Sentence
from sogoc.exchange.answering import Found
from sogoc.exchange.looking.rows import (
    columns,
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

FARTHEST = 10_000


def by_search(connection: Connection, one: RegisterObject, asked: Asked) -> Found:
    """A page of the records that fit; `next` is where the following one begins, or null."""
    rows = _rows(connection, one, asked)
    page, more = rows[: asked.limit], len(rows) > asked.limit
    start = int(asked.after or 0) + len(page)
    fields = sorted(asked.fields)
    key = one.identities[0] if one.identities else ()
    named = bool(key) and asked.fields.issuperset(key)
    records = [
        {
            **({"key": key_of(row, key)} if named else {}),
            "fields": {name: row[name] for name in fields},
        }
        for row in page
    ]
    told = {"records": records, "next": start if more and start < FARTHEST else None}
    return Found(body=written(told), subjects=subjects(one, page))


def _rows(connection: Connection, one: RegisterObject, asked: Asked) -> list[Row]:
    names = with_people(one, sorted(asked.fields))
    same = sql.SQL(" and ").join(
        sql.SQL("{} = %s::{}").format(
            sql.Identifier("r", name), sql.SQL(postgres_type(one.field(name)))
        )
        for name, _ in asked.where
    )
    select = sql.SQL(
        "select {columns} from {table} as r where {same} and r._missing_since is null "
        "order by r.id limit %s offset %s"
    ).format(columns=columns(names), table=Tables(asked.register.id, one).current, same=same)
    values = (*(value for _, value in asked.where), asked.limit + 1, int(asked.after or 0))
    return rows_of(connection, select, values, names=names, wrong=_no_value(asked))


def _no_value(asked: Asked) -> BadQuestion:
    listed = ", ".join(name for name, _ in asked.where)
    return BadQuestion(
        Sentence(
            vi=f"Điều kiện tra cứu phải cho {listed} đúng kiểu.",
            en=f"The search must give {listed}, each in its form.",
        )
    )
