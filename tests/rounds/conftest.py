"""Two nodes with a database each, made once and given out fresh."""

from __future__ import annotations

import itertools
import shutil
from typing import TYPE_CHECKING

import pytest
from psycopg import conninfo
from tests.rounds.nodes import Agencies

from sogoc.database.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def delivered(
    database_server: Store, tmp_path_factory: pytest.TempPathFactory
) -> tuple[tuple[str, str], Path]:
    """The databases and the folder of two nodes to which everything was delivered."""
    folder = tmp_path_factory.mktemp("agencies")
    names = ("rounds_pop", "rounds_bh")
    stores = tuple(_made(database_server, name, like="sogoc") for name in names)
    Agencies.ready((stores[0], stores[1]), folder).close()
    return names, folder


@pytest.fixture
def agencies(
    database_server: Store, delivered: tuple[tuple[str, str], Path], tmp_path: Path
) -> Iterator[Agencies]:
    (pop, bh), folder = delivered
    number = next(_NUMBERS)
    stores = (
        _made(database_server, f"rounds_pop_{number}", like=pop),
        _made(database_server, f"rounds_bh_{number}", like=bh),
    )
    made = Agencies.opened(stores, shutil.copytree(folder, tmp_path / "agencies"))
    yield made
    made.close()


def _made(server: Store, name: str, *, like: str) -> Store:
    address = conninfo.make_conninfo(server.address, dbname="postgres")
    with Store(address).connect() as connection:
        connection.execute(f"create database {name} template {like} strategy file_copy")
    return Store(conninfo.make_conninfo(address, dbname=name))
