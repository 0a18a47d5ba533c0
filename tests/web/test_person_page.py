"""The page of one person of a record: why, who else, and a decision that stands at once."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from tests.small_browser import HOST, Answer, Browser
from tests.small_population import PEOPLE, write_population
from tests.small_sheet import write_land_sheet

from sogoc.cli.context import desk_for
from sogoc.cli.serve import web_parts
from sogoc.node.node import open_node
from sogoc.pipeline.deliver import Request, deliver
from sogoc.web.app import app
from sogoc.web.entrance import COOKIE, Keys

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADERS = {"origin": f"http://{HOST}", "content-type": "application/x-www-form-urlencoded"}
RIGHT = "066160000011"
PERSON = re.compile(r"H&#39;Lơi Ksơr Mẫu|H'Lơi Ksơr Mẫu")


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser inside a node with a small population and a land sheet."""
    folder = tmp_path_factory.mktemp("person")
    desk = desk_for(folder / "node", "en")
    with open_node(desk.folder, desk.settings) as node:
        people = write_population(folder / "people.csv")
        deliver(node.parts, Request(register="population", file=people, officer="thử"))
        sheet = write_land_sheet(folder / "Ea Ktur.xlsx")
        deliver(node.parts, Request(register="land", file=sheet, officer="thử"))
        keys = Keys()
        parts = replace(web_parts(desk, node), officer="Cán bộ thử")
        yield Browser(app(parts, keys), cookies={COOKIE: keys.key})


@pytest.fixture(scope="module")
def page(inside: Browser) -> str:
    """The address of the person whom two of the population may be."""
    for record in range(1, 7):
        if PERSON.search(inside.get(f"/vi/registers/land/quyen/{record}").text):
            return f"/vi/registers/land/quyen/{record}/persons/nguoi-su-dung"
    raise AssertionError("nobody of that name")


def decide(inside: Browser, page: str, **form: str) -> Answer:
    return inside.post(page, HEADERS, urlencode(form).encode())


def test_the_record_leads_to_the_page_that_says_why(inside: Browser, page: str) -> None:
    record, _, _ = page.partition("/persons/")
    assert f'href="{page}"' in inside.get(record).text
    text = inside.get(page).text
    assert "Nhiều người cùng phù hợp" in text
    assert "tên khớp" in text
    assert text.count("<svg") == 2
    assert "Không có trong dân cư" in text
    assert inside.get(page.replace("/vi/", "/en/")).status_code == 200


def test_nobodys_name_or_date_stands_on_the_page_and_numbers_only_by_their_end(
    inside: Browser, page: str
) -> None:
    shown = re.sub(r'value="[^"]*"', "", inside.get(page).text)
    assert not [number for number, *_ in PEOPLE if number in shown]
    assert not PERSON.search(shown)
    assert "•••011" in shown


def test_a_decision_on_the_page_stands_at_once_and_can_be_withdrawn(
    inside: Browser, page: str
) -> None:
    kept = decide(inside, page, decision=f"same:{RIGHT}", evidence="Thẻ căn cước")
    assert (kept.status_code, kept.headers["location"]) == (303, f"{page}#judgements")
    text = inside.get(page).text
    assert "cán bộ đã xác nhận đúng người này" in text.lower()
    assert "Thẻ căn cước" in text
    action = re.search(r'action="(/vi/judgements/\d+/withdraw)"', text)
    assert action
    assert inside.post(action[1], {**HEADERS, "origin": "http://elsewhere"}).status_code == 403
    assert inside.post(action[1], HEADERS, b"why=").status_code == 303
    assert "Nhiều người cùng phù hợp" in inside.get(page).text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"decision": "same:1"},
        {"decision": "another", "number": "12"},
        {"decision": "another", "number": ""},
        {"decision": "drop table"},
    ],
)
def test_a_form_that_decides_nothing_is_refused(
    inside: Browser, page: str, form: dict[str, str]
) -> None:
    assert decide(inside, page, **form).status_code == 400


def test_an_address_of_nobody_leads_nowhere(inside: Browser, page: str) -> None:
    assert inside.get(page.replace("nguoi-su-dung", "ai-do")).status_code == 404
    assert inside.get(page.replace("quyen", "xe")).status_code == 404
    assert inside.get("/vi/registers/land/quyen/99999/persons/nguoi-su-dung").status_code == 404


def test_the_delivery_of_a_decision_has_a_page(inside: Browser, page: str) -> None:
    decide(inside, page, decision="absent", evidence="Công an xã xác nhận")
    last = max(int(n) for n in re.findall(r"/vi/deliveries/(\d+)", inside.get("/vi/").text))
    assert "Kết luận về người" in inside.get(f"/vi/deliveries/{last}").text
    action = re.search(r'action="(/vi/judgements/\d+/withdraw)"', inside.get(page).text)
    assert action
    # The others of this module read the node as it was: they run in any order.
    assert inside.post(action[1], HEADERS, b"why=").status_code == 303
