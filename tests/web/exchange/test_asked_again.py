"""A peer that is down, slow or overloaded: asked again within bounds, journalled once, left alone.

Over real sockets: the node is the real door, what goes wrong is a line or a server before it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.crooked_peer import IN_THE_BODY, IN_THE_HEAD, peer, silent, trickling
from tests.web.exchange.test_door import (
    ASKER,
    GRANT,
    LAND_KEY,
    PATH,
    POP,
    POP_KEY,
    POPULATION,
    QUESTION,
    directory,
)

from sogoc.access.journal import GroupCommit
from sogoc.access.policies import PolicyBook
from sogoc.clock import SystemClock
from sogoc.errors import AnswerRefused, NodeUnreachable
from sogoc.exchange.answering import Answering, Asked, Found
from sogoc.exchange.client import Line, ask
from sogoc.exchange.limits import Breaker, Rate, SeenIds, Stands
from sogoc.exchange.names import Service
from sogoc.exchange.patience.again import Patience
from sogoc.exchange.patience.places import Places
from sogoc.testing.day.line import State, TcpLine, lines
from sogoc.testing.memory_journal import MemoryJournal
from sogoc.testing.served import NO_TLS, free_port, served
from sogoc.trust.messages import Request, sign_request
from sogoc.web.exchange.door import Door, ExchangeParts

KEY = '"one-question"'


@dataclass
class _Shelf:
    """Finds what it is told to find."""

    subjects: tuple[str, ...] = ("001190000001",)
    asked: list[Asked] = field(default_factory=list)

    def look_up(self, asked: Asked) -> Found:
        self.asked.append(asked)
        return Found(body=b'{"records": []}', subjects=self.subjects)


@dataclass
class _Scene:
    """A node behind a line and behind what may stand before it."""

    address: str
    way: TcpLine
    journal: MemoryJournal
    shelf: _Shelf
    answering: dict[str, Answering]
    before: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """What is answered instead, to the next questions."""
    rests: list[float] = field(default_factory=list)

    def line(self, **changes: Any) -> Line:  # noqa: ANN401 - fields of the line
        return replace(
            Line(
                directory=directory(self.address),
                clock=SystemClock(),
                patience=Patience(rest=self.rests.append),
            ),
            **changes,
        )

    def ask(self, line: Line | None = None) -> Any:  # noqa: ANN401 - JSON
        service, body = Service(POP, POPULATION.id), json.dumps(QUESTION).encode()
        return json.loads(ask(service, PATH, body, asker=ASKER, line=line or self.line()))

    def message(self, key: str = KEY, *, body: object = QUESTION, **changes: str) -> Request:
        """A signed question under a key."""
        headers = {
            "x-road-client": ASKER.client,
            "x-road-id": str(uuid4()),
            "x-road-userid": ASKER.officer,
            "x-road-issue": ASKER.issue,
            **({"idempotency-key": key} if key else {}),
            **changes,
        }
        uri = f"{self.address}/r1/{POP}/{POPULATION.id}{PATH}"
        request = Request(
            method="POST", target_uri=uri, headers=headers, body=json.dumps(body).encode()
        )
        now = int(SystemClock().now().timestamp())
        told = sign_request(request, LAND_KEY, key_id="land-1", created=now)
        return replace(request, headers={**headers, **told})

    def sent(self, request: Request, *more: tuple[str, str]) -> httpx2.Response:
        with httpx2.Client(trust_env=False, verify=NO_TLS) as http:
            return http.post(
                request.target_uri,
                headers=[*request.headers.items(), *more],
                content=request.body,
            )


@pytest.fixture
def scene() -> Iterator[_Scene]:
    ports = free_port(), free_port()
    address = f"http://127.0.0.1:{ports[0]}"
    journal, shelf = MemoryJournal(), _Shelf()
    answering = {
        "": Answering(
            journal=journal,
            policies=PolicyBook([GRANT]),
            grants={GRANT.id: GRANT},
            seen=SeenIds(seconds=120),
            rate=Rate(),
            clock=SystemClock(),
        )
    }
    with ThreadPoolExecutor(4) as threads, lines({"node": ports}) as ways:
        parts = ExchangeParts(
            provider=str(POP),
            address=address,
            key=POP_KEY,
            key_id="pop-1",
            directory=lambda: directory(address),
            answering=lambda: answering[""],
            registers={POPULATION.id: POPULATION},
            shelf=lambda _object: shelf,
            threads=threads,
        )
        made = _Scene(address, ways["node"], journal, shelf, answering)
        with served(_before(made, Door(parts)), ports[1]):
            yield made


def _before(scene: _Scene, door: Door) -> Any:  # noqa: ANN401 - an ASGI application
    async def app(scope: Any, receive: Any, send: Callable[..., Awaitable[None]]) -> None:  # noqa: ANN401 - ASGI
        if not scene.before:
            await door(scope, receive, send)
            return
        status, headers = scene.before.pop(0)
        told = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": b"{}"})

    return app


# --- asked again, journalled once ------------------------------------------------------------


def test_an_answer_lost_on_the_way_is_asked_for_again_and_journalled_once(scene: _Scene) -> None:
    scene.way.state = State.BREAKING

    def rest(seconds: float) -> None:
        scene.rests.append(seconds)
        scene.way.state = State.WHOLE

    assert scene.ask(scene.line(patience=Patience(rest=rest))) == {"records": []}
    assert len(scene.rests) == 1
    assert len(scene.shelf.asked) == 2
    assert len(scene.journal.entries) == 1


def test_two_questions_of_one_program_are_two_entries(scene: _Scene) -> None:
    scene.ask()
    scene.ask()
    assert len(scene.journal.entries) == 2


def test_under_one_key_a_question_is_answered_each_time_and_journalled_once(scene: _Scene) -> None:
    for _ in range(3):
        assert scene.sent(scene.message()).status_code == 200
    assert len(scene.journal.entries) == 1
    scene.sent(scene.message('"another"'))
    scene.sent(scene.message(""))
    scene.sent(scene.message(""))
    assert len(scene.journal.entries) == 4


def test_a_message_that_is_repeated_as_it_was_is_a_replay_with_a_key_as_without(
    scene: _Scene,
) -> None:
    message = scene.message()
    assert [scene.sent(message).status_code for _ in range(2)] == [200, 400]


def test_a_key_that_was_used_keeps_nothing_else_out_of_the_journal(scene: _Scene) -> None:
    """Another person, another case, another officer, another finding: each has its entry."""
    scene.sent(scene.message())
    scene.sent(scene.message(body={**QUESTION, "key": "001190000002"}))
    scene.sent(scene.message(**{"x-road-issue": "1.012789/another-case"}))
    scene.sent(scene.message(**{"x-road-userid": "VN000000000008"}))
    assert len(scene.journal.entries) == 4
    scene.shelf.subjects = ("001190000001", "001190000003")
    scene.sent(scene.message())
    assert [entry.subject for entry in scene.journal.entries[4:]] == [*scene.shelf.subjects]


def test_a_grant_that_ended_between_two_tries_refuses_the_second_and_that_is_journalled(
    scene: _Scene,
) -> None:
    scene.sent(scene.message())
    scene.answering[""] = replace(scene.answering[""], policies=PolicyBook([]), grants={})
    assert scene.sent(scene.message()).status_code == 500
    assert [entry.decision for entry in scene.journal.entries] == ["granted", "refused"]


def test_a_key_that_is_slipped_in_or_changed_on_the_way_is_not_believed(scene: _Scene) -> None:
    scene.sent(scene.message())
    for key in ("", '"other"'):
        message = scene.message(key)
        told = scene.sent(replace(message, headers={**message.headers, "idempotency-key": KEY}))
        assert (told.status_code, "signature" in told.headers) == (400, False)
    without = {
        name: value for name, value in scene.message().headers.items() if name != "idempotency-key"
    }
    assert scene.sent(replace(scene.message(), headers=without)).status_code == 400
    assert scene.sent(scene.message(), ("Idempotency-Key", '"second"')).status_code == 400
    assert len(scene.journal.entries) == 1


@pytest.mark.parametrize("key", ["bare", '""', f'"{"x" * 65}"', '"a"b"', '"a"; x=1'])
def test_a_key_that_is_no_string_of_the_standard_is_a_bad_question(scene: _Scene, key: str) -> None:
    told = scene.sent(scene.message(key))
    assert (told.status_code, told.headers["x-road-error"]) == (400, "Client.BadRequest")
    assert "signature" in told.headers
    assert not scene.journal.entries


# --- overloaded ------------------------------------------------------------------------------

OVERLOADED = {"x-road-error": "Server.ServerProxy.Overloaded"}


def test_a_node_that_says_when_to_come_again_is_asked_then_and_not_before(scene: _Scene) -> None:
    scene.before = [(500, {**OVERLOADED, "retry-after": "1"})]
    began = time.monotonic()
    assert scene.ask(scene.line(patience=Patience())) == {"records": []}
    assert 1 <= time.monotonic() - began < 5


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_so_is_one_whose_proxy_says_so(scene: _Scene, status: int) -> None:
    later = SystemClock().now() + timedelta(seconds=30)
    scene.before = [
        (status, {"retry-after": format_datetime(later, usegmt=True)}),
        (status, {}),
    ]
    assert scene.ask() == {"records": []}
    assert 28 < scene.rests[0] < 31
    assert scene.rests[1] < 1


def test_whoever_may_not_wait_that_long_is_told_at_once(scene: _Scene) -> None:
    scene.before = [(503, {**OVERLOADED, "retry-after": "3600"})]
    with pytest.raises(AnswerRefused) as refused:
        scene.ask()
    assert refused.value.wait_seconds == 3600
    assert not scene.rests


def test_a_node_that_stays_overloaded_is_asked_a_few_times_and_not_for_ever(scene: _Scene) -> None:
    scene.before = [(500, OVERLOADED)] * 9
    with pytest.raises(AnswerRefused, match="Overloaded"):
        scene.ask()
    assert (len(scene.before), len(scene.rests)) == (5, 3)


def test_a_node_that_has_no_room_says_when_to_come_again(scene: _Scene) -> None:
    full = GroupCommit(scene.journal, most=0)
    scene.answering[""] = replace(scene.answering[""], journal=full)
    told = scene.sent(scene.message())
    assert (told.headers["x-road-error"], told.headers["retry-after"]) == (
        "Server.ServerProxy.Overloaded",
        "1",
    )
    full.close()


def test_a_refusal_that_stays_is_asked_once(scene: _Scene) -> None:
    scene.before = [(400, {"x-road-error": "Client.BadRequest", "retry-after": "1"})] * 2
    with pytest.raises(AnswerRefused):
        scene.ask()
    assert len(scene.before) == 1


# --- down and slow ---------------------------------------------------------------------------


def test_a_node_that_comes_up_between_two_tries_answers(scene: _Scene) -> None:
    scene.way.state = State.CUT

    def rest(seconds: float) -> None:
        del seconds
        scene.way.state = State.WHOLE

    assert scene.ask(scene.line(patience=Patience(rest=rest))) == {"records": []}


def test_a_peer_that_is_left_in_peace_is_not_asked_again_either(scene: _Scene) -> None:
    scene.way.state = State.CUT
    line = scene.line(breaker=Breaker(failures=2, seconds=60))
    began = line.clock.now().timestamp()
    with pytest.raises(NodeUnreachable, match="did not answer 2 times in a row, since "):
        scene.ask(line)
    assert len(scene.rests) == 2
    (land,) = line.troubled()
    assert (land.peer, land.failures, land.stands) == (str(POP.owner), 2, Stands.RESTS)
    assert began <= land.since <= land.rests_until - 60 <= line.clock.now().timestamp()
    scene.way.state = State.WHOLE
    assert scene.ask(replace(line, breaker=Breaker())) == {"records": []}


@pytest.mark.parametrize(
    "manner",
    [silent, trickling(IN_THE_HEAD), trickling(IN_THE_BODY)],
    ids=["silent", "head", "body"],
)
def test_a_slow_peer_never_stops_questions_to_another_on_the_same_line(
    scene: _Scene,
    manner: Any,  # noqa: ANN401 - how a peer answers
) -> None:
    """More threads ask the slow one than there are; the other is asked all the time."""
    with peer(manner) as slow, ThreadPoolExecutor(12) as threads:
        members = directory(scene.address).members
        line = scene.line(
            directory=replace(
                directory(scene.address), members=(members[0], replace(members[1], address=slow))
            ),
            timeout_seconds=1.0,
            places=Places(most=4),
            patience=Patience(tries=1),
        )
        began = time.monotonic()
        crowd = [threads.submit(_of_the_slow_one, line) for _ in range(40)]
        for _ in range(5):
            answers = [threads.submit(scene.ask, line) for _ in range(4)]
            assert [one.result() for one in answers] == [{"records": []}] * 4
        assert all("VN/GOV/02" in one.result() for one in crowd)
        # Held by the slow one: four at a time, each for no longer than its second.
        assert time.monotonic() - began < 4


def _of_the_slow_one(line: Line) -> str:
    land = replace(POP, member="02", code="LAND")
    with pytest.raises(NodeUnreachable) as refused:
        ask(Service(land, POPULATION.id), PATH, b"{}", asker=ASKER, line=line)
    return str(refused.value)
