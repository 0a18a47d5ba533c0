"""How the whole node stands, read when somebody looks: once for all of its workers.

Names of states are those of the database, which lets no other in. A part that cannot be read is
left out and told by `sogoc_part_ok`; what can be read is shown all the same.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from shutil import disk_usage
from threading import Lock
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily

from sogoc.database.migrate import reached
from sogoc.database.store import DATABASE_ERROR
from sogoc.errors import DirectoryRefused, SogocError
from sogoc.exchange.directory import read_directory
from sogoc.exchange.hub import Hub
from sogoc.named_sql import statements
from sogoc.node.member import kept_directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from prometheus_client.core import Metric

    from sogoc.clock import Clock
    from sogoc.database.store import Connection, Store
    from sogoc.exchange.directory import Directory
    from sogoc.node.member import Membership
    from sogoc.node.settings import Settings

_SQL = statements(files("sogoc.node.figures") / "standing.sql")
_GIB = 1 << 30
_WORDS = {
    "deliveries": "Deliveries by state.",
    "rounds_sent": "Rounds that this node sent, by state.",
    "rounds_taken": "Rounds of others, by state.",
    "grants": "Grants by state.",
    "callbacks": "Followers that are called back: fine, or resting after failures.",
    "later_answers": "Questions answered by a call-back: fine, or resting after failures.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeParts:
    """What looking at a node needs. `who` is None where it takes no part in the exchange."""

    folder: Path
    settings: Settings
    store: Store
    clock: Clock
    who: Membership | None = None


class Standing:
    """Shows how the node stands, through a connection of its own."""

    def __init__(self, parts: NodeParts) -> None:
        self._parts = parts
        self._turn = Lock()
        self._connection: Connection | None = None

    def describe(self) -> Iterator[Metric]:
        """Nothing: what is shown is known only once somebody looks."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment."""
        with self._turn:
            told = [*self._database(), *self._directory(), *self._disk()]
        ok = GaugeMetricFamily("sogoc_part_ok", "1: this part is well.", labels=["part"])
        for one in told:
            if isinstance(one, tuple):
                ok.add_metric([one[0]], float(one[1]))
            else:
                yield one
        yield ok

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()

    def _database(self) -> Iterator[Metric | tuple[str, bool]]:
        try:
            if self._connection is None or self._connection.closed or self._connection.broken:
                self._connection = self._parts.store.connect()
            journal = self._connection.execute(_SQL["journal"]).fetchone() or (0, 0, None)
            states = self._connection.execute(_SQL["states"]).fetchall()
            step = reached(self._connection)
        except (SogocError, DATABASE_ERROR):
            yield "database", False
            return
        yield "database", True
        yield _gauge("sogoc_schema_step", "The migration that the schema stands at.", step)
        yield _gauge("sogoc_journal_size", "Entries of the journal that are durable.", journal[0])
        yield _gauge("sogoc_checkpoint_size", "Entries under the last checkpoint.", journal[1])
        if journal[2] is not None:
            age = self._since(journal[2])
            yield _gauge("sogoc_checkpoint_age_seconds", "Age of the last checkpoint.", age)
        for what, words in _WORDS.items():
            told = GaugeMetricFamily(f"sogoc_{what}", words, labels=["state"])
            for name, state, number in states:
                if name == what:
                    told.add_metric([state], number)
            yield told

    def _directory(self) -> Iterator[Metric | tuple[str, bool]]:
        if self._parts.who is None:
            return
        found = self._found(self._parts.who)
        yield "directory", found is not None
        left = 0.0 if found is None else -self._since(found.expires)
        yield _gauge(
            "sogoc_directory_expires_in_seconds",
            "Seconds until the directory runs out; 0: there is none, and nobody is let in.",
            left,
        )
        if found is not None:
            age = self._since(found.issued)
            yield _gauge("sogoc_directory_age_seconds", "Age of the directory in force.", age)
            yield _gauge("sogoc_directory_version", "Its version.", found.version)
            yield _gauge("sogoc_directory_members", "Members in it.", len(found.members))

    def _found(self, who: Membership) -> Directory | None:
        folder, settings, clock = self._parts.folder, self._parts.settings, self._parts.clock
        if settings.hub_address:
            return kept_directory(folder, settings, clock)
        if self._connection is None:
            return None
        with suppress(DirectoryRefused, SogocError, DATABASE_ERROR):
            note = Hub(self._connection, clock, who.hub_key.name, who.key).latest()
            return read_directory(note, [who.hub_key], moment=clock.now())
        return None

    def _disk(self) -> Iterator[Metric | tuple[str, bool]]:
        free = disk_usage(self._parts.folder).free
        yield "disk", free >= self._parts.settings.least_free_gib * _GIB
        yield _gauge("sogoc_disk_free_bytes", "Room on the disk of the node's folder.", free)

    def _since(self, moment: datetime) -> float:
        return (self._parts.clock.now() - moment).total_seconds()


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=float(value))
