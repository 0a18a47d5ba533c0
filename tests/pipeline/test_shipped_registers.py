"""Every shipped register goes through every stage: a contract that no engine can run is a trap."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from sogoc.check import plan as check
from sogoc.contract.load import load
from sogoc.contract.model import Register
from sogoc.link.plan import plan as link_plan
from sogoc.link.policy import shipped_policy
from sogoc.link.population import population_plan
from sogoc.localities.tables import unit_tables
from sogoc.score.plan import plan as score_plan
from sogoc.score.rule_file import newest
from sogoc.shipped import shipped
from sogoc.standardise.run import standardise
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import judged, reference, standard, taken, verified

DAY = date(2026, 11, 21)
CONTRACTS = sorted(shipped("registers").glob("*.odcs.yaml"))


def empty_records(register: Register, engine: DuckDBEngine) -> None:
    """One record an object, in which nothing is written: every rule meets NULL at once."""
    for one in register.objects:
        rows: dict[str, list[object]] = {
            "_row": [1],
            "_sheet": ["s"],
            "_line": [7],
            "_part": [1],
            "_types": ["-" * len(one.fields)],
        }
        texts = {field.name: pa.array([None], pa.string()) for field in one.fields}
        engine.register(taken(one.name), pa.table({**rows, **texts}))


def population(engine: DuckDBEngine) -> None:
    register = load(shipped("registers") / "population.odcs.yaml")
    one = register.objects[0]
    columns = {field.name: pa.array([], pa.string()) for field in one.fields}
    engine.register(reference(register.id, one.name), pa.table(columns))
    for step in population_plan(register, as_of=DAY):
        engine.run(step)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda path: path.name.split(".")[0])
def test_every_stage_runs_on_every_shipped_register(contract: Path, tmp_path: Path) -> None:
    register = load(contract)
    with DuckDBEngine(tmp_path) as engine:
        for name, table in unit_tables().items():
            engine.register(name, table)
        empty_records(register, engine)
        standardise(engine, register, as_of=DAY)
        for step in check.plan(register, today=DAY):
            engine.run(step)
        if register.is_population:
            last = check.plan_without_link(register, today=DAY)
        else:
            population(engine)
            last = [
                *link_plan(register, shipped_policy()),
                *check.plan_after_link(register, today=DAY),
            ]
        for step in [*last, *score_plan(register, newest(shipped("rules"), DAY))]:
            engine.run(step)
        for one in register.objects:
            assert engine.rows(f'select count(*) from "{standard(one.name)}"') == [(1,)]
            assert engine.has(judged(one.name))
            if one.persons and not register.is_population:
                assert engine.has(verified(one.name))
