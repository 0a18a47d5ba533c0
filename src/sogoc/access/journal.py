"""The journal: an append-only list of accesses, durable before any answer leaves.

Entries come from many questions at once and go to the disk in groups: one commit serves all that
waited for the one before. Whoever asked waits for the commit that holds its own entry.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from threading import Condition, Thread
from typing import TYPE_CHECKING, Protocol

from sogoc.errors import JournalClosed, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sogoc.access.entry import Entry


@dataclass(frozen=True, slots=True)
class Unit:
    """Entries that are kept together or not at all, with the mark of the message behind them.

    The mark is 16 bytes that no other message bears; without one the entries are always kept.
    `once`, also 16 bytes, stands for what the entries say: where it was kept before, by another
    message that asks the same again, the journal says it already and keeps no second time.
    """

    entries: Sequence[Entry]
    mark: bytes = b""
    once: bytes = b""


class Journal(Protocol):
    """Where entries are kept.

    Promises every journal keeps:

    - `append` and `append_once` return only when all is durable, or raise and nothing is;
    - entries keep their order and number for ever, from 0, without a gap;
    - two writers at once never give one number twice;
    - of two units with one mark, whoever writes them, the second is not kept;
    - of two units with one `once`, the entries of the first are kept; the second is not kept a
      second time, and is given numbers only when those of the first are durable.
    """

    def append(self, entries: Sequence[Entry]) -> range:
        """Keep the entries; return their numbers. Raises StoreError."""

    def append_once(self, units: Sequence[Unit]) -> list[range | None]:
        """Keep each unit whose mark is new; None stands for one whose message was taken before.

        Where the entries stand there already the numbers are none, `range(0)`.
        """


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What one writer handed in at once: kept in one commit, told by one future."""

    units: Sequence[Unit]
    size: int
    kept: Future[list[range | None]]


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
        # Without a mark nothing is left out.
        return self.append_once([Unit(entries)])[0] or range(0)

    def append_once(self, units: Sequence[Unit]) -> list[range | None]:
        """Keep the units and wait. Raises StoreError, JournalClosed: then none of them is kept."""
        return self.later(units).result()

    def later(self, units: Sequence[Unit]) -> Future[list[range | None]]:
        """The same without waiting: the future ends when the entries are durable."""
        one = _Waiting(units, sum(len(unit.entries) for unit in units), Future())
        with self._turn:
            if not self._open or self._count + one.size > self._most:
                raise _full()
            self._waiting.append(one)
            self._count += one.size
            self._turn.notify()
        return one.kept

    def close(self) -> None:
        """Keep what waits, then take no more."""
        with self._turn:
            self._open = False
            self._turn.notify()
        self._writer.join()

    def _write(self) -> None:
        while group := self._next():
            try:
                numbers = iter(
                    self._journal.append_once([unit for one in group for unit in one.units])
                )
            except Exception as failed:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
                for one in group:
                    one.kept.set_exception(failed)
            else:
                for one in group:
                    one.kept.set_result(list(islice(numbers, len(one.units))))

    def _next(self) -> list[_Waiting]:
        with self._turn:
            self._turn.wait_for(lambda: self._waiting or not self._open)
            group, size = list[_Waiting](), 0
            while self._waiting and (not group or size < self._group):
                one = self._waiting.popleft()
                group.append(one)
                size += one.size
            self._count -= size
            return group


def numbered(kept: Sequence[Unit], start: int) -> Iterator[range]:
    """The numbers of units that were kept one after the other, from `start`."""
    for unit in kept:
        yield range(start, start + len(unit.entries))
        start += len(unit.entries)


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
