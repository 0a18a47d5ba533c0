"""`/ndxp-simulator`: the SIMULATOR of the platform's population service, if the operator wants it.

Each answer bears `X-Simulator` and says so in its body: nobody shall take it for the platform.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.routing import Route

from sogoc.facades.ndxp.messages import BAD, DENIED, read_request
from sogoc.facades.ndxp.simulator import Simulator, enveloped
from sogoc.web.facades.http import Reply, endpoint
from sogoc.web.facades.statuses import headers_of, sentence_of, status_of

if TYPE_CHECKING:
    from sogoc.errors import SogocError
    from sogoc.facades.parts import FacadeParts
    from sogoc.web.facades.http import Call

_MARK = {"x-simulator": "sogoc"}


def simulator_routes(parts: FacadeParts) -> list[Route]:
    """The addresses below `/ndxp-simulator`: none unless this node holds a population register."""
    register = next((one for one in parts.registers.values() if one.is_population), None)
    if register is None:
        return []
    work = partial(_population, Simulator(parts=parts, register=register))
    return [Route("/population", endpoint(work, _refused, parts.threads), methods=["POST"])]


def _population(simulator: Simulator, call: Call) -> Reply:
    caller = simulator.parts.caller(call.calling)
    told = simulator.answered(read_request(call.body), caller)
    return Reply(status=HTTPStatus.OK, told=told, headers=_MARK)


def _refused(error: SogocError) -> Reply:
    status = status_of(error)
    told = enveloped("", BAD if status is HTTPStatus.BAD_REQUEST else DENIED, {})
    told["code"] = int(status)
    told["response"]["message"] += f" {sentence_of(error)}"
    return Reply(status=status, told=told, headers={**_MARK, **headers_of(error)})
