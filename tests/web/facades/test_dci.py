"""SPDCI/DCI from outside: search now and later, subscriptions, and whom this node calls back."""

from __future__ import annotations

import itertools
import json
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from threading import Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.facade_scene import LAND, LAND_KEY, NODE, NODE_KEY, PURPOSE, Scene, grant

from sogoc.clock import SystemClock
from sogoc.errors import MessageRefused
from sogoc.facades.dci.callback import check_address
from sogoc.facades.dci.messages import Heading, Sender, check_signature, read_message, written
from sogoc.facades.dci.teller import Teller

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

NUMBER = "001190000001"
AT = "/spdci/population/registry"
CODES = [
    *("err.request.bad", "err.request.unauthorized", "err.request.forbidden"),
    *("err.request.not_found", "err.request.timeout", "err.version.not_supported"),
    *("err.request.too_many_requests", "err.sender_id.invalid", "err.sender_uri.invalid"),
    *("err.receiver_id.invalid", "err.signature.missing", "err.signature.invalid"),
    *("err.encryption.invalid", "err.service.unavailable"),
]
REASONS = [
    *("rjct.reference_id.invalid", "rjct.reference_id.duplicate", "rjct.timestamp.invalid"),
    *("rjct.search_criteria.invalid", "rjct.filter.invalid", "rjct.sort.invalid"),
    *("rjct.pagination.invalid", "rjct.search.too_many_records_found"),
]
ACK = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "message": {
            "type": "object",
            "required": ["ack_status", "timestamp", "correlation_id"],
            "properties": {
                "ack_status": {"enum": ["ACK", "NACK", "ERR"]},
                "correlation_id": {"type": "string", "maxLength": 99},
                "error": {
                    "type": "object",
                    "required": ["code", "message"],
                    "properties": {
                        "code": {"enum": CODES},
                        "message": {"type": "string", "maxLength": 999},
                    },
                },
            },
        }
    },
}
HEADER = {
    "type": "object",
    "required": ["message_id", "message_ts", "action", "status"],
    "properties": {
        "status": {"enum": ["rcvd", "pdng", "succ", "rjct"]},
        "total_count": {"type": "integer"},
        "completed_count": {"type": "integer"},
    },
}
SEARCHED = {
    "type": "object",
    "required": ["header", "message"],
    "properties": {
        "signature": {"type": "string"},
        "header": HEADER,
        "message": {
            "type": "object",
            "required": ["transaction_id", "correlation_id", "search_response"],
            "properties": {
                "search_response": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["reference_id", "timestamp", "status"],
                        "properties": {
                            "status": {"enum": ["rcvd", "pdng", "succ", "rjct"]},
                            "status_reason_code": {"enum": REASONS},
                            "data": {
                                "type": "object",
                                "required": ["reg_record_type", "reg_records"],
                                "properties": {"reg_records": {"type": "array"}},
                            },
                            "pagination": {
                                "type": "object",
                                "required": ["page_size", "page_number", "total_count"],
                            },
                        },
                    },
                }
            },
        },
    },
}
SUBSCRIBED = {
    "type": "object",
    "required": ["transaction_id", "correlation_id", "subscribe_response"],
    "properties": {
        "subscribe_response": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["reference_id", "timestamp", "status"],
                "properties": {
                    "status_reason_code": {"pattern": r"^rjct\."},
                    "subscriptions": {
                        "type": "array",
                        "items": {"type": "object", "required": ["code", "status", "timestamp"]},
                    },
                },
            },
        }
    },
}
NOTICE = {
    "type": "object",
    "required": ["transaction_id", "notify_event"],
    "properties": {
        "notify_event": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["reference_id", "timestamp", "data"],
                "properties": {
                    "data": {
                        "type": "object",
                        "required": ["reg_record_type", "reg_records", "reg_event_type"],
                    }
                },
            },
        }
    },
}
MOMENT = "2026-03-02T08:00:00+07:00"
_FILES = itertools.count(1)


