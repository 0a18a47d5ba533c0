"""Asks the population database over the national platform: a port, and the adapter by HTTP.

Whoever needs a person verified says so to the port; whether the platform, its simulator or this
node's own register answers is chosen where things are wired.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import httpx2

from sogoc.errors import NodeUnreachable, Sentence
from sogoc.exchange.client import trusted
from sogoc.facades.ndxp.messages import read_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.facades.ndxp.messages import PopulationAnswer, PopulationRequest

_LARGEST = 1024 * 1024


class PopulationPort(Protocol):
    """Where a person is verified by number, name and date of birth.

    Promise: no field comes back unless all three agree.
    """

    def ask(self, request: PopulationRequest) -> PopulationAnswer:
        """The answer. Raises NodeUnreachable, AnswerRefused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NdxpPopulation:
    """The adapter. `token` gives the bearer token of the moment."""

    address: str
    token: Callable[[], str]
    timeout_seconds: float = 10.0

    def ask(self, request: PopulationRequest) -> PopulationAnswer:
        """Ask once; a request has an id of its own, so asking again is for the caller to decide."""
        headers = {"authorization": f"Bearer {self.token()}"}
        try:
            with (
                httpx2.Client(
                    timeout=self.timeout_seconds, trust_env=False, verify=trusted()
                ) as http,
                http.stream("POST", self.address, json=request.told(), headers=headers) as response,
            ):
                body = _read(response)
        except httpx2.HTTPError as failed:
            raise _unreachable() from failed
        return read_answer(body)


def _read(response: httpx2.Response) -> bytes:
    body = bytearray()
    for part in response.iter_raw():
        body += part
        if len(body) > _LARGEST:
            raise _unreachable()
    return bytes(body)


def _unreachable() -> NodeUnreachable:
    return NodeUnreachable(
        Sentence(
            vi="Nền tảng dữ liệu không trả lời; hãy thử lại sau.",
            en="The data platform does not answer; try again later.",
        )
    )
