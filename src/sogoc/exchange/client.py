"""Asking another node: a signed question, and an answer that is believed or refused.

A peer that does not answer in time is asked again with the same id only where nothing can have
happened twice - a connection that was never made; after several failures it is left in peace for a
while, so that one slow agency does not stop the others.

Where the node stands behind an X-Road Security Server, the question goes there instead, unsigned:
the Security Server signs it, and what it gives back is believed as far as its line is. An error of
a Security Server bears `X-Road-Error`, one of the service does not; the id must be the one sent.
"""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx2

from sogoc.errors import AnswerRefused, NodeUnreachable, NotThere, Sentence
from sogoc.exchange.answering import TOLERANCE_SECONDS
from sogoc.exchange.limits import Breaker
from sogoc.exchange.names import path_of, subsystem
from sogoc.exchange.protocol import CLIENT, ERROR, ISSUE, REQUEST_ID, USER, headers_from
from sogoc.trust.messages import Answer, Request, believe_answer, sign_request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from sogoc.clock import Clock
    from sogoc.exchange.directory import Directory, Member
    from sogoc.exchange.names import Service
    from sogoc.trust.keys import SigningKey

LARGEST_ANSWER = 64 * 1024 * 1024
_TRIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks: the subsystem, its key, and for which officer and case."""

    client: str
    key: SigningKey
    key_id: str
    officer: str
    issue: str
    """Procedure and case: `1.012789/H29-260302-0001`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How others are reached: by the directory, each within `timeout_seconds`."""

    directory: Directory
    clock: Clock
    timeout_seconds: float = 10.0
    security_server: str = ""
    """Address of a Security Server through which everybody is asked; empty: nodes directly."""
    breaker: Breaker = field(default_factory=Breaker)
    transport: httpx2.BaseTransport | None = None
    tracing: Callable[[], AbstractContextManager[Mapping[str, str] | None]] = nullcontext
    """Around each question as it is sent; what it gives are headers to send along, unsigned."""


def ask(service: Service, path: str, body: bytes, *, asker: Asker, line: Line) -> bytes:
    """The believed body of the answer.

    Raises NodeUnreachable, BadSeal if the answer is not the provider's to this question, and
    AnswerRefused with what the provider said.
    """
    if line.security_server:
        return _through(service, path, body, asker=asker, line=line)
    member = _member(service, line)
    request = _question(service, path, body, asker=asker, address=member.address)
    now = int(line.clock.now().timestamp())
    told = sign_request(request, asker.key, key_id=asker.key_id, created=now)
    whole = Request(
        method=request.method,
        target_uri=request.target_uri,
        headers={**request.headers, **told},
        body=request.body,
    )
    answer = _sent(whole, str(member.id), line)
    if (error := answer.headers.get(ERROR)) is not None and "signature" not in answer.headers:
        # Who could not tell us apart from a stranger does not sign.
        raise _refused(error, answer.body, answer)
    believed = believe_answer(
        answer,
        whole,
        line.directory.at(line.clock.now()),
        provider=str(service.provider),
        now=int(line.clock.now().timestamp()),
        tolerance_seconds=TOLERANCE_SECONDS,
    )
    if error is not None or answer.status >= _FAILED:
        raise _refused(error or f"status {answer.status}", believed, answer)
    return believed


def _through(service: Service, path: str, body: bytes, *, asker: Asker, line: Line) -> bytes:
    server = line.security_server.rstrip("/")
    request = _question(service, path, body, asker=asker, address=server)
    answer = _sent(request, server, line)
    if (error := answer.headers.get(ERROR)) is not None:
        raise _refused(error, answer.body, answer)
    if answer.headers.get(REQUEST_ID) != request.headers[REQUEST_ID]:
        raise AnswerRefused(
            Sentence(
                vi="Máy chủ an ninh trả lời cho một câu hỏi khác (X-Road-Id không khớp).",
                en="The Security Server answers another question (X-Road-Id differs).",
            ),
            error="Client.WrongId",
        )
    if answer.status >= _FAILED:
        raise _refused(f"status {answer.status}", answer.body, answer)
    return answer.body


_FAILED = 400


def _member(service: Service, line: Line) -> Member:
    found = line.directory.member(service.provider)
    if found is None:
        raise NodeUnreachable(
            Sentence(
                vi=f"Danh bạ không có {service.provider}.",
                en=f"The directory has no {service.provider}.",
            )
        )
    return found


def _question(service: Service, path: str, body: bytes, *, asker: Asker, address: str) -> Request:
    return Request(
        method="POST",
        target_uri=f"{address}{path_of(service, path)}",
        headers={
            CLIENT: str(subsystem(asker.client)),
            REQUEST_ID: str(uuid4()),
            USER: asker.officer,
            ISSUE: asker.issue,
            "content-type": "application/json",
        },
        body=body,
    )


def _sent(request: Request, peer: str, line: Line) -> Answer:
    if line.breaker.rest(peer, now=line.clock.now().timestamp()):
        raise _unreachable(peer)
    # Only a connection that was never made is tried anew: then nothing was asked.
    transport = line.transport or httpx2.HTTPTransport(retries=_TRIES)
    try:
        with (
            httpx2.Client(
                transport=transport, timeout=line.timeout_seconds, trust_env=False
            ) as http,
            line.tracing() as along,
        ):
            answer = _received(http, _with(request, along))
    except (httpx2.HTTPError, httpx2.InvalidURL) as failed:
        line.breaker.failed(peer, now=line.clock.now().timestamp())
        raise _unreachable(peer) from failed
    line.breaker.answered(peer)
    return answer


def _with(request: Request, along: Mapping[str, str] | None) -> Request:
    return replace(request, headers={**request.headers, **along}) if along else request


def _received(http: httpx2.Client, request: Request) -> Answer:
    with http.stream(
        request.method, request.target_uri, headers=dict(request.headers), content=request.body
    ) as response:
        body = bytearray()
        for part in response.iter_raw():
            body += part
            if len(body) > LARGEST_ANSWER:
                raise _unreachable("answer")
        return Answer(
            status=response.status_code,
            headers=headers_from(response.headers.multi_items()),
            body=bytes(body),
        )


def _unreachable(peer: str) -> NodeUnreachable:
    return NodeUnreachable(
        Sentence(
            vi=f"Nút {peer} không trả lời; hãy thử lại sau.",
            en=f"The node {peer} does not answer; try again later.",
        )
    )


def _not_there(address: str) -> NotThere:
    return NotThere(
        Sentence(
            vi=f"Nút có trả lời, nhưng chưa có gì ở {address}; hãy xem lại địa chỉ hoặc thử lại.",
            en=f"The node answers, but has nothing at {address} yet; check the address or try "
            "again.",
        )
    )


def _refused(error: str, body: bytes, answer: Answer) -> AnswerRefused:
    wait = answer.headers.get("retry-after", "")
    told = _sentence(body)
    return AnswerRefused(
        Sentence(
            vi=f"Nút được hỏi từ chối ({error}): {told}",
            en=f"The node that was asked refused ({error}): {told}",
        ),
        error=error,
        wait_seconds=float(wait) if wait.isascii() and wait.isdigit() else 0.0,
    )


def _sentence(body: bytes) -> str:
    """What the other node says, out of its error (X-Road: type, message, detail) or as it came."""
    try:
        told = json.loads(body)["message"]
    except (ValueError, KeyError, TypeError, RecursionError):
        told = body.decode(errors="replace")
    return str(told)[:500]


def fetched(address: str, *, timeout_seconds: float = 5.0) -> str | None:
    """The text at a public address, or None if nobody answers there. It is not believed yet."""
    try:
        return public_bytes(address, timeout_seconds=timeout_seconds).decode(errors="replace")
    except NodeUnreachable:
        return None


def posted(
    address: str, body: bytes, *, kind: str = "text/plain", timeout_seconds: float = 10.0
) -> tuple[int, bytes]:
    """Send bytes to a public address; status and bytes of what comes. Raises NodeUnreachable."""
    try:
        with httpx2.Client(timeout=timeout_seconds, trust_env=False) as http:
            answer = http.post(address, content=body, headers={"content-type": kind})
    except httpx2.HTTPError as failed:
        raise _unreachable(address) from failed
    return answer.status_code, answer.content


def public_bytes(address: str, *, timeout_seconds: float = 10.0) -> bytes:
    """The bytes at a public address. Raises NodeUnreachable, and NotThere if it has none.

    They come whole within bounds and in as many seconds. Nothing is unpacked and no other address
    is gone to: who serves it is not believed.
    """
    until = monotonic() + timeout_seconds
    try:
        with (
            httpx2.Client(timeout=timeout_seconds, trust_env=False) as http,
            http.stream("GET", address, headers={"accept-encoding": "identity"}) as answer,
        ):
            if answer.status_code == httpx2.codes.NOT_FOUND:
                raise _not_there(address)
            content = _within_bounds(answer, until) if answer.is_success else None
    except (httpx2.HTTPError, httpx2.InvalidURL):
        content = None
    if content is None:
        raise _unreachable(address)
    return content


LARGEST_PUBLIC = 16 * 1024 * 1024
"""Bytes that a directory or a part of a journal may have: whoever serves more means harm."""


def _within_bounds(answer: httpx2.Response, until: float) -> bytes | None:
    if answer.headers.get("content-encoding", "identity") != "identity":
        return None
    body = bytearray()
    for part in answer.iter_raw():
        body += part
        if len(body) > LARGEST_PUBLIC or monotonic() > until:
            return None
    return bytes(body)
