"""When each step of a question ended, kept for those questions alone that are traced.

    receive, wait, believe, decide, look, journal, sign

Questions that go together take these steps together, so each of them has the same times: what one
of them waited for, all did.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

TRAIL = "sogoc.trail"
"""Where the trail of a question stands in the scope of its request."""


@dataclass(slots=True)
class Trail:
    """How far one question has come. It says when, never what."""

    began: datetime
    parent: str = ""
    """`traceparent` (W3C) as the message claims it; empty: it names none."""
    at: int = field(default_factory=perf_counter_ns)
    """The same moment by the clock that steps are counted by, in nanoseconds."""
    steps: list[tuple[str, int]] = field(default_factory=list)
    together: int = 1
    """How many questions went together."""

    def done(self, step: str) -> None:
        """A step has ended now."""
        self.steps.append((step, perf_counter_ns()))


@dataclass(frozen=True, slots=True)
class Steps:
    """The trails of questions that go together; of none: nothing is looked at."""

    trails: tuple[Trail, ...] = ()

    def done(self, step: str) -> None:
        """A step has ended now, for all of them."""
        for trail in self.trails:
            trail.done(step)


NOBODY = Steps()


def steps_of(scopes: Iterable[Mapping[str, Any]]) -> Steps:
    """The steps of requests that go together; those that are traced bear a trail."""
    each = [scope.get(TRAIL) for scope in scopes]
    trails = tuple(trail for trail in each if trail is not None)
    if not trails:
        return NOBODY
    for trail in trails:
        trail.together = len(each)
    return Steps(trails)
