"""A node behind a real X-Road Security Server: who is believed, what is passed, what is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from tests.exchange_scene import (
    ISSUE,
    OFFICE,
    OFFICER,
    TAX,
    Scene,
    SecurityServer,
    body_of,
    scene,
)

from sogoc.database.store import Store
from sogoc.errors import AnswerRefused, NodeUnreachable, SettingsError
from sogoc.exchange.asking.questions import read
from sogoc.exchange.limits import Breaker
from sogoc.exchange.names import Service, Subsystem
from sogoc.exchange.patience.again import ONCE
from sogoc.testing.served import free_port, served
from sogoc.web.exchange.behind import trusted_from

READ = "/xroad/land/v1/thua_dat/read"
QUESTION = body_of({"key": "T1", "fields": ["dia_chi"]})


def headers(**changes: str) -> dict[str, str]:
    told = {
        "x-road-client": TAX,
        "x-road-id": str(uuid4()),
        "x-road-userid": OFFICER,
        "x-road-issue": ISSUE,
    }
    return told | {name.replace("_", "-"): value for name, value in changes.items()}


@pytest.fixture
def office(database: Store) -> Iterator[Scene]:
    with scene(database, trusted="127.0.0.0/8, ::1") as served_scene:
        yield served_scene


def test_a_trusted_security_server_asks_for_its_client_and_is_journalled(office: Scene) -> None:
    told = office.sent(READ, headers(), method="POST", body=QUESTION)
    assert told.status_code == 200
    assert told.json()["records"][0]["fields"] == {"dia_chi": "Thôn 1"}
    (entry,) = office.journal.entries
    assert (entry.member, entry.officer, entry.purpose) == (TAX, OFFICER, "1.012789")
    assert office.records()[0]["restPath"] == "/v1/thua_dat/read"


@pytest.mark.parametrize("trusted", ["", "192.0.2.7"])
def test_an_untrusted_address_with_x_road_headers_is_refused(database: Store, trusted: str) -> None:
    """Deny by default: where nobody is set, nobody is believed."""
    with scene(database, trusted=trusted) as office:
        asked = headers(x_forwarded_for="192.0.2.7")
        told = office.sent(READ, asked, method="POST", body=QUESTION)
        assert told.status_code == 403
        assert office.journal.entries == []
        # What describes the services is for everybody.
        assert office.sent("/xroad/land/openapi.json").json()["openapi"] == "3.1.0"


def test_grants_hold_as_between_nodes_and_errors_are_the_service_s_own(office: Scene) -> None:
    denied = office.sent(READ, headers(x_road_issue="9.9/X"), method="POST", body=QUESTION)
    assert denied.status_code == 403
    # A Security Server keeps X-Road-Error for its own failures.
    assert "x-road-error" not in denied.headers
    assert set(denied.json()) == {"type", "message", "detail"}
    missing = body_of({"key": "T9", "fields": ["dia_chi"]})
    assert office.sent(READ, headers(), method="POST", body=missing).status_code == 404
    assert office.sent(READ, headers(), method="POST", body=b"[]").status_code == 400
    assert office.sent("/xroad/none/v1/x/read", headers(), method="POST").status_code == 404
    assert office.sent(READ, headers()).status_code == 400


@pytest.mark.parametrize("name", ["x_road_client", "x_road_userid", "x_road_issue"])
def test_client_officer_and_procedure_must_be_named(office: Scene, name: str) -> None:
    told = office.sent(READ, headers(**{name: ""}), method="POST", body=QUESTION)
    assert told.status_code == 400


def test_a_question_without_an_id_of_its_own_goes_by_the_security_server_s(office: Scene) -> None:
    own = str(uuid4())
    told = office.sent(
        READ, headers(x_road_id="no-uuid", x_road_request_id=own), method="POST", body=QUESTION
    )
    assert told.headers["x-road-id"] == own
    assert office.journal.entries[0].request_id == own


def test_a_rate_that_is_used_up_says_when_to_come_again(office: Scene) -> None:
    answering = office.parts.answering()
    answering.grants.update(
        {name: replace(one, rate_per_minute=1) for name, one in answering.grants.items()}
    )
    office.sent(READ, headers(), method="POST", body=QUESTION)
    told = office.sent(READ, headers(), method="POST", body=QUESTION)
    assert (told.status_code, told.headers["retry-after"]) == (429, "60")


@pytest.mark.parametrize("setting", ["everybody", "10.0.0.1/8", "10.0.0.0/33"])
def test_addresses_that_are_none_stop_the_start(setting: str) -> None:
    with pytest.raises(SettingsError, match="xroad_trusted"):
        trusted_from(setting)


def test_an_address_counts_also_as_ipv6_writes_it() -> None:
    trusted = trusted_from("10.0.0.5")
    assert trusted.holds("::ffff:10.0.0.5")
    assert not trusted.holds("10.0.0.6")
    assert not trusted.holds("")


def test_a_node_asks_through_its_security_server_another_that_stands_behind_one(
    office: Scene,
) -> None:
    port = free_port()
    server = SecurityServer(office.address)
    with served(server, port) as address:
        peer = office.peer(security_server=address)
        told = read(peer, "thua_dat", "T1", fields=["dia_chi"])
        assert told["fields"] == {"dia_chi": "Thôn 1"}
        (seen,) = server.seen
        assert seen["path"] == f"/r1/{OFFICE}/land/v1/thua_dat/read"
        assert (seen["x-road-client"], seen["x-road-userid"]) == (TAX, OFFICER)
        assert "signature" not in seen
        with pytest.raises(AnswerRefused, match="status 404"):
            read(peer, "thua_dat", "T9", fields=["dia_chi"])


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"fault": "Server.ServerProxy.ServiceFailed"}, "Server.ServerProxy.ServiceFailed"),
        ({"id": str(uuid4())}, "Client.WrongId"),
    ],
)
def test_an_error_of_the_security_server_and_a_wrong_id_are_told_apart(
    office: Scene, wrong: dict[str, str], error: str
) -> None:
    with served(SecurityServer(office.address, **wrong), free_port()) as address:
        with pytest.raises(AnswerRefused) as refused:
            read(office.peer(security_server=address), "thua_dat", "T1", fields=["dia_chi"])
        assert refused.value.error == error


def test_a_slow_agency_behind_the_security_server_stops_no_question_to_another(
    office: Scene,
) -> None:
    with served(SecurityServer(office.address, slow="HEALTH"), free_port()) as address:
        peer = office.peer(security_server=address)
        # One failure, and a peer is left in peace: that must not be the server for everybody.
        line = replace(peer.line, timeout_seconds=1.0, breaker=Breaker(failures=1), patience=ONCE)
        slow = Service(Subsystem("VN", "GOV", "04", "HEALTH"), "facilities")
        with pytest.raises(NodeUnreachable, match=f"VN/GOV/04/HEALTH .{address}. does not answer"):
            read(replace(peer, line=line, service=slow), "co_so", "F1", fields=["ten"])
        told = read(replace(peer, line=line), "thua_dat", "T1", fields=["dia_chi"])
    assert told["fields"] == {"dia_chi": "Thôn 1"}
