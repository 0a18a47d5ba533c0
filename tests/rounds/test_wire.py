"""A round over a line that breaks: what arrived is not sent again, and nobody else may ask."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rounds.nodes import BANK, BH, CLOCK, DIRECTORY, GRANT, KEYS, POP, Agencies, key_id, us

from sogoc.access.policies import PolicyBook
from sogoc.errors import AnswerRefused, NodeUnreachable, SogocError, UnknownThing
from sogoc.exchange.answering import Answering
from sogoc.exchange.client import Line
from sogoc.exchange.limits import Breaker, Rate, SeenIds
from sogoc.exchange.protocol import Envelope
from sogoc.rounds.landing import land
from sogoc.rounds.opening import question_chunks
from sogoc.rounds.package import CHUNK, QUESTION, About, pack
from sogoc.rounds.rounds import State
from sogoc.rounds.sending import Wire, collected, fetch, send, standing
from sogoc.rounds.taken import Stand
from sogoc.rounds.taking import asked
from sogoc.testing.served import free_port, served
from sogoc.web.exchange.door import Door, ExchangeParts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sogoc.access.grant import Grant


@dataclass
class BrokenLine(httpx2.BaseTransport):
    """Lets so many questions through, then is down; remembers where they went."""

    most: int = 1000
    paths: list[str] = field(default_factory=list)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if len(self.paths) >= self.most:
            raise httpx2.ConnectError("the line is down")
        self.paths.append(request.url.path.rpartition("/v1/rounds/")[2])
        with httpx2.HTTPTransport() as real:
            answer = real.handle_request(request)
            answer.read()
        headers = answer.headers.multi_items()
        stream = httpx2.ByteStream(answer.content)
        return httpx2.Response(answer.status_code, headers=headers, stream=stream)


@contextmanager
def line_to(agencies: Agencies, transport: BrokenLine, *grants: Grant) -> Iterator[Wire]:
    """The population node, served, and the line to it."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    members = tuple(replace(one, address=address) for one in DIRECTORY.members)
    directory = replace(DIRECTORY, members=members)
    answering = Answering(
        journal=agencies.journal,
        policies=PolicyBook(grants),
        grants={one.id: one for one in grants},
        seen=SeenIds(seconds=120),
        rate=Rate(),
        clock=CLOCK,
    )
    with ThreadPoolExecutor(2) as threads:
        door = Door(
            ExchangeParts(
                provider=POP,
                address=address,
                key=KEYS[POP],
                key_id=key_id(POP),
                directory=lambda: directory,
                answering=lambda: answering,
                registers={},
                shelf=lambda _: pytest.fail("nothing is looked up for a round"),
                threads=threads,
                rounds=lambda path, sender, body: asked(
                    path, sender, body, by=agencies.taking(*grants)
                ),
            )
        )
        with served(door, port):
            line = Line(
                directory=directory, clock=CLOCK, transport=transport, breaker=Breaker(failures=99)
            )
            yield Wire(us=us(BH), line=lambda: line, rest=lambda _: None, tries=2)


def nothing(done: int, count: int) -> None:
    del done, count


