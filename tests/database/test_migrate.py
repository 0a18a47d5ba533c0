"""Numbered migrations: each once, whole or not at all, never backwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from sogoc.database import migrate as module
from sogoc.database.migrate import Migration, migrate, migrations
from sogoc.database.store import Store
from sogoc.errors import MigrationFailed
from sogoc.testing.stopped_clock import StoppedClock


@pytest.fixture
def empty(database: Store) -> Store:
    with database.connect() as connection:
        connection.execute("drop schema node cascade; drop schema register cascade")
    return database


def test_numbers_count_up_from_one_without_a_gap() -> None:
    assert [one.number for one in migrations()] == list(range(1, len(migrations()) + 1))


def test_an_empty_database_gets_every_migration_once(empty: Store) -> None:
    with empty.connect() as connection:
        assert migrate(connection, StoppedClock()) == migrations()
        assert migrate(connection, StoppedClock()) == []


def test_two_programs_at_once_apply_each_migration_once(empty: Store) -> None:
    def one_program(_: int) -> int:
        with empty.connect() as connection:
            return len(migrate(connection, StoppedClock()))

    with ThreadPoolExecutor(2) as programs:
        assert sum(programs.map(one_program, range(2))) == len(migrations())


def test_a_migration_that_fails_leaves_the_schema_as_it_was(
    connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Migration(9999, "broken", "create table node.half (n integer); select 1 / 0")
    monkeypatch.setattr(module, "migrations", lambda: [broken])
    with pytest.raises(MigrationFailed):
        migrate(connection, StoppedClock())
    assert connection.execute("select to_regclass('node.half')").fetchone() == (None,)


def test_a_database_made_by_a_newer_program_is_left_alone(connection: psycopg.Connection) -> None:
    connection.execute("insert into node.migration values (9999, 'later', now())")
    with pytest.raises(MigrationFailed, match="newer sogoc"):
        migrate(connection, StoppedClock())
