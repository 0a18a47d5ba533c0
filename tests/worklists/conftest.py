from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests import small_land

from sogoc.database.migrate import migrate
from sogoc.database.store import Store, open_database
from sogoc.localities.units import Units
from sogoc.worklists.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A node's database with the small land register in it."""
    with open_database(tmp_path_factory.mktemp("node")) as opened:
        with opened.connect() as connection:
            migrate(connection, small_land.StandingClock())
            small_land.fill(connection)
        yield opened


@pytest.fixture(scope="session")
def units() -> Units:
    return Units.load()


@pytest.fixture
def desk(store: Store, units: Units) -> Iterator[Desk]:
    """A desk in a transaction that is taken back at the end of the test."""
    with store.connect() as connection:
        connection.execute("begin")
        yield Desk(
            connection=connection,
            register=small_land.LAND,
            units=units,
            clock=small_land.StandingClock(),
            keeper="Uỷ ban thử",
            rules_version="dqi-thử",
        )
        connection.execute("rollback")
