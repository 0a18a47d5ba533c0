"""All façades of a node, each at its own path, in front of the exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Mount

from sogoc.web.facades.dci import dci_routes
from sogoc.web.facades.govstack import govstack_routes
from sogoc.web.facades.mediator import mediator_routes
from sogoc.web.facades.ndxp_simulator import simulator_routes

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from sogoc.facades.parts import FacadeParts


def with_facades(exchange: ASGIApp, parts: FacadeParts) -> Starlette:
    """`/govstack` and the others; everything else is the exchange's."""
    simulated = (
        [Mount("/ndxp-simulator", routes=simulator_routes(parts))]
        if parts.settings.simulates_ndxp
        else []
    )
    return Starlette(
        routes=[
            Mount("/govstack", routes=govstack_routes(parts)),
            Mount("/mediator", routes=mediator_routes(parts)),
            Mount("/spdci", routes=dci_routes(parts)),
            *simulated,
            Mount("/", app=exchange),
        ]
    )
