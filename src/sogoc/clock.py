"""The time. Only this module reads it; everybody else is handed a clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


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
