"""The line to one node: bytes pass, or it is cut, or slow, or breaks in the middle of an answer."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
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

    async def listen(self) -> asyncio.Server:
        """Take the port; what comes is passed on until the server is closed. Raises OSError."""
        return await asyncio.start_server(self._call, _HOST, self._port)

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._state is State.CUT:
            writer.transport.abort()
            return
        # Closed also where the lines end meanwhile: else another test hears of it later.
        try:
            await self._called(reader, writer)
        finally:
            if not writer.is_closing():
                writer.transport.abort()

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_node, to_node = await asyncio.open_connection(_HOST, self._node_port)
        except OSError:
            return
        ways = (
            asyncio.ensure_future(self._pass(reader, to_node, answers=False)),
            asyncio.ensure_future(self._pass(from_node, writer, answers=True)),
        )
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in (writer, to_node):
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
    """A line to each node, by name: from the port that others know to the node's own.

    Raises OSError where a port is taken.
    """
    made = {name: TcpLine(*ports) for name, ports in ends.items()}
    started: Queue[_Started | OSError] = Queue()
    thread = Thread(target=_run, args=(list(made.values()), started), name="lines", daemon=True)
    thread.start()
    told = started.get()
    if isinstance(told, OSError):
        raise told
    try:
        yield made
    finally:
        told.loop.call_soon_threadsafe(told.task.cancel)
        thread.join(10)


@dataclass(frozen=True, slots=True)
class _Started:
    """What ends the lines again."""

    loop: asyncio.AbstractEventLoop
    task: asyncio.Task[None]


def _run(every: list[TcpLine], started: Queue[_Started | OSError]) -> None:
    async def serve() -> None:
        async with AsyncExitStack() as open_ends:
            servers = [await open_ends.enter_async_context(await line.listen()) for line in every]
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 - of a loop that runs this
            # Only now: who asks at once must find the port taken.
            started.put(_Started(asyncio.get_running_loop(), task))
            await asyncio.gather(*(server.serve_forever() for server in servers))

    try:
        with suppress(asyncio.CancelledError):
            asyncio.run(serve())
    except OSError as taken:
        started.put(taken)
