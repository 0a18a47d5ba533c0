"""Who comes in: only this machine, only by the link that the command printed.

Sign-in by name comes with the platform of identities. Until then the node's operator opens the
pages: `sogoc serve` prints a link that works once and leaves a key in the browser.

The rules, in the order in which they are applied:

1. The Host header names this machine, else a page elsewhere could reach the node through a name
   that it points at 127.0.0.1 (DNS rebinding).
2. The client's address is a loopback address.
3. What changes something comes from our own page (Origin).
4. The cookie holds the key. Absent on purpose: an expiry, since the key dies with the process.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "sogoc_key"
_OWN_PAGE = re.compile(r"/(?:vi|en)/(?:[a-z0-9_-]+/?)*")
HOSTS = ("127.0.0.1", "localhost")
OPEN_TO_ALL = ("/health", "/metrics", "/enter/", "/static/")
"""Paths that hold no data of the node. Figures are read by this machine's Prometheus, without a
key: it has no browser, and there is nobody's name in them."""
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
    ),
    # Not "no-referrer": with it a browser hides the origin of our own forms too (rule 3).
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@dataclass(slots=True)
class Keys:
    """The key of this process, and the links not yet used; neither is ever stored."""

    key: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _unused: set[str] = field(default_factory=set)

    def path(self) -> str:
        """The path of a new link that lets in once."""
        token = secrets.token_urlsafe(32)
        self._unused.add(token)
        return f"/enter/{token}"

    def use(self, token: str) -> bool:
        """Whether this link was never used; from now on it is."""
        if token not in self._unused:
            return False
        self._unused.discard(token)
        return True

    def opens(self, key: str) -> bool:
        """Whether this is the key, compared in a time that tells nothing."""
        return hmac.compare_digest(key.encode(), self.key.encode())


def enter(keys: Keys) -> Callable[[Request], Response]:
    """The page behind the link: leaves the key in the browser and goes to the first page."""

    def page(request: Request) -> Response:
        if not keys.use(request.path_params["token"]):
            return _used_up(request)
        answer = RedirectResponse(_asked_page(request), HTTPStatus.SEE_OTHER)
        answer.set_cookie(COOKIE, keys.key, httponly=True, samesite="lax", path="/")
        return answer

    return page


def _asked_page(request: Request) -> str:
    """The page named beside the token, if it is one of ours: a link never leads elsewhere."""
    asked = request.query_params.get("to", "")
    return asked if _OWN_PAGE.fullmatch(asked) else "/"


def _used_up(request: Request) -> Response:
    """A link opened again in the browser that already has the key just leads on."""
    keys: Keys = request.app.state.keys
    if keys.opens(request.cookies.get(COOKIE, "")):
        return RedirectResponse(_asked_page(request), HTTPStatus.SEE_OTHER)
    return _refusal(HTTPStatus.FORBIDDEN, "Đường dẫn này đã dùng rồi", "This link was used already")


class Entrance:
    """Lets a request through to the pages, or says why not; adds the headers of every answer."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = self._refuse(scope) or self._app

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if not scope["path"].startswith("/static/"):
                    headers["cache-control"] = "no-store"
            await send(message)

        await answer(scope, receive, with_headers)

    def _refuse(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host.rsplit(":", 1)[0] not in HOSTS or not _is_loopback(scope):
            return _refusal(
                HTTPStatus.FORBIDDEN,
                "Trang này chỉ mở được trên chính máy đang chạy nút",
                "These pages open only on the machine that runs the node",
            )
        if scope["method"] not in {"GET", "HEAD"} and not _from_own_page(headers, host):
            return _refusal(HTTPStatus.FORBIDDEN, "Yêu cầu từ trang khác", "Asked by another page")
        if scope["path"].startswith(OPEN_TO_ALL):
            return None
        if self._keys.opens(Request(scope).cookies.get(COOKIE, "")):
            return None
        return _refusal(HTTPStatus.FORBIDDEN, "Chưa có khoá truy cập", "No access key yet")


def _is_loopback(scope: Scope) -> bool:
    client = scope.get("client")
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False


def _from_own_page(headers: Headers, host: str) -> bool:
    origin = headers.get("origin")
    return origin == f"http://{host}"


def _refusal(status: HTTPStatus, vi: str, en: str) -> Response:
    """Plain text: who is not let in sees no page of the node."""
    text = (
        f"{vi}. Chạy lệnh 'sogoc serve' và mở đường dẫn mà lệnh in ra.\n"
        f"{en}. Run 'sogoc serve' and open the link that it prints.\n"
    )
    return PlainTextResponse(text, status)
