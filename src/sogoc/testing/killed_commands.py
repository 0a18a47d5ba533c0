"""`sogoc deliver` killed with -9 again and again: what stands after it, beside an undisturbed node.

Two nodes are given the same files in the same order. On the one every command runs to its end; on
the other commands are killed at random moments and given again, as an officer would. Whatever the
moment, a register holds a file whole or not at all, and at the end both nodes hold the same.
"""

from __future__ import annotations

import csv
import itertools
import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sogoc.database.store import open_store
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sogoc.database.store import Connection

REGISTER = "health-facilities"
_SOURCE = Path("health-facilities/health-facilities-osm-2024-09-27.csv")
_COLUMNS = """
select table_schema, table_name, column_name
from information_schema.columns
where table_schema in ('node', 'register') and table_name not in ('migration', 'contract')
  and data_type <> 'timestamp with time zone'
order by 1, 2, ordinal_position
"""
_OTHERS = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
_IMPORTS = 0.2
"""Share of a command's time in which it has not begun: a kill there would prove nothing."""
_NUMBERED = (
    "delivery opened_by closed_by ended_by population_release _delivery _missing_since _ended_by"
)
_DELIVERIES = frozenset(_NUMBERED.split())
"""Columns that name a delivery by its number."""
_FRESH = "node.feed_head"
"""One row from the beginning, which no delivery touches while nobody follows the register."""
_ASSIGNED = frozenset({"id", "kept_path", "received_by", "link", "merged_with", "split_from"})
"""Columns that say when or where, not what: numbers that the database gave out, the node's own."""

Rows = list[str]
Standing = dict[str, Rows]


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: after how long, which deliveries were in, and whether anything half was there."""

    after_seconds: float
    merged: int
    is_whole: bool


def versions(folder: Path) -> Iterator[Path]:
    """The same list of facilities as it comes month after month: some renamed, one gone."""
    folder.mkdir(parents=True, exist_ok=True)
    with (shipped("reference-data") / _SOURCE).open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    name = header.index("name")
    for number in itertools.count():
        file = folder / f"facilities-{number}.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([header, *_later(rows, name, number)])
        yield file


def _later(rows: list[list[str]], name: int, number: int) -> Iterator[list[str]]:
    for at, row in enumerate(rows):
        word = f" {number}" if number and at % 3 == 0 else ""
        if not number or at != number:
            yield [*row[:name], row[name] + word, *row[name + 1 :]]


def command(node: Path, *words: str) -> subprocess.Popen[bytes]:
    """`sogoc` on this node, started."""
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "sogoc", "--node", str(node), *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def delivered(node: Path, file: Path) -> float:
    """Deliver without disturbance; return how long it took. Raises CalledProcessError."""
    started = time.monotonic()
    process = command(node, "deliver", REGISTER, str(file))
    if process.wait():
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return time.monotonic() - started


def kills(
    nodes: tuple[Path, Path], files: Iterable[Path], *, rounds: int, seed: int
) -> Iterator[Kill]:
    """Deliver to both nodes: undisturbed to the first, killed on the second, `rounds` times in all.

    A file is given again until it is in, then comes the next; the one of the last kill is let
    through at the end.
    """
    calm, killed = nodes
    chance = random.Random(seed)  # noqa: S311 - moments of a test, no secret
    before: Standing = {}
    left = rounds
    for merged, file in enumerate(files):
        usual, now = delivered(calm, file), before
        after = standing(calm)
        while left and now != after:
            left -= 1
            moment = chance.uniform(_IMPORTS * usual, 1.1 * usual)
            _kill(killed, file, after=moment)
            now = standing(killed)
            yield Kill(round(moment, 3), merged + (now == after), now in (before, after))
        delivered(killed, file)
        before = after
        if not left:
            return


def _kill(node: Path, file: Path, *, after: float) -> None:
    process = command(node, "deliver", REGISTER, str(file))
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def standing(node: Path) -> Standing:
    """All that the register and the node's state hold, without times and assigned numbers.

    A delivery that is not merged counts for nothing, as it has changed nothing.
    """
    with open_store(node / "state") as connection:
        while connection.execute(_OTHERS).fetchall() != [(0,)]:
            time.sleep(0.01)  # the server has not yet noticed that its client was killed
        columns: dict[str, list[str]] = {}
        for schema, table, column in connection.execute(_COLUMNS).fetchall():
            columns.setdefault(f"{schema}.{table}", []).append(column)
        known = _Known.of(connection, columns)
        found = {table: known.rows(connection, table) for table in columns}
    return {table: rows for table, rows in found.items() if rows and table != _FRESH}


@dataclass(frozen=True, slots=True)
class _Known:
    """What the numbers of this node stand for: deliveries by checksum, records by key."""

    columns: dict[str, list[str]]
    deliveries: dict[int, str]
    keys: dict[tuple[str, int], str]

    @classmethod
    def of(cls, connection: Connection, columns: dict[str, list[str]]) -> _Known:
        known: dict[tuple[str, int], str] = {}
        deliveries: dict[int, str] = {}
        for table, names in columns.items():
            if table.startswith("register.") and {"id", "key"} <= {*names}:
                for number, key in _read(connection, table, ["id", "key"]):
                    known[table.split("__")[1], number] = key
        if "node.delivery" in columns:
            deliveries = dict(_read(connection, "node.delivery", ["id", "sha256"]))
        return cls(columns, deliveries, known)

    def rows(self, connection: Connection, table: str) -> Rows:
        """The rows of a table as texts, sorted."""
        names = self.columns[table]
        rows = [dict(zip(names, row, strict=True)) for row in _read(connection, table, names)]
        if table == "node.delivery":
            rows = [row for row in rows if row["state"] == "merged"]
        told = [{name: self._told(row, name) for name in row.keys() - _ASSIGNED} for row in rows]
        return sorted(json.dumps(one, sort_keys=True, default=str) for one in told)

    def _told(self, row: dict[str, Any], name: str) -> object:
        value = row[name]
        if name in {"record", "other"}:
            return self.keys.get((row["object"], value))
        if type(value) is float:
            # Two threads add up in any order: the last digit of a sum may differ.
            return round(value, 9)
        return self.deliveries.get(value, value) if name in _DELIVERIES else value


def _read(connection: Connection, table: str, names: list[str]) -> list[tuple[Any, ...]]:
    listed = ", ".join(f'"{name}"' for name in names)
    schema, _, name = table.partition(".")
    return connection.execute(
        f'select {listed} from "{schema}"."{name}"'.encode()  # noqa: S608 - names of the catalogue
    ).fetchall()
