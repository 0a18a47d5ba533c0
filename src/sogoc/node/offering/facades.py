"""The façades of a node: their parts from the exchange's, and a beat that tells what is due."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from sogoc.errors import Sentence, SogocError, StoreUnreachable
from sogoc.facades.dci.teller import Teller
from sogoc.facades.parts import FacadeParts, FacadeSettings, callbacks, networks
from sogoc.node.offering.writing import writing
from sogoc.node.peers import CALLBACK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    stop = Event()
    with ThreadPoolExecutor(_THREADS, "telling") as threads:
        teller = Teller(parts=told, threads=threads)
        beating = Thread(
            target=_beat,
            args=(teller, parts, stop),
            kwargs={"tell": tell},
            name="teller",
            daemon=True,
        )
        beating.start()
        try:
            yield told
        finally:
            stop.set()
            beating.join(_PATIENCE_SECONDS)


def _beat(
    teller: Teller, parts: Exchanging, stop: Event, *, tell: Callable[[SogocError], None]
) -> None:
    said = ""
    while not stop.wait(_BEAT_SECONDS):
        failed = _round(teller, parts)
        if failed and failed.sentence.en != said:
            tell(failed)
        said = failed.sentence.en if failed else ""


def _round(teller: Teller, parts: Exchanging) -> SogocError | None:
    """Begin what is due; what keeps it from that, if anything does. One worker of several tells."""
    try:
        if parts.lead.is_ours():
            teller.round()
    except SogocError as failed:
        return failed
    except Exception:  # noqa: BLE001 - a line to the database that broke must not end the telling
        return StoreUnreachable(
            Sentence(
                vi="Chưa gửi được các câu trả lời và thông báo đến hạn; sẽ thử lại.",
                en="What was due could not be told; it is tried again.",
            )
        )
    return None
