"""A table or query of PostgreSQL: `postgresql://…#schema.table` or `postgresql://…#select …`."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg
import pyarrow as pa
from psycopg import sql

from sogoc.intake import refusals
from sogoc.intake.sheets import ROWS_A_BATCH, WIDEST, Batch, Sheet, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sogoc.errors import Place

_SCHEMES = ("postgresql://", "postgres://")


def is_address(text: str) -> bool:
    """Whether a delivery is named by the address of a database."""
    return text.startswith(_SCHEMES)


def sheets(address: str, place: Place) -> Iterator[Sheet]:
    """One table, read through a cursor on the server: memory stays bounded."""
    server, _, what = address.partition("#")
    if not what:
        raise refusals.no_answer(place)
    with _answering(place), psycopg.connect(server, connect_timeout=10) as connection:
        connection.read_only = True
        with connection.cursor(name="sogoc_intake") as cursor:
            cursor.itersize = ROWS_A_BATCH
            cursor.execute(_query(what))
            first = cursor.fetchmany(ROWS_A_BATCH)
            names = tuple(column.name for column in cursor.description or ())
            if len(names) > WIDEST:
                raise refusals.too_wide(place, len(names), WIDEST)
            yield Sheet(name="", names=names, batches=_batches(cursor, first, place))


@contextmanager
def _answering(place: Place) -> Iterator[None]:
    """Refuse in our words: those of the server may hold a password or a row."""
    try:
        yield
    except psycopg.Error:
        raise refusals.no_answer(place) from None


def _query(what: str) -> sql.SQL | sql.Composed:
    """A query as it was given by the operator, or all of a table."""
    if what.lstrip().lower().startswith(("select ", "with ", "table ", "values ")):
        # The query is the operator's own, like one typed into psql; the connection only reads.
        return sql.SQL(what)
    return sql.SQL("select * from {}").format(sql.Identifier(*what.split(".")))


def _batches(
    cursor: psycopg.ServerCursor[tuple[object, ...]],
    first: Sequence[tuple[object, ...]],
    place: Place,
) -> Iterator[Batch]:
    rows, before = first, 0
    while rows:
        yield _batch(rows, before)
        before += len(rows)
        with _answering(place):
            rows = cursor.fetchmany(ROWS_A_BATCH)


def _batch(rows: Sequence[tuple[object, ...]], before: int) -> Batch:
    columns = [texts([_text(value) for value in column]) for column in zip(*rows, strict=True)]
    types = ["".join([_letter(value) for value in row]) for row in rows]
    lines = pa.array(range(before + 1, before + len(rows) + 1), pa.int32())
    return Batch(lines, columns, pa.array(types, pa.string()))


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, date):  # a timestamp is one too
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return _other(value)


def _other(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return bytes(value).hex() if isinstance(value, (bytes, memoryview)) else str(value)


def _letter(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "b"
    if isinstance(value, (int, float, Decimal)):
        return "n"
    return "d" if isinstance(value, date) else "t"
