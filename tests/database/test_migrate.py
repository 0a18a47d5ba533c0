"""Numbered migrations: each once, whole or not at all, never backwards."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from sogoc.database import migrate as module
from sogoc.database.migrate import Migration, migrate, migrations
from sogoc.database.store import Store
from sogoc.errors import MigrationFailed
from sogoc.testing.stopped_clock import StoppedClock
from sogoc.trust.keys import SigningKey
from sogoc.trust.note import NoteKey


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


def test_findings_of_before_the_parts_keep_their_numbers_and_new_ones_count_on(
    empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with empty.connect() as connection:
        every = migrations()
        earlier = list(itertools.takewhile(lambda one: one.name != "findings-by-register", every))
        monkeypatch.setattr(module, "migrations", lambda: earlier)
        migrate(connection, StoppedClock())
        connection.execute(
            "insert into node.delivery (register, contract_version, file_name, sha256, bytes, "
            "kept_path, received_at, received_by, as_of, state) values "
            "('land', '1', 'a.csv', 'a', 1, 'a', now(), 'b', now(), 'merged');"
            'insert into node.finding (register, object, record, rule, field, "group", severity, '
            "criterion, opened_by, opened_at) select 'land', 'parcel', n, 'rule', 'area', 4, "
            "'error', 'sach', 1, now() from generate_series(1, 3) as n;"
            "insert into node.verification (register, object, record, person, outcome, delivery, "
            "believed_from) values ('land', 'parcel', 1, 'owner', 'verified', 1, now())"
        )
        monkeypatch.setattr(module, "migrations", lambda: every)
        migrate(connection, StoppedClock())
        found = connection.execute(
            "select tableoid::regclass::text, id from node.finding order by id"
        )
        assert found.fetchall() == [("node.finding__land", number) for number in (1, 2, 3)]
        answers = connection.execute("select tableoid::regclass::text from node.verification")
        assert answers.fetchall() == [("node.verification__land",)]
        assert connection.execute("select nextval('node.finding_number')").fetchone() == (4,)
        with pytest.raises(psycopg.errors.RaiseException, match="never deleted"):
            connection.execute("delete from node.delivery")


def test_keys_of_before_are_given_the_journal_that_was_signed_with_them(
    empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [NoteKey("land.example/journal", SigningKey(bytes([n]) * 32).public) for n in (1, 2)]
    with empty.connect() as connection:
        every = migrations()
        earlier = list(itertools.takewhile(lambda one: one.name != "keys-that-end", every))
        monkeypatch.setattr(module, "migrations", lambda: earlier)
        migrate(connection, StoppedClock())
        connection.execute(
            "insert into node.member values ('VN/GOV/02', 'x', 'https://x', %s, '{}', now(), 'y')",
            (str(keys[1]),),
        )
        for number, key in enumerate(keys):
            connection.execute(
                "insert into node.member_key values"
                " ('VN/GOV/02', %s, %s, now() + %s * interval '1 day', 'infinity')",
                (str(number), key.public.text, number),
            )
        monkeypatch.setattr(module, "migrations", lambda: every)
        migrate(connection, StoppedClock())
        told = connection.execute("select log from node.member_key order by id").fetchall()
        assert told == [(str(key),) for key in keys]
