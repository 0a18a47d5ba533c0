"""DuckDB, Spark and the kernel link alike, to the row; the engines in every table between."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import pytest
from tests.link.kernel.conftest import Linked, World, world

from sogoc.link.columns import mutual, scored
from sogoc.link.plan import plan
from sogoc.link.policy import Policy
from sogoc.tables.engine import Step
from sogoc.testing.both_engines import BothEngines
from sogoc.testing.district import CHANGES, UNITS, Someone, register_of

pytestmark = pytest.mark.spark

AN = Someone(
    "Nguyễn Văn Ân", "1991-03-17", "nam", "001091000001", "012345678", "00001", father="Nguyễn Cha"
)
HOA = Someone(
    "Trần Thị Hoà", "1992-05-06", "nữ", "001192000002", None, "00002", spouse="Phan Chí Công"
)
CONG = Someone("Phan Chí Công", "1990-11-12", "nam", "001090000003", None, "00002")
TWINS = (
    Someone("Đinh Hải Long", "1999-09-09", "nam", "001099000006", None, "00101"),
    Someone("Đinh Hải Lân", "1999-09-09", "nam", "001099000007", None, "00101"),
)
DEAD = Someone("Lý Thị Tám", "1931", "nữ", "001131000008", None, "00201", died="2020-07-01")
LINH = Someone("H'Linh Niê", "1994-02-03", "nữ", "066194000011", None, "00003")
# The most usual name on the most usual day: what is known of them is a year.
NEW_YEAR = tuple(
    Someone("Nguyễn Văn Nam", "1962-01-01", "nam", f"00106200{i:04d}", None, "00001")
    for i in range(20)
)
PEOPLE = [AN, HOA, CONG, *TWINS, DEAD, LINH, *NEW_YEAR]
ASKED = [
    *(AN, HOA, CONG, *TWINS, DEAD, LINH, *NEW_YEAR[:3]),
    # a digit slipped; the old number; the number of the husband on the row of the wife
    *(replace(AN, number="001091000007"), replace(AN, number=None, name="NGUYEN VAN AN")),
    *(replace(HOA, number=CONG.number), replace(HOA, name="TRẦN THỊ HÒA", born="1992")),
    # no number, and less and less besides
    *(replace(one, number=None, old_number=None) for one in (AN, HOA, LINH, NEW_YEAR[4])),
    *(replace(one, number=None, old_number=None, born=None) for one in (AN, LINH, CONG)),
    *(replace(one, number=None, old_number=None, commune=None, sex=None) for one in (*TWINS, DEAD)),
    replace(LINH, number=None, name="H Linh Nie", born="1994-03-02"),
    Someone("Người Không Có", "1900-01-01", "nam", "001000000099", None, None),
    Someone(None, None, None, "001091000001", None, None),
    Someone("Võ Danh", None, None, None, None, None),
]
JUDGED = ((1, "owner", AN.number, "same"), (2, "owner", CONG.number, "other"))


def village() -> World:
    """The records above, and beside them a village where ties, twins and slips are the rule."""
    dirty = world(2, 120, 90)
    return World([*dirty.persons, *PEOPLE], [*ASKED, *dirty.records], JUDGED)


def test_ties_fall_alike_on_duckdb_on_spark_and_in_the_kernel(
    both_engines: BothEngines, policy: Policy, kernels: Path, tmp_path: Path
) -> None:
    for name, table in {"locality_units": UNITS, "locality_changes": CHANGES}.items():
        both_engines.register(name, table)
    linked = Linked(both_engines, tmp_path, kernels)
    index = linked.populate(village().persons)
    known = linked.records(village())
    by_sql, before = {}, list[Step]()
    for link_to in ("many-to-one", "one-to-one"):
        steps = plan(register_of(link_to=link_to), policy, known=known)
        for step in steps[_alike(before, steps) :]:
            both_engines.run(step)
        by_sql[link_to], before = linked.tables(), steps
    assert all(both_engines.first.rows(f"select 1 from {table}") for table in _stages(policy))
    assert mutual("people") in both_engines.compared
    assert _tied(both_engines) > 10
    alone = replace(linked, engine=both_engines.first)
    for link_to, tables in by_sql.items():
        by_kernel = alone.by_kernel(index, policy, known, link_to=link_to)
        for table, rows in tables.items():
            assert by_kernel[table].equals(rows), (link_to, table)


def _alike(before: list[Step], steps: list[Step]) -> int:
    """How many steps a plan begins with as the one before: their tables stand already."""
    both = zip(before, steps, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))


def _stages(policy: Policy) -> list[str]:
    return [scored("people", stage) for stage, _ in enumerate(policy.stages, 1)]


def _tied(both_engines: BothEngines) -> int:
    """How many records have several best candidates of one weight."""
    select = "select 1 from link_candidates__people where place = 1 and weight = next_weight"
    return len(both_engines.first.rows(select))
