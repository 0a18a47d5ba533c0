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
from sogoc.exchange.answering import answer, believe
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
from sogoc.rounds.taking import PREFIX
from sogoc.trust.messages import Answer, Request, request_hash, sign_answer
from sogoc.web.exchange.replies import asked_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from concurrent.futures import Executor
    from typing import Any

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.exchange.answering import Answering, Found, Shelf
    from sogoc.exchange.directory import Directory
    from sogoc.exchange.names import Address
    from sogoc.exchange.protocol import Envelope
    from sogoc.rounds.taking import Reply
    from sogoc.trust.keys import SigningKey

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


class Door:
    """The ASGI application."""

    def __init__(self, parts: ExchangeParts) -> None:
        self._parts = parts

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
        except (BadQuestion, TimeoutError) as refused:
            reply = _refusal(refused if isinstance(refused, BadQuestion) else _slow())
        else:
            loop = asyncio.get_running_loop()
            reply = await loop.run_in_executor(self._parts.threads, self._answered, scope, body)
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

    def _answered(self, scope: Mapping[str, Any], body: bytes) -> _Reply:
        """Everything between the bytes that came and those that leave; runs in a thread."""
        try:
            request, sent = self._request(scope, body)
            answering = self._parts.answering()
            believed = believe(
                request, self._parts.directory(), answering.seen, now=answering.clock.now()
            )
        except SogocError as refused:
            return _refusal(refused)
        reply = self._looked_up(believed.request, answering)
        told = {
            **reply.headers,
            CLIENT: believed.client,
            SERVICE: "/".join((self._parts.provider, _service_of(request))),
            OWN_ID: (own := str(uuid4())),
            HASH: request_hash(request, sent, path=_target(scope), request_id=own),
        }
        signed = sign_answer(
            Answer(status=reply.status, headers=told, body=reply.body),
            request,
            key=self._parts.key,
            key_id=self._parts.key_id,
            created=int(answering.clock.now().timestamp()),
        )
        return _Reply(reply.status, reply.body, {**told, **signed})

    def _looked_up(self, request: Request, answering: Answering) -> _Reply:
        try:
            if (other := self._parts.others.get(_service_of(request))) is not None:
                return _Reply(_OK, other(request, answering).body, {})
            where = address(_path(request.target_uri, self._parts.address))
            if str(where.service.provider) != self._parts.provider:
                raise BadQuestion(
                    Sentence(vi="Câu hỏi gửi nhầm nút.", en="The question is for another node.")
                )
            if self._parts.rounds is not None and where.path.startswith(PREFIX):
                return _of_round(self._parts.rounds, where, request)
            told = put(request.method, where, request.body, registers=self._parts.registers)
            found = answer(
                envelope(request.headers), told.asked, self._parts.shelf(told.object), by=answering
            )
        except SogocError as refused:
            return _refusal(refused)
        return _Reply(_OK, found.body, {})

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
