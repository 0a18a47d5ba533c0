"""What is traced of questions: their steps, nobody's data, and never at the cost of an answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from tests.exchange_scene import OFFICE, Scene, scene
from tests.small_collector import Collector, collecting

from sogoc.clock import SystemClock
from sogoc.database.store import Store
from sogoc.errors import AnswerRefused, SettingsError
from sogoc.exchange.asking.questions import Peer, read
from sogoc.node.figures.spans import Spans
from sogoc.node.figures.tracing import check_tracing, tracing
from sogoc.node.settings import Settings
from sogoc.testing.served import free_port

STEPS = ["receive", "wait", "believe", "decide", "look", "journal", "sign", "send"]
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
NUMBER = "001190000001"


@contextmanager
def traced(database: Store, address: str, per_minute: int = 600) -> Iterator[Scene]:
    settings = Settings(traces_address=address, traces_per_minute=per_minute, member=OFFICE)
    with tracing(settings) as spans, scene(database, spans=spans, trusted="127.0.0.1") as office:
        yield office


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as told:
        yield told


def attributes(span: Any) -> dict[str, Any]:  # noqa: ANN401 - as the protocol has it
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


def with_parent(peer: Peer, parent: str) -> Peer:
    @contextmanager
    def around() -> Iterator[dict[str, str]]:
        yield {"traceparent": parent, "tracestate": f"a={NUMBER}"}

    return replace(peer, line=replace(peer.line, tracing=around))


def test_each_step_of_a_question_is_a_span_below_it(database: Store, collector: Collector) -> None:
    with traced(database, collector.address) as office:
        read(office.peer(), "thua_dat", "T1", fields=["dia_chi"])
        (question,) = collector.wait_for("question", 1)
    below = [span for span in collector.spans if span.parent_span_id == question.span_id]
    assert [span.name for span in below] == STEPS
    assert all(span.trace_id == question.trace_id for span in below)
    times = [at for span in below for at in (span.start_time_unix_nano, span.end_time_unix_nano)]
    assert times == sorted(times)
    assert times[0] == question.start_time_unix_nano
    assert times[-1] == question.end_time_unix_nano
    assert attributes(question) == {
        "sogoc.kind": "read",
        "sogoc.outcome": "granted",
        "http.response.status_code": 200,
        "sogoc.together": 1,
    }


def test_a_trace_goes_on_from_whoever_asks_to_whoever_answers(
    database: Store, collector: Collector
) -> None:
    asking = Spans(Settings(traces_address=collector.address), SystemClock())
    with traced(database, collector.address) as office:
        peer = office.peer()
        peer = replace(peer, line=replace(peer.line, tracing=asking.asking))
        read(peer, "thua_dat", "T1", fields=["dia_chi"])
        asking.close()
        (question,) = collector.wait_for("question", 1)
    (ask,) = collector.named("ask")
    assert question.trace_id == ask.trace_id
    assert question.parent_span_id == ask.span_id


def test_what_a_message_says_of_its_trace_is_taken_over_only_once_it_is_believed(
    database: Store, collector: Collector
) -> None:
    parent = f"00-{TRACE}-{PARENT}-01"
    with traced(database, collector.address) as office:
        read(with_parent(office.peer(), parent), "thua_dat", "T1", fields=["dia_chi"])
        read(with_parent(office.peer(), "crooked"), "thua_dat", "T1", fields=["dia_chi"])
        # Who does not want to be traced is not.
        unwanted = f"00-{TRACE}-{PARENT}-00"
        read(with_parent(office.peer(), unwanted), "thua_dat", "T1", fields=["dia_chi"])
        office.sent(f"/r1/{OFFICE}/land/v1/thua_dat/read", {"traceparent": parent}, method="POST")
        believed, crooked, stranger = collector.wait_for("question", 3)
    assert believed.trace_id.hex() == TRACE
    assert believed.parent_span_id.hex() == PARENT
    assert crooked.trace_id.hex() != TRACE
    assert stranger.trace_id.hex() != TRACE
    assert attributes(stranger)["sogoc.outcome"] == "BadRequest"


def test_nobody_s_data_gets_into_a_trace(database: Store, collector: Collector) -> None:
    with traced(database, collector.address) as office:
        peer = replace(office.peer("population"))
        peer = replace(peer, asker=replace(peer.asker, officer=f"VN{NUMBER}"))
        with pytest.raises(AnswerRefused):
            read(with_parent(peer, NUMBER), "nguoi", NUMBER, fields=["ho_ten"])
        for path in (f"/r1/{OFFICE}/population/v1/nguoi/{NUMBER}?a={NUMBER}", f"/xroad/{NUMBER}/x"):
            told = {"x-road-userid": f"VN{NUMBER}", "traceparent": NUMBER, "tracestate": NUMBER}
            office.sent(path, told, method="POST", body=NUMBER.encode())
        assert len(collector.wait_for("question", 3)) == 3
    whole = b"".join(collector.came)
    assert OFFICE.encode() in whole  # whose node it is; no other name
    for secret in (NUMBER, "Nguyễn", "population", "nguoi", "TAX", "1.012789", "ho_ten"):
        assert secret.encode() not in whole, secret


def test_only_so_many_are_traced_whatever_whoever_asks_would_have(
    database: Store, collector: Collector
) -> None:
    with traced(database, collector.address, per_minute=3) as office:
        for _ in range(9):
            parent = f"00-{TRACE}-{PARENT}-01"
            read(with_parent(office.peer(), parent), "thua_dat", "T1", fields=["dia_chi"])
    assert len(collector.wait_for("question", 3)) == 3


@pytest.mark.parametrize("fails", ["it never answers", "nobody is there"])
def test_a_collector_that_fails_holds_up_neither_an_answer_nor_the_end(
    database: Store, fails: str
) -> None:
    with collecting(silent=True) as collector:
        address = (
            collector.address if fails == "it never answers" else f"http://127.0.0.1:{free_port()}"
        )
        with traced(database, address, per_minute=100_000) as office:
            peer = office.peer()
            begun = time.monotonic()
            for _ in range(40):
                read(peer, "thua_dat", "T1", fields=["dia_chi"])
            assert time.monotonic() - begun < 10
            begun = time.monotonic()
        assert time.monotonic() - begun < 10


def test_an_address_that_is_none_is_said_before_anything_starts() -> None:
    with pytest.raises(SettingsError, match="the address of a collector"):
        check_tracing(Settings(traces_address="127.0.0.1:4318"))
