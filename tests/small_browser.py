"""A browser that needs no network: asks an ASGI application, keeps its cookies, follows nothing."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from starlette.types import ASGIApp

HOST = "127.0.0.1:8460"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode()

    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The body as JSON."""
        return json.loads(self.content)


@dataclass(slots=True)
class Browser:
    """Asks as `client`; headers given lie over its own."""

    app: ASGIApp
    client: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, address: str, headers: dict[str, str] | None = None) -> Answer:
        """Ask for a page."""
        return asyncio.run(self._ask(("GET", address), headers or {}, b""))

    def post(
        self, address: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Send a form."""
        told = {"content-length": str(len(body)), **(headers or {})}
        return asyncio.run(self._ask(("POST", address), told, body))

    async def _ask(self, asked: tuple[str, str], headers: dict[str, str], body: bytes) -> Answer:
        method, address = asked
        path, _, query = address.partition("?")
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        given = {"host": HOST, "cookie": cookies, **headers}
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": quote(query, safe="=&%'").encode(),
            "root_path": "",
            "headers": [(k.encode(), v.encode()) for k, v in given.items()],
            "client": (self.client, 50000),
            "server": ("127.0.0.1", 8460),
        }
        sent: list[MutableMapping[str, Any]] = []

        bodies = [body]

        async def receive() -> MutableMapping[str, Any]:
            if bodies:
                return {"type": "http.request", "body": bodies.pop(), "more_body": False}
            # A browser stays until it has its answer, as a file that is sent in pieces waits for.
            await asyncio.Event().wait()
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        try:
            await self.app(scope, receive, send)
        except Exception:
            # Starlette answers with the error page first, then lets the server log the error.
            if not sent:
                raise
        return self._answer(sent)

    def _answer(self, sent: list[MutableMapping[str, Any]]) -> Answer:
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        for name, morsel in SimpleCookie(headers.get("set-cookie", "")).items():
            self.cookies[name] = morsel.value
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], headers, body)
