"""Arrays made of bytes are read by the server as the values they stand for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from sogoc.database.arrays import Array, Bytes, Integers, Moments, Texts, Uuids, takes_arrays

if TYPE_CHECKING:
    import psycopg

NOON = datetime(2026, 3, 2, 5, 0, 0, 123456, tzinfo=UTC)
SINCE_2000 = (NOON - datetime(2000, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
ODD = 'a\tb\\c"d{e},ễ'

ARRAYS: dict[str, tuple[type[Array], str, list[bytes | None], list[object]]] = {
    "uuids": (Uuids, "uuid[]", [bytes(range(16)), None], [UUID(bytes=bytes(range(16))), None]),
    "integers": (Integers, "int[]", [(7).to_bytes(4, "big")], [7]),
    "moments": (Moments, "timestamptz[]", [None, SINCE_2000.to_bytes(8, "big")], [None, NOON]),
    "texts": (Texts, "text[]", [ODD.encode(), b"", None], [ODD, "", None]),
    "bytes": (Bytes, "bytea[]", [b"\0\\x", b""], [b"\0\\x", b""]),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_is_read_as_its_elements(connection: psycopg.Connection, name: str) -> None:
    kind, cast, elements, values = ARRAYS[name]
    assert _read(connection, kind(elements), cast) == values


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_may_be_empty_or_hold_nothing_but_nulls(
    connection: psycopg.Connection, name: str
) -> None:
    kind, cast, *_ = ARRAYS[name]
    assert _read(connection, kind([]), cast) == []
    assert _read(connection, kind([None, None]), cast) == [None, None]


def _read(connection: psycopg.Connection, array: Array, cast: str) -> object:
    takes_arrays(connection)
    row = connection.execute(f"select %s::{cast}", (array,)).fetchone()
    assert row is not None
    return row[0]
