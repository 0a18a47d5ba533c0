"""Persons who may stand twice: pairs, clusters that never chain, and twins left in peace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sogoc.link.doubles.clusters import LARGEST, Pair, clustered
from sogoc.link.doubles.plan import HELD, PAIRS, doubles_plan
from sogoc.link.policy import shipped_policy
from sogoc.testing.district import (
    CHANGES,
    UNITS,
    Someone,
    background,
    population_of,
    register_of,
)

if TYPE_CHECKING:
    from sogoc.tables.engine import Engine

TWICE = Someone("Phạm Thị Thử", "1993-04-05", "nữ", "001193000001", None, "00001")
SLIP = replace(TWICE, number="001193000010")
MARKS = Someone("Pham Thi Thu", "1993-04-05", "nữ", None, None, "00001")
TWIN = Someone(
    "Phạm Văn An",
    "1994-06-07",
    "nam",
    "001194000003",
    commune="00002",
    mother="Lê Thị Mẹ",
    father="Phạm Văn Cha",
)
OTHER_TWIN = replace(TWIN, name="Phạm Văn Bình", number="001194837261")
NAMESAKES = [
    Someone("Vũ Thị Lan", "1970-01-05", "nữ", "001170482911"),
    Someone("Vũ Thị Lan", "1978-11-23", "nữ", "001178061537"),
    Someone("Vũ Thị Lan", "1991-06-14", "nữ", "001191935402"),
]


def pairs(engine: Engine, people: list[Someone], *, link_to: str) -> list[tuple[int, int]]:
    everybody = background(2000) + people
    register = register_of(link_to=link_to)
    held = population_of(everybody)
    held = held.append_column("_record", pa.array(range(1, len(everybody) + 1), pa.int64()))
    held = held.append_column("_missing_since", pa.nulls(len(everybody), pa.int64()))
    engine.register("locality_units", UNITS)
    engine.register("locality_changes", CHANGES)
    engine.register(HELD, held)
    one = register.objects[0]
    for step in doubles_plan(register, one, shipped_policy(), as_of=date(2026, 1, 1)):
        engine.run(step)
    found = engine.rows(f"select record - 2000, other - 2000 from {PAIRS} order by 1, 2")
    return [(record, other) for record, other in found if record > 0]


def test_who_was_entered_twice_is_found_and_nobody_is_a_double_of_himself(
    duckdb_engine: Engine,
) -> None:
    found = pairs(duckdb_engine, [TWICE, SLIP, MARKS], link_to="one-to-one")
    assert found == [(1, 2), (1, 3), (2, 3)]


def test_twins_and_namesakes_are_left_in_peace(duckdb_engine: Engine) -> None:
    assert pairs(duckdb_engine, [TWIN, OTHER_TWIN, *NAMESAKES], link_to="one-to-one") == []


def test_where_a_person_may_stand_in_many_records_one_number_is_no_double(
    duckdb_engine: Engine,
) -> None:
    shouted = replace(TWICE, name="PHẠM THỊ THỬ")
    found = pairs(duckdb_engine, [TWICE, TWICE, shouted, SLIP], link_to="many-to-one")
    assert (1, 2) not in found
    assert (1, 3) not in found
    assert (1, 4) in found


def pair(record: int, other: int, posterior: float = 0.9) -> Pair:
    return Pair(record=record, other=other, weight=9000, posterior=posterior, evidence="")


def members(groups: list[list[Pair]]) -> list[set[int]]:
    return [{one.record for one in group} | {one.other for one in group} for group in groups]


def test_all_who_are_alike_each_with_each_are_one_cluster() -> None:
    groups = clustered([pair(1, 2), pair(1, 3), pair(2, 3)])
    assert members(groups) == [{1, 2, 3}]


def test_a_chain_of_likenesses_is_no_cluster() -> None:
    groups = clustered([pair(1, 2, 0.99), pair(2, 3, 0.98)])
    assert members(groups) == [{1, 2}, {2, 3}]


_NUMBERS = st.tuples(st.integers(1, 14), st.integers(1, 14)).filter(lambda both: both[0] < both[1])


@given(st.dictionaries(_NUMBERS, st.sampled_from([0.2, 0.5, 0.9]), max_size=60))
def test_every_pair_stands_once_and_no_cluster_says_more_than_its_pairs(
    given_pairs: dict[tuple[int, int], float],
) -> None:
    groups = clustered(pair(*both, posterior) for both, posterior in given_pairs.items())
    listed = [(one.record, one.other) for group in groups for one in group]
    assert sorted(listed) == sorted(given_pairs)
    for group, whole in zip(groups, members(groups), strict=True):
        assert len(whole) <= LARGEST
        assert len(group) == len(whole) * (len(whole) - 1) // 2
