"""Each register's findings stand in a part of their own, whatever the register is called."""

from __future__ import annotations

import psycopg
import pytest

from sogoc.database.divided import part_of

LONG = "so-theo-doi-cap-giay-chung-nhan-quyen-su-dung-dat-cua-ho-gia-dinh"


def parts(connection: psycopg.Connection, table: str) -> list[str]:
    found = connection.execute(
        "select inhrelid::regclass::text from pg_inherits where inhparent = %s::regclass "
        "order by 1",
        (f"node.{table}",),
    )
    return [name for (name,) in found]


def test_the_first_rows_of_a_register_make_its_part_with_every_index(
    connection: psycopg.Connection,
) -> None:
    with connection.transaction(), part_of(connection, "verification", "land") as part:
        assert part.as_string() == '"node"."verification__land"'
        assert parts(connection, "verification") == []
    assert parts(connection, "verification") == ["node.verification__land"]
    made = connection.execute(
        "select count(*) from pg_indexes where tablename = 'verification__land'"
    )
    assert made.fetchone() == (5,)


class StoppedError(Exception):
    """The work of a block that did not end."""


def stop() -> None:
    raise StoppedError


def test_a_part_that_was_begun_and_not_ended_leaves_nothing(connection: psycopg.Connection) -> None:
    with (
        pytest.raises(StoppedError),
        connection.transaction(),
        part_of(connection, "finding", "land"),
    ):
        stop()
    assert connection.execute("select to_regclass('node.finding__land')").fetchone() == (None,)


def test_two_long_names_that_begin_alike_have_two_parts(connection: psycopg.Connection) -> None:
    for register in (f"{LONG}-cap-xa", f"{LONG}-cap-tinh", "land"):
        with connection.transaction(), part_of(connection, "finding", register):
            pass
    assert len(parts(connection, "finding")) == 3
