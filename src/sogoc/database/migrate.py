"""Numbered migrations: the schema that this program needs, step by step, each whole or not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import psycopg

from sogoc.errors import MigrationFailed, Sentence

if TYPE_CHECKING:
    from sogoc.clock import Clock

_FILE = re.compile(r"(?P<number>\d{4})-(?P<name>[a-z0-9-]+)\.sql")
_LOCK = "select pg_advisory_xact_lock(hashtextextended('sogoc.migrate', 0))"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: `0001-the-nodes-state.sql`."""

    number: int
    name: str
    sql: str


def migrations() -> list[Migration]:
    """All that travel with this program, in order."""
    folder = files("sogoc.database") / "migrations"
    found = [
        Migration(int(match["number"]), match["name"], file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if (match := _FILE.fullmatch(file.name))
    ]
    return sorted(found, key=lambda migration: migration.number)


def migrate(connection: psycopg.Connection, clock: Clock) -> list[Migration]:
    """Bring the schema to what this program needs; return what was applied.

    One transaction a migration, under a lock: two programs at once apply each step once. Raises
    MigrationFailed, also where the database was made by a newer program: going on would damage it.
    """
    applied: list[Migration] = []
    known = migrations()
    while True:
        with connection.transaction():
            connection.execute(_LOCK)
            number = _reached(connection)
            if number > known[-1].number:
                raise _too_new(number, known[-1].number)
            if number == known[-1].number:
                return applied
            step = next(one for one in known if one.number > number)
            _apply(connection, step, clock)
            applied.append(step)


def reached(connection: psycopg.Connection) -> int:
    """The number of the last migration that was applied; 0 in an empty database."""
    return _reached(connection)


def _reached(connection: psycopg.Connection) -> int:
    there = connection.execute("select to_regclass('node.migration') is not null").fetchone()
    if there != (True,):
        return 0
    row = connection.execute("select coalesce(max(number), 0) from node.migration").fetchone()
    return int(row[0]) if row else 0


def _apply(connection: psycopg.Connection, step: Migration, clock: Clock) -> None:
    try:
        connection.execute(step.sql)
        connection.execute(
            "insert into node.migration (number, name, applied_at) values (%s, %s, %s)",
            (step.number, step.name, clock.now()),
        )
    except psycopg.Error as refusal:
        raise MigrationFailed(
            Sentence(
                vi=f"Bước nâng cấp {step.number} ({step.name}) không chạy được: {refusal.sqlstate}."
                " Cơ sở dữ liệu vẫn như trước.",
                en=f"Migration {step.number} ({step.name}) did not run: {refusal.sqlstate}. "
                "The database is as it was.",
            ),
        ) from refusal


def _too_new(number: int, known: int) -> MigrationFailed:
    return MigrationFailed(
        Sentence(
            vi=f"Cơ sở dữ liệu ở bước {number}, chương trình này chỉ biết đến bước {known}. "
            "Hãy cài phiên bản sogoc mới hơn.",
            en=f"The database stands at step {number}, this program knows {known}. "
            "Install a newer sogoc.",
        ),
    )
