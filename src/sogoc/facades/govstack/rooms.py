"""Rooms of the Information Mediator (PubSub 2.0): this node's subsystem is the one room.

What happens in it follows from the contracts: `civil-status.khai_tu` is every change of a kind of
record, `civil-status.khai_tu.created` one kind of change. Events come from the registers, so event
types are neither made nor published into from outside. An event is pulled and acknowledged; until
it is, the same comes again. Nothing overtakes, whether or not that was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sogoc.errors import BadQuestion, Sentence
from sogoc.events.feed import KINDS, Feed, Stretch
from sogoc.exchange.names import subsystem
from sogoc.facades.followed import Following
from sogoc.facades.followers import MEDIATOR, Follower, Followers, new_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.events.feed import Change
    from sogoc.exchange.names import Subsystem
    from sogoc.exchange.protocol import Envelope
    from sogoc.facades.followed import Told
    from sogoc.facades.parts import FacadeParts

_LOW = (1 << 62) - 1
_HIGH = UUID("50600c00-0000-8000-8000-000000000000").int
"""A custom UUID (RFC 9562, version 8) whose lowest 62 bits are the number of the change."""
_TTL, _FIFO = 3600, False
_LONGEST_TTL = 366 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """Changes of one object, of one kind or (empty) of any."""

    register: Register
    object: RegisterObject
    kind: str = ""

    @property
    def name(self) -> str:
        """Its name in the room."""
        return ".".join(part for part in (self.register.id, self.object.name, self.kind) if part)

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of its events: the fields that a grant allows are among `record`."""
        record = {field.name: {"type": ["string", "null"]} for field in self.object.fields}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["kind", "at", "record"],
            "properties": {
                "kind": {"enum": [self.kind] if self.kind else list(KINDS)},
                "at": {"type": "string", "format": "date-time"},
                "record": {
                    "type": "object",
                    "properties": record,
                    "additionalProperties": False,
                },
            },
        }


def event_types(registers: Mapping[str, Register]) -> Iterator[EventType]:
    """All of them, in the order of the registers."""
    for _, register in sorted(registers.items()):
        for one in register.objects:
            for kind in ("", *KINDS):
                yield EventType(register=register, object=one, kind=kind)


def event_type(registers: Mapping[str, Register], name: str) -> EventType | None:
    """The event type of that name."""
    return next((one for one in event_types(registers) if one.name == name), None)


def id_of(number: int) -> UUID:
    """The id of the event with that number in the feed: it grows with the order."""
    return UUID(int=_HIGH | number)


