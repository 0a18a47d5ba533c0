"""A disk that takes nothing more: no answer leaves, nothing is half kept, and the node goes on.

Nothing is pretended: the kernel refuses the database server's writes (a limit on the size of
files, as a full disk refuses them), the server gives up in the middle of the commit and recovers.
"""

from __future__ import annotations

import json
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.web.exchange.test_door import (
    ASKER,
    GRANT,
    OBJECT,
    PATH,
    POP,
    POP_KEY,
    POPULATION,
    QUESTION,
    directory,
)

from sogoc.access.journal import GroupCommit
from sogoc.access.policies import PolicyBook
from sogoc.access.postgres_journal import PostgresJournal
from sogoc.clock import SystemClock
from sogoc.database.embedded import embedded_server
from sogoc.database.migrate import migrate
from sogoc.database.store import Store
from sogoc.errors import AnswerRefused, NodeUnreachable, StoreUnreachable
from sogoc.exchange.answering import Answering, Asked, Found
from sogoc.exchange.client import Line, ask
from sogoc.exchange.limits import Rate, SeenIds
from sogoc.exchange.names import Service
from sogoc.exchange.patience.again import ONCE
from sogoc.testing.served import free_port, served
from sogoc.web.exchange.door import Door, ExchangeParts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sogoc.contract.model import RegisterObject

RECORD = "nobody may see this"


class Shelf:
    """Always finds the same record."""

    def look_up(self, asked: Asked) -> Found:
        return Found(body=json.dumps({"records": [RECORD]}).encode(), subjects=asked.keys)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A server of its own: it will break."""
    folder = tmp_path / "postgres"
    folder.mkdir(mode=0o700)
    with embedded_server(folder) as address:
        store = Store(address)
        with store.connect() as connection:
            migrate(connection, SystemClock())
        yield store


@pytest.fixture
def line(store: Store) -> Iterator[Line]:
    """How the node is reached whose journal lies there."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        journal = PostgresJournal(store)
        stack.callback(journal.close)
        group = GroupCommit(journal)
        stack.callback(group.close)
        answering = Answering(
            journal=group,
            policies=PolicyBook([GRANT]),
            grants={GRANT.id: GRANT},
            seen=SeenIds(seconds=120),
            rate=Rate(),
            clock=SystemClock(),
        )

        def shelf(one: RegisterObject) -> Shelf:
            assert one == OBJECT
            return Shelf()

        parts = ExchangeParts(
            provider=str(POP),
            address=address,
            key=POP_KEY,
            key_id="pop-1",
            directory=lambda: directory(address),
            answering=lambda: answering,
            registers={POPULATION.id: POPULATION},
            shelf=shelf,
            threads=stack.enter_context(ThreadPoolExecutor(4)),
        )
        stack.enter_context(served(Door(parts), port))
        yield Line(
            directory=directory(address), clock=SystemClock(), timeout_seconds=60, patience=ONCE
        )


def asked(line: Line) -> str:
    """What comes back: the answer, or what the refusal says."""
    service, body = Service(POP, POPULATION.id), json.dumps(QUESTION).encode()
    try:
        return ask(service, PATH, body, asker=replace(ASKER), line=line).decode()
    except (AnswerRefused, NodeUnreachable) as refused:
        return str(refused)


def fill_the_disk(store: Store) -> None:
    """From now on the kernel refuses what the server's processes write into files."""
    with store.connect() as connection:
        found = connection.execute("select pid from pg_stat_activity where pid <> pg_backend_pid()")
        for (pid,) in found.fetchall():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))


def entries(store: Store) -> int:
    """How many the journal holds, once the server has recovered."""
    until = time.monotonic() + 60
    while True:
        try:
            with store.connect() as connection:
                row = connection.execute("select count(*) from node.journal_entry").fetchone()
                return int(row[0]) if row else 0
        except StoreUnreachable:
            assert time.monotonic() < until, "the server did not come back"
            time.sleep(0.2)


def test_no_answer_leaves_that_the_disk_did_not_take(store: Store, line: Line) -> None:
    assert RECORD in asked(line)
    assert entries(store) == 1
    fill_the_disk(store)
    refused = asked(line)
    assert RECORD not in refused
    assert "DatabaseError" in refused
    assert "nothing was answered" in refused
    assert entries(store) == 1
    assert RECORD in asked(line)
    assert entries(store) == 2
