"""A few records, joined with what they name alone, are linked as with the whole dictionaries."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.link.kernel.conftest import KEPT, Linked, world

from sogoc.link.desk.few import link_few
from sogoc.link.index.person_index import TABLES, PersonIndex
from sogoc.link.kernel.candidates import Kernel
from sogoc.link.overlay.changes import refresh
from sogoc.link.policy import Policy
from sogoc.link.population import population_plan
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import reference
from sogoc.testing.district import CHANGES, UNITS, Someone, population_of, register_of


def compare(linked: Linked, index: PersonIndex, policy: Policy, known: frozenset[str]) -> None:
    whole = linked.by_kernel(index, policy, known)
    asked = linked.engine.arrow("select * from link_asked__people order by asked")
    kernel = Kernel(index=index, policy=policy, cache=linked.cache)
    folder = linked.folder / "few"
    assert link_few(linked.engine, register_of(), kernel, folder=folder, known=known) == []
    few = linked.engine.arrow("select * from link_asked__people order by asked")
    assert few.equals(asked)
    for table in KEPT:
        made = linked.engine.arrow(f"select * from {table} order by all")
        assert made.equals(whole[table]), table


def test_the_same_rows_of_persons_asked_for_candidates_and_outcomes(
    linked: Linked, policy: Policy
) -> None:
    one = world(61, 3000, 500)
    index = linked.populate(one.persons)
    compare(linked, index, policy, linked.records(one))


def test_the_same_over_changes_of_the_population(
    linked: Linked, policy: Policy, tmp_path: Path
) -> None:
    one = world(62, 800, 200)
    came = [
        Someone("Khăm Phết Lào", "1988-03-09", "nam", "001088000002", commune="00201"),
        Someone("Bế Văn Ấn", "1959-02-01", None, None, "900000001", mother="Người Ở Xa"),
    ]
    index = linked.populate(one.persons)
    tables = {
        name: coded(tmp_path / name, people) for name, people in (("came", came), ("gone", []))
    }
    index, _ = refresh(index, **tables)
    one.records.extend([*came, Someone("khăm phết  lào"), Someone("An Văn Bế", "1959")])
    compare(linked, index, policy, linked.records(one))


def coded(folder: Path, people: list[Someone]) -> dict[str, Path]:
    with DuckDBEngine(folder, threads=1) as engine:
        engine.register("locality_units", UNITS)
        engine.register("locality_changes", CHANGES)
        engine.register(reference("people", "people"), population_of(people))
        for step in population_plan(register_of(population=True), as_of=date(2026, 1, 1)):
            engine.run(step)
        return {table: engine.parquet(table) for table in TABLES}
