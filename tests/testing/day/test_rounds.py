"""The reckoning of a day's rounds finds whoever was lost or doubled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sogoc.testing.day.rounds import Told, compared
from sogoc.testing.killed_rounds import Ended

ENDED = Ended(
    answers=[("the", 1, "nguoi", "verified", "1", ""), ("the", 2, "nguoi", "unknown", "", "")],
    entries=[("", 1), ("001190000001", 1)],
    gapless=True,
)

TOLD = Told(persons=2, records=2, journalled=2)


def test_a_round_in_which_everybody_stands_once_is_right() -> None:
    assert compared(ENDED, "1", TOLD) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"answers": ENDED.answers[:1]}, "lost or doubled a record"),
        ({"answers": [*ENDED.answers, ENDED.answers[0]]}, "somebody two results"),
        ({"entries": [("", 1), ("001190000001", 2)]}, "3 entries where 2"),
        ({"entries": ENDED.entries[:1]}, "1 entries where 2"),
        ({"gapless": False}, "left a gap"),
    ],
    ids=["lost", "doubled", "twice in the journal", "not in the journal", "a gap"],
)
def test_whoever_is_lost_or_doubled_is_found(change: dict[str, Any], says: str) -> None:
    assert any(says in fault for fault in compared(replace(ENDED, **change), "1", TOLD))


def test_an_answer_before_the_journal_is_found() -> None:
    assert len(compared(ENDED, "1", replace(TOLD, journalled=1))) == 2
