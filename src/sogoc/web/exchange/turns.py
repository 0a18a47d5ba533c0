"""Questions wait for their turn here: those that came while others were answered go together.

Small questions are answered many at a time, in a few threads: one look-up, one commit and one
change of threads serve them all. A large one has a thread to itself, so that it never holds up the
small; and one asker has fewer of these threads than there are, so that it never holds up the
others. What waits is bounded; beyond that a question is told so at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sogoc.errors import JournalClosed, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor

SMALL_BYTES = 4096
"""A question up to here is answered together with others."""
TOGETHER = 32
"""At most so many at once: the first of them waits for the last."""
SMALL_TURNS = 1
"""So many threads answer small questions: two would wait for each other more than for the disk;
while one worker waits for its commit, the other workers compute."""
PAUSE_SECONDS = 0.002
"""So long those who wait leave room for others to go with them: who was just answered asks again
within that time, and two that go together cost less than two that go one after the other."""
LARGE_TURNS, OF_ONE_ASKER = 4, 2
MOST_SMALL, MOST_LARGE = 2_000, 32
"""So many may wait."""
_ASKER = b"x-road-client"

Reply = TypeVar("Reply")


@dataclass(frozen=True, slots=True)
class Came:
    """A message as it came: what the server says of it, and its body."""

    scope: Mapping[str, Any]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Reply]):
    came: Came
    loop: asyncio.AbstractEventLoop
    reply: asyncio.Future[Reply]


@dataclass(slots=True)
class _Asker:
    """The large questions of one asker that are under way."""

    waiting: int = 0
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(OF_ONE_ASKER))


class Turns(Generic[Reply]):
    """Hands messages to `answered` in threads, together where they are small."""

    def __init__(
        self, answered: Callable[[Sequence[Came]], list[Reply]], threads: Executor
    ) -> None:
        self._answered = answered
        self._threads = threads
        self._small: deque[_Waiting[Reply]] = deque()
        self._large = 0
        self._turns = 0
        self._wanted = 0
        self._enough = Event()
        self._room = asyncio.Semaphore(LARGE_TURNS)
        self._askers: dict[bytes, _Asker] = {}
        self._lock = Lock()

    def small(self) -> int:
        """How many small questions wait."""
        return len(self._small)

    def large(self) -> int:
        """How many large ones wait or are being answered."""
        return self._large

    async def answered(self, came: Came) -> Reply:
        """The reply. Raises JournalClosed if too many wait already."""
        loop = asyncio.get_running_loop()
        if len(came.body) > SMALL_BYTES:
            return await self._alone(loop, came)
        waiting = _Waiting(came, loop, loop.create_future())
        with self._lock:
            if len(self._small) >= MOST_SMALL:
                raise overloaded()
            self._small.append(waiting)
            if len(self._small) == self._wanted:
                self._enough.set()
            begins = self._turns < SMALL_TURNS
            self._turns += begins
        if begins:
            self._threads.submit(self._take_turns)
        reply: Reply = await waiting.reply
        return reply

    async def _alone(self, loop: asyncio.AbstractEventLoop, came: Came) -> Reply:
        """By itself. Who asks is only claimed here: a lie takes the place of a question refused."""
        who = next((value for name, value in came.scope["headers"] if name == _ASKER), b"")
        asker = self._askers.setdefault(who, _Asker())
        if self._large >= MOST_LARGE or asker.waiting >= MOST_LARGE // 2:
            raise overloaded()
        self._large += 1
        asker.waiting += 1
        try:
            async with asker.room, self._room:
                replies: list[Reply] = await loop.run_in_executor(
                    self._threads, self._answered, [came]
                )
                return replies[0]
        finally:
            self._large -= 1
            asker.waiting -= 1
            if not asker.waiting:
                self._askers.pop(who, None)

    def _take_turns(self) -> None:
        """Answer what waits until nothing does."""
        while several := self._next():
            outcome: list[Reply] | Exception
            try:
                outcome = self._answered([one.came for one in several])
            except Exception as failed:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
                outcome = failed
            # Before anybody hears: who is answered may ask again before one looks who waits.
            more = self._expects(len(several))
            self._tell(several, outcome)
            if more:
                self._enough.wait(PAUSE_SECONDS)

    def _expects(self, answered: int) -> bool:
        """Whether those who wait leave room for those who are answered; if nobody waits, no."""
        with self._lock:
            waits = len(self._small)
            self._wanted = min(TOGETHER, waits + answered)
            self._enough.clear()
            return 0 < waits < self._wanted

    def _next(self) -> list[_Waiting[Reply]]:
        with self._lock:
            several = [self._small.popleft() for _ in range(min(TOGETHER, len(self._small)))]
            self._turns -= not several
            return several

    def _tell(self, several: list[_Waiting[Reply]], outcome: list[Reply] | Exception) -> None:
        """Hand the replies to those who wait: one call for each loop, not for each reply."""
        loops: dict[asyncio.AbstractEventLoop, list[Callable[[], None]]] = {}
        for place, one in enumerate(several):
            told = outcome if isinstance(outcome, Exception) else outcome[place]
            loops.setdefault(one.loop, []).append(_telling(one.reply, told))
        for loop, calls in loops.items():
            loop.call_soon_threadsafe(_each, calls)


def _telling(waits: asyncio.Future[Reply], told: Reply | Exception) -> Callable[[], None]:
    def tell() -> None:
        if waits.done():
            return  # Whoever asked is gone.
        if isinstance(told, Exception):
            waits.set_exception(told)
        else:
            waits.set_result(told)

    return tell


def _each(calls: list[Callable[[], None]]) -> None:
    for call in calls:
        call()


def overloaded() -> JournalClosed:
    """The refusal of a question for which there is no room."""
    return JournalClosed(
        Sentence(
            vi="Nút đang quá tải; câu hỏi chưa được xử lý, hãy thử lại sau.",
            en="The node is overloaded; the question was not looked at, try again later.",
        )
    )
