"""Asking another node: a signed question, and an answer that is believed or refused.

A peer that is down, too late, or says that it is overloaded is asked again, a few times and with
growing pauses. Each try is a message of its own, with its own id and signature; all tries bear one
`Idempotency-Key`, so that a question which was answered already, the answer lost on the way, is not
journalled a second time. After several failures a peer is left in peace for a while, and only so
many questions to one peer are under way at once: one slow agency does not stop the others.

Where the node stands behind an X-Road Security Server, the question goes there instead, unsigned:
the Security Server signs it, and what it gives back is believed as far as its line is. An error of
a Security Server bears `X-Road-Error`, one of the service does not; the id must be the one sent.
"""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING
from uuid import uuid4

from sogoc.errors import AnswerRefused, NodeUnreachable, NotThere, Sentence
from sogoc.exchange.limits import Breaker, unreachable
from sogoc.exchange.names import path_of, subsystem
from sogoc.exchange.patience.again import Answered, Failed, Patience, wait_told
from sogoc.exchange.patience.deadline import Deadline
from sogoc.exchange.patience.places import Places
from sogoc.exchange.protocol import (
    CLIENT,
    ERROR,
    ISSUE,
    REQUEST_ID,
    TOLERANCE_SECONDS,
    USER,
    headers_from,
)
from sogoc.exchange.tls import fault_of
from sogoc.trust.messages import REPEAT_KEY, Answer, Request, believe_answer, sign_request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from ssl import SSLContext

    import httpx2

    from sogoc.clock import Clock
    from sogoc.exchange.directory import Directory, Member
    from sogoc.exchange.limits import Troubled
    from sogoc.exchange.names import Service
    from sogoc.trust.keys import SigningKey

LARGEST_ANSWER = 64 * 1024 * 1024
_BUSY = (
    "Server.ServerProxy.TooManyRequests",
    "Server.ServerProxy.Overloaded",
    "Server.ServerProxy.DatabaseError",
)
"""Refusals that are of this moment."""
_BUSY_STATUS = frozenset({429, 502, 503, 504})
"""The same, where a proxy before the node says so."""


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
    """How others are reached: by the directory, each try answered whole within `timeout_seconds`.

    What is remembered of peers - who rests, how many questions are under way - is the line's: one
    line, or its `breaker` and `places`, is for all questions of a program.
    """

    directory: Directory
    clock: Clock
    timeout_seconds: float = 10.0
    security_server: str = ""
    """Address of a Security Server through which everybody is asked; empty: nodes directly."""
    tls: SSLContext | None = None
    """What is shown and believed there (`exchange.tls`); None: as this machine trusts."""
    breaker: Breaker = field(default_factory=Breaker)
    places: Places = field(default_factory=Places)
    patience: Patience = field(default_factory=Patience)
    transport: httpx2.BaseTransport | None = None
    tracing: Callable[[], AbstractContextManager[Mapping[str, str] | None]] = nullcontext
    """Around each question as it is sent; what it gives are headers to send along, unsigned."""

    def troubled(self) -> tuple[Troubled, ...]:
        """Peers that failed when they were asked last: since when, and until when they rest.

        Empty where all is well. Reading it changes nothing.
        """
        return self.breaker.troubled()


def ask(service: Service, path: str, body: bytes, *, asker: Asker, line: Line) -> bytes:
    """The believed body of the answer.

    Raises NodeUnreachable, BadSeal if the answer is not the provider's to this question, and
    AnswerRefused with what the provider said.
    """
    server = line.security_server.rstrip("/")
    # Behind a Security Server too each provider is a peer: a slow one must not stop the others.
    member = None if server else _member(service, line)
    peer, address = (str(member.id), member.address) if member else (str(service.provider), server)
    headers = {
        CLIENT: str(subsystem(asker.client)),
        USER: asker.officer,
        ISSUE: asker.issue,
        REPEAT_KEY: f'"{uuid4()}"',
        "content-type": "application/json",
    }
    uri = f"{address}{path_of(service, path)}"
    question = Request(method="POST", target_uri=uri, headers=headers, body=body)

    tries = count()

    def once() -> Answered[bytes] | Failed:
        if next(tries):
            line.breaker.again(peer)
        # Whoever hears a message on the line may send it again: only a new one is a new try.
        message = _with(question, {REQUEST_ID: str(uuid4())})
        if server:
            return _through(message, peer, line)
        return _directly(message, peer, str(service.provider), asker=asker, line=line)

    with line.places.one(peer):
        return line.patience.asked(once)


