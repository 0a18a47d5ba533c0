"""Entries of made-up people, and every journal that keeps its promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from sogoc.access.entry import Entry
from sogoc.access.postgres_journal import PostgresJournal
from sogoc.testing.memory_journal import MemoryJournal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sogoc.access.journal import Journal
    from sogoc.database.store import Store

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def asked(number: int = 0, **changes: object) -> Entry:
    told: dict[str, object] = {
        "at": NOON + timedelta(seconds=number),
        "request_id": f"request-{number}",
        "member": "VN/GOV/02/LAND",
        "officer": "VN000000000007",
        "subject": "001190000001",
        "register": "population",
        "operation": "verify",
        "fields": ("name", "born"),
        "purpose": "1.012789",
        "ground": "Luật Đất đai 2024, Điều 166",
        "grant": "G-1",
    }
    return Entry(**(told | changes))  # type: ignore[arg-type]  # fields by name


@pytest.fixture(params=["memory", "postgres"])
def journal(request: pytest.FixtureRequest) -> Iterator[Journal]:
    """Every journal keeps the same promises."""
    if request.param == "memory":
        yield MemoryJournal()
        return
    kept = PostgresJournal(request.getfixturevalue("database"))
    yield kept
    kept.close()


@pytest.fixture
def kept(database: Store) -> Iterator[PostgresJournal]:
    """A journal in a fresh database."""
    journal = PostgresJournal(database)
    yield journal
    journal.close()


@pytest.fixture
def entry() -> Callable[..., Entry]:
    """Makes an entry."""
    return asked
