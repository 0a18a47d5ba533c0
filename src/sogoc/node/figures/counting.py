"""What one process counts: questions, entries of the journal, lines to the database.

Every label is a word of a list here or in `kinds`, a state that the database allows, or a member of
the directory that this node itself asks (`peers`): no path, no key, no name of a person, officer or
case, and no free text can become one. What is not on the list
is counted as `other`, so that whoever asks cannot make the list longer either.

Of several workers each counts in a file of its own under `var/figures`, which outlives it; whoever
reads adds them up (the library's multiprocess mode, which the command line turns on).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from sogoc.node.figures.kinds import GRANTED, OTHER, OUTCOMES, UNBELIEVED, kind_of
from sogoc.node.figures.peers import PeerFigures

if TYPE_CHECKING:
    from collections.abc import Callable

    from prometheus_client.registry import Collector

    from sogoc.exchange.monitoring.record import Seen

STATUSES = frozenset({200, 303, 304, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 502, 503})
_FAILED = 400
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
ENTRIES = (1, 2, 4, 8, 16, 32, 64, 128, 512, 2_048, 20_000)


class Figures:
    """The figures of one process. What counts never waits for anything but a lock of this process.

    `beside` is shown together with them.
    """

    def __init__(self, beside: Collector | None = None) -> None:
        self._registry = within = CollectorRegistry()
        if beside is not None:
            within.register(beside)
        self._reads: list[tuple[Gauge, Callable[[], float]]] = []
        self.peers = PeerFigures(within)
        self._known: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}
        self._questions = Counter(
            "sogoc_questions",
            "Questions by what was asked, how it ended and the HTTP status.",
            ("kind", "outcome", "status"),
            registry=within,
        )
        self._seconds = Histogram(
            "sogoc_question_seconds",
            "From the first byte of a question to the last of its answer.",
            ("kind",),
            buckets=SECONDS,
            registry=within,
        )
        self._requests = Counter(
            "sogoc_requests",
            "All requests by the first word of their address and the HTTP status.",
            ("place", "status"),
            registry=within,
        )
        self._request_seconds = Histogram(
            "sogoc_request_seconds",
            "How long requests of all kinds took.",
            ("place",),
            buckets=SECONDS,
            registry=within,
        )
        self.replays = Counter(
            "sogoc_replays_refused", "Messages refused because they came before.", registry=within
        )
        self.entries = Counter(
            "sogoc_journal_entries", "Entries of the journal made durable.", registry=within
        )
        self.commit_units = Histogram(
            "sogoc_journal_commit_questions",
            "Questions whose entries went to the disk by one commit.",
            buckets=ENTRIES,
            registry=within,
        )
        self.commit_seconds = Histogram(
            "sogoc_journal_commit_seconds",
            "How long a commit of the journal took.",
            buckets=SECONDS,
            registry=within,
        )
        self.failed_commits = Counter(
            "sogoc_journal_commits_failed",
            "Commits of the journal that failed; nothing of them was answered.",
            registry=within,
        )
        self.lines_opened = Counter(
            "sogoc_database_connections_opened", "Connections made anew.", registry=within
        )
        self._waiting = Gauge(
            "sogoc_questions_waiting",
            "Questions that wait for their turn or are being answered, small and large ones.",
            ("size",),
            registry=within,
            multiprocess_mode="livesum",
        )
        self._lines = Gauge(
            "sogoc_database_connections",
            "Open connections of the workers' threads.",
            registry=within,
            multiprocess_mode="livesum",
        )
        self._lost = Gauge(
            "sogoc_monitoring_records_lost",
            "Records of operational monitoring that could not be kept.",
            registry=within,
            multiprocess_mode="livesum",
        )

    def question(self, seen: Seen) -> None:
        """Count one question as it was seen from outside; never raises."""
        status = f"{seen.status}" if seen.status in STATUSES else OTHER
        asked = _kind(seen), _outcome(seen), status
        if (counted := self._known.get(asked)) is None:
            counted = self._known[asked] = (
                self._questions.labels(*asked),
                self._seconds.labels(asked[0]),
            )
        counted[0].inc()
        counted[1].observe((seen.left - seen.came).total_seconds())

    def request(self, place: str, status: int, seconds: float) -> None:
        """Count a request; `place` is a word of a list of the caller's."""
        told = f"{status}" if status in STATUSES else OTHER
        self._requests.labels(place, told).inc()
        self._request_seconds.labels(place).observe(seconds)

    def watch_waiting(self, size: str, read: Callable[[], float]) -> None:
        """Show from now on how many questions of a size wait."""
        self._reads.append((self._waiting.labels(size), read))

    def watch_lines(self, read: Callable[[], float]) -> None:
        """Show from now on how many connections are open."""
        self._reads.append((self._lines, read))

    def watch_lost(self, read: Callable[[], float]) -> None:
        """Show from now on how many records of monitoring were lost."""
        self._reads.append((self._lost, read))

    def pulse(self) -> None:
        """Look at everything that is watched."""
        for gauge, read in self._reads:
            gauge.set(read())

    def shown(self) -> tuple[bytes, str]:
        """The figures as Prometheus reads them, and what kind of content that is."""
        self.pulse()
        return generate_latest(self._registry), CONTENT_TYPE_LATEST


def _kind(seen: Seen) -> str:
    if not seen.service:
        return UNBELIEVED
    return kind_of(seen.template)


def _outcome(seen: Seen) -> str:
    if not seen.fault:
        return GRANTED if seen.status < _FAILED else OTHER
    return OUTCOMES.get(seen.fault, OTHER)
