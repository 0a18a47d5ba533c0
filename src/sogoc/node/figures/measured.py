"""The journal, the memory of ids and breakers, counted: each keeps the promises of what it is.

Nothing here is of the library that counts: a node whose operator does not look never loads it.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING

from sogoc.access.journal import Unit
from sogoc.exchange.limits import Breaker, SeenIds, Stands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sogoc.access.entry import Entry
    from sogoc.access.journal import Journal
    from sogoc.node.figures.counting import Figures
    from sogoc.node.figures.peers import PeerFigures

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


_STATES = {Stands.ASKED: 0, Stands.TRIED: 1, Stands.RESTS: 2}


class MeasuredBreaker(Breaker):
    """A breaker whose questions, rests and tries are counted; `named` gives a peer's label."""

    def __init__(
        self,
        figures: PeerFigures,
        purpose: str,
        *,
        named: Callable[[str], str],
        longest_seconds: float,
    ) -> None:
        super().__init__(longest_seconds=longest_seconds)
        self._figures, self._purpose, self._named = figures, purpose, named

    def rest(self, peer: str, *, now: float) -> float:
        """Seconds until the peer may be asked again; 0 if it may now."""
        wait = super().rest(peer, now=now)
        if wait:
            self._asked(peer, "refused")
        else:
            self._show(peer)
        return wait

    def answered(self, peer: str) -> None:
        """The peer answered: all is well again."""
        super().answered(peer)
        self._asked(peer, "answered")
        self._show(peer)

    def failed(self, peer: str, *, now: float) -> float:
        """The peer did not answer, or not in time; the seconds that it rests for, 0 for none."""
        rest = super().failed(peer, now=now)
        self._asked(peer, "failed")
        if rest:
            self._figures.opened.labels(self._named(peer), self._purpose).inc()
        self._show(peer)
        return rest

    def again(self, peer: str) -> None:
        """The same question goes to the peer once more."""
        self._figures.retries.labels(self._named(peer), self._purpose).inc()

    def _asked(self, peer: str, outcome: str) -> None:
        self._figures.asked.labels(self._named(peer), self._purpose, outcome).inc()

    def _show(self, peer: str) -> None:
        """The worst of those that share the label."""
        label = self._named(peer)
        alike = [each for each in self.troubled() if self._named(each.peer) == label]
        worst = max((_STATES[each.stands] for each in alike), default=0)
        self._figures.state.labels(label, self._purpose).set(worst)


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
