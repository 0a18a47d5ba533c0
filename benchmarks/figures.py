"""What counting costs a question, in one process: microseconds of its own, nothing around it.

In the mode of several processes, where each figure is written into a mapped file.

Use: figures.py [questions]
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from harness import record

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS = ("receive", "wait", "believe", "decide", "look", "journal", "sign")
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TOGETHER = 8
"""So many questions go to the disk by one commit, about as measured under load."""
OF_A_QUESTION_MICROSECONDS = 2 * 1_000_000 / 1_900
"""What a question costs where two cores answer 1,900 a second."""


def main() -> None:
    """Measure, and record it."""
    questions = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as kept:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = kept  # noqa: TID251 - before the library is loaded
        each = min(_measured(questions) for _ in range(5))
    told = {
        "questions": questions,
        "microseconds": round(each, 2),
        "share": round(each / OF_A_QUESTION_MICROSECONDS, 4),
        "microseconds_of_a_trace": round(_traced(2_000), 1),
    }
    print(told)
    record("figures", told)


def _measured(questions: int) -> float:
    counted, ids, kept = _parts()
    begun = perf_counter()
    for number in range(0, questions, TOGETHER):
        for one in range(TOGETHER):
            ids(f"{number + one}")
            counted()
        kept()
    with_figures = perf_counter() - begun
    plain = _plain(questions)
    return (with_figures - plain) / questions * 1e6


def _traced(questions: int) -> float:
    """Microseconds that the spans of one traced question take; the collector is not there."""
    from sogoc.clock import SystemClock
    from sogoc.node.figures.spans import Spans
    from sogoc.node.settings import Settings

    spans = Spans(
        Settings(traces_address="http://127.0.0.1:9", traces_per_minute=10_000_000), SystemClock()
    )
    begun = perf_counter()
    for _ in range(questions):
        trail = spans.begin(PARENT)
        for step in STEPS:
            if trail:
                trail.done(step)
        if trail:
            spans.end(trail, {"sogoc.kind": "read"}, believed=True)
    took = perf_counter() - begun
    spans.close()
    return took / questions * 1e6


def _parts() -> tuple[Callable[[], None], Callable[[str], None], Callable[[], None]]:
    from sogoc.access.journal import Unit
    from sogoc.exchange.monitoring.record import Seen
    from sogoc.node.figures.counting import Figures
    from sogoc.node.figures.measured import MeasuredIds, MeasuredJournal
    from sogoc.testing.memory_journal import MemoryJournal

    figures = Figures()
    journal = MeasuredJournal(MemoryJournal(), figures)
    ids = MeasuredIds(figures, seconds=120, since=0)
    now = datetime(2026, 11, 30, tzinfo=UTC)
    seen = Seen(
        method="POST",
        service="VN/GOV/01/POP/population",
        template="/v1/nguoi/verify",
        client="VN/GOV/02/LAND",
        headers={},
        came=now,
        left=now + timedelta(milliseconds=20),
        request_bytes=1,
        response_bytes=1,
        status=200,
    )
    units = [Unit(()) for _ in range(TOGETHER)]
    return (
        lambda: figures.question(seen),
        lambda one: ids.is_new("a", one, now=1) and None,
        lambda: journal.append_once(units) and None,
    )


def _plain(questions: int) -> float:
    """The same without figures."""
    from sogoc.access.journal import Unit
    from sogoc.exchange.limits import SeenIds
    from sogoc.testing.memory_journal import MemoryJournal

    journal, ids = MemoryJournal(), SeenIds(seconds=120)
    units = [Unit(()) for _ in range(TOGETHER)]
    begun = perf_counter()
    for number in range(0, questions, TOGETHER):
        for one in range(TOGETHER):
            ids.is_new("a", f"{number + one}", now=1)
        journal.append_once(units)
    return perf_counter() - begun


if __name__ == "__main__":
    main()