def by_number(number: str = NUMBER, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return {"query_type": "idtype-value", "query": {"type": "UIN", "value": number}, **more}


def predicate(*told: tuple[str, str, Any]) -> dict[str, Any]:
    listed = [
        {"expression1": {"attribute_name": name, "operator": word, "attribute_value": value}}
        for name, word, value in told
    ]
    return {"query_type": "predicate", "query": listed}


def envelope(action: str, body: dict[str, Any], *, total: int = 1, **header: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    told = {
        "version": "1.0.0",
        "message_id": str(uuid4()),
        "message_ts": MOMENT,
        "action": action,
        "sender_id": str(LAND),
        "receiver_id": str(NODE),
        "total_count": total,
        "is_msg_encrypted": False,
    }
    return {"header": {**told, **header}, "message": {"transaction_id": "T-1", **body}}


def searching(*criteria: dict[str, Any], **header: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    listed = [
        {"reference_id": f"R-{number}", "timestamp": MOMENT, "search_criteria": one}
        for number, one in enumerate(criteria)
    ]
    return envelope("search", {"search_request": listed}, total=len(listed), **header)


def found(scene: Scene, *criteria: dict[str, Any]) -> list[dict[str, Any]]:
    answer = scene.send("POST", f"{AT}/sync/search", searching(*criteria))
    assert answer.status_code == 200, answer.text
    Draft202012Validator(SEARCHED).validate(answer.json())
    listed: list[dict[str, Any]] = answer.json()["message"]["search_response"]
    return listed


def error_of(answer: httpx2.Response) -> str:
    Draft202012Validator(ACK).validate(answer.json())
    assert answer.json()["message"]["ack_status"] == "ERR"
    return str(answer.json()["message"]["error"]["code"])


@dataclass
class Partner:
    """The land office's end of the line: keeps what it is sent, answers as it is told to."""

    address: str
    came: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def partner() -> Iterator[Partner]:
    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.came.append(json.loads(body))
            told.headers.append({name.lower(): each for name, each in self.headers.items()})
            status = told.statuses.pop(0) if told.statuses else 200
            self.send_response(status)
            if status == 302:
                self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            self.wfile.write(b'{"message": {"ack_status": "ACK"}}')

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    told = Partner(f"http://127.0.0.1:{server.server_port}/spp")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()


def opened(scene: Scene, told: Partner) -> None:
    scene.settings(
        callbacks=((str(LAND), told.address),),
        callback_networks=(ip_network("127.0.0.0/8"),),
    )


def play(scene: Scene) -> None:
    """One round of telling, to its end."""
    with ThreadPoolExecutor(4) as threads:
        wait(Teller(parts=scene.parts, threads=threads).round())


def soon(scene: Scene) -> None:
    """Whatever waits for its time may go now."""
    with scene.state["store"].connect() as connection:
        connection.execute("update node.later_answer set next_at = now() - interval '1 hour'")
        connection.execute("update node.follower set next_at = now() - interval '1 hour'")


def merged(scene: Scene, *numbers: str) -> None:
    with scene.state["store"].connect() as connection:
        row = connection.execute(
            "insert into node.delivery (register, contract_version, file_name, sha256, bytes,"
            " kept_path, received_at, received_by, as_of, state, merged_at) values"
            " ('population', '1', 'f', %s, 1, 'p', now(), 'o', current_date, 'merged', now())"
            " returning id",
            (f"d{next(_FILES)}",),
        ).fetchone()
    assert row
    for number in numbers:
        scene.person(number, delivery=row[0])


def test_a_person_is_found_by_number_in_the_form_of_the_specification(scene: Scene) -> None:
    scene.person(NUMBER, "Nguyễn Thị Ánh Hòa")
    (answer,) = found(scene, by_number())
    assert (answer["status"], answer["pagination"]["total_count"]) == ("succ", 1)
    (record,) = answer["data"]["reg_records"]
    assert (record["identifier_type"], record["identifier"]) == ("UIN", NUMBER)
    assert record["name"] == {
        "sur_name": "Nguyễn",
        "second_name": "Thị Ánh",
        "given_name": "Hòa",
    }
    assert record["birthdate"] == "1990-05-02"
    assert [entry.subject for entry in scene.journal.entries] == [NUMBER]


def test_whom_nobody_knows_is_an_empty_success(scene: Scene) -> None:
    (answer,) = found(scene, by_number())
    assert (answer["status"], answer["data"]["reg_records"]) == ("succ", [])


@pytest.mark.parametrize(
    "criteria",
    [
        predicate(("UIN", "eq", NUMBER), ("birth_date", "ge", "1990"), ("DOB", "lte", "1991")),
        predicate(("UIN", "in", [NUMBER, "001190000009"])),
        {
            "query_type": "expression",
            "query": {
                "type": "ns:org:QueryType:expression",
                "value": {
                    "expression": {
                        "collection": "Person",
                        "query": {"$and": [{"UIN": NUMBER}, {"date_of_birth": {"$gte": "1990"}}]},
                    }
                },
            },
        },
        {
            "query_type": "predicate",
            "query": [
                {
                    "expression1": {
                        "attribute_name": "UIN",
                        "operator": "eq",
                        "attribute_value": NUMBER,
                    }
                },
                {
                    "expression1": {
                        "attribute_name": "ho_ten",
                        "operator": "eq",
                        "attribute_value": "X",
                    },
                    "condition": "or",
                    "expression2": {
                        "attribute_name": "ho_ten",
                        "operator": "eq",
                        "attribute_value": "Nguyễn Thị Hòa",
                    },
                },
            ],
        },
    ],
)
def test_each_kind_of_query_finds_the_same(scene: Scene, criteria: dict[str, Any]) -> None:
    scene.person(NUMBER)
    scene.person("001190000002")
    (answer,) = found(scene, criteria)
    assert [one["identifier"] for one in answer["data"]["reg_records"]] == [NUMBER]


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        (predicate(("name", "eq", "Nguyễn Thị Hòa")), "rjct.search_criteria.invalid"),
        (predicate(("shoe", "eq", "1")), "rjct.search_criteria.invalid"),
        (predicate(("UIN", "like", NUMBER)), "rjct.search_criteria.invalid"),
        (predicate(("UIN", "eq", {})), "rjct.search_criteria.invalid"),
        ({"query_type": "graphql", "query": "{ person }"}, "rjct.search_criteria.invalid"),
        ({"query_type": "idtype-value"}, "rjct.search_criteria.invalid"),
        (by_number(reg_event_type="Coronation"), "rjct.search_criteria.invalid"),
        (by_number(pagination={"page_size": 0}), "rjct.pagination.invalid"),
        (by_number(pagination={"page_size": 10, "page_number": 0}), "rjct.pagination.invalid"),
        (by_number(pagination="10"), "rjct.pagination.invalid"),
        (by_number(sort=[{"attribute_name": "shoe"}]), "rjct.sort.invalid"),
        (
            by_number(sort=[{"attribute_name": "UIN", "sort_order": "up"}]),
            "rjct.sort.invalid",
        ),
    ],
)
def test_a_mistake_is_rejected_by_its_own_code_and_the_others_are_answered(
    scene: Scene, criteria: dict[str, Any], code: str
) -> None:
    scene.person(NUMBER)
    wrong, right = found(scene, criteria, by_number())
    assert (wrong["status"], wrong["status_reason_code"]) == ("rjct", code)
    assert right["status"] == "succ"


def test_requests_of_one_message_have_ids_and_moments_of_their_own(scene: Scene) -> None:
    told = searching(by_number(), by_number(), by_number())
    first, second, third = told["message"]["search_request"]
    second["reference_id"] = first["reference_id"]
    third["timestamp"] = "yesterday"
    answer = scene.send("POST", f"{AT}/sync/search", told)
    codes = [one.get("status_reason_code") for one in answer.json()["message"]["search_response"]]
    assert codes == [None, "rjct.reference_id.duplicate", "rjct.timestamp.invalid"]


def test_too_many_records_are_asked_for_in_pages(scene: Scene) -> None:
    numbers = [f"00119000{number:04}" for number in range(103)]
    for number in numbers:
        scene.person(number)
    scene.grants(grant(scene.registers["population"], most_keys=1000))
    (answer,) = found(scene, predicate(("UIN", "in", numbers)))
    assert answer["status_reason_code"] == "rjct.search.too_many_records_found"
    pages = {"page_size": 50, "page_number": 3}
    sort = [{"attribute_name": "UIN", "sort_order": "desc"}]
    told = {**predicate(("UIN", "in", numbers)), "pagination": pages, "sort": sort}
    (page,) = found(scene, told)
    assert [one["identifier"] for one in page["data"]["reg_records"]] == numbers[2::-1]


def test_the_purpose_of_the_criteria_is_the_purpose_of_the_grant(scene: Scene) -> None:
    (answer,) = found(scene, by_number(authorize={"purpose": {"code": PURPOSE}}))
    assert answer["status"] == "succ"
    other = searching(by_number(authorize={"purpose": {"code": "9.999999"}}))
    answered = scene.send("POST", f"{AT}/sync/search", other)
    assert answered.status_code == 403
    assert answered.json()["errors"][0]["code"] == "err.request.forbidden"
    assert scene.journal.entries[-1].decision == "refused"


def test_who_is_not_believed_gets_401_with_errors(scene: Scene) -> None:
    for token in ("", "Bearer x", f"Bearer {scene.token(aud='https://other.example')}"):
        answer = scene.send(
            "POST", f"{AT}/sync/search", searching(by_number()), authorization=token
        )
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["code"] == "err.request.unauthorized"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"sender_id": "VN/GOV/01/POP"}, "err.sender_id.invalid"),
        ({"receiver_id": "VN/GOV/99/X"}, "err.receiver_id.invalid"),
        ({"version": "2.0.0"}, "err.version.not_supported"),
        ({"is_msg_encrypted": True}, "err.encryption.invalid"),
        ({"message_id": ""}, "err.request.bad"),
        ({"message_ts": "2026-03-02"}, "err.request.bad"),
        ({"message_ts": "2026-03-02T08:00:00"}, "err.request.bad"),
        ({"total_count": "1"}, "err.request.bad"),
    ],
)
def test_a_header_that_is_wrong_is_answered_with_err(
    scene: Scene, header: dict[str, Any], code: str
) -> None:
    answer = scene.send("POST", f"{AT}/sync/search", searching(by_number(), **header))
    assert (answer.status_code, error_of(answer)) == (400, code)


