"""Messages of SPDCI/DCI as tests write and check them, and a partner that is called back."""

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

from jsonschema import Draft202012Validator
from tests.facade_scene import LAND, NODE, Scene

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
