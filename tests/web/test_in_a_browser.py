"""The pages in a real browser: accessible, narrow, without JavaScript, on paper, on their own.

axe finds a part of what keeps people out; keyboard, zoom and plain words need people.
"""

from __future__ import annotations

import shutil
import socket
import threading
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from sogoc.web.app import app
from sogoc.web.entrance import COOKIE, Keys
from sogoc.web.serve import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext

    from sogoc.web.parts import Parts

pytestmark = pytest.mark.acceptance
PAGES = [
    "vi/",
    "vi/deliveries/2",
    "vi/deliveries/2/near-duplicates",
    "vi/registers/land",
    "vi/registers/land/records?object=quyen",
    "vi/registers/land/findings",
    "vi/registers/land/quyen/12",
    "vi/registers/land/worklists",
    "vi/nowhere",
    "en/deliveries/2",
]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address(parts: Parts) -> str:
    """The pages on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pages = app(parts, Keys(key="browser"))
    threading.Thread(target=serve, args=(pages,), kwargs={"port": port}, daemon=True).start()
    home = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{home}/health", timeout=2).close()  # noqa: S310 - our own
            break
        except OSError:
            time.sleep(0.1)
    return home


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("These tests need Debian's Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def inside(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=address)
    context.add_cookies([{"name": COOKIE, "value": "browser", "url": address}])
    yield context
    context.close()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_barrier_fits_a_narrow_screen_and_asks_nobody_else(
    inside: BrowserContext, page: str
) -> None:
    tab = inside.new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    for size in (WIDE, PHONE):
        tab.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict is what it takes
        tab.goto(f"/{page}")
        found = Axe().run(tab, options=AXE)
        assert found.violations_count == 0, found.generate_report()
        wider = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{page} is {wider} px too wide"
    assert all("//127.0.0.1:" in url for url in asked)
    assert [text for text in said if "404" not in text] == []


def test_a_page_is_light_enough_for_a_slow_line(inside: BrowserContext) -> None:
    tab = inside.new_page()
    sizes: list[int] = []
    tab.on("response", lambda response: sizes.append(len(response.body())))
    tab.goto("/vi/deliveries/2")
    tab.wait_for_load_state("networkidle")
    assert sum(sizes) < 300_000


def test_without_javascript_an_officer_goes_from_a_figure_to_the_record(
    chromium: Browser, address: str
) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    context.add_cookies([{"name": COOKIE, "value": "browser", "url": address}])
    tab = context.new_page()
    tab.goto("/vi/deliveries/2")
    tab.get_by_role("link", name="18 Số định danh không đủ 12 chữ số").click()
    assert tab.get_by_role("heading", level=1).inner_text().endswith("18 bản ghi")
    tab.get_by_label("Địa bàn").select_option("22057")
    tab.get_by_role("button", name="Lọc").click()
    tab.get_by_role("link", name="Số 12", exact=True).click()
    assert "Cần sửa" in tab.content()
    context.close()


def test_a_form_of_our_own_page_is_not_taken_for_one_of_another_page(
    inside: BrowserContext,
) -> None:
    tab = inside.new_page()
    tab.goto("/vi/registers/land/worklists")
    with tab.expect_response(lambda response: response.request.method == "POST") as answered:
        tab.get_by_role("button", name="Lập tệp").first.click()
    # These parts only show; an origin that the browser hid would have been refused with 403.
    assert answered.value.status == 404


def test_the_report_prints_with_a_running_head(inside: BrowserContext, tmp_path: Path) -> None:
    tab = inside.new_page()
    tab.goto("/vi/deliveries/2")
    tab.emulate_media(media="print")
    assert tab.locator(".running-head").is_visible()
    assert not tab.locator(".page-head").is_visible()
    tab.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").stat().st_size > 10_000
