"""Two nodes over real sockets: a signed question, a granted answer, and every way to be refused."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx2
import pytest

from sogoc.access.grant import Grant, Operation
from sogoc.access.journal import GroupCommit
from sogoc.access.policies import PolicyBook
from sogoc.clock import SystemClock
from sogoc.contract.load import load
from sogoc.errors import AnswerRefused, BadSeal, NodeUnreachable
from sogoc.exchange.answering import Answering, Asked, Found
from sogoc.exchange.client import Asker, Line, ask
from sogoc.exchange.directory import Directory, DirectoryKey, Member
from sogoc.exchange.limits import Breaker, Rate, SeenIds
from sogoc.exchange.names import Service, Subsystem
from sogoc.exchange.services import openapi
from sogoc.shipped import shipped
from sogoc.testing.memory_journal import FailingJournal, MemoryJournal
from sogoc.testing.served import NO_TLS, free_port, served
from sogoc.trust.keys import SigningKey
from sogoc.trust.messages import Request, sign_request
from sogoc.web.exchange.door import Door, ExchangeParts

if TYPE_CHECKING:
    from collections.abc import Iterator

POPULATION = load(shipped("registers") / "population.odcs.yaml")
OBJECT = next(one for one in POPULATION.objects if one.persons)
NAME, NUMBER = OBJECT.persons[0].name, OBJECT.persons[0].number
SENSITIVE = next(one.name for one in OBJECT.fields if one.classification == "personal-sensitive")
LAND_KEY, POP_KEY = SigningKey(bytes(range(32))), SigningKey(bytes(range(32, 64)))
POP = Subsystem("VN", "GOV", "01", "POP")
ALWAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
GRANT = Grant(
    id="G-1",
    member="VN/GOV/02/LAND",
    register=POPULATION.id,
    fields=frozenset({NAME}),
    operations=frozenset({Operation.READ, Operation.VERIFY}),
    purpose="1.012789",
    ground="Luật Đất đai 2024, Điều 166",
    first_day=date(2020, 1, 1),
    last_day=date(2099, 1, 1),
    rate_per_minute=100_000,
    most_keys=10,
)
ASKER = Asker(
    client="VN/GOV/02/LAND",
    key=LAND_KEY,
    key_id="land-1",
    officer="VN000000000007",
    issue="1.012789/H29-260302-0001",
)
PATH = f"/v1/{OBJECT.name}/read"
QUESTION = {"key": "001190000001", "fields": [NAME]}


@dataclass
class _Shelf:
    """One made-up record."""

    asked: list[Asked] = field(default_factory=list)

    def look_up(self, asked: Asked) -> Found:
        self.asked.append(asked)
        about = asked.keys or tuple(one["number"] for one in asked.people)
        return Found(body=json.dumps({"records": []}).encode(), subjects=about)


@dataclass
class _Scene:
    """The population node, served, and how land reaches it."""

    line: Line
    journal: MemoryJournal
    shelf: _Shelf
    parts: ExchangeParts
    state: dict[str, Any]

    def ask(self, body: object, *, path: str = PATH, **changes: Any) -> Any:  # noqa: ANN401 - fields of the asker
        told = ask(
            Service(POP, POPULATION.id),
            path,
            json.dumps(body).encode(),
            asker=replace(ASKER, **changes),
            line=self.line,
        )
        return json.loads(told)

    def signed(self, **changes: str) -> Request:
        """A question with its signature, to be spoilt."""
        request = Request(
            method="POST",
            target_uri=f"{self.parts.address}/r1/{POP}/{POPULATION.id}{PATH}",
            headers={
                "x-road-client": ASKER.client,
                "x-road-id": str(uuid4()),
                "x-road-userid": ASKER.officer,
                "x-road-issue": ASKER.issue,
            }
            | changes,
            body=json.dumps(QUESTION).encode(),
        )
        now = int(SystemClock().now().timestamp())
        told = sign_request(request, LAND_KEY, key_id="land-1", created=now)
        return replace(request, headers={**request.headers, **told})

    def sent(self, request: Request) -> httpx2.Response:
        """Send it as it is."""
        with httpx2.Client(trust_env=False, verify=NO_TLS) as http:
            return http.request(
                request.method,
                request.target_uri,
                headers=dict(request.headers),
                content=request.body,
            )


def directory(address: str, version: int = 1, *, land: bool = True) -> Directory:
    def member(name: str, code: str, key: SigningKey, key_id: str) -> Member:
        keys = (DirectoryKey(id=key_id, public=key.public, since=ALWAYS[0], until=ALWAYS[1]),)
        return Member(
            id=Subsystem("VN", "GOV", name),
            name=f"Cơ quan ví dụ {name}",
            address=address,
            keys=keys,
            services=((code, (POPULATION.id,)),),
        )

    known = [member("01", "POP", POP_KEY, "pop-1")]
    if land:
        known.append(member("02", "LAND", LAND_KEY, "land-1"))
    return Directory(
        instance="VN", version=version, issued=ALWAYS[0], expires=ALWAYS[1], members=tuple(known)
    )


@pytest.fixture
def scene() -> Iterator[_Scene]:
    """Served over a real socket."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    journal, shelf = MemoryJournal(), _Shelf()
    group = GroupCommit(journal)
    state: dict[str, Any] = {
        "directory": directory(address),
        "answering": Answering(
            journal=group,
            policies=PolicyBook([GRANT]),
            grants={GRANT.id: GRANT},
            seen=SeenIds(seconds=120),
            rate=Rate(),
            clock=SystemClock(),
        ),
    }
    with ThreadPoolExecutor(8) as threads:
        parts = ExchangeParts(
            provider=str(POP),
            address=address,
            key=POP_KEY,
            key_id="pop-1",
            directory=lambda: state["directory"],
            answering=lambda: state["answering"],
            registers={POPULATION.id: POPULATION},
            shelf=lambda _object: shelf,
            threads=threads,
        )
        line = Line(directory=directory(address), clock=SystemClock())
        with served(Door(parts), port):
            yield _Scene(line, journal, shelf, parts, state)
    group.close()


