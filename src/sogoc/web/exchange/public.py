"""What a node shows to everybody: its journal, and on the hub the directory.

Nothing here is secret and nothing needs a signature of the asker: what is served proves itself.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from sogoc.trust.tiles import tile_at
from sogoc.web.exchange.described import described_routes
from sogoc.web.exchange.witness import WitnessParts, shown_or_why, witness_routes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from starlette.requests import Request
    from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

    from sogoc.access.log import Log
    from sogoc.web.exchange.described import DescribedParts

Result = TypeVar("Result")

_TEXT = "text/plain; charset=utf-8"
_LONG = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicParts:
    """What the public addresses are given."""

    log: Callable[[], AbstractContextManager[Log]]
    directory: Callable[[], str] | None = None
    """The newest directory, on the hub."""
    directory_of: Callable[[int], str] | None = None
    """The directory of one version, on the hub."""
    missing: Callable[[], Mapping[str, str]] = dict
    """What keeps the node from answering, by a short name; empty if nothing does."""
    threads: Executor | None = None
    described: DescribedParts | None = None
    witness: WitnessParts | None = None
    """What this node saw of others' journals."""


def exchange_app(
    door: ASGIApp,
    parts: PublicParts,
    *,
    lifespan: Lifespan[Starlette] | None = None,
    inside: Callable[[ASGIApp], ASGIApp] | None = None,
) -> ASGIApp:
    """The addresses of the exchange: `/r1` for members, the others for everybody.

    `inside` puts more addresses before the door, such as those of façades.
    """
    public = _Public(parts)
    others = Starlette(
        lifespan=lifespan,
        routes=[
            Route("/health/live", public.health),
            Route("/health/ready", public.ready),
            Route("/health", public.health),
            Route("/ready", public.ready),
            Route("/directory", public.directory),
            Route("/directory/{version:int}", public.directory_of),
            Route("/journal/checkpoint", public.checkpoint),
            *witness_routes(parts.log, parts.witness),
            Route("/journal/{path:path}", public.tile),
            *(described_routes(parts.described) if parts.described else []),
            Mount("/", app=inside(door) if inside else door),
        ],
    )

    async def by_address(scope: Scope, receive: Receive, send: Send) -> None:
        # Questions go past the framework: it would cost each of them a tenth of its time.
        asked = scope["type"] == "http" and scope["path"].startswith("/r1/")
        await (door if asked else others)(scope, receive, send)

    return by_address


class _Public:
    def __init__(self, parts: PublicParts) -> None:
        self._parts = parts

    async def health(self, request: Request) -> Response:
        """The process answers."""
        del request
        return JSONResponse({"status": "ok"})

    async def ready(self, request: Request) -> Response:
        """The database answers, the directory holds, the disk has room; else what is missing."""
        del request
        missing = await self._in_thread(self._parts.missing)
        status = HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK
        return JSONResponse({"ready": not missing, "missing": dict(missing)}, status)

    async def directory(self, request: Request) -> Response:
        """The hub's directory."""
        del request
        if self._parts.directory is None:
            return _nothing()
        return await self._in_thread(shown_or_why, self._fresh, self._parts.directory)

    async def directory_of(self, request: Request) -> Response:
        """One of the hub's earlier directories, as it was signed."""
        tell, version = self._parts.directory_of, request.path_params["version"]
        if tell is None or version >= 1 << 63:
            return _nothing()

        def told() -> Response:
            return Response(tell(version), media_type=_TEXT, headers={"cache-control": _LONG})

        return await self._in_thread(shown_or_why, told)

    async def checkpoint(self, request: Request) -> Response:
        """The latest checkpoint."""
        del request
        return await self._in_thread(shown_or_why, self._fresh, self._checkpoint)

    async def tile(self, request: Request) -> Response:
        """A tile, or a bundle of public marks."""
        return await self._in_thread(shown_or_why, self._tile, request.path_params["path"])

    async def _in_thread(self, work: Callable[..., Result], *told: object) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._parts.threads, work, *told)

    def _fresh(self, tell: Callable[[], str]) -> Response:
        return Response(tell(), media_type=_TEXT, headers={"cache-control": "max-age=5"})

    def _checkpoint(self) -> str:
        with self._parts.log() as log:
            return log.checkpoint()

    def _tile(self, path: str) -> Response:
        tile = tile_at(path)
        if tile is None:
            return _nothing()
        with self._parts.log() as log:
            bundle = tile.level < 0
            content = log.entries(tile.index, tile.width) if bundle else log.tile(tile)
        return Response(
            content, media_type="application/octet-stream", headers={"cache-control": _LONG}
        )


def _nothing() -> Response:
    return Response("not here\n", HTTPStatus.NOT_FOUND, media_type=_TEXT)
