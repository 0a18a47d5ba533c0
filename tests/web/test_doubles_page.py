"""The page of persons who may stand twice: searched, decided, remembered; nothing is merged."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

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
    from pathlib import Path

HEADERS = {"origin": f"http://{HOST}", "content-type": "application/x-www-form-urlencoded"}
PAGE = "/vi/registers/land/duplicates"


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser inside a node whose land sheet names one person with two numbers."""
    folder = tmp_path_factory.mktemp("doubles")
    desk = desk_for(folder / "node", "vi")
    with open_node(desk.folder, desk.settings) as node:
        sheet = write_land_sheet(folder / "Ea Ktur.xlsx")
        _one_person_twice(sheet)
        deliver(node.parts, Request(register="land", file=sheet, officer="thử"))
        keys = Keys()
        parts = replace(web_parts(desk, node), officer="Cán bộ thử")
        yield Browser(app(parts, keys), cookies={COOKIE: keys.key})


def post(inside: Browser, address: str, **form: object) -> Answer:
    return inside.post(address, HEADERS, urlencode(form).encode())


def test_pairs_are_searched_shown_decided_and_remembered(inside: Browser) -> None:
    assert "Chưa tìm lần nào" in inside.get(PAGE).text
    assert post(inside, PAGE, object="quyen").status_code == 303
    text = inside.get(PAGE).text
    assert "1 cặp chưa kết luận" in text
    assert "Nguyễn" not in text
    found = re.search(r'name="record" value="(\d+)"><input[^>]*name="other" value="(\d+)"', text)
    assert found
    told = {"object": "quyen", "record": found[1], "other": found[2], "evidence": "Hai thẻ"}
    assert post(inside, f"{PAGE}/judge", decision="different", **told).status_code == 303
    assert "0 cặp chưa kết luận" in inside.get(PAGE).text
    post(inside, PAGE, object="quyen")
    again = inside.get(PAGE).text
    assert "0 cặp chưa kết luận" in again
    assert "Hai người khác nhau" in again
    assert inside.get(f"/vi/registers/land/quyen/{found[2]}").status_code == 200


@pytest.mark.parametrize(
    "form",
    [{"decision": "merge"}, {"decision": "same", "record": "1", "other": "1"}, {"object": "xe"}],
)
def test_what_is_no_decision_about_two_records_is_refused(
    inside: Browser, form: dict[str, str]
) -> None:
    whole = {"object": "quyen", "record": "1", "other": "2", "decision": "same", **form}
    assert post(inside, f"{PAGE}/judge", **whole).status_code == 400


def test_another_page_cannot_decide(inside: Browser) -> None:
    elsewhere = {**HEADERS, "origin": "http://elsewhere"}
    assert inside.post(f"{PAGE}/judge", elsewhere, b"decision=same").status_code == 403


def _one_person_twice(file: Path) -> None:
    book = load_workbook(file)
    sheet = book["PL3-01"]
    head = {cell.value: cell.column or 0 for cell in sheet[5]}
    own = {"Họ và tên": "Nguyễn Văn Mẫu", "Ngày tháng năm sinh": "12/03/1971"}
    for name, text in (own | {"Số CCCD": "066071001243"}).items():
        sheet.cell(12, head[name]).value = text
    book.save(file)
