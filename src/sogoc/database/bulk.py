"""Rows by the million in and out of PostgreSQL: COPY on one side, Arrow on the other.

CSV between the two, since both read and write it in compiled code: a value is always in quotes and
NULL never, so an empty text stays a text.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa
from psycopg import sql
from pyarrow import csv, parquet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import psycopg

    type_of_copy = psycopg.Copy

MARKED = sql.Identifier("pg_temp", "marked")
_BLOCK = 8 * 1024 * 1024
_ROWS = 65_536


def copy_in(connection: psycopg.Connection, table: sql.Composable, rows: Path | pa.Table) -> int:
    """Append the rows of Parquet or of an Arrow table, by column name; return how many.

    Parquet is one file, or a folder of files as an engine of many machines leaves it.
    """
    if isinstance(rows, pa.Table):
        return _copy_in(connection, table, (rows.schema, rows.to_batches(_ROWS)))
    count = 0
    for each in sorted(rows.glob("part-*")) if rows.is_dir() else [rows]:
        with parquet.ParquetFile(each) as file:
            count += _copy_in(connection, table, (file.schema_arrow, file.iter_batches(_ROWS)))
    return count


def _copy_in(
    connection: psycopg.Connection,
    table: sql.Composable,
    rows: tuple[pa.Schema, Iterable[pa.RecordBatch]],
) -> int:
    schema, batches = rows
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in schema.names)
    command = sql.SQL("copy {} ({}) from stdin (format csv)").format(table, columns)
    options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    with connection.cursor() as cursor:
        with cursor.copy(command) as copy:
            for batch in batches:
                text = io.BytesIO()
                csv.write_csv(batch, text, options)
                copy.write(text.getbuffer())
        return cursor.rowcount


@contextmanager
def marked(connection: psycopg.Connection, rows: pa.Table) -> Iterator[None]:
    """Put the rows (a column `id`, perhaps `person`) into `pg_temp.marked` for the block.

    They are the rows that a statement is about, by number.
    """
    person = ", person text" if "person" in rows.column_names else ""
    connection.execute(
        sql.SQL("create temporary table marked (id bigint not null{})").format(sql.SQL(person))
    )
    copy_in(connection, MARKED, rows)
    connection.execute("analyze pg_temp.marked")
    yield
    connection.execute("drop table pg_temp.marked")


def copy_out(
    connection: psycopg.Connection,
    select: sql.Composable,
    types: Mapping[str, pa.DataType],
    *,
    parameters: Mapping[str, object] | None = None,
) -> pa.Table:
    """The rows of a SELECT whose columns are those of `types`, in that order."""
    batches = list(_batches(connection, select, types, parameters=parameters))
    return pa.Table.from_batches(batches, schema=pa.schema(list(types.items())))


def copy_to_parquet(
    connection: psycopg.Connection,
    select: sql.Composable,
    types: Mapping[str, pa.DataType],
    *,
    file: Path,
) -> int:
    """The same into a Parquet file, there whole or not at all; return the number of rows."""
    beside = file.with_suffix(".part")
    count = 0
    with parquet.ParquetWriter(beside, pa.schema(list(types.items())), compression="zstd") as out:
        for batch in _batches(connection, select, types):
            out.write_batch(batch)
            count += batch.num_rows
    beside.replace(file)
    return count


def _batches(
    connection: psycopg.Connection,
    select: sql.Composable,
    types: Mapping[str, pa.DataType],
    *,
    parameters: Mapping[str, object] | None = None,
) -> Iterator[pa.RecordBatch]:
    command = sql.SQL("copy ({}) to stdout (format csv, header true)").format(select)
    with connection.cursor() as cursor, cursor.copy(command, parameters) as copy:
        reader = csv.open_csv(
            pa.PythonFile(_Stream(copy), mode="r"),
            # The header makes sure that there is something to read when there is no row.
            csv.ReadOptions(block_size=_BLOCK, column_names=list(types), skip_rows=1),
            csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            _as_typed(types),
        )
        yield from reader


def _as_typed(types: Mapping[str, pa.DataType]) -> csv.ConvertOptions:
    return csv.ConvertOptions(
        column_types=types,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["t"],
        false_values=["f"],
    )


class _Stream(io.RawIOBase):
    """What COPY sends, read as a file."""

    def __init__(self, copy: type_of_copy) -> None:
        self._blocks = iter(copy)
        self._left: memoryview = memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, all that is left if it is negative; nothing at the end."""
        parts: list[bytes] = []
        wanted = size if size >= 0 else 1 << 62
        while wanted > 0 and self._refill():
            part = bytes(self._left[:wanted])
            self._left = self._left[len(part) :]
            wanted -= len(part)
            parts.append(part)
        return b"".join(parts)

    def _refill(self) -> bool:
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return False
            self._left = memoryview(block)
        return True
