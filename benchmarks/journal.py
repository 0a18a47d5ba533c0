"""Entries of the journal a second, in group commit, each durable before its writer goes on.

A real PostgreSQL with fsync, the journal's own classes as a node wires them (`PostgresJournal`
behind `GroupCommit`), writer threads in worker processes. Three loads: the questions of one turn
of the door (32 units of one entry, each with the mark of its message), those of a batch (one unit
of a thousand), and writers of single entries, each of whom waits alone. At the end the table is
held against the numbers that were given: none twice, none missing.

Use: journal.py [--seconds 10] [--workers 2] [--writers 16] [--name journal]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from harness import record
from processes import fsync_ms, postmaster, tree_cpu

from sogoc.access.entry import Alike, Entry
from sogoc.access.journal import Unit, shared
from sogoc.access.postgres_journal import PostgresJournal
from sogoc.clock import SystemClock
from sogoc.database.embedded import stop_unused
from sogoc.database.migrate import migrate
from sogoc.database.store import Store, open_database

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sogoc.access.journal import GroupCommit, Journal

LOADS = {"turns": (32, 1), "batches": (1, 1000), "singles": (1, 1)}
"""Units handed in at once, and entries of each."""
_ROWS = "select count(*), coalesce(max(number) + 1, 0) from node.journal_entry"
_HEAD = "select size from node.journal_head"
_DURABLE = ("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method")


@dataclass(slots=True)
class Counted:
    """A journal, and how many commits it made."""

    journal: Journal
    commits: int = 0

    def append(self, entries: Sequence[Entry]) -> range:
        """As the journal does."""
        return self.append_once([Unit(entries)])[0] or range(0)

    def append_once(self, units: Sequence[Unit]) -> list[range | None]:
        """As the journal does."""
        self.commits += 1
        return self.journal.append_once(units)


@dataclass(slots=True)
class Written:
    """What one process wrote."""

    entries: int = 0
    commits: int = 0
    waits: list[float] = field(default_factory=list)


def main() -> None:
    """Measure each load in a fresh database; record all."""
    words = argparse.ArgumentParser()
    words.add_argument("--seconds", type=float, default=10.0)
    words.add_argument("--workers", type=int, default=2)
    words.add_argument("--writers", type=int, default=16)
    words.add_argument("--name", default="")
    told = words.parse_args()
    results: dict[str, Any] = {"seconds": told.seconds, "workers": told.workers}
    for load in LOADS:
        with tempfile.TemporaryDirectory() as name:
            results["fsync_ms"] = fsync_ms(Path(name))
            results[load] = _measured(Path(name), load, told)
            stop_unused(Path(name) / "postgres")
    print(json.dumps(results, indent=1))
    if told.name:
        print(record(told.name, results))


def _measured(folder: Path, load: str, told: argparse.Namespace) -> dict[str, Any]:
    spawn = multiprocessing.get_context("spawn")
    with open_database(folder) as store:
        with store.connect() as connection:
            migrate(connection, SystemClock())
            settings = {name: connection.execute(f"show {name}").fetchone()[0] for name in _DURABLE}
        job = Job(store=store, load=load, seconds=told.seconds, writers=told.writers)
        began, results = spawn.Barrier(told.workers + 1), spawn.Queue()
        processes = [
            spawn.Process(target=job.work, args=(began, results)) for _ in range(told.workers)
        ]
        for process in processes:
            process.start()
        began.wait()
        started, before = time.perf_counter(), _cpu(folder)
        written = [results.get() for _ in processes]
        span, after = time.perf_counter() - started, _cpu(folder)
        for process in processes:
            process.join()
        with store.connect() as connection:
            rows = connection.execute(_ROWS).fetchone()
            head = connection.execute(_HEAD).fetchone()
    entries = sum(one.entries for one in written)
    if rows != (entries, entries) or head != (entries,):
        raise SystemExit(f"entries are lost or doubled: {entries}, {rows}, {head}")
    waits = sorted(wait for one in written for wait in one.waits)
    commits = sum(one.commits for one in written)
    return {
        "writers": told.workers * told.writers,
        "units_at_once": LOADS[load][0],
        "entries_a_unit": LOADS[load][1],
        "entries": entries,
        "entries_per_second": round(entries / span),
        "entries_a_commit": round(entries / commits, 1),
        "p50_ms": round(1000 * waits[len(waits) // 2], 2),
        "p99_ms": round(1000 * waits[len(waits) * 99 // 100], 2),
        "writers_cpu_us": round(1e6 * (after[0] - before[0]) / entries, 1),
        "database_cpu_us": round(1e6 * (after[1] - before[1]) / entries, 1),
        **settings,
    }


def _cpu(folder: Path) -> tuple[float, float]:
    """Of the writers, and of the database."""
    return tree_cpu(os.getpid()), tree_cpu(postmaster(folder))


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one process does."""

    store: Store
    load: str
    seconds: float
    writers: int

    def work(self, began: Any, results: Any) -> None:  # noqa: ANN401 - of multiprocessing
        """Write with so many threads through one group commit, as a worker of a node does."""
        journal = Counted(PostgresJournal(self.store))
        written = Written()
        with shared(journal) as group, ThreadPoolExecutor(self.writers) as threads:
            began.wait()
            for each in [threads.submit(self._write, group) for _ in range(self.writers)]:
                count, waits = each.result()
                written.entries += count
                written.waits += waits
        written.commits = journal.commits
        results.put(written)

    def _write(self, group: GroupCommit) -> tuple[int, list[float]]:
        """Hand in, wait until it is durable, hand in again."""
        (units, entries), clock = LOADS[self.load], SystemClock()
        waits, count, until = list[float](), 0, time.perf_counter() + self.seconds
        while (now := time.perf_counter()) < until:
            given = [_unit(clock.now(), entries) for _ in range(units)]
            kept = group.append_once(given)
            waits.append(time.perf_counter() - now)
            count += sum(len(numbers or ()) for numbers in kept)
        return count, waits


def _unit(at: datetime, count: int) -> Unit:
    """What the door writes down of one question about so many persons."""
    request = uuid4()
    entry = Entry(
        at=at,
        request_id=str(request),
        member="VN/GOV/02/LAND",
        officer="VN000000000007",
        register="population",
        operation="verify",
        fields=("gioi_tinh", "ho_ten", "ma_xa", "ngay_sinh"),
        purpose="1.012789",
        issue="H29-260302-0001",
        ground="Luật ví dụ, Điều 1",
        grant="G-1",
    )
    # Sorted within a question, as the door has them; of all numbers there are.
    draw = random.Random(request.int)  # noqa: S311 - who is asked about, no secret
    subjects = sorted(f"{draw.randrange(10**12):012d}" for _ in range(count))
    return Unit(Alike(entry, subjects), request.bytes)


if __name__ == "__main__":
    main()
