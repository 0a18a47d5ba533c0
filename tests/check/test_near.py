"""Records that look like one thing entered twice."""

from __future__ import annotations

from collections.abc import Mapping

from sogoc.check.near import LARGEST, near_skipped
from sogoc.check.plan import plan
from sogoc.contract.model import Alike, Field, RegisterObject, RuleForm
from sogoc.tables.engine import Engine
from sogoc.testing.standard_records import TODAY, put, register, rule
from sogoc.values.kinds import Kind


def clinics(alike: Alike) -> RegisterObject:
    return RegisterObject(
        name="clinic",
        fields=(
            Field(name="name", kind=Kind.TEXT),
            Field(name="commune", kind=Kind.TEXT),
            Field(name="latitude", kind=Kind.NUMBER),
            Field(name="longitude", kind=Kind.NUMBER),
        ),
        rules=(rule("twice", "name", form=RuleForm.NEAR_DUPLICATE, alike=alike),),
    )


def pairs(engine: Engine, alike: Alike, rows: list[Mapping[str, object]]) -> list[tuple[int, int]]:
    one = clinics(alike)
    put(engine, one, rows)
    for step in plan(register(one), today=TODAY):
        engine.run(step)
    return sorted(engine.rows("select _row, _other from near_duplicates__clinic"))


def card(engine: Engine) -> tuple[int, int, int]:
    [counts] = engine.rows("select failed, passed, unassessed from scorecard__clinic")
    return counts


def test_one_letter_wrong_in_the_same_commune_is_a_pair_to_judge(engine: Engine) -> None:
    found = pairs(
        engine,
        Alike(same=("commune",), alike=("name",)),
        [
            {"name": "Trạm y tế xã An Bình", "commune": "00004"},
            {"name": "Trạm Y tế xã An Bỉnk", "commune": "00004"},
            {"name": "Trạm y tế xã An Bình", "commune": "00008"},
            {"name": "Phòng khám Hoà Bình", "commune": "00004"},
        ],
    )
    assert found == [(1, 2)]
    assert card(engine) == (2, 2, 0)
    assert engine.rows("select why from near_duplicates__clinic") == [("commune =, name ~ 0.95",)]


def test_two_points_across_the_border_of_a_square_are_still_neighbours(
    engine: Engine,
) -> None:
    found = pairs(
        engine,
        Alike(alike=("name",), latitude="latitude", longitude="longitude", metres=100),
        [
            {"name": "Nhà thuốc 24", "latitude": 21.0000, "longitude": 105.8000},
            {"name": "Nhà thuốc 24", "latitude": 21.0005, "longitude": 105.8005},
            {"name": "Nhà thuốc 24", "latitude": 21.0100, "longitude": 105.8000},
            {"name": "Nhà thuốc 24", "latitude": None, "longitude": None},
        ],
    )
    assert found == [(1, 2)]
    assert card(engine) == (2, 1, 1)


def test_without_a_common_field_names_meet_by_their_beginning_or_their_end(
    engine: Engine,
) -> None:
    found = pairs(
        engine,
        Alike(alike=("name",)),
        [{"name": "Bệnh viện Bạch Mai"}, {"name": "Bẹnh viện Bạch Mai"}, {"name": "Bệnh viện E"}],
    )
    assert found == [(1, 2)]


def test_a_block_too_large_to_compare_is_named_and_its_records_are_not_assessed(
    engine: Engine,
) -> None:
    alike = Alike(same=("commune",), alike=("name",))
    rows: list[Mapping[str, object]] = [
        {"name": f"Trạm {n}", "commune": "00004"} for n in range(LARGEST + 1)
    ]
    assert pairs(engine, alike, rows) == []
    assert card(engine) == (0, 0, LARGEST + 1)
    skipped = engine.rows(f"select block, records from {near_skipped('clinic', 0)}")
    assert skipped == [("00004", LARGEST + 1)]
