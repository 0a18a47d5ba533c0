"""What a node shows to everybody, and how it says that it cannot."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import httpx2
import psycopg
import pytest

from sogoc.access.log import Log
from sogoc.errors import NodeUnreachable, NotThere, Sentence, StoreUnreachable
from sogoc.exchange.client import public_bytes
from sogoc.testing.served import NO_TLS, free_port, served
from sogoc.web.exchange.public import PublicParts, exchange_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive, Scope, Send

PLACES = ("checkpoint", "witnessed", "stamped", "tile/0/000.p/1", "tile/entries/000.p/1")


async def nobody(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """No door: nothing behind it is asked for here."""


@contextmanager
def node(parts: PublicParts) -> Iterator[str]:
    with served(exchange_app(nobody, parts), free_port()) as address:
        yield f"{address}/journal"


@pytest.mark.parametrize(
    "failure",
    [StoreUnreachable(Sentence(vi="", en="")), psycopg.OperationalError("the server is gone")],
    ids=["no-connection", "broken-off"],
)
def test_a_silent_database_is_not_shown_as_a_journal_without_a_history(failure: Exception) -> None:
    def gone() -> NoReturn:
        raise failure

    with node(PublicParts(log=gone)) as journal:
        for place in PLACES:
            assert (
                httpx2.get(f"{journal}/{place}", trust_env=False, verify=NO_TLS).status_code == 503
            )
            with pytest.raises(NodeUnreachable) as refused:
                public_bytes(f"{journal}/{place}")
            assert not isinstance(refused.value, NotThere)


def test_a_journal_without_a_history_says_that_it_has_none_yet(
    connection: psycopg.Connection,
) -> None:
    @contextmanager
    def empty() -> Iterator[Log]:
        yield Log(connection, "node.example/journal")

    with node(PublicParts(log=empty)) as journal:
        for place in PLACES:
            with pytest.raises(NotThere, match="has nothing at"):
                public_bytes(f"{journal}/{place}")
