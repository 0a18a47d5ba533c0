"""What keeps one asker from stopping the others: rates, memory of ids, and a broken line's rest.

All of it is bounded: an attacker fills a table, never the machine.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

_MINUTE = 60.0


class Rate:
    """So many questions a minute for each grant, in bursts of at most that many.

    A bucket that refills steadily: no edge of a minute at which twice as many pass.
    """

    def __init__(self, *, most: int = 10_000) -> None:
        self._most = most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._turn = Lock()

    def wait(self, grant: str, per_minute: int, *, now: float) -> float:
        """Take one question; 0 if it may be asked now, else the seconds to wait."""
        with self._turn:
            left, since = self._left.pop(grant, (float(per_minute), now))
            left = min(float(per_minute), left + (now - since) * per_minute / _MINUTE)
            allowed = left >= 1
            self._left[grant] = (left - 1 if allowed else left, now)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
            return 0.0 if allowed else (1 - left) * _MINUTE / per_minute


class SeenIds:
    """Request ids of the last `seconds`: one that comes again is a replay.

    Bounded to `most`: beyond that, a question is refused rather than an id forgotten too early.
    `since` is the moment from which on everything was seen: what was made before may have been
    taken by a process that is gone.
    """

    def __init__(self, *, seconds: int, most: int = 2_000_000, since: int = 0) -> None:
        self._seconds, self._most = seconds, most
        self.since = since
        self._seen: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._turn = Lock()

    def is_new(self, client: str, request_id: str, *, now: int) -> bool:
        """Whether this id was not seen from this client; it is from now on."""
        with self._turn:
            while self._seen and next(iter(self._seen.values())) < now - self._seconds:
                self._seen.popitem(last=False)
            if (client, request_id) in self._seen or len(self._seen) >= self._most:
                return False
            self._seen[client, request_id] = now
            return True


@dataclass(frozen=True, slots=True)
class _Line:
    failures: int = 0
    rests_until: float = 0.0


class Breaker:
    """Lets a peer rest that failed several times in a row, so that nobody waits for it in vain.

    After `failures` in a row it is not asked for `seconds`; then one question tries, and the next
    failure doubles the rest, up to an hour.
    """

    def __init__(self, *, failures: int = 5, seconds: float = 10.0) -> None:
        self._failures, self._seconds = failures, seconds
        self._lines: dict[str, _Line] = {}
        self._turn = Lock()

    def rest(self, peer: str, *, now: float) -> float:
        """Seconds until the peer may be asked again; 0 if it may now."""
        with self._turn:
            line = self._lines.get(peer, _Line())
            wait = max(0.0, line.rests_until - now)
            if line.rests_until and not wait:
                # One tries; the others go on waiting until its answer is there.
                self._lines[peer] = _Line(line.failures, now + self._seconds)
            return wait

    def answered(self, peer: str) -> None:
        """The peer answered: all is well again."""
        with self._turn:
            self._lines.pop(peer, None)

    def failed(self, peer: str, *, now: float) -> None:
        """The peer did not answer, or not in time."""
        with self._turn:
            failures = self._lines.get(peer, _Line()).failures + 1
            over = failures - self._failures
            rest = min(_HOUR, self._seconds * 2**over) if over >= 0 else 0.0
            self._lines[peer] = _Line(failures, now + rest if rest else 0.0)


_HOUR = 3600.0
