from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests import small_land
from tests.small_browser import Browser

from sogoc.database.migrate import migrate
from sogoc.database.store import Store, open_database
from sogoc.localities.units import Units
from sogoc.web.app import app
from sogoc.web.entrance import COOKIE, Keys
from sogoc.web.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

KEY = "the-key-of-this-test"


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A node's database with the small land register in it."""
    with open_database(tmp_path_factory.mktemp("node")) as opened:
        with opened.connect() as connection:
            migrate(connection, small_land.StandingClock())
            small_land.fill(connection)
        yield opened


@pytest.fixture(scope="session")
def parts(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Parts:
    @contextmanager
    def opened() -> Iterator[psycopg.Connection]:
        with store.connect() as connection:
            yield connection

    return Parts(
        open=opened,
        contracts=small_land.OneRegister(),
        units=Units.load(),
        clock=small_land.StandingClock(),
        worklist_folder=tmp_path_factory.mktemp("worklists"),
        keeper="Uỷ ban thử",
    )


@pytest.fixture
def keys() -> Keys:
    return Keys(key=KEY)


@pytest.fixture
def stranger(parts: Parts, keys: Keys) -> Browser:
    """A browser on this machine that has no key."""
    return Browser(app(parts, keys))


@pytest.fixture
def browser(stranger: Browser) -> Browser:
    """A browser that came in by the link."""
    stranger.cookies[COOKIE] = KEY
    return stranger
