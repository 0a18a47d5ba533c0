"""Requests and replies of the exchange as bytes: bounded bodies, refusals with an id to look up."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sogoc.errors import AccessDenied, BadQuestion, BadSeal, Sentence, SogocError, TooManyQuestions
from sogoc.exchange.protocol import ERROR, REQUEST_ID, error_type
from sogoc.exchange.services import LARGEST_BODY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any

JSON = "application/json; charset=utf-8"
OK, BAD, FAILED, TOO_MANY = 200, 400, 500, 429
_SLOWEST_BODY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What leaves, before it is signed."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(error: SogocError) -> Reply:
    """An error as it travels: its type, one sentence, and an id under which the node knows it."""
    name = error_type(error)
    status = BAD if name.startswith("Client.") else FAILED
    headers = {ERROR: name}
    if isinstance(error, TooManyQuestions):
        status = TOO_MANY
        headers["retry-after"] = str(int(error.wait_seconds) + 1)
    told = {"type": name, "message": message_of(error), "detail": str(uuid4())}
    return Reply(status, json.dumps(told, ensure_ascii=False).encode(), headers)


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
        async with asyncio.timeout(_SLOWEST_BODY_SECONDS):
            return await _whole(receive)
    except TimeoutError as late:
        raise _slow() from late


async def _whole(receive: Callable[[], Awaitable[Mapping[str, Any]]]) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _slow()
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
    headers = {**told, **asked_id(scope), **reply.headers}
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


def _slow() -> BadQuestion:
    return BadQuestion(
        Sentence(vi="Câu hỏi không đến trọn vẹn.", en="The question did not come whole.")
    )
