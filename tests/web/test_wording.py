from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sogoc.values.kinds import Kind
from sogoc.web.masking import masked
from sogoc.web.wording import Speech


def test_thousands_and_decimals_are_written_the_vietnamese_way() -> None:
    assert Speech("vi").number(1234567.25, 1) == "1.234.567,2"
    assert Speech("en").number(1234567.25, 1) == "1,234,567.2"


def test_what_was_not_assessed_is_a_dash_and_never_zero() -> None:
    assert Speech("vi").number(None) == "–"


def test_a_moment_is_told_in_the_time_of_vietnam() -> None:
    late = datetime(2026, 8, 31, 20, 30, tzinfo=UTC)
    assert Speech("vi").moment(late) == "01/09/2026 03:30"
    assert Speech("vi").day(late) == "01/09/2026"
    assert Speech("vi").day(date(2026, 2, 3)) == "03/02/2026"


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        (Kind.PERSONAL_ID, "066185012345", "•••345"),
        (Kind.PERSONAL_ID, "12345", "•••"),
        (Kind.PERSON_NAME, "Nguyễn Thị Thử", "N. T. T."),
        (Kind.PARTIAL_DATE, "1961-05-02", "1961"),
        (Kind.PARTIAL_DATE, "02/05/1961", "1961"),
        (Kind.PARTIAL_DATE, "không nhớ", "•••"),
        (Kind.ADDRESS, "Thôn Hà", "•••"),
        (Kind.TEXT, "A1", "A1"),
    ],
)
def test_a_list_shows_too_little_to_know_a_person(kind: Kind, text: str, shown: str) -> None:
    assert masked(kind, text) == shown
