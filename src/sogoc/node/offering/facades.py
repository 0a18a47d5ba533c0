"""The façades of a node: their parts from the exchange's, and a beat that tells what is due."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sogoc.facades.dci.teller import Teller
from sogoc.facades.parts import FacadeParts, FacadeSettings, callbacks, networks
from sogoc.node.offering.writing import writing
from sogoc.node.peers import CALLBACK
from sogoc.node.standing.beating import Beat, beating

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sogoc.errors import SogocError
    from sogoc.facades.writing import Writer
    from sogoc.node.serving import Exchanging
    from sogoc.node.settings import Settings

_BEAT_SECONDS = 2.0
_THREADS = 8
_PATIENCE_SECONDS = 15.0


def facade_settings(settings: Settings) -> FacadeSettings:
    """What the operator set about façades. Raises SettingsError."""
    return FacadeSettings(
        mediators=networks(settings.mediators, setting="mediators"),
        older=frozenset(settings.older_clients.split()),
        callbacks=callbacks(settings.callbacks),
        callback_networks=networks(settings.callback_networks, setting="callback_networks"),
        simulates_ndxp=settings.ndxp_simulator == "on",
        single_use_required=settings.single_use == "required",
        signatures_required=settings.message_signatures == "required",
    )


@contextmanager
def facades(parts: Exchanging, *, tell: Callable[[SogocError], None]) -> Iterator[FacadeParts]:
    """The parts of the façades, and a beat until the block ends. `tell` hears what fails.

    Raises SettingsError: a node does not start with settings that it cannot read.
    """
    with writing(parts.served, parts.clock) as writer:
        yield from _facades(parts, writer, tell=tell)


def _facades(
    parts: Exchanging, writer: Writer, *, tell: Callable[[SogocError], None]
) -> Iterator[FacadeParts]:
    told = FacadeParts(
        provider=parts.who.who,
        address=parts.who.address,
        key=parts.who.key,
        key_id=parts.who.key_id,
        directory=parts.directory,
        answering=parts.answering,
        registers=parts.registers(),
        connection=parts.connections.mine,
        threads=parts.threads,
        settings=facade_settings(parts.served.settings),
        breaker=parts.peers.breaker(CALLBACK),
        writer=writer,
    )
    with ThreadPoolExecutor(_THREADS, "telling") as threads:
        teller = Teller(parts=told, threads=threads)
        beat = Beat(
            name="teller",
            step=lambda _: _round(teller, parts),
            seconds=_BEAT_SECONDS,
            patience_seconds=_PATIENCE_SECONDS,
        )
        with beating(beat, tell=tell):
            yield told


def _round(teller: Teller, parts: Exchanging) -> None:
    """Begin what is due. One worker of several tells."""
    if parts.lead.is_ours():
        teller.round()
