"""Traces of questions for a collector (OpenTelemetry, OTLP over HTTP).

Spans are made once the answer has left, from the times that were noted on the way, and wait in a
queue that is bounded; a thread sends them. A collector that is slow, dead or wrong loses spans and
nothing else. At most so many questions a minute are traced, whatever whoever asks would have: so
nobody can make a node spend its time on traces.

What a span says: which step, when, the kind of question, how it ended, how many went together. Of
the message only `traceparent` is taken over, and only if the message was believed; `tracestate`,
which may hold any text, is not.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from sogoc.exchange.limits import Rate
from sogoc.exchange.monitoring.steps import Trail

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.context import Context

    from sogoc.clock import Clock
    from sogoc.node.settings import Settings

_PATH = "/v1/traces"
_HEADER = "traceparent"
_NOT_SAMPLED = "-00"
_QUEUE, _GROUP, _EVERY_MILLISECONDS = 2_048, 256, 1_000
_PATIENCE_SECONDS = 3.0
_FAILED = 500
_NANOSECONDS = 1_000_000_000
_CONTEXT = TraceContextTextMapPropagator()


class Spans:
    """Where one process sends its spans.

    Promise: nothing here waits for the collector but `close`, which waits a few seconds.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # lost spans stop nobody
        address = settings.traces_address.rstrip("/").removesuffix(_PATH) + _PATH
        self._clock = clock
        self._most = settings.traces_per_minute
        self._rate = Rate()
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,
            shutdown_on_exit=False,
            resource=Resource(
                {"service.name": "sogoc", "service.instance.id": settings.member or "sogoc"}
            ),
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(
                OTLPSpanExporter(endpoint=address, timeout=_PATIENCE_SECONDS),
                max_queue_size=_QUEUE,
                max_export_batch_size=_GROUP,
                schedule_delay_millis=_EVERY_MILLISECONDS,
            )
        )
        self._tracer = self._provider.get_tracer("sogoc")

    def begin(self, parent: str = "") -> Trail | None:
        """A trail for a question that is traced; None for one that is not."""
        if parent.endswith(_NOT_SAMPLED) or self._rate.wait("all", self._most, now=monotonic()):
            return None
        return Trail(began=self._clock.now(), parent=parent)

    def end(self, trail: Trail, told: Mapping[str, str | int], *, believed: bool) -> None:
        """The question was answered: make its spans."""
        trail.done("send")
        began = int(trail.began.timestamp() * _NANOSECONDS)
        span = self._tracer.start_span(
            "question",
            context=_parent(trail.parent) if believed else None,
            kind=SpanKind.SERVER,
            start_time=began,
            attributes={**told, "sogoc.together": trail.together},
        )
        inside, before = trace.set_span_in_context(span), trail.at
        for step, at in trail.steps:
            part = self._tracer.start_span(
                step, context=inside, start_time=began + before - trail.at
            )
            part.end(began + at - trail.at)
            before = at
        if told.get("http.response.status_code", 0) == _FAILED:
            span.set_status(trace.StatusCode.ERROR)
        span.end(began + before - trail.at)

    @contextmanager
    def asking(self) -> Iterator[Mapping[str, str]]:
        """A span around a question to another node; the headers to send along."""
        with self._tracer.start_as_current_span(
            "ask", kind=SpanKind.CLIENT, record_exception=False, set_status_on_exception=False
        ):
            carried = dict[str, str]()
            _CONTEXT.inject(carried)
            yield {_HEADER: carried[_HEADER]}

    def close(self) -> None:
        """Send what waits, within a few seconds: what a dead collector does not take is lost."""
        last = Thread(target=self._provider.shutdown, name="traces", daemon=True)
        last.start()
        last.join(_PATIENCE_SECONDS)


def _parent(told: str) -> Context | None:
    """The context that the message names; one that is crooked names none."""
    return _CONTEXT.extract({_HEADER: told}) if told else None
