"""The server of the exchange: granian, at the address that other nodes reach."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from granian.constants import Interfaces
from granian.server.embed import Server

from sogoc.web.exchange.patience import AT_ONCE, HEAD, PROTOCOL, WAITING

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def serve_exchange(app: ASGIApp, *, host: str, port: int) -> None:
    """Serve until the operator stops it (Ctrl-C, or a signal to end)."""
    asyncio.run(_serve(app, host, port))


async def _serve(app: ASGIApp, host: str, port: int) -> None:
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        websockets=False,
        http=PROTOCOL,
        backlog=WAITING,
        backpressure=AT_ONCE,
        http1_settings=HEAD,
    )
    try:
        await server.serve()
    except asyncio.CancelledError:
        server.stop()  # type: ignore[no-untyped-call]  # granian leaves it bare
