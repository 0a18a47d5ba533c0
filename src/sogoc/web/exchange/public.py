"""What a node shows to everybody: its journal, and on the hub the directory.

Nothing here is secret and nothing needs a signature of the asker: what is served proves itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from sogoc.errors import SogocError
from sogoc.trust.tiles import tile_at
from sogoc.web.exchange.described import described_routes
from sogoc.web.exchange.witness import WitnessParts, witness_routes

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from sogoc.access.log import Log
    from sogoc.web.exchange.described import DescribedParts

_TEXT = "text/plain; charset=utf-8"
_LONG = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicParts:
    """What the public addresses are given."""

    log: Callable[[], AbstractContextManager[Log]]
    directory: Callable[[], str] | None = None
    """The newest directory, on the hub."""
    ready: Callable[[], bool] = bool
    described: DescribedParts | None = None
    witness: WitnessParts | None = None
    """What this node saw of others' journals."""


def exchange_app(door: ASGIApp, parts: PublicParts) -> Starlette:
    """The addresses of the exchange: `/r1` for members, the others for everybody."""
    public = _Public(parts)
    return Starlette(
        routes=[
            Route("/health", public.health),
            Route("/ready", public.ready),
            Route("/directory", public.directory),
            Route("/journal/checkpoint", public.checkpoint),
            *witness_routes(parts.log, parts.witness),
            Route("/journal/{path:path}", public.tile),
            *(described_routes(parts.described) if parts.described else []),
            Mount("/", app=door),
        ]
    )


class _Public:
    def __init__(self, parts: PublicParts) -> None:
        self._parts = parts

    async def health(self, request: Request) -> Response:
        """The process answers."""
        del request
        return JSONResponse({"status": "ok"})

    async def ready(self, request: Request) -> Response:
        """The database answers, and there is a directory to go by."""
        del request
        ready = await run_in_threadpool(self._parts.ready)
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse({"ready": ready}, status)

    async def directory(self, request: Request) -> Response:
        """The hub's directory."""
        del request
        if self._parts.directory is None:
            return _nothing()
        return await run_in_threadpool(self._told, self._parts.directory)

    async def checkpoint(self, request: Request) -> Response:
        """The latest checkpoint."""
        del request
        return await run_in_threadpool(self._told, self._checkpoint)

    async def tile(self, request: Request) -> Response:
        """A tile, or a bundle of public marks."""
        return await run_in_threadpool(self._tile, request.path_params["path"])

    def _told(self, tell: Callable[[], str]) -> Response:
        try:
            return Response(tell(), media_type=_TEXT, headers={"cache-control": "max-age=5"})
        except SogocError:
            return _nothing()

    def _checkpoint(self) -> str:
        with self._parts.log() as log:
            return log.checkpoint()

    def _tile(self, path: str) -> Response:
        tile = tile_at(path)
        if tile is None:
            return _nothing()
        try:
            with self._parts.log() as log:
                bundle = tile.level < 0
                content = log.entries(tile.index, tile.width) if bundle else log.tile(tile)
        except SogocError:
            return _nothing()
        return Response(
            content, media_type="application/octet-stream", headers={"cache-control": _LONG}
        )


def _nothing() -> Response:
    return Response("not here\n", HTTPStatus.NOT_FOUND, media_type=_TEXT)
