"""Dates carry their precision; no day is invented, and none is guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.values import dates
from sogoc.values.dates import PartialDate

READ = [
    ("1931", "1931"),
    ("05/1931", "1931-05"),
    ("5-1931", "1931-05"),
    ("1931-05", "1931-05"),
    ("2/5/1931", "1931-05-02"),
    ("02.05.1931", "1931-05-02"),
    ("02-05-1931", "1931-05-02"),
    ("1931-05-02", "1931-05-02"),
    ("1931-05-02 00:00:00", "1931-05-02"),  # a date cell written out by a program
    ("1931/5/2", "1931-05-02"),
    ("19310502", "1931-05-02"),
    ("02051931", "1931-05-02"),
    ("19310000", "1931"),  # hospital system, year only
    ("00/00/1931", "1931"),
    ("00/05/1931", "1931-05"),
    ("01/01/1931", "1931-01-01"),  # perhaps the 01/01 habit; kept as it came
    ("Sinh năm 1931", "1931"),
    ("ngày 02 tháng 05 năm 1931", "1931-05-02"),
    ("tháng 5 năm 1931", "1931-05"),
    ("29/02/2000", "2000-02-29"),
]


@pytest.mark.parametrize(("written", "standard"), READ)
def test_every_way_of_writing_a_date_is_read_with_its_precision(
    written: str, standard: str
) -> None:
    assert dates.read(written).value == standard


@pytest.mark.parametrize(
    ("written", "flaw"),
    [
        ("đang cập nhật", "filler"),
        ("0", "filler"),
        ("02/05/31", "two-digit-year"),
        ("25572", "spreadsheet-serial"),  # 4 January 1970, perhaps
        ("45", "age-or-short-number"),
        ("45 tuổi", "age-or-short-number"),
        ("15/8/1950 (ÂL)", "lunar-date"),
        ("mồng 3 Tết", "not-a-date"),
        ("31/02/1980", "no-such-day"),
        ("29/02/1900", "no-such-day"),
        ("12/0198", "year-out-of-range"),
        ("12/00/1980", "no-such-day"),
    ],
)
def test_what_cannot_be_told_for_certain_is_a_flaw(written: str, flaw: str) -> None:
    reading = dates.read(written)
    assert (reading.value, reading.flaw, reading.proposal) == (None, flaw, None)


def test_month_before_day_is_proposed_the_other_way_round() -> None:
    reading = dates.read("05/25/1931")
    assert reading.flaw == "day-and-month-swapped"
    assert reading.proposal == "1931-05-25"


def test_a_year_may_be_the_same_birthday_as_a_day_in_it() -> None:
    assert PartialDate.of("1931").may_equal(PartialDate.of("1931-05-02"))
    assert not PartialDate.of("1931-06").may_equal(PartialDate.of("1931-05-02"))


def test_earliest_and_latest_span_what_is_not_known() -> None:
    year = PartialDate.of("2000")
    assert (year.earliest, year.latest) == (date(2000, 1, 1), date(2000, 12, 31))
    assert PartialDate.of("2000-02").latest == date(2000, 2, 29)
    assert [PartialDate.of(t).precision for t in ("2000", "2000-02", "2000-02-01")] == [
        "year",
        "month",
        "day",
    ]


PARTIAL = st.dates(date(1800, 1, 1), date(2100, 12, 31)).flatmap(
    lambda day: st.sampled_from(
        [
            PartialDate(day.year),
            PartialDate(day.year, day.month),
            PartialDate(day.year, day.month, day.day),
        ]
    )
)


@given(PARTIAL)
def test_a_standard_date_reads_as_itself(partial: PartialDate) -> None:
    assert dates.read(str(partial)).value == str(partial)
    assert PartialDate.of(str(partial)) == partial
    assert partial.may_equal(partial)


@given(PARTIAL, PARTIAL)
def test_may_equal_is_the_same_from_both_sides(one: PartialDate, other: PartialDate) -> None:
    assert one.may_equal(other) == other.may_equal(one)


def test_a_whole_date_is_asked_where_papers_are_issued() -> None:
    assert dates.read_day("2020").flaw == "not-a-full-date"
    assert dates.read_day("02/05/2020").value == "2020-05-02"


@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ("2020-05-02 10:20:30", "2020-05-02 10:20:30"),
        ("02/05/2020 10:20", "2020-05-02 10:20:00"),
        ("2020-05-02T23:00:00Z", "2020-05-03 06:00:00"),
        ("2020-05-02T23:00:00+07:00", "2020-05-02 23:00:00"),
        ("02/05/2020", "2020-05-02 00:00:00"),
    ],
)
def test_a_moment_is_read_in_vietnams_time(written: str, standard: str) -> None:
    assert dates.read_moment(written).value == standard


def test_a_moment_that_no_clock_shows_is_a_flaw() -> None:
    assert dates.read_moment("2020-05-02 25:00").flaw == "no-such-moment"
    assert dates.read_moment("2020-05").flaw == "not-a-full-date"
    assert dates.read_moment("").value is None
