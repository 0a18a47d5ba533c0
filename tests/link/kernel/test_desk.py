"""The desk answers for one person as the batch answers for all: every column, to the bit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.link.kernel.conftest import Linked, World, world

from sogoc.link.desk.asking import kinds
from sogoc.link.desk.desk import Answer, Desk, Told
from sogoc.link.index.person_index import TABLES, PersonIndex
from sogoc.link.kernel.asking import columns
from sogoc.link.overlay.changes import refresh
from sogoc.link.policy import Policy
from sogoc.link.population import population_plan
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import reference, standard
from sogoc.testing.district import CHANGES, UNITS, Someone, population_of, records_of, register_of

SAID = ("person", "outcome", "number", "probability", "margin", "differs", "evidence")


def desk_of(linked: Linked, index: PersonIndex, policy: Policy) -> Desk:
    (chances,) = linked.engine.arrow("select * from link_chances__people").to_pylist()
    (one,) = register_of().objects
    return Desk(index, Told(object=one, policy=policy, chances=chances), cache=linked.cache)


def by_batch(linked: Linked) -> dict[int, dict[str, Any]]:
    """What the batch said, with the posterior of the best candidate."""
    joined = (
        "select v.*, a.b_posterior as posterior from verified__people as v "
        "inner join link_answers__people as a on v._row = a._row and v.person = a.who"
    )
    return {row["_row"]: row for row in linked.engine.arrow(joined).to_pylist()}


def compare(desk: Desk, linked: Linked) -> None:
    batch = by_batch(linked)
    for record in linked.engine.arrow(f'select * from "{standard("people")}"').to_pylist():
        told = [told_of(answer) for answer in desk.ask(record)]
        wanted = batch.get(record["_row"])
        assert told == ([{name: wanted[name] for name in (*SAID, "posterior")}] if wanted else [])


def told_of(answer: Answer) -> dict[str, Any]:
    return {name: getattr(answer, name) for name in (*SAID, "posterior")}


@pytest.mark.parametrize("seed", range(3))
def test_dirty_records_get_the_outcome_and_evidence_of_the_batch_by_sql(
    linked: Linked, policy: Policy, seed: int
) -> None:
    one = world(seed, 400, 300)
    index = linked.populate(one.persons)
    linked.by_sql(policy, linked.records(one))
    compare(desk_of(linked, index, policy), linked)


def test_and_of_the_batch_by_the_kernel_over_changes_of_the_population(
    linked: Linked, policy: Policy, tmp_path: Path
) -> None:
    one = world(31, 400, 200)
    built = linked.populate(one.persons)
    came = [
        Someone("Nguyễn Thị Sớm Mai", "2026-01-05", "nữ", "001326000001", commune="00001"),
        Someone("Bế Văn An", "1959-02-01", None, None, "900000001", mother="Người Ở Xa"),
        Someone("Khăm Phết", "1959-02-01", "nữ", "001159000004", commune="Bản Lạ"),
    ]
    gone = one.persons[:20]
    index, unknown = refresh(
        built, came=_coded(tmp_path / "came", came), gone=_coded(tmp_path / "gone", gone)
    )
    assert unknown == 0
    asked = World([], [*came, *gone, *one.records])
    linked.by_kernel(index, policy, linked.records(asked))
    compare(desk_of(linked, index, policy), linked)


def _coded(folder: Path, people: list[Someone]) -> dict[str, Path]:
    with DuckDBEngine(folder, threads=1) as engine:
        engine.register("locality_units", UNITS)
        engine.register("locality_changes", CHANGES)
        engine.register(reference("people", "people"), population_of(people))
        for step in population_plan(register_of(population=True), as_of=date(2026, 1, 1)):
            engine.run(step)
        return {table: engine.parquet(table) for table in TABLES}


NAMES = st.text("nguyễnthịlanhòaHOÀ’'ðy -", max_size=14).map(lambda text: text.strip() or None)
SOMEONE = st.builds(
    Someone,
    NAMES,
    st.sampled_from((None, "1960", "1960-02", "1960-02-11", "1960-11-02", "1992-01-01", "19")),
    st.sampled_from((None, "nam", "nữ")),
    st.sampled_from((None, "001059000007", "001059000014", "1059000007")),
    st.sampled_from((None, "000000013", "013")),
    st.sampled_from((None, "00001", "00101", "99999")),
    father=NAMES,
    mother=NAMES,
)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(SOMEONE, min_size=30, max_size=60))
def test_whatever_is_written_the_desk_says_what_sql_says(
    linked: Linked, policy: Policy, people: list[Someone]
) -> None:
    one = world(5, 200, 1)
    index = linked.populate(one.persons)
    linked.by_sql(policy, linked.records(World(one.persons, people)))
    compare(desk_of(linked, index, policy), linked)


def test_the_desk_and_a_register_share_one_kernel(linked: Linked, policy: Policy) -> None:
    one = world(2, 60, 20)
    linked.populate(one.persons)
    linked.by_sql(policy, linked.records(one))
    table = linked.engine.arrow("select * from link_asked__people limit 0")
    assert columns(table.schema) == kinds(policy)


def test_a_record_that_names_nobody_has_no_answer(linked: Linked, policy: Policy) -> None:
    one = world(2, 60, 20)
    index = linked.populate(one.persons)
    linked.by_sql(policy, linked.records(one))
    (nobody,) = records_of([Someone(None)]).to_pylist()
    assert desk_of(linked, index, policy).ask(nobody) == []