@pytest.mark.parametrize(
    "told",
    [
        [],
        {},
        {"header": {}, "message": {}},
        {**envelope("search", {"search_request": {}})},
        {**envelope("search", {"search_request": []})},
        {**envelope("search", {"transaction_id": "x" * 100})},
        {**envelope("search", {"transaction_id": 1})},
        {**searching(by_number()), "signature": 1},
    ],
)
def test_a_message_that_is_none_is_answered_with_err(scene: Scene, told: object) -> None:
    for path in ("sync/search", "search"):
        answer = scene.send("POST", f"{AT}/{path}", told)
        assert (answer.status_code, error_of(answer)) == (400, "err.request.bad")


def test_a_rejected_header_says_so_in_the_header(scene: Scene) -> None:
    first = searching(by_number())
    assert scene.send("POST", f"{AT}/sync/search", first).status_code == 200
    again = scene.send("POST", f"{AT}/sync/search", first).json()
    assert again["header"]["status_reason_code"] == "rjct.message_id.duplicate"
    assert (again["header"]["status"], "message" in again) == ("rjct", False)
    seeking = searching(by_number())
    seeking["header"]["action"] = "seek"
    for changed, code in (
        (searching(by_number(), total_count=2), "rjct.total_count.invalid"),
        (seeking, "rjct.action.invalid"),
        (searching(*[by_number()] * 101), "rjct.total_count.limit_exceeded"),
    ):
        told = scene.send("POST", f"{AT}/sync/search", changed).json()
        assert told["header"]["status_reason_code"] == code