def number_of(text: str) -> int | None:
    """The number in the feed of the event with that id, or None if it is no id of ours."""
    try:
        told = UUID(text).int
    except ValueError:
        return None
    return told & _LOW if told & ~_LOW == _HIGH else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What one caller does in the room."""

    parts: FacadeParts
    caller: Envelope

    def subscriptions(self, name: str = "") -> list[Follower]:
        """The caller's own, or the one to an event type."""
        return self._followers.of(self.caller.client, event_type=name)

    def subscribe(self, kind: EventType, wishes: Mapping[str, Any]) -> bool:
        """Follow from now on; False if the caller does already. Raises AccessDenied."""
        options = options_from(wishes, kind.name)
        self._following(kind).check()
        now = self.parts.answering().clock.now()
        feed = Feed(self.parts.connection())
        feed.open(kind.register.id, now=now)
        feed.gather(kind.register)
        follower = Follower(
            id=new_id(),
            client=self.caller.client,
            event_type=kind.name,
            register=kind.register.id,
            object=kind.object.name,
            kind=kind.kind,
            options=options,
            cursor=feed.open(kind.register.id, now=now),
        )
        return self._followers.add(follower, now=now)

    def wish(self, follower: Follower, wishes: Mapping[str, Any]) -> None:
        """Other options. Raises BadQuestion."""
        self._followers.wish(follower, options_from(wishes, follower.event_type))

    def cancel(self, follower: Follower) -> None:
        """Follow no more."""
        self._followers.end(follower, now=self.parts.answering().clock.now())

    def next(self, kind: EventType, follower: Follower) -> Told | None:
        """The next event that was not acknowledged. Raises AccessDenied, TooManyQuestions."""
        change = self._next_change(kind, follower)
        if change is None:
            return None
        (told,) = self._following(kind).told([change], self.parts.connection())
        return told

    def acknowledge(self, kind: EventType, follower: Follower, number: int) -> bool | None:
        """Whether that was the next event; None if there was no such event to acknowledge."""
        change = self._next_change(kind, follower)
        if change is None or number < change.number:
            return None
        if number != change.number:
            return False
        now = self.parts.answering().clock.now()
        self._followers.move(follower, number, now=now)
        return True

    def event(self, kind: EventType, number: int) -> Told | None:
        """One event of the room, whoever follows it. Raises AccessDenied."""
        change = Feed(self.parts.connection()).one(kind.register.id, number)
        if (
            change is None
            or change.object != kind.object.name
            or kind.kind not in {"", change.kind}
        ):
            return None
        (told,) = self._following(kind).told([change], self.parts.connection())
        return told

    def _next_change(self, kind: EventType, follower: Follower) -> Change | None:
        feed = Feed(self.parts.connection())
        feed.gather(kind.register)
        life = follower.options.get("TTL")
        now = self.parts.answering().clock.now()
        stretch = Stretch(
            register=kind.register.id,
            object=kind.object.name,
            kind=kind.kind,
            since=now - timedelta(seconds=life) if life else None,
        )
        return next(iter(feed.after(follower.cursor, stretch, most=1)), None)

    def _following(self, kind: EventType) -> Following:
        return Following(
            register=kind.register,
            object=kind.object,
            caller=self.caller,
            answering=self.parts.answering(),
        )

    @property
    def _followers(self) -> Followers:
        return Followers(self.parts.connection(), MEDIATOR)


def options_from(wishes: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What a subscription asks for. Raises BadQuestion, also for PUSH.

    The specification names no address to push to, so only pulling is offered. A time to live is
    kept only where the follower sets one: silence must not lose a death that was told overnight.
    """
    if wishes.get("eventType", name) != name:
        raise _bad("eventType khác với địa chỉ", "eventType is not that of the address")
    if wishes.get("delivery", "PUSH") != "PULL":
        raise _bad("chỉ có delivery PULL", "only the delivery PULL is offered")
    options = wishes.get("options", {})
    if not isinstance(options, dict) or not options.keys() <= {"TTL", "FIFO"}:
        raise _bad("options gồm TTL và FIFO", "options holds TTL and FIFO")
    life, fifo = options.get("TTL"), options.get("FIFO", _FIFO)
    counted = isinstance(life, int) and not isinstance(life, bool) and 0 < life <= _LONGEST_TTL
    if not (life is None or counted) or not isinstance(fifo, bool):
        raise _bad("TTL là số giây, FIFO là true/false", "TTL is in seconds, FIFO true or false")
    return dict(options)


def told_subscription(follower: Follower) -> dict[str, Any]:
    """A SubscriptionItem."""
    return {
        "id": str(follower.id),
        "subscriberId": told_member(subsystem(follower.client)),
        "eventType": follower.event_type,
        "delivery": "PULL",
        "options": {"TTL": _TTL, "FIFO": _FIFO, **follower.options},
    }


def told_event(told: Told, kind: EventType, publisher: Subsystem) -> dict[str, Any]:
    """An EventItem."""
    change = told.change
    return {
        "id": str(id_of(change.number)),
        "sequence": change.number,
        "publisherId": told_member(publisher),
        "eventType": kind.name,
        "event": {"kind": change.kind, "at": change.at.isoformat(), "record": told.fields},
    }


def told_member(who: Subsystem) -> dict[str, str]:
    """A member's application, in the Information Mediator's names."""
    told = {
        "instanceId": who.instance,
        "memberClass": who.member_class,
        "memberCode": who.member,
    }
    return {**told, "applicationCode": who.code} if who.code else told


def _bad(vi: str, en: str) -> BadQuestion:
    return BadQuestion(Sentence(vi=f"Câu hỏi không hợp lệ: {vi}.", en=f"Not a question: {en}."))
