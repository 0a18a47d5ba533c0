"""The address `/r1/...` of a node: plain ASGI, since every microsecond here is paid per question.

Statuses and headers are X-Road's; what may be answered is decided below (`sogoc.exchange`). Each
answer to a believed question is signed, also a refusal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from sogoc.errors import BadQuestion, Sentence, SogocError
from sogoc.exchange.answering import believe
from sogoc.exchange.monitoring.steps import steps_of
from sogoc.exchange.names import address
from sogoc.exchange.protocol import envelope
from sogoc.exchange.services import put
from sogoc.exchange.shared.together import Posed, answer_all, take
from sogoc.rounds.taking import PREFIX
from sogoc.web.exchange.replies import (
    OK,
    Heard,
    Reply,
    Signer,
    body_of,
    heard,
    not_whole,
    refusal,
    send_reply,
    signed,
)
from sogoc.web.exchange.turns import Came, Turns

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from concurrent.futures import Executor
    from typing import Any

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.exchange.answering import Answering, Found, Shelf
    from sogoc.exchange.directory import Directory
    from sogoc.exchange.names import Address
    from sogoc.exchange.protocol import Envelope
    from sogoc.rounds.taking import Reply as OfRound
    from sogoc.trust.keys import SigningKey
    from sogoc.trust.messages import BelievedRequest, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeParts:
    """What the door is given. `directory` and `answering` give what holds at this moment."""

    provider: str
    """This node's subsystem: `VN/GOV/01/POP`."""
    address: str
    """This node as others see it: signatures cover it, whatever a proxy passes on."""
    key: SigningKey
    key_id: str
    directory: Callable[[], Directory]
    answering: Callable[[], Answering]
    registers: Mapping[str, Register]
    shelf: Callable[[RegisterObject], Shelf]
    threads: Executor
    others: Mapping[str, Callable[[Request, Answering], Found]] = field(default_factory=dict)
    """Services that are no register, by their code: the subject's view, grants."""
    rounds: Callable[[str, Envelope, bytes], OfRound] | None = None
    """Answers what is asked under `/v1/rounds/`, where this node answers rounds."""


@dataclass(slots=True)
class _Course:
    """How far one message has come."""

    came: Came
    heard: Heard | None = None
    believed: BelievedRequest | None = None
    posed: Posed | None = None
    reply: Reply | None = None


class Door:
    """The ASGI application."""

    def __init__(self, parts: ExchangeParts) -> None:
        self._parts = parts
        self.turns = Turns(self._answered, parts.threads)
        # Remembered: the addresses that are asked for are few, and short or refused.
        self._where = lru_cache(1024)(partial(_where, own=parts.address, provider=parts.provider))

    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            reply = await self.turns.answered(Came(scope, await body_of(scope, receive)))
        except SogocError as refused:
            reply = refusal(refused)
        await send_reply(reply, send, scope)

    def _answered(self, came: Sequence[Came]) -> list[Reply]:
        """Everything between the bytes that came and those that leave; runs in a thread."""
        steps = steps_of(one.scope for one in came)
        steps.done("wait")
        courses = [self._believed(one) for one in came]
        steps.done("believe")
        posed = [course for course in courses if course.posed is not None]
        if posed:
            found = answer_all(
                [course.posed for course in posed if course.posed],
                by=self._parts.answering(),
                steps=steps,
            )
            for course, outcome in zip(posed, found, strict=True):
                course.reply = (
                    refusal(outcome)
                    if isinstance(outcome, SogocError)
                    else Reply(OK, outcome.body, {})
                )
        replies = self._signed(courses)
        steps.done("sign")
        return replies

    def _believed(self, came: Came) -> _Course:
        """What is known of a message once it was read: a question, or what stands against it."""
        course = _Course(came)
        try:
            course.heard = heard(came.scope, came.body, address=self._parts.address)
            answering = self._parts.answering()
            now = answering.clock.now()
            request = course.heard.request
            believed = believe(request, self._parts.directory(), answering.seen, now=now)
        except SogocError as refused:
            course.reply = refusal(refused)
            return course
        course.believed = believed
        try:
            course.reply = self._otherwise(believed, answering)
            if course.reply is None:
                course.posed = self._posed(believed.request)
        except SogocError as refused:
            course.reply = refusal(refused)
        return course

    def _otherwise(self, believed: BelievedRequest, answering: Answering) -> Reply | None:
        """The reply to what is asked of no register; None for a question after records."""
        request = believed.request
        if (other := self._parts.others.get(_service_of(request))) is not None:
            take(believed, by=answering)
            return Reply(OK, other(request, answering).body, {})
        where = self._where(request.target_uri)
        if self._parts.rounds is not None and where.path.startswith(PREFIX):
            take(believed, by=answering)
            return _of_round(self._parts.rounds, where, request)
        return None

    def _posed(self, request: Request) -> Posed:
        where = self._where(request.target_uri)
        told = put(request.method, where, request.body, registers=self._parts.registers)
        return Posed(
            envelope=envelope(request.headers),
            asked=told.asked,
            shelf=self._parts.shelf(told.object),
        )

    def _signed(self, courses: list[_Course]) -> list[Reply]:
        """The replies as they leave: signed, unless whoever asked was not believed."""
        if not any(course.believed for course in courses):
            return [course.reply or refusal(not_whole()) for course in courses]
        now = self._parts.answering().clock.now()
        signer = Signer(key=self._parts.key, key_id=self._parts.key_id, now=now)
        return [self._as_it_leaves(course, signer) for course in courses]

    def _as_it_leaves(self, course: _Course, signer: Signer) -> Reply:
        reply = course.reply or refusal(not_whole())
        if course.believed is None or course.heard is None:
            return reply
        service = f"{self._parts.provider}/{_service_of(course.heard.request)}"
        return signed(reply, course.heard, service=service, by=signer)


def _where(target_uri: str, *, own: str, provider: str) -> Address:
    where = address(_path(target_uri, own))
    if str(where.service.provider) != provider:
        raise BadQuestion(
            Sentence(vi="Câu hỏi gửi nhầm nút.", en="The question is for another node.")
        )
    return where


def _of_round(
    rounds: Callable[[str, Envelope, bytes], OfRound], where: Address, request: Request
) -> Reply:
    if request.method != "POST" or where.query:
        raise BadQuestion(
            Sentence(vi="Câu hỏi phải dùng POST.", en="A question of a round is a POST.")
        )
    told = rounds(where.path, envelope(request.headers), request.body)
    return Reply(OK, told.body, {"content-type": told.kind})


def _path(target_uri: str, own: str) -> str:
    path, _, query = target_uri.removeprefix(own).partition("?")
    if query:
        raise BadQuestion(
            Sentence(
                vi="Câu hỏi không được có tham số trên địa chỉ.",
                en="A question has no parameters in its address.",
            )
        )
    return path


def _service_of(request: Request) -> str:
    parts = request.target_uri.split("/r1/", 1)[-1].split("/")
    return parts[4] if len(parts) > 4 else ""  # noqa: PLR2004 - behind the provider's four parts