def test_another_content_type_is_not_taken(scene: Scene) -> None:
    body = json.dumps(searching(by_number())).encode()
    answer = scene.raw("POST", f"{AT}/sync/search", body, **{"content-type": "text/plain"})
    assert error_of(answer) == "err.request.bad"


def test_a_signature_is_verified_or_the_message_is_refused(scene: Scene) -> None:
    sender = Sender(id=str(LAND), key=LAND_KEY, key_id="land-1")
    told = searching(by_number())
    now = SystemClock().now()

    def signed(by: Sender) -> dict[str, Any]:
        heading = Heading(action="search", receiver=str(NODE))
        return written(heading, told["message"], by, now=now)

    scene.settings(signatures_required=True)
    assert error_of(scene.send("POST", f"{AT}/sync/search", told)) == "err.signature.missing"
    scene.settings(signatures_required=False)
    assert scene.send("POST", f"{AT}/sync/search", signed(sender)).status_code == 200
    other = Sender(id=str(LAND), key=NODE_KEY, key_id="land-1")
    for wrong in (
        signed(other),
        {**searching(by_number()), "signature": signed(sender)["signature"]},
        {**searching(by_number()), "signature": "Signature: Base64(signing content)"},
    ):
        assert error_of(scene.send("POST", f"{AT}/sync/search", wrong)) == "err.signature.invalid"


def test_an_answer_bears_the_node_s_own_signature(scene: Scene) -> None:
    answer = scene.send("POST", f"{AT}/sync/search", searching(by_number())).content
    message = read_message(answer, "on-search")
    now = int(SystemClock().now().timestamp())
    keys = scene.parts.directory().at(SystemClock().now())
    check_signature(message, keys, now=now, tolerance_seconds=60)
    changed = answer.replace(b'"succ"', b'"rjct"')
    with pytest.raises(MessageRefused):
        check_signature(read_message(changed, "on-search"), keys, now=now, tolerance_seconds=60)


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


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "value", "query", "$and", "UIN", "x"]), inner)
    ),
    max_leaves=8,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    criteria=st.fixed_dictionaries(
        {"query_type": st.sampled_from(["idtype-value", "expression", "predicate"])},
        optional={"query": ANYTHING, "sort": ANYTHING, "pagination": ANYTHING, "consent": ANYTHING},
    )
)
def test_no_criteria_make_it_stumble(scene: Scene, criteria: dict[str, Any]) -> None:
    (answer,) = found(scene, criteria)
    assert answer["status"] in {"succ", "rjct"}
