"""The address `/r1/...` of a node: plain ASGI, since every microsecond here is paid per question.

Statuses and headers are X-Road's; what may be answered is decided below (`sogoc.exchange`). Each
answer to a believed question is signed, also a refusal. Bodies are bounded before they are read,
and a slow sender is let go.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from sogoc.errors import (
    AccessDenied,
    BadQuestion,
    BadSeal,
    Sentence,
    SogocError,
    TooManyQuestions,
)
from sogoc.exchange.answering import believe
from sogoc.exchange.monitoring.steps import steps_of
from sogoc.exchange.names import address
from sogoc.exchange.protocol import (
    CLIENT,
    ERROR,
    HASH,
    OWN_ID,
    SERVICE,
    envelope,
    error_type,
    headers_from,
)
from sogoc.exchange.services import LARGEST_BODY, put
from sogoc.exchange.shared.together import Posed, answer_all, take
from sogoc.rounds.taking import PREFIX
from sogoc.trust.messages import Answer, Request, request_hash, sign_answer
from sogoc.web.exchange.replies import asked_id
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
    from sogoc.rounds.taking import Reply
    from sogoc.trust.keys import SigningKey
    from sogoc.trust.messages import BelievedRequest

_JSON = "application/json; charset=utf-8"
_SLOWEST_BODY_SECONDS = 30.0
_OK, _BAD, _FAILED, _TOO_MANY = 200, 400, 500, 429


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
    rounds: Callable[[str, Envelope, bytes], Reply] | None = None
    """Answers what is asked under `/v1/rounds/`, where this node answers rounds."""


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(slots=True)
class _Course:
    """How far one message has come."""

    came: Came
    sent: Sequence[tuple[str, str]] = ()
    believed: BelievedRequest | None = None
    posed: Posed | None = None
    reply: _Reply | None = None


class Door:
    """The ASGI application."""

    def __init__(self, parts: ExchangeParts) -> None:
        self._parts = parts
        self.turns = Turns(self._answered, parts.threads)

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
            async with asyncio.timeout(_SLOWEST_BODY_SECONDS):
                body = await _body(scope, receive)
            reply = await self.turns.answered(Came(scope, body))
        except (BadQuestion, TimeoutError) as refused:
            reply = _refusal(refused if isinstance(refused, BadQuestion) else _slow())
        except SogocError as refused:
            reply = _refusal(refused)
        asked = asked_id(scope)
        headers = {"content-type": _JSON, "cache-control": "no-store", **asked, **reply.headers}
        await send(
            {
                "type": "http.response.start",
                "status": reply.status,
                "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": reply.body})

    def _answered(self, came: Sequence[Came]) -> list[_Reply]:
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
                    _refusal(outcome)
                    if isinstance(outcome, SogocError)
                    else _Reply(_OK, outcome.body, {})
                )
        replies = [self._signed(course) for course in courses]
        steps.done("sign")
        return replies

    def _believed(self, came: Came) -> _Course:
        """What is known of a message once it was read: a question, or what stands against it."""
        course = _Course(came)
        try:
            request, course.sent = self._request(came.scope, came.body)
            answering = self._parts.answering()
            believed = believe(
                request, self._parts.directory(), answering.seen, now=answering.clock.now()
            )
        except SogocError as refused:
            course.reply = _refusal(refused)
            return course
        course.believed = believed
        try:
            course.reply = self._otherwise(believed, answering)
            if course.reply is None:
                course.posed = self._posed(believed.request)
        except SogocError as refused:
            course.reply = _refusal(refused)
        return course

    def _otherwise(self, believed: BelievedRequest, answering: Answering) -> _Reply | None:
        """The reply to what is asked of no register; None for a question after records."""
        request = believed.request
        if (other := self._parts.others.get(_service_of(request))) is not None:
            take(believed, by=answering)
            return _Reply(_OK, other(request, answering).body, {})
        where = self._where(request)
        if self._parts.rounds is not None and where.path.startswith(PREFIX):
            take(believed, by=answering)
            return _of_round(self._parts.rounds, where, request)
        return None

    def _where(self, request: Request) -> Address:
        where = address(_path(request.target_uri, self._parts.address))
        if str(where.service.provider) != self._parts.provider:
            raise BadQuestion(
                Sentence(vi="Câu hỏi gửi nhầm nút.", en="The question is for another node.")
            )
        return where

    def _posed(self, request: Request) -> Posed:
        where = self._where(request)
        told = put(request.method, where, request.body, registers=self._parts.registers)
        return Posed(
            envelope=envelope(request.headers),
            asked=told.asked,
            shelf=self._parts.shelf(told.object),
        )

    def _signed(self, course: _Course) -> _Reply:
        """The reply as it leaves: signed, unless whoever asked was not believed."""
        reply, believed = course.reply or _refusal(_slow()), course.believed
        if believed is None:
            return reply
        request = believed.request
        told = {
            **reply.headers,
            CLIENT: believed.client,
            SERVICE: "/".join((self._parts.provider, _service_of(request))),
            OWN_ID: (own := str(uuid4())),
            HASH: request_hash(
                request, course.sent, path=_target(course.came.scope), request_id=own
            ),
        }
        signed = sign_answer(
            Answer(status=reply.status, headers=told, body=reply.body),
            request,
            key=self._parts.key,
            key_id=self._parts.key_id,
            created=int(self._parts.answering().clock.now().timestamp()),
        )
        return _Reply(reply.status, reply.body, {**told, **signed})

    def _request(
        self, scope: Mapping[str, Any], body: bytes
    ) -> tuple[Request, list[tuple[str, str]]]:
        sent = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
        ]
        return Request(
            method=scope["method"],
            target_uri=self._parts.address + _target(scope),
            headers=headers_from(sent),
            body=body,
        ), sent


def _of_round(
    rounds: Callable[[str, Envelope, bytes], Reply], where: Address, request: Request
) -> _Reply:
    if request.method != "POST" or where.query:
        raise BadQuestion(
            Sentence(vi="Câu hỏi phải dùng POST.", en="A question of a round is a POST.")
        )
    told = rounds(where.path, envelope(request.headers), request.body)
    return _Reply(_OK, told.body, {"content-type": told.kind})


async def _body(
    scope: Mapping[str, Any], receive: Callable[[], Awaitable[Mapping[str, Any]]]
) -> bytes:
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not told.isdigit() or int(told) > LARGEST_BODY:
        raise _too_large()
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _slow()
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise _too_large()
        if not message.get("more_body"):
            return bytes(body)


def _target(scope: Mapping[str, Any]) -> str:
    """Path and query as they were sent, not as a server decoded them."""
    raw = scope.get("raw_path") or scope["path"].encode()
    path = bytes(raw).partition(b"?")[0].decode("latin-1")
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{path}?{query}" if query else path


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


def _refusal(error: SogocError) -> _Reply:
    """An error as it travels: its type, one sentence, and an id to look up."""
    name = error_type(error)
    told = {"type": name, "message": error.sentence.en, "detail": str(uuid4())}
    status = _BAD if name.startswith("Client.") else _FAILED
    headers = {ERROR: name}
    if isinstance(error, TooManyQuestions):
        status = _TOO_MANY
        headers["retry-after"] = str(int(error.wait_seconds) + 1)
    if isinstance(error, BadSeal):
        # Whoever is not believed is told no more than that.
        told["message"] = "The signature of the message is not accepted."
    if isinstance(error, AccessDenied):
        told["message"] = f"{error.sentence.en} {error.sentence.vi}"
    return _Reply(status, json.dumps(told, ensure_ascii=False).encode(), headers)


def _too_large() -> BadQuestion:
    return BadQuestion(
        Sentence(
            vi=f"Câu hỏi lớn hơn {LARGEST_BODY} byte; hãy chia nhỏ.",
            en=f"The question is larger than {LARGEST_BODY} bytes; cut it into several.",
        )
    )


def _slow() -> BadQuestion:
    return BadQuestion(
        Sentence(vi="Câu hỏi không đến trọn vẹn.", en="The question did not come whole.")
    )
