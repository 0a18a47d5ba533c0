"""The journal: an append-only list of accesses, durable before any answer leaves.

Entries come from many questions at once and go to the disk in groups: one commit serves all that
waited for the one before. Whoever asked waits for the commit that holds its own entry, or makes it.
"""

from __future__ import annotations

from _thread import LockType, allocate_lock
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from threading import Condition
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


@dataclass(slots=True)
class _Waiting:
    """What one writer handed in at once: kept in one commit, by whoever writes then."""

    units: Sequence[Unit]
    size: int
    woken: LockType = field(default_factory=lambda: _locked(allocate_lock()))
    """Held until its units are kept or not, or until it is its turn to write."""
    leads: bool = False
    kept: list[range | None] = field(default_factory=list)
    failed: BaseException | None = None

    def outcome(self) -> list[range | None]:
        """The numbers, or what kept the units from being kept."""
        if self.failed is not None:
            raise self.failed
        return self.kept


class GroupCommit:
    """A journal that many threads share: what comes together is kept together.

    No thread of its own writes. Whoever finds nobody writing writes what waits, the own entries
    first; those who come meanwhile wait, and the first of them writes the next group. So a writer
    alone changes no thread, and each writes one commit at most, however many wait behind it.

    At most `most` entries wait. Beyond that, and once closed, it refuses at once: a question that
    cannot be journalled in time is better told so than kept waiting.
    """

    def __init__(self, journal: Journal, *, most: int = 200_000, group: int = 20_000) -> None:
        self._journal = journal
        self._most, self._group = most, group
        self._waiting: deque[_Waiting] = deque()
        self._count = 0
        self._open = True
        self._writing = False
        """Whether somebody writes, or was woken to; if nobody does, nothing waits."""
        self._turn = Condition()

    def append(self, entries: Sequence[Entry]) -> range:
        """Keep the entries and wait until they are durable. Raises StoreError, JournalClosed."""
        # Without a mark nothing is left out.
        return self.append_once([Unit(entries)])[0] or range(0)

    def append_once(self, units: Sequence[Unit]) -> list[range | None]:
        """Keep the units and wait. Raises StoreError, JournalClosed: then none of them is kept."""
        one = _Waiting(units, sum(len(unit.entries) for unit in units))
        with self._turn:
            if not self._open or self._count + one.size > self._most:
                raise _full()
            self._waiting.append(one)
            self._count += one.size
            one.leads = not self._writing
            self._writing = True
        if not one.leads:
            one.woken.acquire()
        if one.leads:
            self._write()
        return one.outcome()

    def waiting(self) -> int:
        """How many entries wait for the next commit."""
        return self._count

    def is_writing(self) -> bool:
        """Whether a commit is under way, or about to be."""
        return self._writing

    def close(self) -> None:
        """Take no more, and wait until what waits is kept."""
        with self._turn:
            self._open = False
            self._turn.wait_for(lambda: not self._writing)

    def _write(self) -> None:
        """Keep the next group, whose first is the caller's own; then let the next one write."""
        group = self._next()
        try:
            numbers = iter(self._journal.append_once([unit for one in group for unit in one.units]))
            for one in group:
                one.kept = list(islice(numbers, len(one.units)))
        except BaseException as failed:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            for one in group:
                one.failed = failed
        self._hand_on()
        for one in group[1:]:
            one.woken.release()

    def _next(self) -> list[_Waiting]:
        with self._turn:
            group, size = list[_Waiting](), 0
            while self._waiting and (not group or size < self._group):
                one = self._waiting.popleft()
                group.append(one)
                size += one.size
            self._count -= size
            return group

    def _hand_on(self) -> None:
        with self._turn:
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].woken.release()
            else:
                self._writing = False
                self._turn.notify_all()


def _locked(lock: LockType) -> LockType:
    lock.acquire()
    return lock


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
