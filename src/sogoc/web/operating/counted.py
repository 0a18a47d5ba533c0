"""Counts requests by the first word of their address, if it is one of a list.

Questions after `/r1/` are counted where more is known of them, and pass by.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sogoc.node.figures.counting import Figures

EXCHANGE = frozenset(
    {
        *("xroad", "health", "ready", "directory", "journal", "witness"),
        *("listClients", "catalogue", "catalogue.note", "openapi"),
        *("govstack", "mediator", "spdci", "ndxp-simulator"),
    }
)
"""Places of the exchange."""
PAGES = frozenset(
    {"registers", "worklists", "judgements", "deliveries", "enter", "static", "health", "metrics"}
)
"""Places of the pages, in whichever language."""
_QUESTIONS = "/r1/"
_LANGUAGES = frozenset({"vi", "en"})
OTHER = "other"
_FAILED = 500


def shown(figures: Figures) -> Callable[[Request], Response]:
    """The page of figures, as Prometheus reads it."""

    def page(_request: Request) -> Response:
        content, kind = figures.shown()
        return Response(content, headers={"content-type": kind})

    return page


class Counted:
    """The ASGI application around another; `count` gets place, status and seconds."""

    def __init__(
        self, app: ASGIApp, count: Callable[[str, int, float], None], *, places: frozenset[str]
    ) -> None:
        self._app, self._count, self._places = app, count, places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass, and count it once the answer has left."""
        if scope["type"] != "http" or scope["path"].startswith(_QUESTIONS):
            await self._app(scope, receive, send)
            return
        begun, statuses = perf_counter(), [_FAILED]

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses[0] = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            self._count(self._place(scope["path"]), statuses[0], perf_counter() - begun)

    def _place(self, path: str) -> str:
        first, _, rest = path.removeprefix("/").partition("/")
        word = rest.partition("/")[0] if first in _LANGUAGES else first
        return word if word in self._places else OTHER
