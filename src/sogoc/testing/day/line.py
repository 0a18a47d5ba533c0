"""The line to one node: bytes pass, or it is cut, or slow, or breaks in the middle of an answer."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from enum import StrEnum
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST = "127.0.0.1"
_CHUNK = 16_384
_SLOW_SECONDS = 0.3
_LEFT_OF_AN_ANSWER = 60


class State(StrEnum):
    """How a line is."""

    WHOLE = "whole"
    CUT = "cut"
    SLOW = "slow"
    BREAKING = "breaking"
    """The question gets through, the answer does not: the asker cannot know."""


class TcpLine:
    """A proxy before one node's port; `state` may be changed at any moment."""

    def __init__(self, port: int, node_port: int) -> None:
        self._port, self._node_port = port, node_port
        self._state = State.WHOLE

    @property
    def state(self) -> State:
        """How the line is now."""
        return self._state

    @state.setter
    def state(self, state: State) -> None:
        self._state = state

    async def serve(self) -> None:
        """Pass on what comes, until cancelled."""
        server = await asyncio.start_server(self._call, _HOST, self._port)
        async with server:
            await server.serve_forever()

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._state is State.CUT:
            writer.transport.abort()
            return
        try:
            to_node = await asyncio.open_connection(_HOST, self._node_port)
        except OSError:
            writer.transport.abort()
            return
        ways = (
            asyncio.ensure_future(self._pass(reader, to_node[1], answers=False)),
            asyncio.ensure_future(self._pass(to_node[0], writer, answers=True)),
        )
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for end in (writer, to_node[1]):
            with suppress(OSError):
                end.close()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        with suppress(OSError):
            while content := await reader.read(_CHUNK):
                if self._state is State.SLOW:
                    await asyncio.sleep(_SLOW_SECONDS)
                if self._state is State.CUT:
                    return
                if answers and self._state is State.BREAKING:
                    writer.write(content[:_LEFT_OF_AN_ANSWER])
                    await writer.drain()
                    return
                writer.write(content)
                await writer.drain()


@contextmanager
def lines(ends: dict[str, tuple[int, int]]) -> Iterator[dict[str, TcpLine]]:
    """A line to each node, by name: from the port that others know to the node's own."""
    made = {name: TcpLine(*ports) for name, ports in ends.items()}
    started: Queue[tuple[asyncio.AbstractEventLoop, asyncio.Task[None] | None]] = Queue()

    async def serve() -> None:
        started.put((asyncio.get_running_loop(), asyncio.current_task()))
        await asyncio.gather(*(line.serve() for line in made.values()))

    def run() -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(serve())

    thread = Thread(target=run, name="lines", daemon=True)
    thread.start()
    loop, task = started.get()
    try:
        yield made
    finally:
        if task is not None:
            loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
