"""Who comes in: the rules of `web/entrance.py`, each with the attack that it stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.small_browser import Browser

from sogoc.web.app import app
from sogoc.web.entrance import COOKIE, Keys

if TYPE_CHECKING:
    from sogoc.web.parts import Parts


def test_without_the_key_no_page_opens(stranger: Browser) -> None:
    answer = stranger.get("/vi/")
    assert answer.status_code == 403
    assert "sogoc serve" in answer.text


def test_the_link_lets_in_once(stranger: Browser, keys: Keys) -> None:
    link = keys.path()
    first = stranger.get(link)
    assert first.status_code == 303
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert stranger.get("/vi/").status_code == 200
    stranger.cookies.clear()
    assert stranger.get(link).status_code == 403


def test_a_link_opened_again_in_the_same_browser_leads_on(stranger: Browser, keys: Keys) -> None:
    link = keys.path()
    stranger.get(link)
    assert stranger.get(link).status_code == 303


def test_the_link_leads_to_the_page_it_names(stranger: Browser, keys: Keys) -> None:
    answer = stranger.get(f"{keys.path()}?to=/en/deliveries/22")
    assert answer.headers["location"] == "/en/deliveries/22"


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example/vi/", "http://evil.example/", "/vi//evil.example", "/vi/../x", "vi/", "/x/"],
)
def test_the_link_never_leads_out_of_the_pages(
    stranger: Browser, keys: Keys, elsewhere: str
) -> None:
    answer = stranger.get(f"{keys.path()}?to={elsewhere}")
    assert answer.headers["location"] == "/"


def test_a_wrong_key_opens_nothing(stranger: Browser) -> None:
    stranger.cookies[COOKIE] = "guessed"
    assert stranger.get("/vi/").status_code == 403


def test_another_name_for_this_machine_opens_nothing(browser: Browser) -> None:
    answer = browser.get("/vi/", headers={"host": "rebound.example:8460"})
    assert answer.status_code == 403


def test_another_machine_opens_nothing(parts: Parts, keys: Keys) -> None:
    elsewhere = Browser(app(parts, keys), client="192.0.2.7")
    elsewhere.cookies[COOKIE] = keys.key
    assert elsewhere.get("/vi/").status_code == 403


def test_another_page_changes_nothing(browser: Browser) -> None:
    answer = browser.post("/vi/", headers={"origin": "http://elsewhere.example"})
    assert answer.status_code == 403


def test_every_answer_forbids_foreign_content_and_is_kept_nowhere(browser: Browser) -> None:
    headers = browser.get("/vi/").headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
