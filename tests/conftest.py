"""What tests of many folders need: a real database, made once and given out fresh."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import conninfo

from sogoc.database.embedded import embedded_server
from sogoc.database.migrate import migrate
from sogoc.database.store import Store
from sogoc.testing.stopped_clock import StoppedClock

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A node's own server, with the node's schema in the database that others are copied from."""
    folder = tmp_path_factory.mktemp("node") / "postgres"
    folder.mkdir(mode=0o700)
    # Tests outlive no power cut: what a crash of ours or of the server leaves is the same.
    (folder / "tuning.conf").write_text("fsync = off\nfull_page_writes = off\n", encoding="utf-8")
    with embedded_server(folder) as address:
        store = Store(address)
        with store.connect() as connection:
            migrate(connection, StoppedClock())
        yield store


@pytest.fixture
def database(database_server: Store) -> Store:
    """A fresh database with the node's schema."""
    name = f"test_{next(_NUMBERS)}"
    address = conninfo.make_conninfo(database_server.address, dbname="postgres")
    with Store(address).connect() as connection:
        connection.execute(f"create database {name} template sogoc strategy file_copy")
    return Store(conninfo.make_conninfo(address, dbname=name))


@pytest.fixture
def connection(database: Store) -> Iterator[psycopg.Connection]:
    """A connection to a fresh database with the node's schema."""
    with database.connect() as connection:
        yield connection
