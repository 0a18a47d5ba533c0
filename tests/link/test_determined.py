"""The same persons and records give the same rows: in whatever order, on however many threads."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from sogoc.link.columns import POPULATION_TABLES, candidates
from sogoc.link.plan import plan
from sogoc.link.policy import Policy
from sogoc.link.population import population_plan
from sogoc.link.weights import FAR, mass
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import POPULATION, reference, standard, verified
from sogoc.testing.district import (
    CHANGES,
    UNITS,
    Someone,
    background,
    population_of,
    records_of,
    register_of,
)

PEOPLE = background(3000)


def _records() -> pa.Table:
    """Every second without a number, every third without a day, every fifth from elsewhere."""
    asked: list[Someone] = []
    for i, one in enumerate(PEOPLE[::7]):
        record = replace(one, number=None) if i % 2 else one
        record = replace(record, born=str(one.born)[:4]) if i % 3 == 0 else record
        record = replace(record, commune="00201") if i % 5 == 0 else record
        asked.append(replace(record, name=str(one.name)[1:]) if i % 11 == 0 else record)
    return records_of(asked)


def _linked(folder: Path, policy: Policy, *, seed: int, threads: int) -> dict[str, pa.Table]:
    draw = random.Random(seed)  # noqa: S311 - the order of a test
    people, records = PEOPLE.copy(), _records()
    draw.shuffle(people)
    order = draw.sample(range(len(records)), len(records))
    with DuckDBEngine(folder, threads=threads) as engine:
        engine.register("locality_units", UNITS)
        engine.register("locality_changes", CHANGES)
        engine.register(reference("people", "people"), population_of(people))
        engine.register(standard("people"), records.take(pa.array(order)))
        for step in population_plan(register_of(population=True), as_of=date(2026, 1, 1)):
            engine.run(step)
        for step in plan(register_of(), policy):
            engine.run(step)
        sorted_by = {candidates("people"): "asked, place", verified("people"): "_row, person"}
        unsorted = {
            name: engine.arrow(f"select * from {name} order by {order}")
            for name, order in sorted_by.items()
        }
        tables = (POPULATION, *POPULATION_TABLES)
        return unsorted | {name: engine.arrow(f"select * from {name}") for name in tables}


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> dict[str, pa.Table]:
    return _linked(tmp_path_factory.mktemp("there"), policy, seed=1, threads=1)


@pytest.mark.parametrize(("seed", "threads"), [(2, 1), (1, 2), (3, 2)])
def test_order_and_threads_change_no_row(
    there: dict[str, pa.Table], tmp_path: Path, policy: Policy, seed: int, threads: int
) -> None:
    again = _linked(tmp_path, policy, seed=seed, threads=threads)
    for name, table in there.items():
        assert table.num_rows > 0, name
        assert again[name].equals(table), name


def test_persons_are_numbered_in_the_order_in_which_they_lie(there: dict[str, pa.Table]) -> None:
    assert there[POPULATION]["person"].to_pylist() == list(range(len(PEOPLE)))
    born = [each for each in there[POPULATION]["born"].to_pylist() if each is not None]
    assert born == sorted(born)


def test_a_mass_is_what_exact_arithmetic_says(tmp_path: Path) -> None:
    """2^30 * 2^(-d / 1000), rounded down, for every distance that has a mass at all."""
    with DuckDBEngine(tmp_path, threads=1) as engine:
        select = f"select cast({mass('d')} as bigint) from range({FAR + 3}) as r(d) order by d"
        found = [row for (row,) in engine.rows(select)]
    for distance, value in enumerate(found[:FAR]):
        # Both sides to the power of 1000: whole numbers of any length, so nothing is rounded.
        top = 1 << (30_000 - distance)
        assert value**1000 <= top < (value + 1) ** 1000, distance
    assert found[FAR:] == [1, 0, 0]