def _directly(
    message: Request, peer: str, provider: str, *, asker: Asker, line: Line
) -> Answered[bytes] | Failed:
    now = int(line.clock.now().timestamp())
    whole = _with(message, sign_request(message, asker.key, key_id=asker.key_id, created=now))
    answer = _sent(whole, peer, line)
    if isinstance(answer, Failed):
        return answer
    error = answer.headers.get(ERROR)
    if "signature" not in answer.headers and (error is not None or answer.status in _BUSY_STATUS):
        # Who could not tell us apart from a stranger does not sign; nor does a proxy.
        return _refused(error or f"status {answer.status}", answer.body, answer, line=line)
    believed = believe_answer(
        answer,
        whole,
        line.directory.at(line.clock.now()),
        provider=provider,
        now=int(line.clock.now().timestamp()),
        tolerance_seconds=TOLERANCE_SECONDS,
    )
    if error is not None or answer.status >= _FAILED:
        return _refused(error or f"status {answer.status}", believed, answer, line=line)
    return Answered(believed)


def _through(message: Request, server: str, line: Line) -> Answered[bytes] | Failed:
    answer = _sent(message, server, line)
    if isinstance(answer, Failed):
        return answer
    if (error := answer.headers.get(ERROR)) is not None:
        return _refused(error, answer.body, answer, line=line)
    if answer.headers.get(REQUEST_ID) != message.headers[REQUEST_ID]:
        raise AnswerRefused(
            Sentence(
                vi="Máy chủ an ninh trả lời cho một câu hỏi khác (X-Road-Id không khớp).",
                en="The Security Server answers another question (X-Road-Id differs).",
            ),
            error="Client.WrongId",
        )
    if answer.status >= _FAILED:
        return _refused(f"status {answer.status}", answer.body, answer, line=line)
    return Answered(answer.body)


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


def _sent(request: Request, peer: str, line: Line) -> Answer | Failed:
    """What came back. Raises NodeUnreachable for a peer that is left in peace."""
    # Most commands hold this module and ask nobody: it costs them a fifth of their start.
    import httpx2  # noqa: PLC0415 - see above

    if line.breaker.rest(peer, now=line.clock.now().timestamp()):
        raise line.breaker.refusal(peer, _name(peer, line))
    try:
        answer = _received(request, line)
    except (httpx2.HTTPError, httpx2.InvalidURL) as failed:
        line.breaker.failed(peer, now=line.clock.now().timestamp())
        if (fault := fault_of(failed, _name(peer, line))) is not None:
            raise fault from failed
        return Failed(error=unreachable(_name(peer, line)), cause=failed)
    line.breaker.answered(peer)
    return answer


def _with(request: Request, along: Mapping[str, str] | None) -> Request:
    return replace(request, headers={**request.headers, **along}) if along else request


def _received(request: Request, line: Line) -> Answer:
    import httpx2  # noqa: PLC0415 - see `_sent`

    with (
        Deadline(line.timeout_seconds) as deadline,
        httpx2.Client(
            transport=line.transport,
            timeout=line.timeout_seconds,
            trust_env=False,
            verify=line.tls or trusted(),
        ) as http,
        line.tracing() as along,
        http.stream(
            request.method,
            request.target_uri,
            headers=dict(_with(request, along).headers),
            content=request.body,
            extensions={"trace": deadline.watch},
        ) as response,
    ):
        body = bytearray()
        for part in response.iter_raw():
            body += part
            if len(body) > LARGEST_ANSWER:
                raise _too_large()
        if deadline.over:
            raise httpx2.ReadTimeout("the answer did not come whole in time")
        return Answer(
            status=response.status_code,
            headers=headers_from(response.headers.multi_items()),
            body=bytes(body),
        )


