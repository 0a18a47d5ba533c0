"""Signed questions and answers: HTTP Message Signatures (RFC 9421) over Content-Digest (RFC 9530).

One profile, Ed25519 under the label `sig1`. A request covers its method, its target and who asks,
every `x-road-*` header that is there, the key under which it may be asked again (`Idempotency-Key`)
if there is one, and the digest of its body. An answer covers its status,
its body and the components of the very request it answers: a signature over the request's
signature alone would not prove which request that was.

What is checked stands in `believe_request` and `believe_answer` in this order. Not checked here:
whether the request was seen before and whether the key was withdrawn; that needs memory, and is
the business of the exchange. Nothing here reads a clock.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256, sha512
from typing import TYPE_CHECKING, Protocol

from sogoc.errors import BadSeal, Sentence
from sogoc.trust.fields import (
    InnerList,
    Item,
    Parameter,
    read_byte_sequences,
    read_inner_lists,
    written_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sogoc.trust.keys import PublicKey, SigningKey

LABEL = "sig1"
CLIENT, REQUEST_ID = "x-road-client", "x-road-id"
REPEAT_KEY = "idempotency-key"
DIGEST, INPUT, SIGNATURE = "content-digest", "signature-input", "signature"
_OPTIONAL = ("x-road-userid", "x-road-issue", "x-road-represented-party")
_ALWAYS = ("@method", "@target-uri", CLIENT, REQUEST_ID)
_PREFIX = "x-road-"
_UNSIGNED = ("x-road-request-hash", "x-road-request-id")
"""Set by a security server on the way; they tell of the message and are not part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came: not yet believed. Header names in lower case, each once.

    `target_uri` is built from the node's own public address, never from what a proxy passed on.
    """

    method: str
    target_uri: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it came: not yet believed."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class BelievedRequest:
    """A request whose signature holds: who asked, under which id, with which key, and when."""

    request: Request
    client: str
    request_id: str
    key_id: str
    created: int


class KnownKeys(Protocol):
    """Which keys belong to whom: the directory, never the message.

    Promise: a key is given only for the member that holds it now.
    """

    def key_of(self, member: str, key_id: str) -> PublicKey | None:
        """The key of that id, if the directory gives it to that member or its subsystem."""


def content_digest(body: bytes) -> str:
    """The `Content-Digest` of a body (RFC 9530)."""
    return f"sha-256={written_bytes(sha256(body).digest())}"


def sign_request(request: Request, key: SigningKey, *, key_id: str, created: int) -> dict[str, str]:
    """The headers to send along, in lower case; a body brings its digest.

    `created` is in seconds since 1970. Raises BadSeal if the request does not say who asks.
    """
    added = {DIGEST: content_digest(request.body)} if request.body else {}
    whole = Request(
        method=request.method,
        target_uri=request.target_uri,
        headers={**request.headers, **added},
        body=request.body,
    )
    items = tuple(map(Item, _covered_by_request(whole)))
    covered = _list(items, key_id=key_id, created=created)
    return {**added, **_signed(covered, _lines(whole, items), key)}


def sign_answer(
    answer: Answer, request: Request, *, key: SigningKey, key_id: str, created: int
) -> dict[str, str]:
    """The headers to send along with the answer to `request`, which bore a signature itself."""
    added = {
        DIGEST: content_digest(answer.body),
        REQUEST_ID: request.headers[REQUEST_ID],
    }
    whole = Answer(status=answer.status, headers={**answer.headers, **added}, body=answer.body)
    digest = DIGEST in request.headers
    covered = _list_of_answer(digest=digest, key_id=key_id, created=created)
    return {**added, **_signed(covered, _answer_lines(whole, request, covered.items), key)}


def believe_request(
    request: Request, keys: KnownKeys, *, now: int, tolerance_seconds: int
) -> BelievedRequest:
    """Believe a request, or raise BadSeal with what is wrong.

    The digest is computed anew from the bytes that came; each `x-road-*` header that is there must
    be covered, and so must an `Idempotency-Key`; the key that signed is the directory's for whoever
    the request says asks.
    """
    _check_body(request.headers, request.body, needed=bool(request.body))
    for name in (CLIENT, REQUEST_ID):
        _header(request.headers, name)
    covered, signature = _signature(request.headers)
    if not covered.plain:
        raise _bad("covers a component twice, or with parameters this profile has not")
    missing = [name for name in _covered_by_request(request) if name not in covered.names]
    if missing:
        raise _bad(f"does not cover {', '.join(missing)}")
    key_id, created = _parameters(covered, now=now, tolerance_seconds=tolerance_seconds)
    client = request.headers[CLIENT]
    key = keys.key_of(client, key_id)
    base = _base(covered, _lines(request, covered.items))
    if key is None or not key.holds(base, signature):
        raise _bad("is not by a key that the directory gives to whoever asks")
    return BelievedRequest(
        request=request,
        client=client,
        request_id=request.headers[REQUEST_ID],
        key_id=key_id,
        created=created,
    )


def believe_answer(
    answer: Answer,
    request: Request,
    keys: KnownKeys,
    *,
    provider: str,
    now: int,
    tolerance_seconds: int,
) -> bytes:
    """The body of an answer by `provider` to this very request, or BadSeal."""
    _check_body(answer.headers, answer.body, needed=True)
    if answer.headers.get(REQUEST_ID) != request.headers[REQUEST_ID]:
        raise _bad("is over the answer to another request")
    covered, signature = _signature(answer.headers)
    told = {str(item) for item in covered.items}
    missing = [str(item) for item in _covered_by_answer(request) if str(item) not in told]
    if missing or len(told) != len(covered.items):
        raise _bad(f"does not cover {', '.join(missing) or 'each component once'}")
    key_id, _ = _parameters(covered, now=now, tolerance_seconds=tolerance_seconds)
    key = keys.key_of(provider, key_id)
    base = _base(covered, _answer_lines(answer, request, covered.items))
    if key is None or not key.holds(base, signature):
        raise _bad("is not by a key that the directory gives to the provider")
    return answer.body


def request_hash(
    request: Request, sent: Iterable[tuple[str, str]], *, path: str, request_id: str
) -> str:
    """The `X-Road-Request-Hash`: base64 of SHA-512 (X-Road protocol for REST, section 4.2).

    `sent` are the headers in their order and spelling, `path` with its query.
    """
    lines = [request.method, path]
    lines += [f"{name}:{value}" for name, value in sent if name.lower() not in _NOT_HASHED]
    lines.append(f"x-road-request-id:{request_id}")
    head = sha512("\r\n".join((*lines, "")).encode()).digest()
    whole = sha512(head + sha512(request.body).digest()).digest() if request.body else head
    return written_bytes(whole)[1:-1]


_NOT_HASHED = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer"),
        *(
            "transfer-encoding",
            "upgrade",
            "host",
            "server",
            "user-agent",
            "content-length",
            "expect",
        ),
        *_UNSIGNED,
    }
)


def _covered_by_request(request: Request) -> tuple[str, ...]:
    return _covered(tuple(request.headers), has_body=bool(request.body))


@lru_cache(1024)
def _covered(headers: tuple[str, ...], *, has_body: bool) -> tuple[str, ...]:
    """Remembered: all messages of one client bear the same headers, by their names."""
    there = tuple(
        name
        for name in (*_OPTIONAL, *sorted(headers))
        if name in headers and name.startswith(_PREFIX) and name not in _UNSIGNED
    )
    extra = tuple(dict.fromkeys(name for name in there if name not in _ALWAYS))
    if REPEAT_KEY in headers:
        # Slipped in on the way it would keep a question out of the journal.
        extra = (*extra, REPEAT_KEY)
    return (*_ALWAYS, *extra, *((DIGEST,) if has_body else ()))


def _of_answer(*digest: str) -> tuple[Item, ...]:
    asked = ("@method", "@target-uri", CLIENT, REQUEST_ID)
    return (
        *(Item(name) for name in ("@status", DIGEST, REQUEST_ID)),
        *(Item(name, _OF_REQUEST) for name in (*asked, *digest, SIGNATURE)),
    )


_OF_REQUEST = {"req": True}
_WITHOUT_BODY, _WITH_BODY = _of_answer(), _of_answer(DIGEST)


def _covered_by_answer(request: Request) -> tuple[Item, ...]:
    return _WITH_BODY if DIGEST in request.headers else _WITHOUT_BODY


def _lines(request: Request, items: Iterable[Item]) -> list[str]:
    derived, headers = _derived(request), request.headers
    return [
        f"{item.text}: {derived.get(item.name) or _header(headers, item.name)}" for item in items
    ]


def _derived(request: Request) -> dict[str, str]:
    return {"@method": request.method, "@target-uri": request.target_uri}


def _answer_lines(answer: Answer, request: Request, items: Iterable[Item]) -> list[str]:
    of_request, of_answer = _derived(request), {"@status": str(answer.status)}
    lines = []
    for item in items:
        if not item.parameters:
            value = of_answer.get(item.name) or _header(answer.headers, item.name)
        elif item.parameters == _OF_REQUEST and item.parameters["req"] is True:
            value = of_request.get(item.name) or _header(request.headers, item.name)
        else:
            raise _bad("covers a component with parameters this profile has not")
        lines.append(f"{item.text}: {value}")
    return lines


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if value is None or "\n" in value or "\r" in value:
        raise _bad(f"needs the header {name}, once and on one line")
    return value.strip(" \t")


def _list(items: tuple[Item, ...], *, key_id: str, created: int) -> InnerList:
    told: dict[str, Parameter] = {"created": created, "keyid": key_id, "alg": "ed25519"}
    return InnerList(items, told)


@lru_cache(64)
def _list_of_answer(*, digest: bool, key_id: str, created: int) -> InnerList:
    """Remembered: all answers that a node signs within a second cover the same."""
    return _list(_WITH_BODY if digest else _WITHOUT_BODY, key_id=key_id, created=created)


def _base(covered: InnerList, lines: list[str]) -> bytes:
    return "\n".join([*lines, f'"@signature-params": {covered.text}']).encode()


def _signed(covered: InnerList, lines: list[str], key: SigningKey) -> dict[str, str]:
    signature = key.sign(_base(covered, lines))
    return {INPUT: f"{LABEL}={covered}", SIGNATURE: f"{LABEL}={written_bytes(signature)}"}


def _signature(headers: Mapping[str, str]) -> tuple[InnerList, bytes]:
    lists = read_inner_lists(_header(headers, INPUT))
    signatures = read_byte_sequences(_header(headers, SIGNATURE))
    if LABEL not in lists or LABEL not in signatures:
        raise _bad(f"bears no label {LABEL}")
    return lists[LABEL], signatures[LABEL]


def _parameters(covered: InnerList, *, now: int, tolerance_seconds: int) -> tuple[str, int]:
    told = covered.parameters
    created, key_id = told.get("created"), told.get("keyid")
    if isinstance(created, bool) or not isinstance(created, int) or not isinstance(key_id, str):
        raise _bad("does not say when and with which key it was made")
    if told.get("alg", "ed25519") != "ed25519" or not isinstance(told.get("alg", ""), str):
        raise _bad("is of another kind than ed25519")
    if abs(now - created) > tolerance_seconds:
        raise _bad("was made too long ago, or the clocks of the two nodes differ")
    expires = told.get("expires")
    if expires is not None and (not isinstance(expires, int) or expires < now):
        raise _bad("has run out")
    return key_id, created


def _check_body(headers: Mapping[str, str], body: bytes, *, needed: bool) -> None:
    """The digest first, from the bytes that came, before anything is read in them."""
    told = headers.get(DIGEST)
    if told is None:
        if needed:
            raise _bad("lacks a Content-Digest of the body")
        return
    digest = read_byte_sequences(told).get("sha-256")
    if digest is None or not hmac.compare_digest(digest, sha256(body).digest()):
        raise _bad("does not fit the body: Content-Digest differs")


def _bad(what: str) -> BadSeal:
    return BadSeal(
        Sentence(
            vi="Chữ ký của thông điệp không được chấp nhận.",
            en=f"The signature of the message {what}.",
        )
    )
