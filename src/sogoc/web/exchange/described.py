"""What everybody may read of a node: who is a member, what its registers are, how they are asked.

    GET /listClients            members and subsystems, JSON or XML by Accept; ?xRoadInstance=
    GET /catalogue              registers as DCAT-AP 3, JSON-LD or Turtle by Accept
    GET /catalogue.note         the node's own catalogue with its signature
    GET /openapi/{register}.json

Nothing here is about a person, and nothing needs a signature of whoever asks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from sogoc.errors import SogocError
from sogoc.exchange.described.clients import JSON, as_json, as_xml, clients_of, wanted_kind
from sogoc.exchange.described.graph import JSON_LD, TURTLE, as_json_ld, as_turtle
from sogoc.exchange.protocol import ERROR, error_type
from sogoc.exchange.services import openapi

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from sogoc.contract.model import Register
    from sogoc.exchange.described.graph import Statement
    from sogoc.exchange.directory import Directory

_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedParts:
    """What these addresses are given."""

    provider: str
    directory: Callable[[], Directory]
    registers: Mapping[str, Register]
    catalogue: Callable[[], list[Statement]]
    """This node's catalogue; at the hub with those of the members."""
    signed: Callable[[], str]
    """This node's own, as a note."""


def described_routes(parts: DescribedParts) -> list[Route]:
    """The addresses."""
    described = _Described(parts)
    return [
        Route("/listClients", described.clients),
        Route("/catalogue", described.catalogue),
        Route("/catalogue.note", described.signed),
        Route("/openapi/{register}.json", described.openapi),
    ]


class _Described:
    def __init__(self, parts: DescribedParts) -> None:
        self._parts = parts

    async def clients(self, request: Request) -> Response:
        """Members and subsystems of the directory."""
        instance = request.query_params.get("xRoadInstance", "")
        kind = wanted_kind(request.headers.get("accept", ""))
        try:
            found = clients_of(self._parts.directory(), instance)
            body = as_json(found) if kind == JSON else as_xml(found)
        except SogocError as refused:
            return _refusal(refused)
        return Response(body, media_type=f"{kind}; charset=utf-8")

    async def catalogue(self, request: Request) -> Response:
        """The catalogue, in the form that is asked for."""
        try:
            told = await run_in_threadpool(self._parts.catalogue)
        except SogocError as refused:
            return _refusal(refused)
        if TURTLE in request.headers.get("accept", ""):
            return Response(as_turtle(told), media_type=f"{TURTLE}; charset=utf-8")
        body = json.dumps(as_json_ld(told), ensure_ascii=False)
        return Response(body, media_type=JSON_LD)

    async def signed(self, request: Request) -> Response:
        """The node's own catalogue, signed."""
        del request
        return Response(await run_in_threadpool(self._parts.signed), media_type=_TEXT)

    async def openapi(self, request: Request) -> Response:
        """How one register is asked."""
        found = self._parts.registers.get(request.path_params["register"])
        if found is None:
            return Response("not here\n", HTTPStatus.NOT_FOUND, media_type=_TEXT)
        body = json.dumps(openapi(found, self._parts.provider), ensure_ascii=False)
        return Response(body, media_type=JSON)


def _refusal(error: SogocError) -> Response:
    name = error_type(error)
    told = {"type": name, "message": error.sentence.en, "detail": str(uuid4())}
    status = HTTPStatus.BAD_REQUEST if name.startswith("Client.") else HTTPStatus(500)
    body = json.dumps(told, ensure_ascii=False)
    return Response(body, status, {ERROR: name}, f"{JSON}; charset=utf-8")
