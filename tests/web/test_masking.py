"""Personal values on lists and in previews: masked, and a change is still seen as one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.values.kinds import Kind
from sogoc.web.masking import masked, masked_change

MASKED = [Kind.PERSONAL_ID, Kind.PERSON_NAME, Kind.PARTIAL_DATE, Kind.ADDRESS, Kind.EMAIL]


@pytest.mark.parametrize(
    ("kind", "before", "after", "shown"),
    [
        # A spreadsheet dropped the leading zero.
        (Kind.PERSONAL_ID, "66185004321", "066185004321", ("[]•••", "[0]•••")),
        (Kind.PERSONAL_ID, "066185004321", "066184004321", ("•••[5]•••", "•••[4]•••")),
        # Marks lost in an old font: the initials stay the same.
        (Kind.PERSON_NAME, "Nguyễn Thị Thử", "Nguyễn Thi Thử", ("•••[Thị]•••", "•••[Thi]•••")),
        (Kind.PARTIAL_DATE, "12/05/1980", "12/06/1980", ("•••[05]•••", "•••[06]•••")),
        (Kind.ADDRESS, "Thôn 3, xã Thử", "Thôn 5, xã Thử", ("•••[3]•••", "•••[5]•••")),
        (Kind.PERSON_NAME, "Lê  Thử", "Lê Thử", ("•••[␣]•••", "•••[]•••")),
    ],
)
def test_a_change_that_masking_would_hide_shows_the_part_that_differs_and_no_more(
    kind: Kind, before: str, after: str, shown: tuple[str, str]
) -> None:
    assert masked(kind, before) == masked(kind, after)
    assert masked_change(kind, before, after) == shown


def test_a_change_that_masking_shows_stays_masked() -> None:
    assert masked_change(Kind.PERSON_NAME, "Lê Thử", "Trần Thử") == ("L. T.", "T. T.")


@given(st.sampled_from(MASKED), st.text(max_size=12), st.text(max_size=12))
def test_before_and_after_never_look_equal_where_they_differ(
    kind: Kind, before: str, after: str
) -> None:
    left, right = masked_change(kind, before, after)
    assert (left == right) == (before == after) or masked(kind, before) != masked(kind, after)


def test_a_letter_written_in_two_ways_is_told_by_its_marks() -> None:
    composed = "Lê Thử"
    left, right = masked_change(Kind.PERSON_NAME, composed, unicodedata.normalize("NFD", composed))
    assert left != right
    assert "U+" in right
