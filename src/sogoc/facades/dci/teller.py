"""Tells what is due: answers by call-back, and notices to followers; each until it is taken.

Every telling is lent to one process for a while, so several may tell; what a process that died had
in hand comes again. Of one client one thing is told at a time: who is slow waits for itself.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from sogoc.errors import (
    AccessDenied,
    BadQuestion,
    NodeUnreachable,
    SogocError,
    UnknownThing,
)
from sogoc.events.feed import Feed
from sogoc.exchange.protocol import Envelope
from sogoc.facades.dci.callback import GONE, call, check_address
from sogoc.facades.dci.following import notice
from sogoc.facades.dci.later import LENT, Later, wait_after
from sogoc.facades.dci.messages import Heading, written
from sogoc.facades.dci.registry import Registry, outcome_of
from sogoc.facades.dci.searching import Asking
from sogoc.facades.followers import DCI, Followers
from sogoc.trust.tokens import signed_token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor
    from datetime import datetime

    from sogoc.facades.dci.callback import Called
    from sogoc.facades.dci.later import Question
    from sogoc.facades.followers import Follower
    from sogoc.facades.parts import FacadeParts

_AT_ONCE = 8
_REFUSED_WAIT = timedelta(hours=1)
_TOKEN_SECONDS = 120


@dataclass(slots=True, kw_only=True)
class Teller:
    """Tells what is due. `threads` are its own: a slow peer takes none from those who answer."""

    parts: FacadeParts
    threads: Executor
    _busy: set[str] = field(default_factory=set)
    _turn: Lock = field(default_factory=Lock)

    def round(self) -> list[Future[None]]:
        """Gather the feed and begin everything that is due; what was begun ends by itself."""
        now = self.parts.answering().clock.now()
        connection = self.parts.connection()
        feed = Feed(connection)
        for register in feed.opened():
            if register in self.parts.registers:
                feed.gather(self.parts.registers[register])
        begun = list[Future[None]]()
        with self._turn:
            busy = frozenset(self._busy) | self._resting()
        for question in Later(connection).due(now=now, busy=busy, most=_AT_ONCE):
            begun += self._begin(question.caller.client, self._answer, question)
        followers = Followers(connection, DCI)
        for follower in followers.due(now=now, lent_until=now + LENT, most=_AT_ONCE):
            begun += self._begin(follower.client, self._notify, follower)
        return begun

    def _begin(self, client: str, work: Callable[[Any], None], told: object) -> list[Future[None]]:
        with self._turn:
            if client in self._busy or client in self._resting():
                # Lent, and left: it comes again when its time is over.
                return []
            self._busy.add(client)

        def run() -> None:
            try:
                work(told)
            finally:
                with self._turn:
                    self._busy.discard(client)

        return [self.threads.submit(run)]

    def _resting(self) -> frozenset[str]:
        """Clients that did not answer for so long that nothing is looked up for them now."""
        now = self._now().timestamp()
        return frozenset(
            each.peer for each in self.parts.breaker.troubled() if each.rests_until > now
        )

    def _answer(self, question: Question) -> None:
        later = Later(self.parts.connection())
        register = self.parts.registers.get(question.register)
        if register is None:
            later.settle(question, "rjct", {})
            return
        registry = Registry(parts=self.parts, register=register)
        try:
            body: dict[str, Any] | None = registry.body_of(question)
        except (AccessDenied, BadQuestion, UnknownThing):
            # Nothing may be answered; that is the answer.
            body = None
        except SogocError:
            later.again(question, now=self._now())
            return
        answer = registry.written(question.action, question, body)
        if question.failures:
            self.parts.breaker.again(question.caller.client)
        called = self._called(question.caller.client, question.callback, answer)
        self._settle(question, body, called=called)

    def _settle(
        self, question: Question, body: Mapping[str, Any] | None, *, called: Called | None
    ) -> None:
        later = Later(self.parts.connection())
        if called is not None and called.taken:
            at = self._now().isoformat()
            outcome = outcome_of(question.action, body, at) if body is not None else {}
            later.settle(question, "succ" if body is not None else "rjct", outcome)
        elif called is not None and called.status == GONE:
            later.settle(question, "rjct", {})
        else:
            later.again(question, now=self._now())

    def _notify(self, follower: Follower) -> None:
        followers = Followers(self.parts.connection(), DCI)
        register = self.parts.registers.get(follower.register)
        if register is None:
            return
        caller = Envelope(**follower.options["caller"])
        asking = Asking(parts=self.parts, register=register, caller=caller)
        try:
            events, last = notice(asking, follower)
        except (AccessDenied, UnknownThing):
            followers.later(follower, next_at=self._now() + _REFUSED_WAIT)
            return
        except SogocError:
            followers.later(follower, next_at=self._now() + wait_after(follower.failures))
            return
        if not events:
            followers.move(follower, last, now=self._now())
            return
        told = self._notice(asking, follower, events)
        if follower.failures:
            self.parts.breaker.again(follower.client)
        called = self._called(follower.client, follower.options["callback"], told)
        if called is not None and called.taken:
            followers.move(follower, last, now=self._now())
        elif called is not None and called.status == GONE:
            followers.end(follower, now=self._now())
        else:
            followers.later(follower, next_at=self._now() + wait_after(follower.failures))

    def _notice(
        self, asking: Asking, follower: Follower, events: list[dict[str, Any]]
    ) -> dict[str, Any]:
        body = {"transaction_id": str(uuid4()), "notify_event": events}
        heading = Heading(action="notify", receiver=follower.client, total=len(events))
        sender = Registry(parts=self.parts, register=asking.register).sender
        return written(heading, body, sender, now=self._now())

    def _called(self, client: str, address: str, told: Mapping[str, Any]) -> Called | None:
        """What the other side said; None if it could not be reached, or may not be any more."""
        parts = urlsplit(address)
        now = int(self._now().timestamp())
        claims = {
            "iss": str(self.parts.provider),
            "aud": f"{parts.scheme}://{parts.netloc}",
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
        }
        token = signed_token(claims, key=self.parts.key, key_id=self.parts.key_id)
        breaker = self.parts.breaker
        breaker.rest(client, now=now)
        try:
            check_address(address, self.parts.callbacks_of(client))
            called = call(
                address, told, token=token, networks=self.parts.settings.callback_networks
            )
        except BadQuestion:
            return None
        except NodeUnreachable:
            breaker.failed(client, now=self._now().timestamp())
            return None
        breaker.answered(client)
        return called

    def _now(self) -> datetime:
        return self.parts.answering().clock.now()
