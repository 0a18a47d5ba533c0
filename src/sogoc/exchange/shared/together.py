"""Questions that came at once, answered at once: one look-up where they ask alike, one commit.

The guarantee is that of `answering`, kept for each question by itself: decided, looked up, written
durably, and only then answered. With the entries the journal keeps the mark of each message, so
that a question which another worker of this node took already is not answered again here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from sogoc.access.journal import Unit
from sogoc.errors import AccessDenied, SogocError, StoreError, UnknownThing
from sogoc.exchange.answering import (
    MARK_BYTES,
    Found,
    came_before,
    entries_of,
    entry_of,
    once_of,
    question_of,
    refusal_of,
    take_turn,
)
from sogoc.exchange.monitoring.steps import NOBODY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sogoc.access.entry import Entry
    from sogoc.access.policies import Decision
    from sogoc.exchange.answering import Answering, Asked, Shelf
    from sogoc.exchange.monitoring.steps import Steps
    from sogoc.exchange.protocol import Envelope
    from sogoc.trust.messages import BelievedRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """A believed question: who asks, what, and where that is looked up."""

    envelope: Envelope
    asked: Asked
    shelf: Shelf


class SharedShelf(ABC):
    """A shelf that looks up several questions at the cost of little more than one."""

    @abstractmethod
    def look_up(self, asked: Asked) -> Found:
        """What the register holds. Raises UnknownThing."""

    @abstractmethod
    def look_up_all(self, several: Sequence[Asked]) -> list[Found | SogocError]:
        """For each question in turn what `look_up` would give, or the error it would raise."""


@dataclass(slots=True)
class _Course:
    """How far one question has come."""

    posed: Posed
    entries: Sequence[Entry] = ()
    decision: Decision | None = None
    outcome: Found | SogocError | None = None


def answer_all(
    posed: Sequence[Posed], *, by: Answering, steps: Steps = NOBODY
) -> list[Found | SogocError]:
    """What each question gets: what was found, or what stands against it; never an exception."""
    now = by.clock.now()
    courses = [_Course(one) for one in posed]
    for course in courses:
        _decide(course, by=by, now=now)
    steps.done("decide")
    _look_up([course for course in courses if course.outcome is None])
    steps.done("look")
    for course in courses:
        _write_down(course, by=by, now=now)
    _keep([course for course in courses if course.entries], by=by)
    steps.done("journal")
    return [course.outcome or Found(body=b"") for course in courses]


def take(believed: BelievedRequest, *, by: Answering) -> None:
    """Take a message that is answered elsewhere. Raises BadSeal if it was taken, StoreError."""
    if by.journal.append_once([Unit((), mark_of(believed.client, believed.request_id))])[0] is None:
        raise came_before()


def mark_of(client: str, request_id: str) -> bytes:
    """What tells this message from every other: who asked, under which id."""
    told = f"{client}\n{request_id.lower()}".encode()
    return sha256(told).digest()[:MARK_BYTES]


def _decide(course: _Course, *, by: Answering, now: datetime) -> None:
    posed = course.posed
    try:
        decision = by.policies.decide(question_of(posed.envelope, posed.asked, now=now))
        course.decision = decision
        if decision.allowed:
            take_turn(decision.grant, by=by, now=now)
        else:
            course.outcome = AccessDenied(decision.reason)
    except SogocError as refused:
        course.outcome = refused


def _look_up(courses: list[_Course]) -> None:
    shared: dict[int, list[_Course]] = {}
    for course in courses:
        shelf = course.posed.shelf
        if isinstance(shelf, SharedShelf):
            shared.setdefault(id(shelf), []).append(course)
        else:
            course.outcome = _found(shelf, course.posed.asked)
    for several in shared.values():
        for course, outcome in zip(several, _found_all(several), strict=True):
            course.outcome = outcome


def _found(shelf: Shelf, asked: Asked) -> Found | SogocError:
    try:
        return shelf.look_up(asked)
    except SogocError as refused:
        return refused


def _found_all(several: list[_Course]) -> list[Found | SogocError]:
    shelf = several[0].posed.shelf
    if not isinstance(shelf, SharedShelf):
        raise TypeError("only shared shelves are looked up together")
    try:
        return shelf.look_up_all([course.posed.asked for course in several])
    except SogocError as refused:
        return [refused] * len(several)


def _write_down(course: _Course, *, by: Answering, now: datetime) -> None:
    """The entries of a question; one that was never decided, or had no turn, has none."""
    decision, posed = course.decision, course.posed
    if decision is None:
        return
    envelope, asked = posed.envelope, posed.asked
    if isinstance(course.outcome, AccessDenied):
        course.entries = [refusal_of(envelope, asked, decision.reason, at=now)]
    elif isinstance(course.outcome, UnknownThing):
        course.entries = [entry_of(envelope, asked, decision, at=now)]
    elif isinstance(course.outcome, Found):
        people, grant = course.outcome.subjects, by.grants[decision.grant]
        course.entries = entries_of(envelope, asked, decision, people=people, grant=grant, at=now)


def _keep(courses: list[_Course], *, by: Answering) -> None:
    try:
        kept = by.journal.append_once([_unit(course) for course in courses])
    except StoreError as failed:
        for course in courses:
            course.outcome = failed
        return
    for course, numbers in zip(courses, kept, strict=True):
        if numbers is None:
            course.outcome = came_before()


def _unit(course: _Course) -> Unit:
    told, asked = course.posed.envelope, course.posed.asked
    message = mark_of(told.client, told.request_id)
    return Unit(course.entries, message, once_of(told, asked, course.entries))
