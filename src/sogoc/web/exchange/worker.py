"""What one worker process of an answering node serves: its parts wired to their addresses."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import parent_process
from threading import Thread
from typing import TYPE_CHECKING, Any

from sogoc.node.describing.shown import collecting
from sogoc.node.figures.measured import pulsing
from sogoc.node.figures.tracing import tracing
from sogoc.node.offering.facades import facades
from sogoc.node.offering.own_services import own_services
from sogoc.node.offering.rounds import answers_rounds
from sogoc.node.serving import exchanging
from sogoc.node.witnessing import watching
from sogoc.web.exchange.composed import around, described, parts_of
from sogoc.web.exchange.door import Door
from sogoc.web.exchange.public import PublicParts, exchange_app
from sogoc.web.exchange.witness import WitnessParts
from sogoc.web.facades.app import with_facades
from sogoc.web.operating.counted import EXCHANGE, Counted
from sogoc.web.operating.traced import Traced

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from multiprocessing.process import BaseProcess as ParentProcess

    from starlette.types import ASGIApp

    from sogoc.errors import SogocError
    from sogoc.facades.parts import FacadeParts
    from sogoc.node.figures.counting import Figures
    from sogoc.node.figures.spans import Spans
    from sogoc.node.serving import Exchanging, Served
    from sogoc.node.witnessing import Watch


def worker_app(served: Served) -> ASGIApp:
    """The application of one worker. It is made in the worker's own process.

    Its parts are open from the server's start to its end: when the server stops it first lets
    finish what is being answered, then the journal is closed with nothing left behind.
    """
    _end_with_the_server()
    open_parts = _open(served)
    opened = open_parts.__enter__()
    # What is open by now lives to the end: looking through it for rings would cost every question.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)

    @asynccontextmanager
    async def until_the_end(app: object) -> AsyncIterator[None]:
        del app
        try:
            yield
        finally:
            open_parts.__exit__(None, None, None)

    return application(opened, until_the_end)


def _end_with_the_server() -> None:
    """See to it that this worker does not outlive the process that started it, even one killed -9.

    Nobody would stop it any more, and it would keep the port. It is told to end as by an operator;
    where it does not, it is ended: what was answered is in the journal by then.
    """
    server = parent_process()
    if server is not None:
        Thread(target=_end_after, args=(server,), name="end-with-server", daemon=True).start()


def _end_after(server: ParentProcess) -> None:
    # Waits in the kernel, for a pipe that the server holds open as long as it lives.
    server.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ORPHAN_SECONDS)
    os._exit(1)


ORPHAN_SECONDS = 3.0
"""So long a worker whose server is gone may take to finish what it is answering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a worker holds open while it serves."""

    watch: Watch
    facades: FacadeParts
    spans: Spans | None = None
    """Where questions are traced, if they are."""


@contextmanager
def _open(served: Served) -> Iterator[Opened]:
    figures = _figures(served)
    with (
        exchanging(served, tell=_tell, figures=figures) as parts,
        collecting(parts),
        watching(parts, tell=_tell) as watch,
        facades(parts, tell=_tell) as told,
        pulsing(figures) if figures else nullcontext(),
        tracing(served.settings) as spans,
    ):
        yield Opened(watch=watch, facades=told, spans=spans)


def _figures(served: Served) -> Figures | None:
    """Where this worker counts; a node whose operator does not look counts nothing."""
    if not served.settings.metrics_address:
        return None
    from sogoc.node.figures.counting import Figures  # noqa: PLC0415 - only where it is asked for

    return Figures()


def application(opened: Opened, lifespan: Any = None) -> ASGIApp:  # noqa: ANN401 - as the framework has it
    """The addresses of the exchange over parts that are open."""
    watch = opened.watch
    parts = watch.parts
    given = replace(parts_of(parts), others=own_services(parts), rounds=answers_rounds(parts))
    door = Door(given)
    public = PublicParts(
        log=parts.log,
        directory=(lambda: parts.hub().latest()) if parts.is_hub else None,
        directory_of=(lambda version: parts.hub().version(version)) if parts.is_hub else None,
        missing=parts.missing,
        described=described(parts),
        threads=parts.threads,
        witness=WitnessParts(witness=watch.witness, logs=watch.logs, clock=parts.clock),
    )
    inside = partial(with_facades, parts=opened.facades)
    app = exchange_app(around(door, parts, given), public, lifespan=lifespan, inside=inside)
    if parts.figures is not None:
        app = _counted(app, door, parts, figures=parts.figures)
    return app if opened.spans is None else Traced(app, opened.spans)


def _counted(app: ASGIApp, door: Door, parts: Exchanging, *, figures: Figures) -> ASGIApp:
    figures.watch_waiting("small", door.turns.small)
    figures.watch_waiting("large", door.turns.large)
    figures.watch_lines(parts.connections.count)
    figures.watch_lost(lambda: parts.monitor.lost)
    return Counted(app, figures.request, places=EXCHANGE)


def _tell(error: SogocError) -> None:
    """To the operator's log: standard error of the worker."""
    sys.stderr.write(f"✗ {error.sentence.vi}\n  {error.sentence.en}\n")
    sys.stderr.flush()
