"""Communes that send nothing are seen beside those that do."""

from __future__ import annotations

import pyarrow as pa
import sqlglot

from sogoc.check.coverage import held_places, silent_steps
from sogoc.check.plan import around, plan
from sogoc.contract.model import RuleForm
from sogoc.localities.tables import LOCALITY_UNITS
from sogoc.tables import naming
from sogoc.tables.engine import Engine
from sogoc.testing.standard_records import TODAY, parcels, put, register, rule

EXPECTED = "reference__stats__land"
KNOWN = frozenset({EXPECTED})
ALL = rule("all", "commune", form=RuleForm.COVERAGE, expected=f"{EXPECTED}.parcels")
ONE = parcels(ALL)
UNITS = {"00004": "01", "00008": "01", "00010": "01", "24544": "66"}


def test_a_commune_that_sends_nothing_shows_what_is_held_of_it(engine: Engine) -> None:
    put(engine, ONE, [{"commune": "00004"}])
    counted = {"commune": list(UNITS), "parcels": [3, 5, 7, 9]}
    engine.register(EXPECTED, pa.table(counted))
    parents = {"code": list(UNITS), "parent": list(UNITS.values())}
    open_end = pa.array([None] * len(UNITS), pa.date32())
    engine.register(LOCALITY_UNITS, pa.table({**parents, "valid_to": open_end}))
    held = pa.table({"locality": ["00004", "00008"], "records": [1, 4]})
    engine.register(held_places("parcel"), held)
    for step in plan(register(ONE), today=TODAY, known=KNOWN):
        engine.run(step)
    for step in silent_steps(ONE, around(register(ONE), ONE, today=TODAY, known=KNOWN)):
        engine.run(step)
    found = engine.rows(
        f"select _locality, rule, expected, present from {naming.silent('parcel')} order by 1"
    )
    # 24544 lies in another province: its neighbours show it.
    assert found == [("00008", "all", 5, 4), ("00010", "all", 7, 0)]


def test_without_expected_counts_nobody_is_silent() -> None:
    assert silent_steps(ONE, around(register(ONE), ONE, today=TODAY)) == []


def test_the_step_can_be_said_in_the_words_of_spark() -> None:
    [step] = silent_steps(ONE, around(register(ONE), ONE, today=TODAY, known=KNOWN))
    [spoken] = sqlglot.transpile(step.select, read="duckdb", write="spark")
    assert sqlglot.parse_one(spoken, read="spark").sql("spark")
