"""The pages count what is asked of them, for whoever runs the node."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.small_browser import Browser

from sogoc.clock import SystemClock
from sogoc.database.store import Store
from sogoc.node.figures.counting import Figures
from sogoc.node.figures.standing import NodeParts, Standing
from sogoc.node.settings import Settings
from sogoc.web.app import app
from sogoc.web.entrance import COOKIE, Keys
from sogoc.web.parts import Parts

NUMBER = "001190000001"


@pytest.fixture
def figures(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Figures]:
    folder = tmp_path_factory.mktemp("folder")
    parts = NodeParts(folder=folder, settings=Settings(), store=store, clock=SystemClock())
    standing = Standing(parts)
    yield Figures(standing)
    standing.close()


def test_pages_are_counted_by_place_and_nobody_s_data_is_among_the_figures(
    parts: Parts, keys: Keys, figures: Figures
) -> None:
    inside = app(parts, keys, figures)
    officer = Browser(inside, cookies={COOKIE: keys.key})
    officer.get(f"/vi/registers/land/records?search={NUMBER}")
    officer.get(f"/vi/{NUMBER}")
    officer.get(f"/{NUMBER}/{NUMBER}", {"user-agent": NUMBER})
    officer.post(f"/vi/worklists/returned/{NUMBER}", {}, NUMBER.encode())
    Browser(inside).get("/vi/")

    told = Browser(inside).get("/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    assert 'sogoc_requests_total{place="registers",status="200"} 1.0' in told.text
    assert 'sogoc_requests_total{place="worklists",status="403"} 1.0' in told.text
    assert 'sogoc_deliveries{state="merged"}' in told.text
    assert 'sogoc_part_ok{part="database"} 1.0' in told.text
    assert "land" not in told.text
    assert NUMBER not in told.text


def test_figures_are_read_on_this_machine_alone(parts: Parts, keys: Keys, figures: Figures) -> None:
    inside = app(parts, keys, figures)
    assert Browser(inside, client="10.0.0.7").get("/metrics").status_code == 403
    assert Browser(inside).get("/metrics", {"host": "land.example"}).status_code == 403
