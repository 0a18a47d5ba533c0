"""Changes laid over an index: the same links as on an index built anew, counts aside."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.link.kernel.conftest import KEPT, Linked, world

from sogoc.errors import IndexRefused
from sogoc.link.building.index import changes_of
from sogoc.link.index.person_index import TABLES, PersonIndex
from sogoc.link.overlay.changes import refresh
from sogoc.link.policy import Policy
from sogoc.link.population import population_plan
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import POPULATION, reference
from sogoc.testing.district import CHANGES, UNITS, Someone, population_of, register_of

AS_OF = date(2026, 1, 1)
Code = Callable[[list[Someone], str], dict[str, Path]]
"""The tables of some persons alone, coded in a folder of this name."""

NEWCOMERS = [
    Someone("Nguyễn Thị Sớm Mai", "2026-01-05", "nữ", "001326000001", commune="00001"),
    Someone("Khăm Phết Lào", "1988-03-09", "nam", "001088000002", commune="00201"),
    Someone("Bế Văn An", "1959-02-01", None, None, "900000001", mother="Người Ở Xa"),
    Someone(None, "1959-02-01", "nữ", "001159000004", commune="00101"),
]


@pytest.fixture
def code(tmp_path: Path) -> Code:
    """Codes some persons alone, as the register's changes come in."""

    return partial(coded, tmp_path)


def coded(folder: Path, people: list[Someone], name: str) -> dict[str, Path]:
    """By the steps that define what the tables are."""
    with DuckDBEngine(folder / name, threads=1) as engine:
        engine.register("locality_units", UNITS)
        engine.register("locality_changes", CHANGES)
        engine.register(reference("people", "people"), population_of(people))
        for step in population_plan(register_of(population=True), as_of=AS_OF):
            engine.run(step)
        return {table: engine.parquet(table) for table in TABLES}


def test_changes_coded_by_loops_give_the_same_overlay_to_the_byte(
    linked: Linked, tmp_path: Path
) -> None:
    one = world(27, 400, 1)
    index = linked.populate(one.persons)
    changes = moved(one.persons)
    came, gone = [now for _, now in changes] + NEWCOMERS, [then for then, _ in changes]
    by_plan = coded(tmp_path, came, "came"), coded(tmp_path, gone, "gone")
    over = []
    for arrived, left in (by_plan, coded_by_loops(tmp_path, came, gone)):
        changed, unknown = refresh(index, came=arrived, gone=left)
        assert unknown == 0
        over.append(changed.identity)
        shutil.rmtree(index.folder / "changes")
    assert over[0] == over[1]


def coded_by_loops(
    folder: Path, came: list[Someone], gone: list[Someone]
) -> tuple[dict[str, Path | pa.Table], dict[str, Path | pa.Table]]:
    """By compiled loops, both sides at once, as a node takes its changes in."""
    told = folder / "told"
    told.mkdir()
    files = {"came": told / "a.parquet", "gone": told / "b.parquet"}
    for side, people in (("came", came), ("gone", gone)):
        pq.write_table(population_of(people), files[side], row_group_size=50)
    with DuckDBEngine(folder / "by-loops", threads=1) as engine:
        engine.register("locality_units", UNITS)
        engine.register("locality_changes", CHANGES)
        engine.register(reference("people", "people"), told / "*.parquet")
        return changes_of(
            engine,
            register_of(population=True),
            came=[files["came"]],
            gone=[files["gone"]],
            as_of=AS_OF,
        )


def moved(people: list[Someone]) -> list[tuple[Someone, Someone]]:
    """Every fifth person moved, married or got another name: as they were, as they are."""
    return [
        (
            one,
            replace(one, commune="00201", spouse="Lò Văn Mới", name=one.name and f"{one.name} Hai"),
        )
        for one in people[::5]
    ]


