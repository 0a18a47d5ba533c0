"""A clock that stands still, so that a test can say what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """Tells always the same moment."""

    moment: datetime = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment at which it stopped."""
        return self.moment
