"""Asking again: how often, after which pause, and for how long in all.

Pauses grow by doubling, and each is drawn by chance between its half and its whole: many who were
refused at one moment do not come back at one moment. Where the other side says when to come
(`Retry-After`) nobody comes earlier, and who may not wait that long hears the refusal at once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from random import SystemRandom
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sogoc.errors import SogocError

Told = TypeVar("Told")

LONGEST_SECONDS = 200.0
"""The other side remembers for five minutes what it journalled for a key, and its clock may differ
from ours by one; after that another try would be another entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A try that may be followed by another: what stands against it, and the wait it asks for."""

    error: SogocError
    cause: Exception | None = None
    wait_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answered(Generic[Told]):
    """A try that was the last."""

    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often one question is asked, and how long all its tries may take.

    No try begins later than `seconds` after the first, so a call ends that much after its beginning
    and the time of one answer. More than `LONGEST_SECONDS` are not taken.
    """

    tries: int = 4
    seconds: float = 60.0
    first_pause_seconds: float = 0.25
    longest_pause_seconds: float = 15.0
    rest: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = SystemRandom().random

    def asked(self, ask: Callable[[], Answered[Told] | Failed]) -> Told:
        """Ask until it is answered. Raises the error of the last try."""
        until = self.now() + min(self.seconds, LONGEST_SECONDS)
        for done in range(1, self.tries + 1):
            told = ask()
            if isinstance(told, Answered):
                return told.told
            pause = self._pause(done, told.wait_seconds)
            if done == self.tries or self.now() + pause > until:
                raise told.error from told.cause
            self.rest(pause)
        raise ValueError("a question is asked once at least")

    def _pause(self, done: int, asked_for: float) -> float:
        whole = min(self.longest_pause_seconds, self.first_pause_seconds * 2.0 ** (done - 1))
        return asked_for + whole * (1 + self.chance()) / 2


ONCE = Patience(tries=1)
"""For what must not come twice, or whoever asks has a patience of their own."""


def wait_told(header: str, *, now: datetime) -> float:
    """The seconds that a `Retry-After` asks for, as seconds or a date (RFC 9110); 0 if none."""
    told = header.strip()
    if told.isascii() and told.isdigit():
        return float(told[:_DIGITS])
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return 0.0
    # A date without a zone is one of Greenwich.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


_DIGITS = 9
"""Of seconds: more is longer than anybody waits."""
