"""The time. Only this module reads it; everybody else is handed a clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_FRIDAY = 5


class Clock(Protocol):
    """Tells the time, always with its zone."""

    def now(self) -> datetime:
        """The present moment in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(tz=UTC)  # noqa: TID251 - the one place that may


def today(clock: Clock) -> date:
    """The calendar day in Vietnam, by which due dates and ages are counted."""
    return clock.now().astimezone(VIETNAM).date()


def working_day_after(day: date, working_days: int, holidays: frozenset[date]) -> date:
    """The day so many working days later; the day itself is not counted, nor a weekend."""
    return _counted(day, working_days, holidays, step=timedelta(days=1))


def working_day_before(day: date, working_days: int, holidays: frozenset[date]) -> date:
    """The day so many working days earlier, counted the same way."""
    return _counted(day, working_days, holidays, step=timedelta(days=-1))


def _counted(day: date, working_days: int, holidays: frozenset[date], *, step: timedelta) -> date:
    left = working_days
    while left > 0:
        day += step
        if day.isoweekday() <= _FRIDAY and day not in holidays:
            left -= 1
    return day