def test_a_signed_and_granted_question_is_answered_and_journalled(scene: _Scene) -> None:
    assert scene.ask(QUESTION) == {"records": []}
    (entry,) = scene.journal.entries
    assert (entry.subject, entry.officer, entry.purpose) == (
        "001190000001",
        "VN000000000007",
        "1.012789",
    )


def test_a_batch_of_triples_is_asked_in_one_signed_message(scene: _Scene) -> None:
    people = [{"number": str(n), "name": "A B", "born": "1990"} for n in range(3)]
    scene.ask(
        {"people": people, "fields": []} | {"fields": [NAME]}, path=f"/v1/{OBJECT.name}/verify"
    )
    assert len(scene.shelf.asked[0].people) == len(scene.journal.entries) == 3


def test_many_ask_at_once_and_each_has_its_own_entry(scene: _Scene) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: scene.ask({**QUESTION, "key": f"{n:012}"}), range(40)))
    assert sorted(entry.subject for entry in scene.journal.entries) == [
        f"{n:012}" for n in range(40)
    ]


@pytest.mark.parametrize(
    ("body", "path", "error"),
    [
        ({**QUESTION, "fields": [SENSITIVE]}, PATH, "AccessDenied"),
        ({**QUESTION, "fields": []}, PATH, "AccessDenied"),
        ({**QUESTION, "fields": ["shoe_size"]}, PATH, "Client.BadRequest"),
        ({**QUESTION, "more": 1}, PATH, "Client.BadRequest"),
        ({"fields": [NAME]}, PATH, "Client.BadRequest"),
        ([], PATH, "Client.BadRequest"),
        (QUESTION, "/v1/nothing/read", "UnknownService"),
        (QUESTION, f"/v2/{OBJECT.name}/read", "UnknownService"),
        (QUESTION, f"/v1/{OBJECT.name}/everything", "UnknownService"),
        ({"keys": [], "fields": [NAME]}, f"/v1/{OBJECT.name}/batch", "Client.BadRequest"),
        ({"keys": ["1"] * 10_001, "fields": []}, f"/v1/{OBJECT.name}/batch", "Client.BadRequest"),
        ({"people": [{}], "fields": []}, f"/v1/{OBJECT.name}/verify", "Client.BadRequest"),
    ],
)
def test_a_question_that_may_not_be_answered_gets_a_signed_refusal(
    scene: _Scene, body: object, path: str, error: str
) -> None:
    with pytest.raises(AnswerRefused) as refused:
        scene.ask(body, path=path)
    assert error in refused.value.error
    assert not scene.shelf.asked


def test_another_purpose_than_the_grant_s_is_refused_and_journalled(scene: _Scene) -> None:
    with pytest.raises(AnswerRefused, match=r"1\.012789"):
        scene.ask(QUESTION, issue="9.999999/X")
    assert [entry.decision for entry in scene.journal.entries] == ["refused"]


def test_a_journal_whose_disk_is_full_lets_no_answer_out(scene: _Scene) -> None:
    group = GroupCommit(FailingJournal())
    scene.state["answering"] = replace(scene.state["answering"], journal=group)
    with pytest.raises(AnswerRefused) as refused:
        scene.ask(QUESTION)
    assert refused.value.error == "Server.ServerProxy.DatabaseError"
    group.close()


def test_the_same_message_sent_twice_is_a_replay(scene: _Scene) -> None:
    request = scene.signed()
    assert scene.sent(request).status_code == 200
    again = scene.sent(request)
    assert (again.status_code, again.headers["x-road-error"]) == (400, "Client.BadRequest")
    assert len(scene.journal.entries) == 1


