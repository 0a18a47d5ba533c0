"""An application served over a real socket, for the length of a block."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

from granian.constants import Interfaces
from granian.server.embed import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE_SECONDS = 20.0
_LOOK_SECONDS = 0.02
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that speak no TLS: to read whom this machine trusts takes longer than to ask."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(app: Any, port: int, **tls: Any) -> Iterator[str]:  # noqa: ANN401 - any ASGI application
    """Serve on this machine; give its address once it answers. `tls` is as the server takes it."""
    server = Server(
        app,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGINL,
        websockets=False,
        **tls,
    )

    loops = list[asyncio.AbstractEventLoop]()

    async def run() -> None:
        loops.append(asyncio.get_running_loop())
        with suppress(asyncio.CancelledError):
            await server.serve()

    thread = Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        time.sleep(_LOOK_SECONDS)
    yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    loops[0].call_soon_threadsafe(server.stop)
    thread.join(_PATIENCE_SECONDS)
