"""Messages and replies of the exchange, as bytes and headers: what door and metaservices share.

Bodies are bounded before they are read, and a slow sender is let go. A refusal bears an id to look
up. What leaves is signed over the very message that came.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sogoc.errors import (
    AccessDenied,
    BadQuestion,
    BadSeal,
    JournalClosed,
    Sentence,
    SogocError,
    TooManyQuestions,
)
from sogoc.exchange.protocol import (
    CLIENT,
    ERROR,
    HASH,
    OWN_ID,
    REQUEST_ID,
    SERVICE,
    error_type,
    headers_from,
)
from sogoc.exchange.services import LARGEST_BODY
from sogoc.trust.messages import Answer, Request, request_hash, sign_answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime
    from typing import Any

    from sogoc.trust.keys import SigningKey

JSON = "application/json; charset=utf-8"
OK, BAD, FAILED, TOO_MANY = 200, 400, 500, 429
SLOWEST_BODY_SECONDS = 30.0
"""Whoever sends a body more slowly is let go."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What leaves, before it is signed."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message as it came: not yet believed."""

    request: Request
    sent: list[tuple[str, str]]
    """Headers in their order and spelling."""
    target: str


def heard(scope: Mapping[str, Any], body: bytes, *, address: str) -> Heard:
    """The message, to this node at the address that others know. Raises BadQuestion."""
    sent, target = sent_headers(scope), target_of(scope)
    request = Request(
        method=scope["method"],
        target_uri=address + target,
        headers=headers_from(sent),
        body=body,
    )
    return Heard(request=request, sent=sent, target=target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """In whose name replies are signed, and when."""

    key: SigningKey
    key_id: str
    now: datetime


def signed(reply: Reply, to: Heard, *, service: str, by: Signer) -> Reply:
    """The reply as it leaves to whoever was believed."""
    told = {
        **reply.headers,
        CLIENT: to.request.headers[CLIENT],
        SERVICE: service,
        OWN_ID: (own := str(uuid4())),
        HASH: request_hash(to.request, to.sent, path=to.target, request_id=own),
    }
    signature = sign_answer(
        Answer(status=reply.status, headers=told, body=reply.body),
        to.request,
        key=by.key,
        key_id=by.key_id,
        created=int(by.now.timestamp()),
    )
    return Reply(reply.status, reply.body, {**told, **signature})


def refusal(error: SogocError) -> Reply:
    """An error as it travels: its type, one sentence, and an id under which the node knows it."""
    name = error_type(error)
    status = BAD if name.startswith("Client.") else FAILED
    if isinstance(error, TooManyQuestions):
        status = TOO_MANY
    headers = {ERROR: name, **come_again(error)}
    told = {"type": name, "message": message_of(error), "detail": str(uuid4())}
    return Reply(status, json.dumps(told, ensure_ascii=False).encode(), headers)


def come_again(error: SogocError) -> dict[str, str]:
    """When whoever was refused may come again, as a header, where that is known."""
    if isinstance(error, TooManyQuestions):
        return {"retry-after": str(int(error.wait_seconds) + 1)}
    return {"retry-after": "1"} if isinstance(error, JournalClosed) else {}


def message_of(error: SogocError) -> str:
    """What whoever asked is told. Who is not believed is told no more than that."""
    if isinstance(error, BadSeal):
        return "The signature of the message is not accepted."
    if isinstance(error, AccessDenied):
        return f"{error.sentence.en} {error.sentence.vi}"
    return error.sentence.en


async def body_of(
    scope: Mapping[str, Any], receive: Callable[[], Awaitable[Mapping[str, Any]]]
) -> bytes:
    """The body, bounded in size and time. Raises BadQuestion."""
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not told.isdigit() or int(told) > LARGEST_BODY:
        raise _too_large()
    try:
        async with asyncio.timeout(SLOWEST_BODY_SECONDS):
            return await _whole(receive)
    except TimeoutError as late:
        raise not_whole() from late


async def _whole(receive: Callable[[], Awaitable[Mapping[str, Any]]]) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise not_whole()
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise _too_large()
        more = bool(message.get("more_body"))
    return bytes(body)


def asked_id(scope: Mapping[str, Any]) -> dict[str, str]:
    """The id of the question as a header: it comes back whatever the answer is, if it is one."""
    told = [value for name, value in scope["headers"] if name.lower() == b"x-road-id"]
    try:
        (one,) = told
        return {REQUEST_ID: str(UUID(one.decode()))} if len(one) == _UUID else {}
    except ValueError:
        return {}


_UUID = 36


async def send_reply(
    reply: Reply,
    send: Callable[[dict[str, Any]], Awaitable[None]],
    scope: Mapping[str, Any],
) -> None:
    """Send it."""
    told = {"content-type": JSON, "cache-control": "no-store"}
    # A signed reply names the question already.
    asked = {} if REQUEST_ID in reply.headers else asked_id(scope)
    headers = {**told, **asked, **reply.headers}
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": reply.body})


def sent_headers(scope: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Headers in their order and spelling."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]


def target_of(scope: Mapping[str, Any]) -> str:
    """Path and query as they were sent, not as a server decoded them."""
    raw = scope.get("raw_path") or scope["path"].encode()
    path = bytes(raw).partition(b"?")[0].decode("latin-1")
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{path}?{query}" if query else path


def _too_large() -> BadQuestion:
    return BadQuestion(
        Sentence(
            vi=f"Câu hỏi lớn hơn {LARGEST_BODY} byte; hãy chia nhỏ.",
            en=f"The question is larger than {LARGEST_BODY} bytes; cut it into several.",
        )
    )


def not_whole() -> BadQuestion:
    """The refusal of what did not come to its end."""
    return BadQuestion(
        Sentence(vi="Câu hỏi không đến trọn vẹn.", en="The question did not come whole.")
    )
