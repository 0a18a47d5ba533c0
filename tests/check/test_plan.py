"""What checking finds in records, and what it leaves unassessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa
import sqlglot

from sogoc.check.plan import plan, plan_after_link
from sogoc.contract.model import Alike, Person, Reference, RegisterObject, RuleForm
from sogoc.tables import naming
from sogoc.tables.engine import Engine
from sogoc.testing.standard_records import TODAY, parcels, put, register, rule


def run(
    engine: Engine, one: RegisterObject, known: frozenset[str] = frozenset()
) -> dict[int, set[int]]:
    """The positions of the rules that each record breaks."""
    for step in plan(register(one), today=TODAY, known=known):
        engine.run(step)
    broken: dict[int, set[int]] = {}
    for row, position in engine.rows("select _row, rule from errors__parcel"):
        broken.setdefault(row, set()).add(position)
    return broken


def counts(engine: Engine, position: int) -> dict[str | None, tuple[int, int, int]]:
    found = engine.rows(
        "select _locality, failed, passed, unassessed from scorecard__parcel where rule = ?",
        [position],
    )
    return {place: (failed, passed, unknown) for place, failed, passed, unknown in found}


def test_a_record_is_named_with_every_rule_it_breaks(engine: Engine) -> None:
    one = parcels(
        rule("small", "area", fail_when="area <= 0"),
        rule("late", "issued", fail_when="issued > today()"),
    )
    put(
        engine,
        one,
        [
            {"commune": "00004", "area": 0, "issued": date(2030, 1, 1)},
            {"commune": "00004", "area": 5, "issued": date(2020, 1, 1)},
            {"commune": "00008", "area": -1, "issued": date(2020, 1, 1)},
        ],
    )
    assert run(engine, one) == {1: {0, 1}, 3: {0}}
    assert counts(engine, 0) == {"00004": (1, 1, 0), "00008": (1, 0, 0)}


def test_an_empty_field_is_not_assessed_rather_than_passed(engine: Engine) -> None:
    one = parcels(rule("small", "area", fail_when="area <= 0"))
    put(engine, one, [{"commune": "00004"}, {"commune": "00004", "area": 2}])
    assert run(engine, one) == {}
    assert counts(engine, 0) == {"00004": (0, 1, 1)}


def test_one_side_of_an_or_can_answer_for_the_other_that_is_empty(engine: Engine) -> None:
    one = parcels(rule("either", "area", fail_when="area <= 0 or issued > today()"))
    put(engine, one, [{"area": 0}, {"area": 1}, {"area": 1, "issued": date(2020, 1, 1)}])
    assert run(engine, one) == {1: {0}}
    assert counts(engine, 0) == {None: (1, 1, 1)}


def test_a_missing_value_is_not_one_that_could_not_be_read(engine: Engine) -> None:
    one = parcels(
        rule("missing", "area", fail_when='"area" is null and "area__flaw" is null'),
        rule(
            "unreadable",
            "area",
            fail_when='case when "area__flaw" is not null then true '
            'when "area" is not null then false end',
        ),
    )
    put(
        engine,
        one,
        [
            {},
            {"area__raw": "1.1OO", "area__flaw": "not-a-number", "area__proposal": "1100"},
            {"area": 3},
        ],
    )
    assert run(engine, one) == {1: {0}, 2: {1}}
    assert counts(engine, 0) == {None: (1, 2, 0)}
    assert counts(engine, 1) == {None: (1, 1, 1)}
    shown = engine.rows("select field, flaw, text, proposal from errors__parcel where rule = 1")
    assert shown == [("area", "not-a-number", "1.1OO", "1100")]


def test_each_record_with_a_repeated_key_fails_and_an_empty_key_is_not_assessed(
    engine: Engine,
) -> None:
    one = parcels(rule("twice", "code", "commune", form=RuleForm.UNIQUE))
    put(
        engine,
        one,
        [
            {"code": "A", "commune": "00004"},
            {"code": "A", "commune": "00004"},
            {"code": "A", "commune": "00008"},
            {"commune": "00008"},
        ],
    )
    assert run(engine, one) == {1: {0}, 2: {0}}
    assert counts(engine, 0) == {"00004": (2, 0, 0), "00008": (0, 1, 1)}


def test_a_reference_to_a_register_of_this_node_is_looked_up(engine: Engine) -> None:
    to = Reference(register="population", object="person", fields=("number",))
    one = parcels(rule("nobody", "owner", form=RuleForm.REFERENCE, reference=to))
    put(engine, one, [{"owner": "001085000002"}, {"owner": "001085000009"}, {}])
    table = naming.reference("population", "person")
    engine.register(table, pa.table({"number": ["001085000002", "001085000002"]}))
    assert run(engine, one, frozenset({table})) == {2: {0}}
    assert counts(engine, 0) == {None: (1, 1, 1)}


def test_a_reference_within_a_register_may_lead_to_an_earlier_delivery(
    engine: Engine,
) -> None:
    """Schools are handed in once and pupils each year."""
    to = Reference(object="parcel", fields=("code",))
    one = parcels(rule("nobody", "owner", form=RuleForm.REFERENCE, reference=to))
    put(engine, one, [{"owner": "A", "code": "B"}, {"owner": "B"}, {"owner": "C"}])
    table = naming.reference("land", "parcel")
    engine.register(table, pa.table({"code": ["A"]}))
    assert run(engine, one, frozenset({table})) == {3: {0}}
    assert counts(engine, 0) == {None: (1, 2, 0)}


def test_a_reference_to_a_register_that_is_not_here_is_not_assessed(engine: Engine) -> None:
    to = Reference(register="population", object="person", fields=("number",))
    one = parcels(rule("nobody", "owner", form=RuleForm.REFERENCE, reference=to))
    put(engine, one, [{"owner": "001085000002"}])
    assert run(engine, one) == {}
    assert counts(engine, 0) == {None: (0, 0, 1)}


def test_a_personal_number_is_held_against_sex_and_year_of_birth(engine: Engine) -> None:
    one = parcels(
        rule("sex", "owner", "sex", fail_when="sex_of(owner) <> sex"),
        rule("year", "owner", "born", fail_when="birth_year_of(owner) <> year_of(born)"),
    )
    put(
        engine,
        one,
        [
            {"owner": "001300000000", "sex": "nữ", "born": "2000-05"},
            {"owner": "001300000000", "sex": "nam", "born": "1900"},
            {"owner": "001085000002", "sex": "nam"},
        ],
    )
    assert run(engine, one) == {2: {0, 1}}
    assert counts(engine, 1) == {None: (1, 1, 1)}


def test_a_year_alone_is_compared_by_its_first_and_last_day(engine: Engine) -> None:
    one = parcels(
        rule("surely-before", "issued", "born", fail_when="issued < earliest(born)"),
        rule("perhaps-before", "issued", "born", fail_when="issued < latest(born)"),
    )
    put(engine, one, [{"issued": date(1990, 6, 1), "born": born} for born in ("1990", "1990-06")])
    assert run(engine, one) == {1: {1}, 2: {1}}


def test_a_promise_in_working_days_skips_weekends(engine: Engine) -> None:
    one = parcels(rule("stale", "issued", fail_when="issued < working_days_ago(5)"))
    put(engine, one, [{"issued": date(2026, 11, 13)}, {"issued": date(2026, 11, 12)}])
    assert run(engine, one) == {2: {0}}


def test_a_record_that_its_rule_does_not_concern_is_not_assessed(engine: Engine) -> None:
    one = parcels(
        rule("small", "area", fail_when="area <= 0", not_assessed_when="commune = '00008'")
    )
    put(
        engine, one, [{"area": 0, "commune": "00008"}, {"area": 0, "commune": "00004"}, {"area": 0}]
    )
    assert run(engine, one) == {2: {0}, 3: {0}}
    assert counts(engine, 0)["00008"] == (0, 0, 1)


def test_more_rules_than_one_mask_holds_go_on_in_a_second(engine: Engine) -> None:
    one = parcels(*(rule(f"r{n}", "area", fail_when=f"area = {n}") for n in range(70)))
    put(engine, one, [{"area": 3}, {"area": 69}, {"area": 62}, {}])
    assert run(engine, one) == {1: {3}, 2: {69}, 3: {62}}
    assert counts(engine, 69) == {None: (1, 2, 1)}
    masks = engine.rows("select fail_0, fail_1 from findings__parcel where _row = 2")
    assert masks == [(0, 1 << 7)]


def test_a_key_that_repeats_is_found_by_a_rule_in_the_second_mask(engine: Engine) -> None:
    many = (rule(f"r{n}", "area", fail_when="area < 0") for n in range(64))
    twice = (rule(f"twice-{n}", n, form=RuleForm.UNIQUE) for n in ("code", "owner"))
    one = parcels(*twice, *many, rule("again", "code", form=RuleForm.UNIQUE))
    put(engine, one, [{"code": "A", "owner": "1"}, {"code": "A", "owner": "1"}, {"code": "B"}])
    assert run(engine, one) == {1: {0, 1, 66}, 2: {0, 1, 66}}


def test_an_object_without_rules_has_no_errors_and_an_empty_scorecard(
    engine: Engine,
) -> None:
    one = parcels()
    put(engine, one, [{"area": 1}])
    assert run(engine, one) == {}
    assert engine.rows("select * from scorecard__parcel") == []


def test_a_place_with_fewer_records_than_expected_fails_and_one_not_counted_is_unassessed(
    engine: Engine,
) -> None:
    one = parcels(
        rule("all", "commune", form=RuleForm.COVERAGE, expected="reference__stats__land.parcels")
    )
    put(engine, one, [{"commune": "00004"}, {"commune": "00004"}, {"commune": "00008"}])
    counted = pa.table({"commune": ["00004", "00010"], "parcels": [3, 5]})
    engine.register("reference__stats__land", counted)
    run(engine, one, frozenset({"reference__stats__land"}))
    # 00010 sends its own sheet: this delivery does not speak for it.
    assert counts(engine, 0) == {"00004": (1, 2, 0), "00008": (0, 0, 1)}


def test_coverage_without_expected_counts_is_not_assessed(engine: Engine) -> None:
    one = parcels(rule("all", "commune", form=RuleForm.COVERAGE, expected="reference__a__b.n"))
    put(engine, one, [{"commune": "00004"}])
    run(engine, one)
    assert counts(engine, 0) == {"00004": (0, 0, 1)}


def test_every_step_can_be_said_in_the_words_of_spark() -> None:
    to = Reference(register="population", object="person", fields=("number",))
    one = parcels(
        rule("small", "area", fail_when="area <= 0 or length(code) > 3"),
        rule("twice", "code", form=RuleForm.UNIQUE),
        rule("nobody", "owner", form=RuleForm.REFERENCE, reference=to),
        rule("sex", "owner", "sex", fail_when="sex_of(owner) <> sex"),
        rule("year", "born", fail_when="latest(born) < days_ago(40000)"),
        rule("all", "commune", form=RuleForm.COVERAGE, expected="reference__a__b.n"),
        rule("alike", "code", form=RuleForm.NEAR_DUPLICATE, alike=Alike(alike=("code",))),
        rule("verified", "owner", form=RuleForm.VERIFICATION, fail_when="verification = 'found'"),
    )
    known = frozenset({naming.reference("population", "person")})
    land = register(replace(one, persons=(Person(id="owner", number="owner"),)))
    steps = plan(land, today=TODAY, known=known) + plan_after_link(land, today=TODAY)
    for step in steps:
        [spoken] = sqlglot.transpile(step.select, read="duckdb", write="spark")
        assert sqlglot.parse_one(spoken, read="spark").sql("spark")