def _name(peer: str, line: Line) -> str:
    """Who does not answer: of two that might be silent, both are named."""
    server = line.security_server.rstrip("/")
    return f"{peer} ({server})" if server else peer


def _too_large() -> NodeUnreachable:
    return NodeUnreachable(
        Sentence(
            vi=f"Câu trả lời lớn hơn {LARGEST_ANSWER} byte nên không nhận; hãy hỏi ít hơn mỗi lần.",
            en=f"The answer is larger than {LARGEST_ANSWER} bytes and was not taken; ask for less "
            "at a time.",
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


def _refused(error: str, body: bytes, answer: Answer, *, line: Line) -> Failed:
    """A refusal that may be another in a moment. Raises AnswerRefused for one that stays."""
    told = _sentence(body)
    refused = AnswerRefused(
        Sentence(
            vi=f"Nút được hỏi từ chối ({error}): {told}",
            en=f"The node that was asked refused ({error}): {told}",
        ),
        error=error,
        wait_seconds=wait_told(answer.headers.get("retry-after", ""), now=line.clock.now()),
    )
    if error not in _BUSY and answer.status not in _BUSY_STATUS:
        raise refused
    return Failed(error=refused, wait_seconds=refused.wait_seconds)


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
    status, content = _exchanged(
        "POST", address, timeout_seconds=timeout_seconds, kind=kind, body=body
    )
    if content is None:
        raise unreachable(address)
    return status, content


def public_bytes(address: str, *, timeout_seconds: float = 10.0) -> bytes:
    """The bytes at a public address. Raises NodeUnreachable, and NotThere if it has none.

    They come whole within bounds and in as many seconds. Nothing is unpacked and no other address
    is gone to: who serves it is not believed.
    """
    status, content = _exchanged("GET", address, timeout_seconds=timeout_seconds)
    if status == HTTPStatus.NOT_FOUND:
        raise _not_there(address)
    if content is None or not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise unreachable(address)
    return content


def _exchanged(
    method: str, address: str, *, timeout_seconds: float, kind: str = "", body: bytes = b""
) -> tuple[int, bytes | None]:
    """Status and bytes, None for bytes that do not come whole within bounds. Raises nothing."""
    import httpx2  # noqa: PLC0415 - see `_sent`

    headers = {"accept-encoding": "identity", **({"content-type": kind} if kind else {})}
    try:
        with (
            Deadline(timeout_seconds) as deadline,
            httpx2.Client(timeout=timeout_seconds, trust_env=False, verify=trusted()) as http,
            http.stream(
                method,
                address,
                headers=headers,
                content=body or None,
                extensions={"trace": deadline.watch},
            ) as answer,
        ):
            content = _within_bounds(answer)
            return answer.status_code, None if deadline.over else content
    except (httpx2.HTTPError, httpx2.InvalidURL):
        return 0, None


@cache
def trusted() -> SSLContext:
    """The authorities this machine trusts, as they were when first asked for.

    To read them takes longer than a question and its answer; a node that is to know others of them
    is started anew.
    """
    import httpx2  # noqa: PLC0415 - see `_sent`

    return httpx2.create_ssl_context(trust_env=False)


LARGEST_PUBLIC = 16 * 1024 * 1024
"""Bytes that a directory or a part of a journal may have: whoever serves more means harm."""


def _within_bounds(answer: httpx2.Response) -> bytes | None:
    if answer.headers.get("content-encoding", "identity") != "identity":
        return None
    body = bytearray()
    for part in answer.iter_raw():
        body += part
        if len(body) > LARGEST_PUBLIC:
            return None
    return bytes(body)
