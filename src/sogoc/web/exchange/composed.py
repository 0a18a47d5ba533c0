"""The door with all that stands around it: metaservices, Security Servers, monitoring."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

from sogoc.node.describing.shown import (
    records,
    sees_all,
    shown_catalogue,
    signed_catalogue,
    templates,
)
from sogoc.web.exchange.behind import PREFIX, Behind, purpose_from, trusted_from
from sogoc.web.exchange.described import DescribedParts
from sogoc.web.exchange.door import Door, ExchangeParts
from sogoc.web.exchange.metaservices import MetaParts, Metaservices
from sogoc.web.exchange.watched import Watched, WatchParts

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from sogoc.exchange.monitoring.record import Seen
    from sogoc.node.serving import Exchanging


def parts_of(parts: Exchanging) -> ExchangeParts:
    """What the door is given by an answering node."""
    return ExchangeParts(
        provider=str(parts.who.who),
        address=parts.who.address,
        key=parts.who.key,
        key_id=parts.who.key_id,
        directory=parts.directory,
        answering=parts.answering,
        registers=parts.registers(),
        shelf=parts.shelf,
        threads=parts.threads,
    )


def around(door: Door, parts: Exchanging, given: ExchangeParts) -> ASGIApp:
    """The door, and what else answers members by its parts. Raises SettingsError."""
    meta = MetaParts(records=partial(records, parts), sees_all=partial(sees_all, parts))
    inside = Metaservices(door, given, meta)
    settings = parts.served.settings
    trusted, purpose = trusted_from(settings.xroad_trusted), purpose_from(settings.usage_purpose)
    behind = Behind(given, trusted, purpose)

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await behind(scope, receive, send)
        else:
            await inside(scope, receive, send)

    watch = WatchParts(
        note=_noting(parts),
        clock=parts.clock,
        templates=lru_cache(maxsize=256)(partial(templates, parts)),
    )
    return Watched(either, watch)


def _noting(parts: Exchanging) -> Callable[[Seen], None]:
    """What hears of each request that passed: monitoring, and the figures where they are read."""
    figures, note = parts.figures, parts.monitor.note
    if figures is None:
        return note

    def both(seen: Seen) -> None:
        figures.question(seen)
        note(seen)

    return both


def described(parts: Exchanging) -> DescribedParts:
    """What a node tells everybody."""
    return DescribedParts(
        provider=str(parts.who.who),
        directory=parts.directory,
        registers=parts.registers(),
        catalogue=partial(shown_catalogue, parts),
        signed=partial(signed_catalogue, parts),
    )
