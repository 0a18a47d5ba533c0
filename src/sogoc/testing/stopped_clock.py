"""Clocks of which a test can say what time it is: one stands still, one ticks when looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """Tells always the same moment."""

    moment: datetime = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment at which it stopped."""
        return self.moment


class TickingClock:
    """Each look is a second after the last."""

    def __init__(self, moment: datetime = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)) -> None:
        self._moment = moment

    def now(self) -> datetime:
        """A second later than the last time."""
        self._moment += timedelta(seconds=1)
        return self._moment
