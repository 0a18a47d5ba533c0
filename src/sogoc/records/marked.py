"""The rows that a statement is about, by number, in a table of their own for that long."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg import sql

from sogoc.database.bulk import copy_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg
    import pyarrow as pa

MARKED = sql.Identifier("pg_temp", "marked")


@contextmanager
def marked(connection: psycopg.Connection, rows: pa.Table) -> Iterator[None]:
    """Put the rows (a column `id`, perhaps `person`) into `pg_temp.marked` for the block."""
    person = ", person text" if "person" in rows.column_names else ""
    connection.execute(
        sql.SQL("create temporary table marked (id bigint not null{})").format(sql.SQL(person))
    )
    copy_in(connection, MARKED, rows)
    connection.execute("analyze pg_temp.marked")
    yield
    connection.execute("drop table pg_temp.marked")
