"""Where a person may stand once: whom a record means depends on whom the others mean."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlglot

from sogoc.link.policy import Policy
from sogoc.link.resolve import mutual_step
from sogoc.testing.district import District, Someone, register_of

BORN = "1991-03-17"
TWIN_ONE = Someone("Kpă H'Lan", BORN, "nữ", "066191000001", None, "00001")
TWIN_TWO = Someone("Kpă H'Lam", BORN, "nữ", "066191000002", None, "00001")
NAMESAKES = [
    Someone("Rơ Châm Quý", "1962-08-09", "nam", f"06606200000{i}", None, place)
    for i, place in enumerate(("00001", "00002"))
]


@pytest.fixture(scope="module")
def district(district_of: Callable[[list[Someone]], District]) -> District:
    return district_of([TWIN_ONE, TWIN_TWO, *NAMESAKES])


def _asked(district: District, *people: Someone, link_to: str) -> list[tuple[str, float]]:
    district.ask(*people, link_to=link_to)
    rows = district.engine.rows(
        "select b_number, b_posterior from link_answers__people order by _row"
    )
    return [(number, posterior) for number, posterior in rows]


def test_who_bears_the_number_leaves_the_namesake_to_the_other_record(district: District) -> None:
    first, second = NAMESAKES
    numbered = Someone(first.name, first.born, first.sex, first.number)
    bare = Someone(second.name, second.born, second.sex)
    alone = _asked(district, bare, link_to="many-to-one")
    _, (number, posterior) = _asked(district, numbered, bare, link_to="one-to-one")
    assert number == second.number
    assert posterior > 0.9
    assert alone[0][1] < 0.6


def test_twins_with_one_letter_between_them_go_each_to_their_own_record(district: District) -> None:
    records = [Someone(one.name, one.born, one.sex) for one in (TWIN_ONE, TWIN_TWO)]
    answers = _asked(district, *records, link_to="one-to-one")
    assert [number for number, _ in answers] == [TWIN_ONE.number, TWIN_TWO.number]


def test_a_record_alone_is_answered_as_if_persons_could_stand_often(district: District) -> None:
    record = Someone(TWIN_ONE.name, TWIN_ONE.born, TWIN_ONE.sex)
    assert _asked(district, record, link_to="one-to-one") == _asked(
        district, record, link_to="many-to-one"
    )


def test_a_person_written_twice_with_full_evidence_is_found_twice(district: District) -> None:
    record = Someone(TWIN_ONE.name, TWIN_ONE.born, TWIN_ONE.sex, TWIN_ONE.number)
    answers = _asked(district, record, record, link_to="one-to-one")
    assert [number for number, _ in answers] == [TWIN_ONE.number] * 2
    assert all(posterior > 0.99 for _, posterior in answers)


def test_the_order_of_records_changes_nothing(district: District) -> None:
    people = [Someone(one.name, one.born, one.sex) for one in (*NAMESAKES, TWIN_ONE)]
    forward = _asked(district, *people, link_to="one-to-one")
    backward = _asked(district, *people[::-1], link_to="one-to-one")
    assert sorted(forward) == sorted(backward)


def test_the_step_can_be_read_by_spark(policy: Policy) -> None:
    (one,) = register_of(link_to="one-to-one").objects
    (text,) = sqlglot.transpile(mutual_step(one, policy).select, read="duckdb", write="spark")
    sqlglot.parse_one(text, read="spark")
