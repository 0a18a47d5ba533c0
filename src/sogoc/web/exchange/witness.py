"""The addresses of witnesses: what this node saw of others' journals, and others of its own.

POST /witness/add-checkpoint          C2SP tlog-witness: statuses 200, 400, 403, 404, 409, 422
GET  /witness/{sha256 of origin}/checkpoint    the last that was cosigned
GET  /witness/{sha256 of origin}/conflict      two notes that do not fit, if that ever happened
GET  /journal/witnessed                the latest own checkpoint that a witness signed
GET  /journal/stamped, /journal/stamp  the latest own note with a time stamp, and the stamp
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from sogoc.access.witness.asked import LARGEST, place_of, read_submitted
from sogoc.access.witness.postgres_witness import Outcome, Witnessed
from sogoc.database.store import DATABASE_ERROR
from sogoc.errors import SogocError, StoreError, TrustError
from sogoc.trust.note import read_checkpoint, read_note
from sogoc.web.exchange.replies import SLOWEST_BODY_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from contextlib import AbstractContextManager

    from starlette.requests import Request

    from sogoc.access.log import Log
    from sogoc.access.witness.asked import Submitted
    from sogoc.access.witness.postgres_witness import Witness
    from sogoc.clock import Clock
    from sogoc.trust.note import NoteKey

_TEXT = "text/plain; charset=utf-8"
_SIZE = "text/x.tlog.size"
_FRESH: Mapping[str, str] = {"cache-control": "max-age=5"}
_STATUS = {
    Outcome.COSIGNED: HTTPStatus.OK,
    Outcome.UNKNOWN_LOG: HTTPStatus.NOT_FOUND,
    Outcome.NOT_SIGNED: HTTPStatus.FORBIDDEN,
    Outcome.WRONG_SIZES: HTTPStatus.BAD_REQUEST,
    Outcome.ANOTHER_OLD_SIZE: HTTPStatus.CONFLICT,
    Outcome.ANOTHER_ROOT: HTTPStatus.CONFLICT,
    Outcome.NOT_GROWN: HTTPStatus.UNPROCESSABLE_ENTITY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessParts:
    """What the addresses are given."""

    witness: Callable[[], Witness]
    """This thread's."""
    logs: Callable[[], Mapping[str, Collection[NoteKey]]]
    """The keys of all members' journals, by their origin: as the directory has them now."""
    clock: Clock


def witness_routes(
    log: Callable[[], AbstractContextManager[Log]], parts: WitnessParts | None
) -> list[Route]:
    """The addresses, to be put before those of tiles."""
    told = _Told(log, parts)
    return [
        Route("/journal/witnessed", told.witnessed),
        Route("/journal/stamped", told.stamped),
        Route("/journal/stamp", told.stamp),
        Route("/witness/add-checkpoint", told.add, methods=["POST"]),
        Route("/witness/{place}/checkpoint", told.seen),
        Route("/witness/{place}/conflict", told.conflict),
    ]


class _Told:
    def __init__(
        self, log: Callable[[], AbstractContextManager[Log]], parts: WitnessParts | None
    ) -> None:
        self._log, self._parts = log, parts

    async def witnessed(self, request: Request) -> Response:
        """The latest own checkpoint that a witness signed."""
        del request
        return await run_in_threadpool(shown_or_why, self._witnessed)

    async def stamped(self, request: Request) -> Response:
        """The latest own note with a time stamp."""
        del request
        return await run_in_threadpool(shown_or_why, self._stamped, 0)

    async def stamp(self, request: Request) -> Response:
        """The time stamp on it (RFC 3161)."""
        del request
        return await run_in_threadpool(shown_or_why, self._stamped, 1)

    async def add(self, request: Request) -> Response:
        """A log has a checkpoint cosigned."""
        try:
            # Open to strangers: whoever trickles is let go, as at every other address.
            async with asyncio.timeout(SLOWEST_BODY_SECONDS):
                body = await _bounded(request)
        except (ClientDisconnect, TimeoutError):
            return _said(HTTPStatus.BAD_REQUEST)
        if len(body) > LARGEST:
            return _said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return await run_in_threadpool(shown_or_why, self._add, body)

    async def seen(self, request: Request) -> Response:
        """The last checkpoint of one log that was cosigned here."""
        return await run_in_threadpool(shown_or_why, self._seen, request.path_params["place"])

    async def conflict(self, request: Request) -> Response:
        """Two notes of one log that do not fit one another."""
        return await run_in_threadpool(shown_or_why, self._conflict, request.path_params["place"])

    def _witnessed(self) -> Response:
        with self._log() as log:
            return Response(log.witnessed(), media_type=_TEXT, headers=_FRESH)

    def _stamped(self, which: int) -> Response:
        with self._log() as log:
            found = log.stamped()
        if found is None:
            return _said(HTTPStatus.NOT_FOUND)
        if which == 0:
            return Response(found[0], media_type=_TEXT, headers=_FRESH)
        return Response(found[1], media_type="application/timestamp-reply", headers=_FRESH)

    def _add(self, body: bytes) -> Response:
        try:
            submitted = read_submitted(body.decode())
            origin = read_checkpoint(read_note(submitted.note).text).origin
            told = self._added(submitted, origin)
        except (TrustError, UnicodeDecodeError):
            return _said(HTTPStatus.BAD_REQUEST)
        except SogocError:
            return _said(HTTPStatus.SERVICE_UNAVAILABLE)
        if told.outcome is Outcome.COSIGNED:
            return Response(told.line, media_type=_TEXT)
        status = _STATUS[told.outcome]
        if status is HTTPStatus.CONFLICT:
            return Response(f"{told.size}\n", status, headers={"content-type": _SIZE})
        return _said(status)

    def _added(self, submitted: Submitted, origin: str) -> Witnessed:
        if self._parts is None:
            return Witnessed(outcome=Outcome.UNKNOWN_LOG)
        log = self._parts.logs().get(origin, ())
        return self._parts.witness().add(submitted, log, now=self._parts.clock.now())

    def _seen(self, place: str) -> Response:
        origin = self._origin(place)
        kept = self._parts.witness().last(origin) if self._parts and origin else None
        if kept is None:
            return _said(HTTPStatus.NOT_FOUND)
        return Response(kept.note, media_type=_TEXT, headers=_FRESH)

    def _conflict(self, place: str) -> Response:
        origin = self._origin(place)
        found = self._parts.witness().conflicts(origin) if self._parts and origin else []
        if not found:
            return _said(HTTPStatus.NOT_FOUND)
        return Response(f"{found[0].kept}\n{found[0].told}", media_type=_TEXT, headers=_FRESH)

    def _origin(self, place: str) -> str:
        if self._parts is None:
            return ""
        told = self._parts.witness().seen()
        return next((origin for origin, _, _ in told if place_of(origin) == place), "")


async def _bounded(request: Request) -> bytes:
    """The body; of one that is too large as much as says so."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            break
    return bytes(body)


def shown_or_why(tell: Callable[..., Response], *of: object) -> Response:
    """What is told, or why not: nothing there is another thing than a database that is silent.

    Whoever verifies a journal from outside would else take a sick node for one without a history.
    """
    try:
        return tell(*of)
    except (StoreError, DATABASE_ERROR):
        return _said(HTTPStatus.SERVICE_UNAVAILABLE)
    except SogocError:
        return _said(HTTPStatus.NOT_FOUND)


def _said(status: HTTPStatus) -> Response:
    return Response(f"{status.phrase}\n", status, media_type=_TEXT)
