"""What is seen of each request from outside the door, for operational monitoring.

It stands around the door and reads what passes: headers, sizes, status, and of a refusal its type
and the id by which it can be looked up. Who asked is what the answer says, for an answer names the
client only where it was believed. No body of a question or of an answer is kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sogoc.exchange.monitoring.record import Seen
from sogoc.exchange.protocol import CLIENT, ERROR, SERVICE
from sogoc.rounds.taking import PREFIX

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping
    from typing import Any

    from starlette.types import ASGIApp

    from sogoc.clock import Clock

_SERVICE, _ERROR, _CLIENT = SERVICE.encode(), ERROR.encode(), CLIENT.encode()
_FAILED = 400
ROUNDS = f"{PREFIX}*"
"""What is asked about a round."""
_LARGEST_REFUSAL = 8192
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"})
_OWN_WORDS = ("Server.ServerProxy.AccessDenied", "Server.ServerProxy.TooManyRequests")
"""Refusals whose sentence is ours alone; others may repeat what whoever asked has written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchParts:
    """What watching needs."""

    note: Callable[[Seen], None]
    clock: Clock
    templates: Callable[[str], frozenset[str]]
    """The paths that a service has, by its code."""


@dataclass(slots=True)
class _Passing:
    """What was counted while a message and its answer passed."""

    request_bytes: int = 0
    response_bytes: int = 0
    status: int = 0
    headers: Mapping[bytes, bytes] = field(default_factory=dict)
    refusal: bytes = b""


class Watched:
    """The ASGI application around another."""

    def __init__(self, app: ASGIApp, parts: WatchParts) -> None:
        self._app, self._parts = app, parts

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Let it pass, and note it once the answer has left."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        came, passing = self._parts.clock.now(), _Passing()

        async def received() -> MutableMapping[str, Any]:
            message = await receive()
            passing.request_bytes += len(message.get("body", b""))
            return message

        async def sent(message: MutableMapping[str, Any]) -> None:
            _count(passing, message)
            await send(message)

        try:
            await self._app(scope, received, sent)
        finally:
            left = self._parts.clock.now()
            self._parts.note(_seen(scope, passing, (came, left), templates=self._parts.templates))


def _count(passing: _Passing, message: Mapping[str, Any]) -> None:
    if message["type"] == "http.response.start":
        passing.status = message["status"]
        # As the server wants them: names of an answer are in lower case.
        passing.headers = dict(message["headers"])
        return
    body = message.get("body", b"")
    passing.response_bytes += len(body)
    if passing.status >= _FAILED and len(passing.refusal) < _LARGEST_REFUSAL:
        passing.refusal += body[:_LARGEST_REFUSAL]


def _seen(
    scope: Mapping[str, Any],
    passing: _Passing,
    span: tuple[Any, Any],
    *,
    templates: Callable[[str], frozenset[str]],
) -> Seen:
    told = _refusal(passing)
    service, fault, client = (
        passing.headers.get(name, b"").decode("latin-1") for name in (_SERVICE, _ERROR, _CLIENT)
    )
    code = service.rpartition("/")[2]
    fault = fault or told.get("type", "")
    return Seen(
        method=scope["method"] if scope["method"] in _METHODS else "OTHER",
        service=service,
        template=_template(scope["path"], code, templates(code)) if code else "",
        client=client,
        headers={
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
            if name.lower().startswith(b"x-road-")
        },
        came=span[0],
        left=span[1],
        request_bytes=passing.request_bytes,
        response_bytes=passing.response_bytes,
        status=passing.status,
        fault=fault,
        fault_text=told.get("message", "") if fault in _OWN_WORDS else "",
        detail=told.get("detail", ""),
    )


def _template(path: str, code: str, known: frozenset[str]) -> str:
    """The path within the service if the contract names it; else no more than that there was one.

    Somebody may have put a number into it.
    """
    rest = path.partition(f"/{code}")[2]
    if rest in known:
        return rest
    return ROUNDS if rest.startswith(PREFIX) else "/*"


def _refusal(passing: _Passing) -> dict[str, str]:
    if not passing.refusal:
        return {}
    try:
        told = json.loads(passing.refusal)
    except ValueError:
        return {}
    if not isinstance(told, dict):
        return {}
    return {name: value for name, value in told.items() if isinstance(value, str)}
