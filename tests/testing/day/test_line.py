"""The line before a node: what it lets pass, and what not."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from sogoc.errors import NodeUnreachable
from sogoc.exchange.client import public_bytes
from sogoc.testing.day.line import State, TcpLine, lines
from sogoc.testing.served import free_port, served

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

CONTENT = b"x" * 200_000


async def app(
    scope: dict[str, object],
    receive: Callable[[], Awaitable[object]],
    send: Callable[[dict[str, object]], Awaitable[None]],
) -> None:
    del scope, receive
    headers = [(b"content-length", str(len(CONTENT)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": CONTENT})


@pytest.fixture
def line() -> Iterator[tuple[TcpLine, str]]:
    port, node_port = free_port(), free_port()
    with served(app, node_port), lines({"node": (port, node_port)}) as made:
        yield made["node"], f"http://127.0.0.1:{port}/"


def test_a_whole_line_and_a_slow_one_pass_everything_on(line: tuple[TcpLine, str]) -> None:
    there, address = line
    for state in (State.WHOLE, State.SLOW):
        there.state = state
        assert public_bytes(address) == CONTENT


@pytest.mark.parametrize("state", [State.CUT, State.BREAKING])
def test_a_cut_line_and_one_that_breaks_in_an_answer_give_none_until_they_are_mended(
    line: tuple[TcpLine, str], state: State
) -> None:
    there, address = line
    there.state = state
    with pytest.raises(NodeUnreachable):
        public_bytes(address)
    there.state = State.WHOLE
    assert public_bytes(address) == CONTENT


def test_a_line_has_its_port_before_anybody_may_ask() -> None:
    for _ in range(20):
        port = free_port()
        with (
            lines({"node": (port, free_port())}),
            socket.socket() as other,
            pytest.raises(OSError, match="in use"),
        ):
            other.bind(("127.0.0.1", port))


def test_a_line_whose_port_is_taken_says_so(line: tuple[TcpLine, str]) -> None:
    port = int(line[1].rstrip("/").rpartition(":")[2])
    with pytest.raises(OSError, match="in use"), lines({"node": (port, free_port())}):
        pass
