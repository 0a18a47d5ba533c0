"""Records of monitoring in the node's database: written beside the questions, never before them.

A request does not wait for its record. Records wait in a queue that is bounded; when the database
cannot keep up the oldest waiting ones are lost, and how many stands in `lost`. They are figures:
what must not be lost is the journal.
"""

from __future__ import annotations

import json
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from sogoc.exchange.monitoring.record import record_of
from sogoc.named_sql import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sogoc.clock import Clock
    from sogoc.database.store import Connection
    from sogoc.exchange.monitoring.record import Seen

_SQL = statements(files("sogoc.exchange.monitoring") / "monitoring.sql")
_COPY = "copy node.monitoring (at, client, detail, record) from stdin"
MOST_KEPT = 1_000_000
KEPT_FOR = timedelta(days=30)
MOST_GIVEN = 10_000
_MOST_WAITING = 20_000
_BEAT_SECONDS = 1.0
_JSON = json.JSONEncoder(ensure_ascii=False)
_FORGET_EVERY = 300


@dataclass(slots=True, kw_only=True)
class Monitor:
    """Takes what was seen; writes it in groups. `connection` gives the one of the calling thread.

    Promise: `note` never waits and never raises.
    """

    connection: Callable[[], Connection]
    clock: Clock
    address: str
    host: str
    lost: int = 0
    _waiting: deque[Seen] = field(default_factory=deque, repr=False)
    _turn: Lock = field(default_factory=Lock, repr=False)

    def note(self, seen: Seen) -> None:
        """Keep what was seen of one request."""
        with self._turn:
            if len(self._waiting) >= _MOST_WAITING:
                self._waiting.popleft()
                self.lost += 1
            self._waiting.append(seen)

    def write(self) -> int:
        """Write what waits; return how many. What cannot be written is lost, and counted."""
        with self._turn:
            group = list(self._waiting)
            self._waiting.clear()
        if not group:
            return 0
        try:
            with self.connection().cursor().copy(_COPY) as copy:
                for seen in group:
                    record = record_of(seen, address=self.address, host=self.host)
                    told = _JSON.encode(record).replace("\\u0000", "")
                    copy.write_row((seen.came, seen.client, seen.detail or None, told))
        except Exception:
            self.lost += len(group)
            raise
        return len(group)

    def forget(self) -> None:
        """Let the oldest go."""
        values = {"most": MOST_KEPT, "before": self.clock.now() - KEPT_FOR}
        self.connection().execute(_SQL["forget"], values)


@contextmanager
def monitoring(monitor: Monitor, *, tell: Callable[[Exception], None]) -> Iterator[Monitor]:
    """Write what is seen every second until the block ends, and then what is left."""
    stop = Event()
    thread = Thread(target=_beat, args=(monitor, stop, tell), name="monitoring", daemon=True)
    thread.start()
    try:
        yield monitor
    finally:
        stop.set()
        thread.join(2 * _BEAT_SECONDS + 10)


def _beat(monitor: Monitor, stop: Event, tell: Callable[[Exception], None]) -> None:
    beats, failing, stopping = 0, False, False
    while not stopping:
        # Once more after the end: what was seen until then is written too.
        stopping = stop.wait(_BEAT_SECONDS)
        try:
            monitor.write()
            if beats % _FORGET_EVERY == 0:
                monitor.forget()
            failing = False
        except Exception as failed:  # noqa: BLE001 - monitoring stops nobody, whatever is wrong
            if not failing:
                tell(failed)
            failing = True
        beats += 1


def given(
    connection: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    client: str | None = None,
) -> dict[str, list[Any]]:
    """The newest records of a span, oldest first, as X-Road gives them; of one client or of all."""
    asked = {"since": since, "until": until, "client": client, "at_most": MOST_GIVEN}
    found = connection.execute(_SQL["given"], asked).fetchall()
    return {"records": [row[0] for row in reversed(found)]}


def named(connection: Connection, detail: str) -> dict[str, list[Any]]:
    """The record of the refusal that told this id to whoever asked."""
    found = connection.execute(_SQL["named"], {"detail": detail}).fetchall()
    return {"records": [row[0] for row in found]}
