"""The server of the exchange: granian, with its worker processes, at the address others reach."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp

    from sogoc.node.serving import Served

# How much patience the server has with whoever connects, believed or not. Connections that do
# nothing cost little, so there may be many: else a few hundred of them would keep out everybody (as
# a test does). What comes must come: a head within seconds, as one protocol.
WAITING = 1024
"""Connections that the kernel keeps until they are taken."""
AT_ONCE = 4096
"""Connections of one worker process that are open at once."""
PROTOCOL = HTTPModes.http1
"""X-Road speaks HTTP/1.1; a second protocol would be a second way in."""
HEAD = HTTP1Settings(header_read_timeout=10_000, max_buffer_size=256 * 1024)
"""The head of a request within ten seconds, and no larger than this many bytes."""

STOP_SECONDS = 30
"""So long a worker may take to finish what it is answering; then it is ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where and how: without a certificate a proxy in front of the node speaks TLS."""

    host: str
    port: int
    workers: int = 1
    certificate: Path | None = None
    key: Path | None = None
    clients: Path | None = None
    """Certificates, or who signed them: whoever shows none of these does not connect."""

    @property
    def tls(self) -> dict[str, Any]:
        """As the server takes it."""
        return {
            "ssl_cert": self.certificate,
            "ssl_key": self.key,
            "ssl_ca": self.clients,
            "ssl_client_verify": self.clients is not None,
        }


def serve_exchange(served: Served, listening: Listening) -> None:
    """Serve until the operator stops it: Ctrl-C, or a signal to end.

    Workers are processes of their own. On the signal they take no more, finish what they are
    answering and close their journals; one that dies is started again.
    """
    # Not by fork: threads and open connections of this process must not be copied into workers.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "exchange",
        address=listening.host,
        port=listening.port,
        interface=Interfaces.ASGI,
        http=PROTOCOL,
        backlog=WAITING,
        backpressure=AT_ONCE,
        http1_settings=HEAD,
        workers=listening.workers,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
        **listening.tls,
    )
    server.serve(target_loader=partial(_app, served), wrap_loader=False)


def _app(served: Served) -> ASGIApp:
    """What a worker serves. The process that starts workers imports none of it."""
    from sogoc.web.exchange.worker import worker_app  # noqa: PLC0415 - see above

    return worker_app(served)