def large_question(agencies: Agencies, payload: Path) -> int:
    """A round whose package has four chunks."""
    number = agencies.open()
    one = agencies.rounds().one(number)
    payload.write_bytes(b"made up" * (CHUNK // 2))
    about = About(
        package=one.package,
        kind=QUESTION,
        round=number,
        sender=BH,
        sender_key=key_id(BH),
        receiver=POP,
        receiver_key=key_id(POP),
        made=CLOCK.now().isoformat(),
        register="population",
        officer=one.wish.officer,
        issue=one.wish.issue,
        fields=one.wish.fields,
        once=False,
        answers="",
        rows=one.persons,
    )
    chunks = question_chunks(agencies.bh, number)
    packed = pack(payload, about, receiver=KEYS[POP].public, signer=KEYS[BH], keep=chunks.keep)
    chunks.begin(packed.head)
    return number


def test_a_round_goes_over_the_line_and_its_answer_comes_back(agencies: Agencies) -> None:
    number = agencies.open()
    with line_to(agencies, BrokenLine(), GRANT) as wire:
        assert send(agencies.bh, number, wire, told=nothing).state is Stand.WHOLE
        one = agencies.rounds().one(number)
        assert one.state is State.SENT
        assert standing(one, wire).head is None
        taken = agencies.taking().rounds.one(one.package, member=BH)
        agencies.answer(taken)
        head = standing(one, wire).head
        assert head is not None
        package = fetch(agencies.bh, one, head, wire=wire, told=nothing)
        landed = land(agencies.bh, one, package, us=us(BH), by="can-bo")
        collected(one, wire)
        assert standing(one, wire).state is Stand.COLLECTED
    assert sum(landed.counts.values()) == 5


def test_after_a_line_broke_only_what_is_missing_is_sent(
    agencies: Agencies, tmp_path: Path
) -> None:
    number = large_question(agencies, tmp_path / "payload")
    first, second = BrokenLine(most=3), BrokenLine()
    with line_to(agencies, first, GRANT) as wire:
        with pytest.raises(NodeUnreachable):
            send(agencies.bh, number, wire, told=nothing)
        assert agencies.rounds().one(number).state is State.OPEN
        mended = replace(wire.line(), transport=second)
        again = replace(wire, line=lambda: mended)
        assert send(agencies.bh, number, again, told=nothing).state is Stand.WHOLE
    package = agencies.rounds().one(number).package
    assert first.paths == ["offer", f"{package}/chunk/0", f"{package}/chunk/1"]
    assert second.paths == ["offer", f"{package}/chunk/2", f"{package}/chunk/3"]


def test_a_payload_that_is_no_list_of_persons_is_refused_and_says_so(
    agencies: Agencies, tmp_path: Path
) -> None:
    number = large_question(agencies, tmp_path / "payload")
    with line_to(agencies, BrokenLine(), GRANT) as wire:
        send(agencies.bh, number, wire, told=nothing)
        one = agencies.rounds().one(number)
        with pytest.raises(AssertionError):
            agencies.answer(agencies.taking().rounds.one(one.package, member=BH))
        told = standing(one, wire)
    assert told.state is Stand.REFUSED
    assert "no list of persons" in told.reason


def test_a_round_without_a_grant_is_refused_with_the_reason_and_may_be_sent_later(
    agencies: Agencies,
) -> None:
    number = agencies.open()
    with line_to(agencies, BrokenLine()) as wire, pytest.raises(AnswerRefused, match="grant"):
        send(agencies.bh, number, wire, told=nothing)
    refused = agencies.rounds().one(number)
    assert refused.state is State.REFUSED
    assert "quyền khai thác" in refused.reason
    with line_to(agencies, BrokenLine(), GRANT) as wire:
        send(agencies.bh, number, wire, told=nothing)
    assert agencies.rounds().one(number).state is State.SENT


def envelope_of(member: str) -> Envelope:
    return Envelope(
        client=member,
        request_id=str(uuid4()),
        officer="VN000000000007",
        purpose="1.012789",
        case="H29-1",
        party="",
    )


def test_another_member_neither_sees_nor_fetches_nor_fills_a_round(agencies: Agencies) -> None:
    taken = agencies.take(agencies.carried(agencies.open()), GRANT)
    agencies.answer(taken)
    by = agencies.taking(GRANT)
    for what in ("state", "answer/0", "chunk/0", "collected"):
        with pytest.raises(UnknownThing, match="no such package"):
            asked(f"/v1/rounds/{taken.package}/{what}", envelope_of(BANK), b"{}", by=by)
    assert asked(f"/v1/rounds/{taken.package}/state", envelope_of(BH), b"{}", by=by).body


def test_whatever_is_asked_of_a_round_is_answered_or_refused_in_words(
    agencies: Agencies,
) -> None:
    taken = agencies.take(agencies.carried(agencies.open()), GRANT)
    agencies.answer(taken)
    by = agencies.taking(GRANT)
    rests = st.text(max_size=20) | st.sampled_from(
        ["chunk/999999", "answer/7", "answer", "chunk", "state/1", "offer", "../state", "answer/-1"]
    )

    @settings(max_examples=100, deadline=None)
    @given(rest=rests, body=st.binary(max_size=50) | st.just(b'{"head": "AAAA"}'))
    def tried(rest: str, body: bytes) -> None:
        for path in (f"/v1/rounds/{rest}", f"/v1/rounds/{taken.package}/{rest}"):
            with suppress(SogocError):
                assert asked(path, envelope_of(BH), body, by=by).body

    tried()
