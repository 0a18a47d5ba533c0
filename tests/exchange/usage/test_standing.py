"""Who may look for whom: oneself, one's child until it is of age, an adult under care."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest

from sogoc.errors import BadQuestion
from sogoc.exchange.usage.asked import Wanted, govstack, own, person_signed_in, subject_of, tracker
from sogoc.exchange.usage.standing import Child, standing

MOTHER, STRANGER = "001190000001", "001180000002"
CHILD = "001210000003"  # born in 2010, as its number says
TODAY = date(2026, 11, 30)


@dataclass
class Registers:
    """What the registers of this node say of one child."""

    told: list[Child] = field(default_factory=list)

    def child(self, number: str) -> list[Child]:
        return self.told if number == CHILD else []


def says(born: str, *parents: str) -> Registers:
    return Registers([Child(born=born, parents=frozenset(parents), source="civil-status")])


def acting(
    wanted: Wanted, who: str, kin: Registers | None = None, today: date = TODAY
) -> str | None:
    told = standing(wanted, who, kin or Registers(), today=today, of_age=18)
    return None if told.refusal else told.acting


def test_everybody_looks_at_their_own_entries() -> None:
    assert acting(Wanted(subject=MOTHER), MOTHER) == ""


def test_nobody_looks_who_is_not_signed_in_as_a_citizen() -> None:
    assert acting(Wanted(subject=MOTHER), person_signed_in("VN-OFFICER-7")) is None


def test_a_parent_is_proven_from_a_register_and_what_the_member_says_is_not_needed() -> None:
    kin = says("2010-05-02", MOTHER)
    assert acting(Wanted(subject=CHILD), MOTHER, kin) == "parent: civil-status"
    assert acting(Wanted(subject=CHILD), STRANGER, kin) is None


def test_who_is_no_parent_in_the_register_is_a_guardian_with_a_ground_or_nobody() -> None:
    told = acting(
        Wanted(subject=CHILD, ground="Quyết định 3/2026"), STRANGER, says("2010-05-02", MOTHER)
    )
    assert told == "guardian, says the asking member: Quyết định 3/2026"


def test_a_node_without_such_a_register_goes_by_the_ground_of_the_asking_member() -> None:
    told = acting(Wanted(subject=CHILD, ground="Giấy khai sinh 12/2010"), MOTHER)
    assert told == "parent or guardian, says the asking member: Giấy khai sinh 12/2010"
    assert acting(Wanted(subject=CHILD), MOTHER) is None


@pytest.mark.parametrize(
    ("born", "today", "told"),
    [
        ("2010-05-02", date(2028, 5, 1), "still looks"),
        ("2010-05-02", date(2028, 5, 2), "looks no more"),
        ("2008-02-29", date(2026, 2, 28), "still looks"),
        ("2008-02-29", date(2026, 3, 1), "looks no more"),
        ("2010", date(2027, 12, 31), "still looks"),
        (
            "2010",
            date(2028, 1, 1),
            "looks no more",
        ),  # only the year is known: the doubt is the child's
    ],
)
def test_the_view_of_a_parent_ends_on_the_day_the_child_is_of_age(
    born: str, today: date, told: str
) -> None:
    looks = acting(Wanted(subject=CHILD), MOTHER, says(born, MOTHER), today)
    assert told == ("looks no more" if looks is None else "still looks")


def test_without_a_register_the_year_in_the_number_decides() -> None:
    wanted = Wanted(subject=CHILD, ground="x")
    assert acting(wanted, MOTHER, today=date(2027, 12, 31)) == (
        "parent or guardian, says the asking member: x"
    )
    assert acting(wanted, MOTHER, today=date(2028, 1, 1)) == "adult: x"


def test_an_adult_is_looked_for_only_with_a_ground() -> None:
    assert acting(Wanted(subject=STRANGER), MOTHER) is None
    ward = Wanted(subject=STRANGER, ground="Bản án 5/2025")
    assert acting(ward, MOTHER) == "adult: Bản án 5/2025"


# --- how it is asked


def test_the_question_of_the_tracker_is_read_to_the_letter() -> None:
    told = tracker(
        "userCode=VN001190000001&periodStart=2026-01-31T10:20:30%2B07:00"
        "&periodEnd=2026-02-01T00:00:00Z&offset=2&limit=5"
    )
    assert (told.subject, told.offset, told.limit) == (MOTHER, 2, 5)
    assert told.since is not None
    assert told.since.isoformat() == "2026-01-31T10:20:30+07:00"
    assert tracker("userCode=001190000001").limit == 1000
    assert tracker("userCode=001190000001&limit=5000").limit == 1000


@pytest.mark.parametrize(
    "query",
    [
        "",
        "userCode=",
        "userCode=VN12",
        "userCode=EE12345678901",
        "userCode=001190000001&userCode=001180000002",
        "userCode=001190000001&name=x",
        "userCode=001190000001&periodStart=2026-01-31T10:20:30",
        "userCode=001190000001&periodStart=2026-01-31",
        "userCode=001190000001&periodEnd=yesterday",
        "userCode=001190000001&offset=-1",
        "userCode=001190000001&offset=1e3",
        "userCode=001190000001&limit=99999999999999999999",
        "userCode=001190000001&limit=٣",
        "userCode",
        "&".join(f"a{number}=1" for number in range(50)),
    ],
)
def test_a_question_that_breaks_the_specification_is_refused(query: str) -> None:
    with pytest.raises(BadQuestion):
        tracker(query)


def test_a_question_of_govstack_names_person_and_database() -> None:
    wanted, database = govstack("userId=001190000001&databaseId=population")
    assert (wanted.subject, database) == (MOTHER, "population")
    with pytest.raises(BadQuestion):
        govstack("userID=001190000001&databaseId=population")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"userCode": 3}', b'{"userCode": "001190000001", "x": 1}']
)
def test_our_own_question_is_refused_if_it_is_none(body: bytes) -> None:
    with pytest.raises(BadQuestion):
        own(body, frozenset({"fields"}))


def test_the_ground_stands_in_the_body_and_nothing_is_made_up() -> None:
    body = '{"userCode": "VN001190000001", "ground": " Bản án 5 ", "fields": ["at"]}'.encode()
    wanted, more = own(body, frozenset({"fields"}))
    assert (wanted.ground, more) == ("Bản án 5", {"fields": ["at"]})
    assert subject_of("VN001190000001") == MOTHER
