"""What the pages say, read as text; how they look and sound is tested in a real browser."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from tests import small_land

from sogoc.web.reading.figures import Standing
from sogoc.web.reading.keepers import by_keeper

if TYPE_CHECKING:
    from tests.small_browser import Browser

PAGES = [
    "",
    "deliveries/2",
    "deliveries/2/near-duplicates",
    "registers/land",
    "registers/land/records?object=quyen",
    "registers/land/findings",
    "registers/land/quyen/12",
    "registers/land/worklists",
]


def words(html: str) -> str:
    """What a reader sees, blanks run together."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_both_languages(browser: Browser, language: str, page: str) -> None:
    answer = browser.get(f"/{language}/{page}")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text


def test_every_link_on_the_report_leads_to_a_page(browser: Browser) -> None:
    report = browser.get("/vi/deliveries/2").text
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]+)', report)}
    pages = [link for link in links if not link.startswith("/static/")]
    assert len(pages) > 30
    assert {browser.get(link).status_code for link in pages} == {200}


def test_a_number_on_the_report_is_the_number_of_records_behind_it(browser: Browser) -> None:
    report = browser.get("/vi/deliveries/2").text
    link = re.search(r'href="(/[^"]+rule=quyen.so_dinh_danh.format)">(\d+)<', report)
    assert link is not None
    behind = words(browser.get(link[1].replace("&amp;", "&")).text)
    assert f"{link[2]} bản ghi" in behind


def test_the_groups_on_the_report_are_the_records_behind_them(browser: Browser) -> None:
    report = browser.get("/vi/deliveries/2").text
    links = re.findall(r'href="(/[^"]+\?object=quyen&amp;(?:group|reason)=[^"]+)">(\d+)<', report)
    assert len(links) == 4
    for link, count in links:
        behind = words(browser.get(link.replace("&amp;", "&")).text)
        assert f"{count} bản ghi" in behind


def test_each_criterion_has_its_index_over_the_whole_register(browser: Browser) -> None:
    for page in ("/vi/deliveries/2", "/vi/registers/land"):
        text = words(browser.get(page).text)
        assert "87,6" in text
        assert "50,5" not in text


def test_the_first_page_says_how_each_keeper_s_registers_stand(browser: Browser) -> None:
    text = words(browser.get("/vi/").text)
    at = text.index("Theo cơ quan giữ dữ liệu")
    assert "81,5" in text[at : at + 400]


def test_a_keeper_s_index_is_the_mean_of_its_registers_and_names_the_lowest() -> None:
    def standing(register: str, dqi: float | None) -> Standing:
        moment = datetime(2026, 3, 2, tzinfo=UTC)
        return Standing(
            register=register,
            delivery=1,
            merged_at=moment,
            as_of=moment.date(),
            dqi=dqi,
            colour="",
            findings=2,
        )

    registers = [
        replace(small_land.LAND, id=name, keeper=keeper)
        for name, keeper in (("a", "K"), ("b", "K"), ("c", "K"), ("d", "L"), ("e", ""))
    ]
    told = by_keeper(registers, {n: standing(n, d) for n, d in FIGURES.items()})
    assert [(one.keeper, one.registers, one.dqi, one.findings) for one in told] == [
        ("K", 3, 80.0, 6)
    ]
    assert told[0].lowest is not None
    assert told[0].lowest.id == "b"


FIGURES = {"a": 90.0, "b": 70.0, "c": None, "e": 10.0}


def test_figures_have_a_decimal_comma_in_vietnamese_and_a_point_in_english(
    browser: Browser,
) -> None:
    assert "81,5" in browser.get("/vi/deliveries/2").text
    assert "81.5" in browser.get("/en/deliveries/2").text


def test_a_list_masks_persons_and_the_record_page_shows_them(browser: Browser) -> None:
    name = small_land.NAMES[1]
    assert name not in browser.get("/vi/registers/land/records?object=quyen").text
    assert name in browser.get("/vi/registers/land/quyen/1").text


def test_a_number_that_could_not_be_read_is_masked_on_lists_too(browser: Browser) -> None:
    page = browser.get("/vi/registers/land/records?object=quyen&rule=quyen.so_dinh_danh.format")
    assert small_land.FLAWED_NUMBER not in page.text


def test_the_report_says_when_rules_were_not_compared_with_the_law(browser: Browser) -> None:
    assert "Chưa đối chiếu với văn bản gốc" in browser.get("/vi/deliveries/2").text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("object=quyen", 72),
        ("object=quyen&locality=22057", 24),
        ("object=quyen&locality=66", 72),
        ("object=quyen&group=1", 44),
        ("object=quyen&group=2", 28),
        ("object=quyen&outcome=differs", 15),
        ("object=quyen&delivery=2&change=changed", 3),
        # brought first by a delivery, and changed by the next one
        ("object=quyen&delivery=1&change=inserted", 3),
        ("object=thua_dat&locality=22057&hamlet=Thôn Hà", 12),
    ],
)
def test_filters_narrow_a_list(browser: Browser, query: str, count: int) -> None:
    page = words(browser.get(f"/vi/registers/land/records?{query}").text)
    assert f"{count} bản ghi" in page


@pytest.mark.parametrize(
    "wrong",
    [
        "deliveries/99",
        "registers/nobody",
        "registers/land/quyen/9999",
        "registers/land/nothing/1",
        "registers/land/records?object=nothing",
        "registers/land/records?rule=nothing",
        "registers/land/records?group=9",
        "registers/land/records?locality=01",
        "registers/land/records?locality=1'--",
        "registers/land/records?page=0",
        "registers/land/records?page=99",
        "registers/land/records?page=²",
        "registers/land/records?delivery=99999999999999999999",
        "nowhere",
    ],
)
def test_a_wrong_address_is_answered_with_a_sentence(browser: Browser, wrong: str) -> None:
    answer = browser.get(f"/vi/{wrong}")
    assert answer.status_code == 404
    assert "Không mở được trang này" in answer.text
    assert "Traceback" not in answer.text


def test_no_page_asks_another_host_for_anything(browser: Browser) -> None:
    for page in PAGES:
        html = browser.get(f"/vi/{page}").text
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
        assert "<script" not in html
        assert " style=" not in html


def test_health_is_open_and_says_nothing_of_the_data(stranger: Browser) -> None:
    assert stranger.get("/health").json() == {"state": "ok"}
