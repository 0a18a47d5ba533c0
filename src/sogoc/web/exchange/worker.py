"""What one worker process of an answering node serves: its parts wired to their addresses."""

from __future__ import annotations

import gc
import sys
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from sogoc.node.own_services import own_services
from sogoc.node.rounds import answers_rounds
from sogoc.node.serving import exchanging
from sogoc.node.witnessing import watching
from sogoc.web.exchange.door import Door, ExchangeParts
from sogoc.web.exchange.public import PublicParts, exchange_app
from sogoc.web.exchange.witness import WitnessParts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.types import ASGIApp

    from sogoc.errors import SogocError
    from sogoc.node.serving import Served
    from sogoc.node.witnessing import Watch


def worker_app(served: Served) -> ASGIApp:
    """The application of one worker. It is made in the worker's own process.

    Its parts are open from the server's start to its end: when the server stops it first lets
    finish what is being answered, then the journal is closed with nothing left behind.
    """
    open_parts = _open(served)
    watch = open_parts.__enter__()
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

    return application(watch, until_the_end)


@contextmanager
def _open(served: Served) -> Iterator[Watch]:
    with exchanging(served, tell=_tell) as parts, watching(parts, tell=_tell) as watch:
        yield watch


def application(watch: Watch, lifespan: Any = None) -> ASGIApp:  # noqa: ANN401 - as the framework has it
    """The addresses of the exchange over parts that are open."""
    parts = watch.parts
    door = Door(
        ExchangeParts(
            provider=str(parts.who.who),
            address=parts.who.address,
            key=parts.who.key,
            key_id=parts.who.key_id,
            directory=parts.directory,
            answering=parts.answering,
            registers=parts.registers(),
            shelf=parts.shelf,
            threads=parts.threads,
            others=own_services(parts),
            rounds=answers_rounds(parts),
        )
    )
    public = PublicParts(
        log=parts.log,
        directory=(lambda: parts.hub().latest()) if parts.is_hub else None,
        missing=parts.missing,
        threads=parts.threads,
        witness=WitnessParts(witness=watch.witness, logs=watch.logs, clock=parts.clock),
    )
    return exchange_app(door, public, lifespan=lifespan)


def _tell(error: SogocError) -> None:
    """To the operator's log: standard error of the worker."""
    sys.stderr.write(f"✗ {error.sentence.vi}\n  {error.sentence.en}\n")
    sys.stderr.flush()
