"""The journal and the memory of ids, counted: each keeps the promises of what it stands before.

Nothing here is of the library that counts: a node whose operator does not look never loads it.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING

from sogoc.access.journal import Unit
from sogoc.exchange.limits import SeenIds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sogoc.access.entry import Entry
    from sogoc.access.journal import Journal
    from sogoc.node.figures.counting import Figures

_PULSE_SECONDS = 1.0


class MeasuredJournal:
    """A journal whose commits are counted and timed."""

    def __init__(self, journal: Journal, figures: Figures) -> None:
        self._journal, self._figures = journal, figures

    def append(self, entries: Sequence[Entry]) -> range:
        """Keep the entries; return their numbers. Raises StoreError."""
        return self.append_once([Unit(entries)])[0] or range(0)

    def append_once(self, units: Sequence[Unit]) -> list[range | None]:
        """Keep each unit whose mark is new; None stands for one whose message came before."""
        figures, begun = self._figures, perf_counter()
        try:
            kept = self._journal.append_once(units)
        except Exception:
            figures.failed_commits.inc()
            raise
        figures.commit_seconds.observe(perf_counter() - begun)
        figures.commit_units.observe(len(units))
        figures.entries.inc(sum(len(numbers) for numbers in kept if numbers is not None))
        if replays := kept.count(None):
            figures.replays.inc(replays)
        return kept


class MeasuredIds(SeenIds):
    """Ids of messages; one that came again is counted."""

    def __init__(self, figures: Figures, *, seconds: int, since: int) -> None:
        super().__init__(seconds=seconds, since=since)
        self._figures = figures

    def is_new(self, client: str, request_id: str, *, now: int) -> bool:
        """Whether this id was not seen from this client; it is from now on."""
        if super().is_new(client, request_id, now=now):
            return True
        self._figures.replays.inc()
        return False


@contextmanager
def pulsing(figures: Figures) -> Iterator[Figures]:
    """Look at what is watched every second until the block ends: a reader is another process."""
    stop = Event()

    def beat() -> None:
        while not stop.wait(_PULSE_SECONDS):
            figures.pulse()

    thread = Thread(target=beat, name="figures", daemon=True)
    thread.start()
    try:
        yield figures
    finally:
        stop.set()
        thread.join(2 * _PULSE_SECONDS)
        figures.pulse()
