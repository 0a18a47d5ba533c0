"""Household and former places: what ties a person to others tells apart those who look alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sogoc.link.policy import Policy
from sogoc.testing.district import District, Someone

MOVED = Someone("Tạ Quang Vinh", "1988-08-08", "nam", "001088000009", None, "00101", former="00003")
NAMESAKE = replace(MOVED, number="001088000010", commune="00002", former=None)
BROTHERS = tuple(
    Someone(
        name, born, "nam", number, None, "00001",
        father="Cao Văn Sơn", mother="Mai Thị Nhàn", household="010000000123",
    )
    for name, born, number in (
        ("Cao Bá Quát", "1996-03-04", "001096000011"),
        ("Cao Bá Nhạ", "1998-07-21", "001098000012"),
    )
)  # fmt: skip
NEIGHBOUR = replace(BROTHERS[0], number="001096000013", household="010000000456", commune="00002")


@pytest.fixture(scope="module")
def district(district_of: Callable[[list[Someone]], District]) -> District:
    return district_of([MOVED, NAMESAKE, *BROTHERS, NEIGHBOUR])


def test_a_book_with_the_address_of_before_the_move_means_the_one_who_moved(
    district: District,
) -> None:
    answer = district.one(replace(MOVED, number=None, commune="00003", former=None))
    assert answer["number"] == MOVED.number
    assert "commune:former" in str(answer["evidence"])


def test_a_former_place_tells_strangers_of_one_name_and_day_apart(
    district: District, policy: Policy
) -> None:
    """Among four thousand a brother would count: here both are strangers."""
    strangers = District(district.engine, replace(policy, family=None))
    unsaid = replace(MOVED, number=None, commune=None, former=None)
    assert strangers.one(unsaid)["outcome"] == "ambiguous"
    answer = strangers.one(replace(unsaid, former="00003"))
    assert answer["number"] == MOVED.number
    assert "former:equal" in str(answer["evidence"])


def test_a_place_that_was_told_once_does_not_count_twice(district: District) -> None:
    answer = district.one(replace(MOVED, number=None, commune="00003", former="00003"))
    assert "commune:former" in str(answer["evidence"])
    assert "former:equal" not in str(answer["evidence"])


def test_a_household_tells_namesakes_of_one_day_apart(district: District) -> None:
    unsaid = replace(
        BROTHERS[0], number=None, commune=None, father=None, mother=None, household=None
    )
    assert district.one(unsaid)["outcome"] == "ambiguous"
    answer = district.one(replace(unsaid, household="010-000-000 123"))
    assert (answer["outcome"], answer["number"]) == ("found", BROTHERS[0].number)


def test_all_that_a_family_shares_says_only_that_it_is_one_of_them(
    district: District, policy: Policy
) -> None:
    """A twin who stands in no population register: household, parents and place point at the other.

    Counted one by one they would outweigh another name; together they leave it to an officer.
    """
    twin = replace(BROTHERS[0], name="Cao Bá Lộc", number=None)
    alone = District(district.engine, replace(policy, family=None))
    alone.one(twin)
    (counted_alone,) = weights_of(alone)
    assert district.one(twin)["outcome"] != "found"
    (together,) = weights_of(district)
    assert together < counted_alone


def weights_of(district: District) -> list[int]:
    """What the members of the household weigh."""
    select = "select weight from link_candidates__people where household_level = 1"
    return [weight for (weight,) in district.engine.rows(select)]
