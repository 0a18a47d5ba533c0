"""The reckoning of a day finds what it is there to find."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sogoc.access.entry import GRANTED, REFUSED, Entry
from sogoc.testing.day.reckoning import compared
from sogoc.testing.day.traffic import Acknowledged

MOMENT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
ANSWERED = Acknowledged(
    case="land-1", keeper="hub", subjects=frozenset({"001190000001", "001190000002"}), granted=True
)


def entry(subject: str, *, case: str = "land-1", decision: str = GRANTED) -> Entry:
    return Entry(
        at=MOMENT,
        request_id="r",
        member="VN/GOV/02/LAND",
        subject=subject,
        issue=case,
        decision=decision,
    )


BOTH = [entry("001190000001"), entry("001190000002")]


def test_an_answer_with_an_entry_for_each_person_is_right() -> None:
    assert compared([ANSWERED], BOTH) == []


def test_an_entry_whose_answer_was_lost_on_the_way_is_right_too() -> None:
    assert compared([], BOTH) == []


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([], "is in no journal"),
        (BOTH[:1], "not everybody's entry"),
        ([*BOTH, BOTH[0]], "2 entries for one person"),
        ([entry(each, decision=REFUSED) for each in sorted(ANSWERED.subjects)], "another decision"),
    ],
)
def test_an_answer_that_a_journal_does_not_hold_once_and_whole_is_a_fault(
    entries: list[Entry], says: str
) -> None:
    (fault,) = compared([ANSWERED], entries)
    assert says in fault
