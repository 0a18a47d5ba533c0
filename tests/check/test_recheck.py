"""A re-check of a few records gives what a full check would."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.check.functions import Surroundings
from sogoc.check.plan import plan
from sogoc.check.recheck import before, changed, earlier_findings, earlier_scorecard, recheck
from sogoc.contract.model import Reference, RuleForm
from sogoc.tables import naming
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.testing.standard_records import TODAY, parcels, put, register, rule

KNOWN = frozenset({naming.reference("population", "person")})
TO = Reference(register="population", object="person", fields=("number",))
ONE = parcels(
    rule("small", "area", fail_when="area <= 0"),
    rule("code", "code", form=RuleForm.UNIQUE),
    rule("both", "area", "owner", form=RuleForm.UNIQUE),
    rule("nobody", "owner", form=RuleForm.REFERENCE, reference=TO),
    rule("sex", "owner", "sex", fail_when="sex_of(owner) <> sex"),
)
RECORD = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["A", "B", "C", None]),
        "commune": st.sampled_from(["00004", "00008"]),
        "area": st.sampled_from([-1, 1, 2, None]),
        "owner": st.sampled_from(["001085000002", "001185000003", None]),
        "sex": st.sampled_from(["nam", "nữ"]),
    }
)
RECORDS = st.lists(RECORD, min_size=1, max_size=7)
Answer = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]


def around() -> Surroundings:
    kinds = {field.name: field.kind for field in ONE.fields}
    return Surroundings(register="land", kinds=kinds, today=TODAY, known=KNOWN)


def standard(engine: DuckDBEngine, records: list[dict[str, object]]) -> pa.Table:
    put(engine, ONE, records)
    person = pa.table({"number": ["001085000002"]})
    engine.register(naming.reference("population", "person"), person)
    return engine.arrow("select * from standard__parcel order by _row")


def full(engine: DuckDBEngine) -> None:
    for step in plan(register(ONE), today=TODAY, known=KNOWN):
        engine.run(step)


def answer(engine: DuckDBEngine) -> Answer:
    found = engine.rows("select _row, _locality, fail_0, null_0 from findings__parcel order by all")
    counts = "select _locality, rule, failed, passed, unassessed from scorecard__parcel"
    return found, engine.rows(f"{counts} order by all")


@given(RECORDS, RECORDS)
@settings(max_examples=6, deadline=None)
def test_a_recheck_of_what_changed_is_a_full_check(
    old: list[dict[str, object]], new: list[dict[str, object]]
) -> None:
    with TemporaryDirectory() as folder, DuckDBEngine(Path(folder)) as engine:
        was = standard(engine, old)
        full(engine)
        findings = engine.arrow("select * from findings__parcel")
        card = engine.arrow("select * from scorecard__parcel")
        now = standard(engine, new)
        full(engine)
        expected = answer(engine)
        same = [row + 1 for row, (a, b) in enumerate(zip(old, new, strict=False)) if a == b]
        is_new = pc.invert(pc.is_in(now["_row"], pa.array(same, pa.int64())))
        was_other = pc.invert(pc.is_in(was["_row"], pa.array(same, pa.int64())))
        engine.register(changed("parcel"), now.filter(is_new))
        engine.register(before("parcel"), was.filter(was_other))
        engine.register(earlier_findings("parcel"), findings)
        engine.register(earlier_scorecard("parcel"), card)
        for step in recheck(ONE, around()):
            engine.run(step)
        assert answer(engine) == expected


def test_who_shares_a_key_with_a_changed_record_as_before_is_not_looked_at(tmp_path: Path) -> None:
    with DuckDBEngine(tmp_path) as engine:
        twice: list[dict[str, object]] = [{"code": "A", "area": 1}, {"code": "A", "area": 2}]
        was = standard(engine, twice)
        full(engine)
        now = standard(engine, [{"code": "A", "area": -1}, twice[1]])
        engine.register(changed("parcel"), now.slice(0, 1))
        engine.register(before("parcel"), was.slice(0, 1))
        engine.register(earlier_findings("parcel"), engine.arrow("select * from findings__parcel"))
        card = engine.arrow("select * from scorecard__parcel")
        engine.register(earlier_scorecard("parcel"), card)
        for step in recheck(ONE, around()):
            engine.run(step)
        assert engine.rows("select _row from again__parcel") == [(1,)]
        assert engine.rows("select _row, fail_0 from findings__parcel order by _row") == [
            (1, 0b11),
            (2, 0b10),
        ]


def test_every_step_can_be_said_in_the_words_of_spark() -> None:
    for step in recheck(ONE, around()):
        [spoken] = sqlglot.transpile(step.select, read="duckdb", write="spark")
        assert sqlglot.parse_one(spoken, read="spark").sql("spark")
