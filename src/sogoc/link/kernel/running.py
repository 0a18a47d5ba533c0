"""Running the compiled loops: chunks of a part, two threads, buffers that grow where they must."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import local
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sogoc.link.kernel.shapes import Asked, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Loop = Callable[[int, int], tuple[int, int, int]]
    """Looks at persons from one to another; where it stopped, how many rows it kept, and why."""
    Prepare = Callable[[Asked, Work, "Kept"], Loop]

_CHUNK = 1 << 14
"""Persons to a chunk: enough that threads seldom meet, few enough that none waits long."""
_ROOM = 1 << 12
"""Candidates of one person that a thread has room for at first."""
_DONE, _QUEUE_FULL, _KEPT_FULL = 0, 1, 2
LONGS = 13
"""Numbers kept of a candidate, beside its levels."""


class Kept(NamedTuple):
    """What a loop keeps: numbers of each candidate, and the level of each comparison."""

    longs: np.ndarray
    levels: np.ndarray


@dataclass
class Runner:
    """Runs a loop over parts with `threads` threads, each with buffers of its own."""

    comparisons: int
    threads: int = 2
    _own: local = field(default_factory=local)

    def run(self, prepare: Prepare, asked: Asked) -> Iterator[Kept]:
        """What the loop keeps of these persons, chunk by chunk, in their order."""
        count = len(asked.longs)
        with ThreadPoolExecutor(self.threads) as threads:
            yield from threads.map(
                lambda start: self._chunk(prepare, asked, range(start, min(start + _CHUNK, count))),
                range(0, count, _CHUNK),
            )

    def alone(self, prepare: Prepare, asked: Asked) -> Kept:
        """The same for a few persons, in the caller's own thread."""
        return self._chunk(prepare, asked, range(len(asked.longs)))

    def _chunk(self, prepare: Prepare, asked: Asked, some: range) -> Kept:
        """One chunk: where a buffer is full, make it larger and go on with the same person."""
        kept: list[Kept] = []
        start, stop = some.start, some.stop
        room = 8 * (stop - start) + 64
        while start < stop:
            buffers = Kept(
                np.empty((room, LONGS), dtype=np.int64),
                np.empty((room, self.comparisons), dtype=np.int8),
            )
            start, written, why = prepare(asked, self._work(), buffers)(start, stop)
            kept.append(Kept(buffers.longs[:written].copy(), buffers.levels[:written].copy()))
            if why == _QUEUE_FULL:
                self._own.work = self._larger(self._own.work)
            if why == _KEPT_FULL and not written:
                room *= 2
        return Kept(
            np.concatenate([one.longs for one in kept]),
            np.concatenate([one.levels for one in kept]),
        )

    def _work(self) -> Work:
        if not hasattr(self._own, "work"):
            self._own.work = self._buffers(_ROOM)
        work: Work = self._own.work
        return work

    def _larger(self, work: Work) -> Work:
        return self._buffers(2 * len(work.queue))

    def _buffers(self, room: int) -> Work:
        return Work(
            stamp=np.zeros(1, dtype=np.int64),
            # Four times the persons of one record: what is looked up is soon found or missed.
            slots=np.zeros(4 * room, dtype=np.int64),
            queue=np.empty(room, dtype=np.int64),
            persons=np.empty(room, dtype=np.int64),
            weights=np.empty(room, dtype=np.int64),
            confirmed=np.zeros(room, dtype=np.int8),
            levels=np.zeros((room, self.comparisons), dtype=np.int8),
            weigh=np.zeros(256, dtype=np.int64),
            far=np.zeros(64, dtype=np.int64),
            band=np.zeros(64, dtype=np.int64),
            digits=np.zeros(16, dtype=np.uint8),
        )
