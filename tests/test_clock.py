"""Working days are counted as offices work."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sogoc.clock import working_day_after, working_day_before

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def test_five_working_days_from_a_friday_end_on_the_next_friday() -> None:
    assert working_day_after(date(2026, 11, 20), 5, frozenset()) == date(2026, 11, 27)


def test_a_holiday_puts_the_day_off() -> None:
    holiday = frozenset({date(2026, 9, 2)})
    assert working_day_after(date(2026, 9, 1), 1, holiday) == date(2026, 9, 3)


@given(DAYS, st.integers(1, 30), st.frozensets(DAYS, max_size=10))
def test_counting_back_returns_to_a_working_day_one_came_from(
    day: date, span: int, holidays: frozenset[date]
) -> None:
    while day.isoweekday() > 5 or day in holidays:
        day += timedelta(days=1)
    assert working_day_before(working_day_after(day, span, holidays), span, holidays) == day
