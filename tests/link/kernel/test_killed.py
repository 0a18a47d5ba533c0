"""A national run that is killed goes on with the parts that stand, and ends with the same rows."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pytest
from tests.link.kernel.conftest import KEPT, Linked, world

from sogoc.link.columns import asked, chances, judged, judgements
from sogoc.link.index.person_index import PersonIndex
from sogoc.link.kernel import asking
from sogoc.link.kernel.candidates import Kernel
from sogoc.link.kernel.linking import link, standing
from sogoc.link.policy import shipped_policy
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import standard
from sogoc.tables.parquet import ParquetFile
from sogoc.testing.district import CHANGES, UNITS, register_of

PART = 50
STANDING = 3
"""Parts that stand when the run is killed, in the midst of the next."""


def _run_until_killed(folder: Path, cache: Path, records: Path) -> None:
    """Link as a program of its own would, and stay within the fourth part for ever."""
    asking.PART = PART
    whole = ParquetFile.write

    def half(self: ParquetFile, rows: pa.Table) -> None:
        whole(self, rows)
        if (folder / "parts" / "people" / f"{STANDING:05}.part").exists():
            threading.Event().wait()

    ParquetFile.write = half  # type: ignore[method-assign]
    _link(folder, cache, records, engine_in="killed")


def _link(folder: Path, cache: Path, records: Path, *, engine_in: str) -> dict[str, pa.Table]:
    index = PersonIndex.open(folder / "index")
    with DuckDBEngine(folder / engine_in, threads=1) as engine:
        engine.register("locality_units", UNITS)
        engine.register("locality_changes", CHANGES)
        engine.register(standard("people"), records)
        kernel = Kernel(index=index, policy=shipped_policy(), cache=cache)
        register = register_of()
        parts = folder / "parts"
        stands = standing(engine, register.object("people"), kernel, folder=parts)
        assert link(engine, register, kernel, folder=parts, stands=stands) == []
        return {table: engine.arrow(f"select * from {table} order by all") for table in KEPT}


def _standing(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mtime_ns for file in sorted(folder.glob("*.parquet"))}


def _until(done: Path, alive: multiprocessing.process.BaseProcess) -> None:
    while not done.exists():
        assert alive.is_alive(), "the run ended before it could be killed"
        time.sleep(0.01)


def _written(numbers: Iterable[int]) -> list[str]:
    return [f"{number:05}.parquet" for number in numbers]


def test_a_run_killed_within_a_part_keeps_what_stands_and_ends_with_the_same_rows(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = world(13, 600, 400)
    linked.populate(one.persons)
    linked.records(one)
    records = linked.folder / "records.parquet"
    linked.engine.rows(f"copy (select * from {standard('people')}) to '{records}'")
    whole = _link(linked.folder, linked.cache, records, engine_in="whole")
    folder = linked.folder / "parts" / "people"
    assert not folder.exists()

    told = (linked.folder, linked.cache, records)
    run = multiprocessing.get_context("spawn").Process(target=_run_until_killed, args=told)
    run.start()
    _until(folder / f"{STANDING:05}.part", run)
    run.kill()
    run.join()
    assert run.exitcode == -signal.SIGKILL
    before = _standing(folder)
    assert list(before) == _written(range(STANDING))

    monkeypatch.setattr(asking, "PART", PART)
    # An engine that works with several threads would write the persons asked for in another order.
    then = _standing(linked.folder / "killed")[f"{asked('people')}.parquet"]
    again = _link(*told, engine_in="killed")
    assert _standing(linked.folder / "killed")[f"{asked('people')}.parquet"] == then
    after = _standing(folder)
    assert len(after) == -(-400 // PART)
    assert {name: after[name] for name in before} == before
    for table in KEPT:
        assert again[table].equals(whole[table]), table


def test_what_a_stopped_run_left_stands_for_the_same_records_judgements_and_index_alone(
    linked: Linked,
) -> None:
    one = world(14, 300, 20)
    linked.populate(one.persons)
    linked.records(one)
    records = linked.folder / "records.parquet"
    linked.engine.rows(f"copy (select * from {standard('people')}) to '{records}'")
    _link(linked.folder, linked.cache, records, engine_in="killed")
    people, parts = register_of().object("people"), linked.folder / "parts"

    def stands(known: frozenset[str] = frozenset()) -> set[str]:
        index = PersonIndex.open(linked.folder / "index")
        kernel = Kernel(index=index, policy=shipped_policy(), cache=linked.cache)
        with DuckDBEngine(linked.folder / "killed", threads=1) as engine:
            return set(standing(engine, people, kernel, folder=parts, known=known))

    assert stands() == {asked("people"), judged("people"), chances("people")}
    assert stands(frozenset({judgements("people")})) == {chances("people")}
    linked.populate(one.persons[1:])
    assert stands() == {chances("people")}
