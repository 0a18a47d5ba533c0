"""The server of the pages: granian, on this machine only."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

if TYPE_CHECKING:
    from starlette.types import ASGIApp

HOST = "127.0.0.1"


def serve(app: ASGIApp, *, port: int) -> None:
    """Serve until the operator stops it (Ctrl-C)."""
    asyncio.run(_serve(app, port))


async def _serve(app: ASGIApp, port: int) -> None:
    server = Server(
        app,
        address=HOST,
        port=port,
        interface=Interfaces.ASGINL,
        websockets=False,
        # Its own words on starting are for developers; an officer would read them as a fault.
        log_level=LogLevels.error,
    )
    try:
        await server.serve()
    except asyncio.CancelledError:
        server.stop()  # type: ignore[no-untyped-call]  # granian leaves it bare
