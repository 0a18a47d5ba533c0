"""SPDCI/DCI from outside: call-backs, subscriptions, and whom this node calls back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from tests.dci_messages import (
    ACK,
    AT,
    MOMENT,
    NOTICE,
    NUMBER,
    SEARCHED,
    SUBSCRIBED,
    Partner,
    by_number,
    envelope,
    error_of,
    merged,
    opened,
    partner,
    play,
    searching,
    soon,
)
from tests.facade_scene import LAND, Scene

from sogoc.clock import SystemClock
from sogoc.errors import MessageRefused
from sogoc.facades.dci.callback import check_address

if TYPE_CHECKING:
    import httpx2


def test_a_search_is_acknowledged_and_answered_by_call_back(scene: Scene) -> None:
    scene.person(NUMBER)
    with partner() as told:
        opened(scene, told)
        sent = searching(by_number(), sender_uri=f"{told.address}/on-search")
        answer = scene.send("POST", f"{AT}/search", sent)
        Draft202012Validator(ACK).validate(answer.json())
        ack = answer.json()["message"]
        assert (answer.status_code, ack["ack_status"]) == (200, "ACK")
        assert not scene.journal.entries
        play(scene)
        (came,) = told.came
        Draft202012Validator(SEARCHED).validate(came)
        assert came["header"]["action"] == "on-search"
        assert came["message"]["correlation_id"] == ack["correlation_id"]
        assert came["message"]["transaction_id"] == "T-1"
        assert came["message"]["search_response"][0]["data"]["reg_records"]
        assert [entry.subject for entry in scene.journal.entries] == [NUMBER]
        assert told.headers[0]["authorization"].startswith("Bearer ")
        play(scene)
        assert len(told.came) == 1


def test_a_call_back_that_is_not_taken_comes_again_and_what_was_asked_is_forgotten_at_the_end(
    scene: Scene,
) -> None:
    scene.person(NUMBER)
    with partner() as told:
        opened(scene, told)
        told.statuses = [500, 302]
        sent = searching(by_number(), sender_uri=f"{told.address}/on-search")
        scene.send("POST", f"{AT}/search", sent)
        for tries in (1, 2, 3):
            play(scene)
            assert len(told.came) == tries
            play(scene)
            assert len(told.came) == tries
            soon(scene)
    with scene.state["store"].connect() as connection:
        kept = connection.execute(
            "select state, request, outcome::text from node.later_answer"
        ).fetchall()
    ((state, request, outcome),) = kept
    assert (state, request) == ("succ", None)
    assert NUMBER not in outcome


def test_for_a_partner_that_rests_nothing_is_looked_up_and_it_is_told_once_it_is_back(
    scene: Scene,
) -> None:
    scene.person(NUMBER)
    breaker = scene.parts.breaker
    with partner() as told:
        opened(scene, told)
        for _ in range(5):
            breaker.failed(str(LAND), now=SystemClock().now().timestamp())
        scene.send("POST", f"{AT}/search", searching(by_number(), sender_uri=told.address))
        play(scene)
        assert (told.came, scene.journal.entries) == ([], [])
        breaker.answered(str(LAND))
        play(scene)
        assert len(told.came) == len(scene.journal.entries) == 1


def test_the_status_of_a_transaction_is_told_without_anybody_s_data(scene: Scene) -> None:
    scene.person(NUMBER)

    def status(kind: str, value: object) -> httpx2.Response:
        request = {
            "reference_id": "S-1",
            "txn_type": "search",
            "attribute_type": kind,
            "attribute_value": value,
        }
        told = envelope("txn-status", {"txnstatus_request": request})
        return scene.send("POST", f"{AT}/sync/txn/status", told)

    with partner() as told:
        opened(scene, told)
        sent = searching(by_number(), sender_uri=told.address)
        ack = scene.send("POST", f"{AT}/search", sent).json()["message"]
        before = status("correlation_id", ack["correlation_id"]).json()["message"]
        assert before["txnstatus_response"]["txn_type"] == "on-search"
        (part,) = before["txnstatus_response"]["txn_status"]["search_response"]
        assert (part["reference_id"], part["status"]) == ("R-0", "rcvd")
        play(scene)
        for kind, value in (("transaction_id", "T-1"), ("reference_id_list", ["R-0"])):
            after = status(kind, value)
            (part,) = after.json()["message"]["txnstatus_response"]["txn_status"]["search_response"]
            assert part["status"] == "succ"
            assert NUMBER not in after.text
    assert status("transaction_id", "T-9").status_code == 404
    assert error_of(status("shoe", "T-1")) == "err.request.bad"


def subscription(event: str, wanted: object, uri: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    criteria = {
        "reg_event_type": event,
        "filter": wanted,
        "notify_record_type": "spdci-extensions-dci:Person",
        **more,
    }
    request = {"reference_id": "S-1", "timestamp": MOMENT, "subscribe_criteria": criteria}
    return envelope("subscribe", {"subscribe_request": [request]}, sender_uri=uri)


def followed(scene: Scene, told: Partner) -> str:
    """The code of a subscription to people whose numbers begin with 0011 or more."""
    wanted = [
        {"expression1": {"attribute_name": "UIN", "operator": "ge", "attribute_value": "0011"}}
    ]
    sent = subscription("spdci:RegistryEventType:REGISTER", wanted, told.address)
    assert scene.send("POST", f"{AT}/subscribe", sent).status_code == 200
    play(scene)
    Draft202012Validator(SUBSCRIBED).validate(told.came[-1]["message"])
    (made,) = told.came[-1]["message"]["subscribe_response"]
    scene.journal.entries.clear()
    return str(made["subscriptions"][0]["code"])


def test_a_follower_is_told_what_fits_its_filter_until_it_takes_it(scene: Scene) -> None:
    with partner() as told:
        opened(scene, told)
        followed(scene, told)
        merged(scene, NUMBER, "000190000001")
        told.statuses = [503]
        for _ in range(4):
            play(scene)
            soon(scene)
        first, second = told.came[1:]
    assert first["message"]["notify_event"] == second["message"]["notify_event"]
    Draft202012Validator(NOTICE).validate(second["message"])
    (event,) = second["message"]["notify_event"]
    assert event["data"]["reg_records"][0]["identifier"] == NUMBER
    assert {entry.subject for entry in scene.journal.entries} == {NUMBER}


def test_who_unsubscribes_is_told_no_more(scene: Scene) -> None:
    with partner() as told:
        opened(scene, told)
        code = followed(scene, told)
        for expected in ("succ", "rjct"):
            body = {"timestamp": MOMENT, "subscription_codes": [code]}
            end = envelope("unsubscribe", body, sender_uri=told.address)
            scene.send("POST", f"{AT}/unsubscribe", end)
            play(scene)
            assert told.came[-1]["message"]["status"] == expected
        assert told.came[-1]["message"]["status_reason_code"] == "rjct.event.already_unsubscribed"
        merged(scene, "001190000005")
        soon(scene)
        count = len(told.came)
        play(scene)
        assert len(told.came) == count


@pytest.mark.parametrize(
    ("event", "wanted", "more", "code"),
    [
        ("Coronation", {}, {}, "rjct.notify_types.invalid"),
        ("REGISTER", "all", {}, "rjct.notify_details.invalid"),
        ("REGISTER", {}, {"frequency": {"frequency": "0 0"}}, "rjct.notify_details.invalid"),
        ("REGISTER", {"shoe": 1}, {}, "rjct.notify_details.invalid"),
        ("REGISTER", {}, {"authorize": {"purpose": {"code": "9"}}}, "rjct.notify_details.invalid"),
    ],
)
def test_a_subscription_that_cannot_be_kept_is_rejected_by_its_code(
    scene: Scene, event: str, wanted: object, more: dict[str, Any], code: str
) -> None:
    with partner() as told:
        opened(scene, told)
        scene.send("POST", f"{AT}/subscribe", subscription(event, wanted, told.address, **more))
        play(scene)
        (answer,) = told.came[0]["message"]["subscribe_response"]
        assert answer["status_reason_code"] == code


def test_the_same_is_not_followed_twice_and_a_withdrawn_grant_ends_the_telling(
    scene: Scene,
) -> None:
    with partner() as told:
        opened(scene, told)
        for _ in range(2):
            scene.send("POST", f"{AT}/subscribe", subscription("REGISTER", {}, told.address))
            play(scene)
        (answer,) = told.came[1]["message"]["subscribe_response"]
        assert answer["status_reason_code"] == "rjct.event.already_subscribed"
        scene.grants()
        merged(scene, NUMBER)
        play(scene)
        assert len(told.came) == 2


@pytest.mark.parametrize("path", ["on-search", "on-subscribe", "on-unsubscribe", "notify"])
def test_answers_that_nobody_asked_for_are_not_taken(scene: Scene, path: str) -> None:
    answer = scene.send("POST", f"{AT}/{path}", searching(by_number()))
    assert error_of(answer) == "err.request.not_found"


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://elsewhere.example/on-search",
        "http://127.0.0.1:5432/",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "http://spp.example@127.0.0.1/x",
        "http://[::1]/x",
        "x" * 3000,
    ],
)
def test_only_addresses_of_the_sender_itself_are_called_back(scene: Scene, uri: str) -> None:
    sent = searching(by_number(), sender_uri=uri)
    assert error_of(scene.send("POST", f"{AT}/search", sent)) == "err.sender_uri.invalid"


def test_an_address_of_the_directory_that_is_private_is_not_called(scene: Scene) -> None:
    with partner() as told:
        scene.settings(callbacks=((str(LAND), told.address),))
        sent = searching(by_number(), sender_uri=told.address)
        assert scene.send("POST", f"{AT}/search", sent).status_code == 200
        play(scene)
        assert not told.came


BASE = "https://spp.example/in"


@pytest.mark.parametrize(
    ("uri", "allowed"),
    [
        (BASE, True),
        (f"{BASE}/on-search", True),
        ("https://SPP.example:443/in/x?y=1", True),
        ("https://spp.example/inside", False),
        (f"{BASE}/../out", False),
        (f"{BASE}/%2e%2e/out", False),
        (f"{BASE}/%252e%252e/out", False),
        (f"{BASE}\\x", False),
        ("http://spp.example/in", False),
        ("https://spp.example:444/in", False),
        ("https://spp.example.evil.example/in", False),
        ("https://user@spp.example/in", False),
        (f"{BASE}#x", False),
        ("https://spp.example/in\n", False),
        ("//spp.example/in", False),
    ],
)
def test_an_address_begins_where_it_may_and_climbs_nowhere(uri: str, *, allowed: bool) -> None:
    if allowed:
        check_address(uri, [BASE])
        return
    with pytest.raises(MessageRefused) as refused:
        check_address(uri, [BASE])
    assert refused.value.code == "err.sender_uri.invalid"
