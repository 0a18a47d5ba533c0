"""Stands around the door and follows questions that are traced; the others pass untouched."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.types import Message

from sogoc.exchange.monitoring.steps import TRAIL
from sogoc.exchange.protocol import CLIENT, ERROR
from sogoc.node.figures.kinds import OTHER, OUTCOMES, kind_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from sogoc.node.figures.spans import Spans

_QUESTIONS = ("/r1/", "/xroad/")
_PARENT = b"traceparent"
_FAILED = 400


class Traced:
    """The ASGI application around another."""

    def __init__(self, app: ASGIApp, spans: Spans) -> None:
        self._app, self._spans = app, spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass; if it is traced, tell how it went once the answer has left."""
        asked = scope["type"] == "http" and scope["path"].startswith(_QUESTIONS)
        trail = self._spans.begin(_parent(scope)) if asked else None
        if trail is None:
            await self._app(scope, receive, send)
            return
        answers = list[Message]()

        async def received() -> Message:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body"):
                trail.done("receive")
            return message

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                answers.append(message)
            await send(message)

        try:
            await self._app({**scope, TRAIL: trail}, received, sent)
        finally:
            headers = dict(answers[0]["headers"]) if answers else {}
            status = answers[0]["status"] if answers else 0
            told = {
                "sogoc.kind": kind_of(scope["path"]),
                "sogoc.outcome": _outcome(status, headers.get(ERROR.encode(), b"").decode()),
                "http.response.status_code": status,
            }
            with suppress(Exception):  # A trace that goes wrong is nobody's trouble.
                self._spans.end(trail, told, believed=CLIENT.encode() in headers)


def _parent(scope: Scope) -> str:
    told = [value for name, value in scope["headers"] if name == _PARENT]
    return told[0].decode("latin-1") if len(told) == 1 else ""


def _outcome(status: int, error: str) -> str:
    if not error:
        return "granted" if 0 < status < _FAILED else OTHER
    return OUTCOMES.get(error, OTHER)
