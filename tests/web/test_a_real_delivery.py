"""The pages over a node with a real delivery: numbers that hold, and worklists out and back."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from tests.small_browser import HOST, Answer, Browser
from tests.small_sheet import write_land_sheet

from sogoc.cli.context import desk_for
from sogoc.cli.serve import web_parts
from sogoc.node.node import open_node
from sogoc.pipeline.deliver import Request, deliver
from sogoc.web.app import app
from sogoc.web.entrance import COOKIE, Keys

if TYPE_CHECKING:
    from collections.abc import Iterator

LINK = re.compile(r'<a class="govuk-link" href="([^"]+/(?:records|findings)[^"]*)">([\d,]+)<')
TOTAL = re.compile(r"<h1[^>]*>(?:<span[^>]*>.*?</span>)?\s*([\d,]+)\s", re.DOTALL)
OWN = {"origin": f"http://{HOST}"}


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser for the tests that only read."""
    with _delivered(tmp_path_factory.mktemp("read")) as browser:
        yield browser


@pytest.fixture
def officer(tmp_path: Path) -> Iterator[Browser]:
    """A browser for a test that changes the register."""
    with _delivered(tmp_path / "node") as browser:
        yield browser


@contextmanager
def _delivered(node: Path) -> Iterator[Browser]:
    """A browser inside a node to which a small land sheet was delivered."""
    desk = desk_for(node, "en")
    with open_node(desk.folder, desk.settings) as opened:
        file = write_land_sheet(node / "Ea Ktur.xlsx")
        deliver(opened.parts, Request(register="land", file=file, officer="thử"))
        parts = replace(web_parts(desk, opened), officer="Cán bộ thử")
        keys = Keys()
        yield Browser(app(parts, keys), cookies={COOKIE: keys.key})


def test_every_number_of_the_report_is_the_total_of_the_list_behind_it(inside: Browser) -> None:
    report = inside.get("/en/deliveries/1").text
    links = {(unescape(address), number) for address, number in LINK.findall(report)}
    assert len(links) > 10
    wrong = []
    for address, number in sorted(links):
        found = TOTAL.search(inside.get(address).text)
        if found is None or found[1] != number:
            wrong.append((address, number, found and found[1]))
    assert wrong == []


def test_the_map_names_every_province_and_both_archipelagos(inside: Browser) -> None:
    page = inside.get("/en/registers/land").text
    tiles = page[page.index('<ol class="tiles"') : page.index("</ol>", page.index("tiles"))]
    assert tiles.count("Tỉnh ") + tiles.count("Thành phố ") == 34
    assert "Đặc khu Hoàng Sa" in tiles
    assert "Đặc khu Trường Sa" in tiles


def test_a_worklist_is_made_filled_in_brought_back_seen_and_applied(
    officer: Browser, tmp_path: Path
) -> None:
    lists = officer.get("/en/registers/land/worklists").text
    place = re.search(r'name="locality" value="(\d*)"', lists)
    assert place
    form = {**OWN, "content-type": "application/x-www-form-urlencoded"}
    made = officer.post(
        "/en/registers/land/worklists", form, f"locality={place[1]}&hamlet=".encode()
    )
    assert (made.status_code, made.headers["location"].split("#")[1]) == (303, "handed-out")
    sent = tmp_path / "list.xlsx"
    sent.write_bytes(officer.get("/en/worklists/1").content)
    _fill_in(sent)

    shown = _bring_back(officer, sent)
    assert shown.status_code == 200, shown.text
    assert "Changes 1 cells of 1 records" in shown.text
    assert "066185004321" not in shown.text
    action = re.search(r'action="(/en/worklists/returned/[^"]+)"', shown.text)
    assert action
    assert officer.post(action[1], {**form, "origin": "http://elsewhere"}).status_code == 403
    applied = officer.post(action[1], form, b"evidence=")
    assert (applied.status_code, applied.headers["location"]) == (303, "/en/deliveries/2")
    assert "Cán bộ thử" in officer.get("/en/deliveries/2").text
    assert officer.get("/en/deliveries/1").status_code == 200
    assert officer.get("/en/").status_code == 200
    assert "applied before" in _bring_back(officer, sent).text


@pytest.mark.parametrize("length", ["", "many", "50000001"])
def test_a_form_that_is_too_long_or_does_not_say_how_long_it_is_is_refused(
    officer: Browser, length: str
) -> None:
    headers = {**OWN, "content-type": "multipart/form-data; boundary=x", "content-length": length}
    assert officer.post("/en/worklists/returned", headers, b"--x--").status_code == 400


def _fill_in(sent: Path) -> None:
    book = load_workbook(sent)
    sheet = book["PL3-01"]
    number = next(cell.column for cell in sheet[5] if cell.value == "Số CCCD")
    row = next(r for r in range(7, 20) if sheet.cell(r, number).value == "66185004321")
    sheet.cell(row, number).value = "066185004321"
    book.save(sent)


def _bring_back(inside: Browser, file: Path) -> Answer:
    head = b'--x\r\ncontent-disposition: form-data; name="file"; filename="list.xlsx"\r\n\r\n'
    body = head + file.read_bytes() + b"\r\n--x--\r\n"
    headers = {**OWN, "content-type": "multipart/form-data; boundary=x"}
    return inside.post("/en/worklists/returned", headers, body)
