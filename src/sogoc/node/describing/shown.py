"""What an answering node says of itself: its catalogue, its monitoring, and who may see which."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from sogoc.errors import BadQuestion, SogocError
from sogoc.exchange.described.catalogue import published_catalogue
from sogoc.exchange.monitoring.store import given
from sogoc.exchange.names import subsystem
from sogoc.exchange.questions.offers import paths
from sogoc.node.describing.catalogue import all_catalogues, collect, own_catalogue
from sogoc.node.standing.beating import attempted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sogoc.exchange.described.graph import Statement
    from sogoc.node.serving import Exchanging


def shown_catalogue(parts: Exchanging) -> list[Statement]:
    """The node's catalogue; at the hub with those of the members, as far as they were collected."""
    mine = own_catalogue(parts.who, parts.served.settings.keeper, parts.registers().values())
    if not parts.is_hub:
        return mine[1]
    moment = parts.clock.now()
    folder = parts.served.folder
    return all_catalogues(folder, parts.directory(), mine, own=parts.who, moment=moment)


def signed_catalogue(parts: Exchanging) -> str:
    """The node's own catalogue as a note."""
    _, told = own_catalogue(parts.who, parts.served.settings.keeper, parts.registers().values())
    return published_catalogue(told, str(parts.who.who), parts.who.key)


def collected(parts: Exchanging) -> int:
    """Fetch the catalogues of the members, at the hub; how many were believed."""
    moment = parts.clock.now()
    folder = parts.served.folder
    return collect(folder, parts.directory(), own=parts.who, moment=moment, peers=parts.peers)


@contextmanager
def collecting(parts: Exchanging) -> Iterator[None]:
    """At the hub: fetch the members' catalogues now and then, until the block ends."""
    stop = Event()
    thread = Thread(target=_collect, args=(parts, stop), name="catalogues", daemon=True)
    if parts.is_hub:
        thread.start()
    try:
        yield
    finally:
        stop.set()


def _collect(parts: Exchanging, stop: Event) -> None:
    seconds = _FIRST_SECONDS
    while not stop.wait(seconds):
        seconds = _EVERY_SECONDS
        # A directory that is not there yet, a database that restarts: the next time will do.
        attempted(lambda: collected(parts))


_FIRST_SECONDS, _EVERY_SECONDS = 15.0, 600.0


def records(
    parts: Exchanging, period: tuple[datetime | None, datetime | None], client: str | None
) -> dict[str, list[Any]]:
    """Records of monitoring from, until; of one client, or of all."""
    since, until = period
    return given(parts.connections.mine(), since=since, until=until, client=client)


def sees_all(parts: Exchanging, client: str) -> bool:
    """Whether a client is of the node's own member, or of the hub's.

    The hub is the member whose node the directory gives at the hub's address.
    """
    try:
        asking = subsystem(client).owner
        if asking == parts.who.who.owner:
            return True
        found = parts.directory().member(asking)
    except (BadQuestion, SogocError):
        return False
    hub = parts.served.settings.hub_address.rstrip("/")
    return bool(hub) and found is not None and found.address == hub


def templates(parts: Exchanging, code: str) -> frozenset[str]:
    """The paths that a service of this node has."""
    register = parts.registers().get(code)
    return frozenset(path for path, _, _ in paths(register)) if register else frozenset()
