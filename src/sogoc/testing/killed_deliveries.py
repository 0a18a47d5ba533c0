"""Deliveries that are killed in the middle, and what they leave: the register before or after."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sogoc.database.store import Store
from sogoc.testing.land_office import Office, parcel

if TYPE_CHECKING:
    from collections.abc import Iterator

PARCELS = 300
_CHILD = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from sogoc.testing.killed_deliveries import deliver_when_told; deliver_when_told()"
)
_LEFT = """
select
    (select array_agg(distinct hamlet) from current),
    (select array_agg(distinct came_as) from node.finding where closed_at is null),
    (select array_agg(distinct number) from node.verification where believed_to is null),
    (select count(*) from current),
    (select count(*) from history),
    (select count(*) from node.delivery where state = 'merged')
"""
_OTHERS = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""


@dataclass(frozen=True, slots=True)
class Left:
    """What stands in the database: marks of records, of findings and of answers, and counts."""

    records: list[str] | None
    findings: list[str] | None
    answers: list[str] | None
    current: int
    history: int
    merged: int

    @property
    def is_whole(self) -> bool:
        """Whether all of it comes from one delivery, and history holds one version each of more."""
        marks = [self.records, self.findings, self.answers]
        same = all(mark == self.records for mark in marks) and len(self.records or []) == 1
        counted = self.current == PARCELS and self.history == PARCELS * (self.merged - 1)
        return same and counted


@dataclass(frozen=True, slots=True)
class Round:
    """One kill: after how long, whether the delivery was already in, and what it left."""

    after_seconds: float
    merged: bool
    left: Left


def deliver(office: Office, mark: int) -> None:
    """A delivery that changes every record, every finding and every answer."""
    text = f"v{mark}"
    rows = range(1, PARCELS + 1)
    office.deliver(
        [parcel(f"A{row}", number=row, hamlet=text) for row in rows],
        errors=[(row, mark % 2, text) for row in rows],
        answers=[{"_row": row, "outcome": "found", "number": text} for row in rows],
    )


def left(office: Office) -> Left:
    """What stands there now, once no killed session is at work any more."""
    while office.rows(_OTHERS) != [(0,)]:
        time.sleep(0.01)
    return Left(*office.rows(_LEFT)[0])


def kill_rounds(office: Office, store: Store, *, rounds: int, seed: int) -> Iterator[Round]:
    """Kill deliveries at random moments of their work, seeded; the next stands ready meanwhile."""
    chance = random.Random(seed)  # noqa: S311 - moments of a test, no secret
    started = time.monotonic()
    deliver(office, 0)
    usual = time.monotonic() - started
    merged = left(office).merged
    following = child(store, office.folder, mark=1)
    for mark in range(1, rounds + 1):
        working = following
        moment = chance.uniform(0, usual)
        tell(working)
        time.sleep(moment)
        working.kill()
        working.communicate()
        following = child(store, office.folder, mark=mark + 1)
        after = left(office)
        yield Round(round(moment, 4), after.merged > merged, after)
        merged = after.merged
    following.kill()
    following.communicate()


def child(store: Store, folder: Path, *, mark: int) -> subprocess.Popen[str]:
    """A process that will deliver once, when told."""
    process = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", _CHILD, str(Path(__file__).parents[2])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    _say(process, {"address": store.address, "folder": str(folder / f"child-{mark}"), "mark": mark})
    return process


def tell(process: subprocess.Popen[str]) -> None:
    """Let it begin, as soon as it stands ready."""
    if process.stdout and process.stdout.readline() == "ready\n":
        _say(process, "go")


def _say(process: subprocess.Popen[str], what: Any) -> None:  # noqa: ANN401 - any JSON
    if process.stdin:
        process.stdin.write(json.dumps(what) + "\n")
        process.stdin.flush()


def deliver_when_told() -> None:
    """The life of a child: hear what to do, stand ready, deliver."""
    told = json.loads(sys.stdin.readline())
    with Store(told["address"]).connect() as connection:
        office = Office(connection, Path(told["folder"]), days=itertools.count(told["mark"]))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        deliver(office, told["mark"])
