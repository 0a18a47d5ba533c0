"""A re-check of a few records gives what a full check would."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import sqlglot
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sogoc.check.carried import before, changed, earlier, kept_tables
from sogoc.check.plan import plan, plan_without_link
from sogoc.check.recheck import Earlier, recheck_plan
from sogoc.contract.model import Alike, Person, Reference, Register, RuleForm
from sogoc.tables import naming
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.testing.standard_records import TODAY, parcels, put, register, rule

HELD = naming.reference("population", "person")
KNOWN = frozenset({HELD})
TO = Reference(register="population", object="person", fields=("number",))
WITHIN = Reference(register="", object="parcel", fields=("code",))
RULES = (
    rule("small", "area", fail_when="area <= 0"),
    rule("code", "code", form=RuleForm.UNIQUE),
    rule("both", "area", "owner", form=RuleForm.UNIQUE),
    rule("nobody", "owner", form=RuleForm.REFERENCE, reference=TO),
    rule("sex", "owner", "sex", fail_when="sex_of(owner) <> sex"),
    rule("old", "issued", fail_when="issued < days_ago(30)"),
    rule("next", "born", form=RuleForm.REFERENCE, reference=WITHIN),
)
ONE = parcels(*RULES)
WAITS = replace(
    parcels(*RULES, rule("who", "owner", form=RuleForm.VERIFICATION, fail_when="1 = 0")),
    persons=(Person(id="owner", number="owner"),),
)
OWNERS = ["001085000002", "001185000003"]
RECORD = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["A", "B", "C", None]),
        "commune": st.sampled_from(["00004", "00008", None]),
        "area": st.sampled_from([-1, 1, 2, None]),
        "owner": st.sampled_from([*OWNERS, None]),
        "sex": st.sampled_from(["nam", "nữ"]),
        "born": st.sampled_from(["A", "D", None]),
        "issued": st.sampled_from([None, TODAY, TODAY - timedelta(days=31)]),
    }
)
RECORDS = st.lists(RECORD, min_size=1, max_size=7)
PERSONS = st.sets(st.sampled_from(OWNERS))
Records = list[dict[str, object]]
Answer = dict[str, list[tuple[Any, ...]]]


class Desk:
    """Checks a delivery whole, then another one again; one folder, one register."""

    def __init__(self, engine: DuckDBEngine, of: Register) -> None:
        self.engine = engine
        self.register = of
        self.one = of.objects[0]

    def put(self, records: Records, persons: Iterable[str]) -> pa.Table:
        put(self.engine, self.one, records)
        numbers = pa.array(sorted(persons), pa.string())
        self.engine.register(HELD, pa.table({"number": numbers}))
        return self.engine.arrow("select * from standard__parcel order by _row")

    def full(self, today: date, known: frozenset[str] = KNOWN) -> Answer:
        for step in plan(self.register, today=today, known=known):
            self.engine.run(step)
        return self.answer()

    def keep(self) -> None:
        for table in kept_tables(self.one):
            self.engine.register(earlier(table), self.engine.arrow(f'select * from "{table}"'))

    def again(self, was: pa.Table, now: pa.Table, then: Earlier, *, today: date) -> Answer:
        """Records at the same place with the same content are the same; others changed."""
        old, new = was.to_pylist(), now.to_pylist()
        same = [a == b for a, b in zip(old, new, strict=False)]
        longest = max(len(old), len(new))
        other = pa.array([not one for one in same] + [True] * (longest - len(same)), pa.bool_())
        self.engine.register(changed("parcel"), now.filter(other.slice(0, len(new))))
        self.engine.register(before("parcel"), was.filter(other.slice(0, len(old))))
        for step in recheck_plan(self.register, then, today=today, known=KNOWN):
            self.engine.run(step)
        return self.answer()

    def answer(self) -> Answer:
        if len(self.one.rules) > len(RULES):
            for step in plan_without_link(self.register, today=TODAY):
                self.engine.run(step)
        columns = {
            "findings__parcel": "_row, _locality, fail_0",
            "scorecard__parcel": "_locality, rule, failed, passed, unassessed",
            "errors__parcel": "_row, _locality, rule, field, flaw, text, proposal",
            "judged__parcel": "_locality, fail_0, null_0, records",
        }
        return {
            table: self.engine.rows(f"select {names} from {table} order by all")
            for table, names in columns.items()
        }


def desk(check: Callable[[Desk], None], one: Register) -> None:
    with TemporaryDirectory() as folder, DuckDBEngine(Path(folder), threads=1) as engine:
        check(Desk(engine, one))


@given(
    old=RECORDS,
    new=RECORDS,
    persons=PERSONS,
    persons_now=PERSONS,
    days=st.sampled_from([0, 0, 1, 40]),
    waits=st.booleans(),
)
@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_a_recheck_of_what_changed_is_a_full_check(
    old: Records,
    new: Records,
    persons: set[str],
    persons_now: set[str],
    days: int,
    waits: bool,  # noqa: FBT001 - drawn, no mode
) -> None:
    def check(desk: Desk) -> None:
        was = desk.put(old, persons)
        desk.full(TODAY)
        desk.keep()
        later = TODAY + timedelta(days=days)
        now = desk.put(new, persons_now)
        expected = desk.full(later)
        moved = KNOWN if persons != persons_now else frozenset[str]()
        then = Earlier(today=TODAY, known=KNOWN, moved=moved)
        assert desk.again(was, now, then, today=later) == expected

    desk(check, register(WAITS if waits else ONE))


def test_a_register_that_can_be_looked_up_for_the_first_time_is_asked_for_every_record() -> None:
    def check(desk: Desk) -> None:
        records: Records = [{"code": "A", "owner": OWNERS[0]}, {"code": "B", "owner": OWNERS[1]}]
        was = desk.put(records, OWNERS[:1])
        desk.full(TODAY, frozenset())
        desk.keep()
        then = Earlier(today=TODAY, known=frozenset(), moved=KNOWN)
        found = desk.again(was, was, then, today=TODAY)
        assert found == desk.full(TODAY)
        assert [row[0] for row in found["findings__parcel"]] == [2]

    desk(check, register(ONE))


def test_records_that_may_be_alike_are_checked_whole() -> None:
    alike = rule("alike", "code", form=RuleForm.NEAR_DUPLICATE, alike=Alike(alike=("code",)))

    def check(desk: Desk) -> None:
        was = desk.put([{"code": "Trạm y tế A"}], [])
        desk.full(TODAY)
        desk.keep()
        now = desk.put([{"code": "Trạm y tế A"}, {"code": "Trạm y tế Á"}], [])
        found = desk.again(was, now, Earlier(today=TODAY, known=KNOWN), today=TODAY)
        assert [row[0] for row in found["findings__parcel"]] == [1, 2]

    desk(check, register(parcels(alike)))


def test_who_shares_a_key_with_a_changed_record_as_before_is_not_looked_at() -> None:
    def check(desk: Desk) -> None:
        twice: Records = [{"code": "A", "area": 1}, {"code": "A", "area": 2}]
        was = desk.put(twice, [])
        desk.full(TODAY)
        desk.keep()
        now = desk.put([{"code": "A", "area": -1}, twice[1]], [])
        desk.again(was, now, Earlier(today=TODAY, known=KNOWN), today=TODAY)
        assert desk.engine.rows("select _row from turned__parcel") == []
        found = desk.engine.rows("select _row, fail_0 from findings__parcel order by _row")
        assert found == [(1, 0b11), (2, 0b10)]

    desk(check, register(replace(ONE, rules=RULES[:3])))


def test_every_step_can_be_said_in_the_words_of_spark() -> None:
    then = Earlier(today=TODAY - timedelta(days=1), known=KNOWN, moved=KNOWN)
    for step in recheck_plan(register(ONE), then, today=TODAY, known=KNOWN):
        [spoken] = sqlglot.transpile(step.select, read="duckdb", write="spark")
        assert sqlglot.parse_one(spoken, read="spark").sql("spark")
