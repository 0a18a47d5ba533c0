"""Whom a change of the population does not touch is answered as if everybody were linked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.link.kernel.conftest import Linked, World, world

from sogoc.link.columns import chances
from sogoc.link.index.person_index import TABLES
from sogoc.link.overlay.changes import refresh
from sogoc.link.plan import plan
from sogoc.link.policy import Policy
from sogoc.link.population import population_plan
from sogoc.pipeline.again.touched import touched, touched_plan
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import reference, standard
from sogoc.testing.district import CHANGES, UNITS, Someone, population_of, records_of, register_of

(PEOPLE,) = register_of().objects
NEWCOMERS = [
    Someone("Nguyễn Thị Lan", "1960-02-11", "nữ", "001160000001", commune="00001"),
    Someone("Bế Văn An", "1959-02-01", None, None, "900000001", mother="Nguyễn Văn An"),
]


def coded(folder: Path, people: list[Someone]) -> dict[str, Path]:
    with DuckDBEngine(folder, threads=1) as engine:
        code(engine, people)
        return {table: engine.parquet(table) for table in TABLES}


def code(engine: DuckDBEngine, people: list[Someone]) -> None:
    engine.register("locality_units", UNITS)
    engine.register("locality_changes", CHANGES)
    engine.register(reference("people", "people"), population_of(people))
    for step in population_plan(register_of(population=True), as_of=date(2026, 1, 1)):
        engine.run(step)


def answers(linked: Linked, policy: Policy, known: frozenset[str]) -> dict[int, dict[str, Any]]:
    """By SQL, with the chances that stand, if any do."""
    for step in plan(register_of(), policy, known=known):
        if step.makes != chances("people") or not linked.engine.has(step.makes):
            linked.engine.run(step)
    rows = linked.engine.arrow("select * from verified__people").to_pylist()
    return {row["_row"]: row for row in rows}


def found_touched(
    folder: Path, one: World, changed: list[Someone], *, policy: Policy, linked: Linked
) -> set[int]:
    with DuckDBEngine(folder, threads=1) as engine:
        code(engine, changed)
        engine.register(standard("people"), records_of(one.records))
        known = frozenset[str]()
        if one.judgements:
            known = frozenset({"judgements__people"})
            engine.borrow("judgements__people", linked.engine)
        for step in touched_plan(PEOPLE, policy, known=known):
            engine.run(step)
        return {row for (row,) in engine.rows(f"select _row from {touched('people')}")}


@pytest.mark.parametrize("seed", range(2))
def test_untouched_records_keep_every_column_of_their_answer(
    linked: Linked, policy: Policy, tmp_path: Path, seed: int
) -> None:
    one = world(40 + seed, 4000, 600)
    changes = [
        (then, replace(then, commune="00201", name=then.name and f"{then.name} Hai"))
        for then in one.persons[:: 4000 // 6]
    ]
    gone = [then for then, _ in changes] + one.persons[3:5]
    came = [now for _, now in changes] + NEWCOMERS
    decided = tuple(
        (row, "owner", then.number, "other") for row, then in enumerate(gone, 1) if then.number
    )
    one = replace(one, records=[*came[:2], *gone[:2], *one.records], judgements=decided)
    index = linked.populate(one.persons)
    known = linked.records(one)
    before = answers(linked, policy, known)
    over, unknown = refresh(
        index, came=coded(tmp_path / "came", came), gone=coded(tmp_path / "gone", gone)
    )
    assert unknown == 0
    over.register(linked.engine)
    after = answers(linked, policy, known)
    anew = found_touched(tmp_path / "few", one, [*came, *gone], policy=policy, linked=linked)
    stay = before.keys() - anew
    assert {row: before[row] for row in stay} == {row: after[row] for row in stay}
    assert {1, 2, 3, 4} <= anew
    assert 0.4 * len(before) < len(stay) < len(before)
    assert any(before[row] != after[row] for row in anew)
