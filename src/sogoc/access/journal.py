"""The journal: an append-only list of accesses, durable before any answer leaves.

Entries come from many questions at once and go to the disk in groups: one commit serves all that
waited for the one before. Whoever asked waits for the commit that holds its own entry.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, Thread
from typing import TYPE_CHECKING, Protocol

from sogoc.errors import JournalClosed, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sogoc.access.entry import Entry


class Journal(Protocol):
    """Where entries are kept.

    Promises every journal keeps:

    - `append` returns only when all the entries are durable, or raises and none is;
    - entries keep their order and number for ever, from 0, without a gap;
    - two writers at once never give one number twice.
    """

    def append(self, entries: Sequence[Entry]) -> range:
        """Keep the entries; return their numbers. Raises StoreError."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    entries: Sequence[Entry]
    kept: Future[range]


class GroupCommit:
    """A journal that many threads share: what comes together is kept together.

    At most `most` entries wait. Beyond that, and once closed, it refuses at once: a question that
    cannot be journalled in time is better told so than kept waiting.
    """

    def __init__(self, journal: Journal, *, most: int = 200_000, group: int = 20_000) -> None:
        self._journal = journal
        self._most, self._group = most, group
        self._waiting: deque[_Waiting] = deque()
        self._count = 0
        self._open = True
        self._turn = Condition()
        self._writer = Thread(target=self._write, name="journal", daemon=True)
        self._writer.start()

    def append(self, entries: Sequence[Entry]) -> range:
        """Keep the entries and wait until they are durable. Raises StoreError, JournalClosed."""
        return self.later(entries).result()

    def later(self, entries: Sequence[Entry]) -> Future[range]:
        """The same without waiting: the future ends when the entries are durable."""
        kept = Future[range]()
        with self._turn:
            if not self._open or self._count + len(entries) > self._most:
                raise _full()
            self._waiting.append(_Waiting(entries, kept))
            self._count += len(entries)
            self._turn.notify()
        return kept

    def close(self) -> None:
        """Keep what waits, then take no more."""
        with self._turn:
            self._open = False
            self._turn.notify()
        self._writer.join()

    def _write(self) -> None:
        while group := self._next():
            try:
                numbers = self._journal.append([entry for one in group for entry in one.entries])
            except Exception as failed:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
                for one in group:
                    one.kept.set_exception(failed)
            else:
                _tell(group, numbers.start)

    def _next(self) -> list[_Waiting]:
        with self._turn:
            self._turn.wait_for(lambda: self._waiting or not self._open)
            group, size = list[_Waiting](), 0
            while self._waiting and (not group or size < self._group):
                one = self._waiting.popleft()
                group.append(one)
                size += len(one.entries)
            self._count -= size
            return group


def _tell(group: list[_Waiting], start: int) -> None:
    for one in group:
        one.kept.set_result(range(start, start + len(one.entries)))
        start += len(one.entries)


@contextmanager
def shared(journal: Journal) -> Iterator[GroupCommit]:
    """The journal for many threads, closed at the end with nothing left behind."""
    group = GroupCommit(journal)
    try:
        yield group
    finally:
        group.close()


def _full() -> JournalClosed:
    return JournalClosed(
        Sentence(
            vi="Nhật ký đang quá tải hoặc đã đóng; câu hỏi bị từ chối, hãy thử lại sau.",
            en="The journal is overloaded or closed; the question is refused, try again later.",
        )
    )
