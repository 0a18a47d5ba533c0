"""Corrections go through steps like those of a delivery: here two of the simplest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests import small_land

from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Step
from sogoc.worklists.back.recheck import StageRecheck

if TYPE_CHECKING:
    from pathlib import Path


def steps(name: str, fields: list[str]) -> list[Step]:
    """Standardise and check in miniature: what is no 12 digits is a flaw, and breaks rule 0."""
    flaws = ", ".join(
        f"case when length({one}) <> 12 then 'length' end as {one}__flaw"
        if one == "so_dinh_danh"
        else f"cast(null as varchar) as {one}__flaw"
        for one in fields
    )
    return [
        Step(f"standard__{name}", (f"taken__{name}",), f"select _row, {flaws} from taken__{name}"),
        Step(
            f"errors__{name}",
            (f"standard__{name}",),
            f"select _row, 0 as rule from standard__{name} where {fields[4]}__flaw is not null",
        ),
    ]


def test_only_the_record_that_breaks_a_rule_is_said_to_break_it(tmp_path: Path) -> None:
    plan = [
        step
        for one in small_land.LAND.objects
        for step in steps(one.name, [field.name for field in one.fields])
    ]
    with DuckDBEngine(tmp_path) as engine:
        recheck = StageRecheck(small_land.LAND, engine, plan)
        batch = {7: {"so_dinh_danh": "066185000007"}, 9: {"so_dinh_danh": "1"}}
        for _twice in range(2):
            checked = recheck("quyen", batch)
            assert (checked[7].flaws, checked[7].broken) == ({}, frozenset())
            assert checked[9].flaws == {"so_dinh_danh": "length"}
            assert checked[9].broken == {"quyen.so_dinh_danh.format"}
