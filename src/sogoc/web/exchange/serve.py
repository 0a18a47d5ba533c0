"""The server of the exchange: granian, with its worker processes, at the address others reach."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from sogoc.web.exchange.patience import AT_ONCE, HEAD, PROTOCOL, WAITING
from sogoc.web.exchange.worker import worker_app

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.node.serving import Served

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
        ssl_cert=listening.certificate,
        ssl_key=listening.key,
    )
    server.serve(target_loader=partial(worker_app, served), wrap_loader=False)
