"""Blocks that share a reading of the population find together what each finds by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.link.pairing.blocks import Scan, scans
from sogoc.link.policy import Block, shipped_policy
from sogoc.tables.duckdb_engine import DuckDBEngine

COLUMNS = ("born", "folded", "given", "surname", "middle", "year", "province", "commune")
FEW = "a.bearers <= 2 or a.bearers = 4"
SHARING = (
    Block(same=(("born", "born"), ("given", "given"), ("surname", "surname"))),
    Block(same=(("given", "given"), ("commune", "commune"), ("born", "born")), where=FEW),
    Block(same=(("folded", "folded"), ("year", "year")), where="a.bearers <= 1"),
    Block(same=(("folded", "folded"), ("year", "year"), ("province", "province")), where=FEW),
    Block(same=(("surname", "surname"), ("born", "born")), where=FEW),
    Block(same=(("surname", "surname"), ("middle", "middle"), ("born", "born"))),
    Block(same=(("turned", "folded"), ("year", "year")), where="a.bearers > 1"),
    Block(same=(("year", "born"), ("given", "given"), ("commune", "commune"))),
)
ALONE = (
    Block(same=(("folded", "folded"), ("commune", "commune"))),
    Block(same=(("turned", "folded"), ("born", "born"))),
)
value = st.one_of(st.none(), st.integers(1, 3))
person = st.tuples(*[value] * len(COLUMNS))
asked = st.tuples(*[value] * len(COLUMNS), value, st.integers(1, 4))


def table(rows: list[tuple[int | None, ...]], names: tuple[str, ...]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    named = dict(zip(names, (pa.array(list(one), pa.int64()) for one in columns), strict=True))
    return pa.table(
        {name: pa.array(range(len(rows)), pa.int64()) for name in ("id", "asked")} | named
    )


def found(engine: DuckDBEngine, joins: Iterable[Scan]) -> list[tuple[int, int]]:
    selects = [
        f"select a.asked, p.id from {scan.source} as a inner join people as p on {scan.on} "
        f"where {scan.where}"
        for scan in joins
    ]
    return sorted(engine.rows(" union ".join(selects)))


def alone(block: Block) -> Scan:
    on = " and ".join(f"a.{mine} = p.{theirs}" for mine, theirs in block.same)
    return Scan("todo", on, block.where)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    """One for all examples."""
    with DuckDBEngine(tmp_path_factory.mktemp("blocks"), threads=1) as made:
        yield made


@given(todo=st.lists(asked, max_size=12), people=st.lists(person, max_size=12))
def test_shared_readings_find_the_pairs_of_all_their_blocks_and_no_others(
    engine: DuckDBEngine,
    todo: list[tuple[int | None, ...]],
    people: list[tuple[int | None, ...]],
) -> None:
    engine.register("todo", table(todo, (*COLUMNS, "turned", "bearers")))
    engine.register("people", table(people, COLUMNS))
    every = (*SHARING, *ALONE)
    shared = list(scans(every, todo="todo"))
    assert len(shared) == 3 + len(ALONE)
    assert found(engine, shared) == found(engine, map(alone, every))


def test_the_shipped_policy_reads_the_population_less_often_than_it_has_blocks() -> None:
    for stage in shipped_policy().stages[1:]:
        assert len(list(scans(stage.blocks, todo="todo"))) < len(stage.blocks)


def test_a_block_by_itself_stays_as_it_is() -> None:
    assert list(scans([SHARING[1]], todo="todo")) == [alone(SHARING[1])]