def test_links_over_changes_are_those_of_sql_over_the_same_persons(
    linked: Linked, policy: Policy, code: Code
) -> None:
    one = world(21, 400, 300)
    index = linked.populate(one.persons)
    changes = moved(one.persons)
    came = [now for _, now in changes] + NEWCOMERS
    index, unknown = refresh(
        index,
        came=code(came, "came"),
        gone=code([then for then, _ in changes], "gone"),
    )
    assert unknown == 0
    known = linked.records(replace(one, records=[*one.records, *came]))
    index.register(linked.engine)
    assert linked.engine.rows("select count(*) from population") == [
        (len(one.persons) + len(NEWCOMERS),)
    ]
    sql, kernel = linked.by_sql(policy, known), linked.by_kernel(index, policy, known)
    for table in KEPT:
        assert kernel[table].equals(sql[table]), table


def test_links_over_changes_mean_whom_links_of_a_rebuilt_index_mean(
    linked: Linked, policy: Policy, code: Code
) -> None:
    one = world(22, 3000, 200)
    index = linked.populate(one.persons)
    changes = moved(one.persons)[:40]
    came = [now for _, now in changes] + NEWCOMERS
    gone = [then for then, _ in changes]
    over, _ = refresh(index, came=code(came, "came"), gone=code(gone, "gone"))
    known = linked.records(replace(one, records=[*NEWCOMERS[:2], *one.records]))
    said = linked.by_kernel(over, policy, known)["verified__people"]
    rest = list(one.persons)
    for left in gone:
        rest.remove(left)
    rebuilt = linked.by_kernel(linked.populate([*rest, *came]), policy, known)["verified__people"]
    columns = ["_row", "number"]
    assert said.select(columns)[:2].equals(rebuilt.select(columns)[:2])
    same = sum(
        left == right
        for left, right in zip(
            said.select(columns).to_pylist(), rebuilt.select(columns).to_pylist(), strict=True
        )
    )
    # A name that came stands uncounted: in a village of single bearers that moves a few thresholds.
    assert same >= 0.97 * said.num_rows


def test_changes_upon_changes(linked: Linked, policy: Policy, code: Code) -> None:
    one = world(23, 200, 150)
    index = linked.populate(one.persons)
    first, second = moved(one.persons)[:20], NEWCOMERS[0]
    index, _ = refresh(
        index,
        came=code([now for _, now in first] + NEWCOMERS, "came1"),
        gone=code([then for then, _ in first], "gone1"),
    )
    married = replace(second, name="Nguyễn Thị Sớm Mai Hoa", spouse="Lò Văn Mới")
    index, unknown = refresh(
        index,
        came=code([married], "came2"),
        gone=code([second, first[0][1]], "gone2"),
    )
    assert unknown == 0
    known = linked.records(replace(one, records=[*one.records, married, second]))
    index.register(linked.engine)
    sql, kernel = linked.by_sql(policy, known), linked.by_kernel(index, policy, known)
    for table in KEPT:
        assert kernel[table].equals(sql[table]), table


def test_somebody_who_was_never_there_is_counted(linked: Linked, code: Code) -> None:
    index = linked.populate(world(24, 60, 1).persons)
    stranger = [Someone("Không Ai Biết", "1900-01-01", "nam", "001000000009")]
    _, unknown = refresh(index, came=code([], "nobody"), gone=code(stranger, "stranger"))
    assert unknown == 1


def test_changes_of_another_index_are_refused(linked: Linked, code: Code) -> None:
    one = world(25, 60, 1)
    index = linked.populate(one.persons)
    refresh(index, came=code(NEWCOMERS, "came"), gone=code([], "gone"))
    built = linked.folder / "index" / "changes"
    aside = built.rename(linked.folder / "aside")
    PersonIndex.build(linked.engine, linked.folder / "index", source="another release")
    aside.rename(built)
    with pytest.raises(IndexRefused, match="not of this index"):
        PersonIndex.open(linked.folder / "index")


def test_a_rebuilt_index_has_taken_its_changes_in(linked: Linked, code: Code) -> None:
    index = linked.populate(world(26, 60, 1).persons)
    refresh(index, came=code(NEWCOMERS, "came"), gone=code([], "gone"))
    assert PersonIndex.open(index.folder).changes is not None
    PersonIndex.build(linked.engine, index.folder, source="next release")
    assert PersonIndex.open(index.folder).changes is None
    assert linked.engine.has(POPULATION)