def test_a_stranger_s_message_is_refused_without_a_signature_and_without_a_word_more(
    scene: _Scene,
) -> None:
    request = scene.signed()
    other = scene.sent(replace(request, body=b'{"key": "001190000002", "fields": []}'))
    assert other.status_code == 400
    assert "signature" not in other.headers
    assert other.json()["message"] == "The signature of the message is not accepted."


def test_a_removed_member_is_refused_at_once(scene: _Scene) -> None:
    scene.state["directory"] = directory(scene.parts.address, 2, land=False)
    with pytest.raises(AnswerRefused, match="not accepted"):
        scene.ask(QUESTION)


def test_an_answer_by_another_key_than_the_provider_s_is_not_believed(scene: _Scene) -> None:
    known = scene.line.directory.members
    wrong = replace(known[0], keys=(replace(known[0].keys[0], public=LAND_KEY.public),))
    scene.line = replace(
        scene.line, directory=replace(scene.line.directory, members=(wrong, *known[1:]))
    )
    with pytest.raises(BadSeal):
        scene.ask(QUESTION)


def test_a_question_for_another_node_is_refused(scene: _Scene) -> None:
    request = scene.signed()
    told = request.target_uri.replace("/POP/", "/TAX/")
    assert scene.sent(replace(request, target_uri=told)).status_code == 400


@pytest.mark.parametrize("missing", ["x-road-userid", "x-road-issue"])
def test_officer_and_procedure_must_be_named(scene: _Scene, missing: str) -> None:
    refused = scene.sent(scene.signed(**{missing: ""}))
    assert (refused.status_code, refused.headers["x-road-error"]) == (400, "Client.BadRequest")


def test_a_body_beyond_the_bound_is_refused_before_it_is_read(scene: _Scene) -> None:
    host, port = scene.parts.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(b"POST /r1/a/b/c/d/e HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n")
        assert b"400" in line.recv(200).split(b"\r\n")[0]


TWO_CLIENTS = (
    b"POST /r1/a/b/c/d/e HTTP/1.1\r\nhost: x\r\nx-road-client: a/b/c\r\n"
    b"x-road-client: a/b/d\r\ncontent-length: 0\r\n\r\n"
)


@pytest.mark.parametrize(
    "raw",
    [
        TWO_CLIENTS,
        b"GET / HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /r1/../../etc/passwd HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n",
        b"POST /r1 HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
        b"POST /r1/a HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabc",
    ],
)
def test_a_crooked_request_is_a_bad_request_and_the_node_goes_on(scene: _Scene, raw: bytes) -> None:
    host, port = scene.parts.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(raw)
        assert b" 400 " in line.recv(300).split(b"\r\n")[0] + b" "
    assert scene.ask(QUESTION)


def test_a_peer_that_is_down_is_said_by_name_and_then_left_in_peace() -> None:
    line = Line(
        directory=directory(f"http://127.0.0.1:{free_port()}"),
        clock=SystemClock(),
        timeout_seconds=1,
        breaker=Breaker(failures=1, seconds=60),
    )
    for _ in range(2):
        with pytest.raises(NodeUnreachable, match="VN/GOV/01"):
            ask(Service(POP, POPULATION.id), PATH, b"{}", asker=ASKER, line=line)
    with pytest.raises(NodeUnreachable, match="directory has no"):
        ask(Service(replace(POP, code="TAX"), "x"), PATH, b"{}", asker=ASKER, line=line)


def test_the_answer_tells_whose_request_it_was_and_its_hash(scene: _Scene) -> None:
    told = scene.sent(scene.signed())
    assert told.headers["x-road-service"] == f"{POP}/{POPULATION.id}"
    assert told.headers["x-road-client"] == ASKER.client
    assert len(told.headers["x-road-request-hash"]) == 88


@pytest.mark.parametrize("spoilt", [{}, {"signature": "sig1=:AAAA:"}])
def test_the_id_of_a_question_comes_back_whatever_the_answer_is(
    scene: _Scene, spoilt: dict[str, str]
) -> None:
    request = scene.signed()
    told = scene.sent(replace(request, headers={**request.headers, **spoilt}))
    assert told.headers["x-road-id"] == request.headers["x-road-id"]


def test_the_headers_of_a_security_server_are_set_anew_on_every_answer(scene: _Scene) -> None:
    request = scene.signed()
    own = {"x-road-request-id": "forged", "x-road-request-hash": "forged"}
    told = scene.sent(replace(request, headers={**request.headers, **own}))
    assert told.status_code == 200
    assert told.headers["x-road-request-id"] not in {"forged", request.headers["x-road-id"]}
    assert told.headers["x-road-request-hash"] != "forged"


def test_each_register_describes_itself_and_asks_for_nothing_in_the_address() -> None:
    told = openapi(POPULATION, str(POP))
    assert told["openapi"] == "3.1.0"
    assert f"/v1/{OBJECT.name}/verify" in told["paths"]
    assert all("{" not in path for path in told["paths"])
    assert all(list(methods) == ["post"] for methods in told["paths"].values())
