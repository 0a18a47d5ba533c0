"""Rules over what linking said of the persons of a record."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from sogoc.check.plan import plan, plan_after_link, plan_without_link
from sogoc.contract.model import Person, RegisterObject, RuleForm
from sogoc.tables import naming
from sogoc.tables.engine import Engine
from sogoc.testing.standard_records import TODAY, parcels, put, register, rule

WRONG = "verification in ('differs', 'mismatch', 'not_found', 'deceased')"
OPEN = "verification in ('found', 'ambiguous', 'needs_a_person')"


def parcel(*persons: str, of: str = "") -> RegisterObject:
    one = parcels(
        rule("small", "area", fail_when="area <= 0"),
        rule(
            "person",
            "owner",
            form=RuleForm.VERIFICATION,
            fail_when=WRONG,
            not_assessed_when=OPEN,
            person=of,
        ),
    )
    return replace(one, persons=tuple(Person(id=name, number="owner") for name in persons))


def said(engine: Engine, *outcomes: tuple[int, str, str, str | None]) -> None:
    rows, persons, answers, numbers = zip(*outcomes, strict=True)
    columns = {
        "_row": pa.array(rows, pa.int64()),
        "person": pa.array(persons, pa.string()),
        "outcome": pa.array(answers, pa.string()),
        "number": pa.array(numbers, pa.string()),
        "probability": pa.array([0.9] * len(rows), pa.float64()),
    }
    engine.register(naming.verified("parcel"), pa.table(columns))


def check(engine: Engine, one: RegisterObject) -> set[tuple[int, int, str | None]]:
    for step in plan(register(one), today=TODAY) + plan_after_link(register(one), today=TODAY):
        engine.run(step)
    return set(engine.rows("select _row, rule, flaw from errors__parcel"))


def test_a_record_fails_by_its_person_and_by_its_own_fields_at_once(engine: Engine) -> None:
    one = parcel("owner")
    put(engine, one, [{"area": 0}, {"area": 1}, {"area": 1}, {"area": 1}])
    said(
        engine,
        (1, "owner", "mismatch", "001085000002"),
        (2, "owner", "verified", None),
        (3, "owner", "ambiguous", None),
    )
    assert check(engine, one) == {(1, 0, None), (1, 1, "mismatch")}
    assert engine.rows("select proposal from errors__parcel where rule = 1") == [("001085000002",)]
    card = engine.rows("select failed, passed, unassessed from scorecard__parcel where rule = 1")
    assert card == [(1, 1, 2)]


def test_the_counts_of_broken_rules_hold_both_passes_and_what_stays_open(
    engine: Engine,
) -> None:
    one = parcel("owner")
    put(engine, one, [{"area": 0}, {"area": 1}, {"area": 1}])
    said(engine, (1, "owner", "mismatch", None), (2, "owner", "verified", None))
    check(engine, one)
    counted = set(engine.rows("select fail_0, null_0, records from judged__parcel"))
    assert counted == {(0b11, 0, 1), (0, 0, 1), (0, 0b10, 1)}


def test_a_rule_about_nobody_in_particular_is_about_each_person_named(
    engine: Engine,
) -> None:
    one = parcel("husband", "wife")
    put(engine, one, [{"area": 1}, {"area": 1}, {"area": 1}])
    said(
        engine,
        (1, "husband", "verified", None),
        (1, "wife", "deceased", None),
        (2, "husband", "verified", None),
    )
    assert check(engine, one) == {(1, 1, "deceased")}
    card = engine.rows("select failed, passed, unassessed from scorecard__parcel where rule = 1")
    assert card == [(1, 1, 1)]


def test_a_rule_about_the_wife_does_not_look_at_the_husband(engine: Engine) -> None:
    one = parcel("husband", "wife", of="wife")
    put(engine, one, [{"area": 1}])
    said(engine, (1, "husband", "deceased", None), (1, "wife", "verified", None))
    assert check(engine, one) == set()


def test_without_a_population_register_nobody_is_assessed(engine: Engine) -> None:
    one = parcel("owner")
    put(engine, one, [{"area": 0}, {"area": 1}])
    for step in plan(register(one), today=TODAY) + plan_without_link(register(one), today=TODAY):
        engine.run(step)
    card = engine.rows("select rule, failed, passed, unassessed from scorecard__parcel")
    assert sorted(card) == [(0, 1, 1, 0), (1, 0, 0, 2)]
