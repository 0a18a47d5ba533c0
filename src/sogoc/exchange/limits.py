"""What keeps one asker from stopping the others: rates, memory of ids, and a broken line's rest.

All of it is bounded: an attacker fills a table, never the machine.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from threading import Lock

from sogoc.clock import VIETNAM
from sogoc.errors import NodeUnreachable, Sentence

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


class Stands(StrEnum):
    """Whether a peer that failed is asked."""

    ASKED = "asked"
    """As ever: it failed only a few times."""
    TRIED = "tried"
    """One question tries whether it answers again; the others wait for that."""
    RESTS = "rests"
    """Nobody asks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubled:
    """A peer that did not answer when it was asked last. Moments are seconds since 1970."""

    peer: str
    failures: int
    """In a row."""
    since: float
    """When the first of them was."""
    rests_until: float = 0.0
    """When it is asked again; 0 for one that is asked as ever."""
    tried: bool = False

    @property
    def stands(self) -> Stands:
        """Whether it is asked."""
        if self.tried:
            return Stands.TRIED
        return Stands.RESTS if self.rests_until else Stands.ASKED


class Breaker:
    """Lets a peer rest that failed several times in a row, so that nobody waits for it in vain.

    After `failures` in a row it is not asked for `seconds`; then one question tries, and the next
    failure doubles the rest, up to `longest_seconds`.
    """

    def __init__(
        self, *, failures: int = 5, seconds: float = 10.0, longest_seconds: float = 3600.0
    ) -> None:
        self._failures, self._seconds, self._longest = failures, seconds, longest_seconds
        self._lines: dict[str, Troubled] = {}
        self._turn = Lock()

    def rest(self, peer: str, *, now: float) -> float:
        """Seconds until the peer may be asked again; 0 if it may now."""
        with self._turn:
            line = self._lines.get(peer)
            if line is None or not line.rests_until:
                return 0.0
            wait = max(0.0, line.rests_until - now)
            if not wait:
                # One tries; the others go on waiting until its answer is there.
                self._lines[peer] = replace(line, rests_until=now + self._seconds, tried=True)
            return wait

    def answered(self, peer: str) -> None:
        """The peer answered: all is well again."""
        with self._turn:
            self._lines.pop(peer, None)

    def failed(self, peer: str, *, now: float) -> float:
        """The peer did not answer, or not in time; the seconds that it rests for, 0 for none."""
        with self._turn:
            line = self._lines.get(peer) or Troubled(peer=peer, failures=0, since=now)
            over = line.failures + 1 - self._failures
            rest = min(self._longest, self._seconds * 2.0 ** min(over, _MOST_DOUBLED))
            rest = rest if over >= 0 else 0.0
            self._lines[peer] = replace(
                line,
                failures=line.failures + 1,
                rests_until=now + rest if rest else 0.0,
                tried=False,
            )
            return rest

    def again(self, peer: str) -> None:
        """The same question goes to the peer once more: kept by whoever counts."""

    def troubled(self) -> tuple[Troubled, ...]:
        """The peers that failed when they were asked last, as they stand at this moment."""
        with self._turn:
            return tuple(self._lines.values())

    def refusal(self, peer: str, name: str) -> NodeUnreachable:
        """What to say of a peer that rests: since when it has not answered, and until when."""
        line = next((each for each in self.troubled() if each.peer == peer), None)
        if line is None:
            return unreachable(name)
        since, until = (
            datetime.fromtimestamp(each, VIETNAM) for each in (line.since, line.rests_until)
        )
        return NodeUnreachable(
            Sentence(
                vi=f"Nút {name} không trả lời {line.failures} lần liền, từ "
                f"{since:%H:%M:%S ngày %d/%m/%Y}, nên chưa gửi câu hỏi này. Hãy hỏi lại sau "
                f"{until:%H:%M:%S ngày %d/%m/%Y}.",
                en=f"The node {name} did not answer {line.failures} times in a row, since "
                f"{since:%Y-%m-%d %H:%M:%S}, so this question was not sent. Ask again after "
                f"{until:%Y-%m-%d %H:%M:%S}.",
            )
        )


_MOST_DOUBLED = 30
"""More is longer than anybody rests, and no number would hold it in the end."""


def unreachable(name: str) -> NodeUnreachable:
    """What to say of a peer that was asked and is silent."""
    return NodeUnreachable(
        Sentence(
            vi=f"Nút {name} không trả lời; hãy thử lại sau.",
            en=f"The node {name} does not answer; try again later.",
        )
    )
