"""A peer made by hand over real sockets: it reads a question and answers as it likes."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Manner = Callable[[socket.socket, Event], None]

_PAUSE_SECONDS = 0.05


@contextmanager
def peer(manner: Manner) -> Iterator[str]:
    """Its address, until the block ends; each who connects is answered in a thread."""
    over = Event()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as door:
        Thread(target=_open, args=(door, manner, over), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            over.set()


def _open(door: socket.socket, manner: Manner, over: Event) -> None:
    while not over.is_set():
        try:
            line, _ = door.accept()
        except OSError:
            return
        Thread(target=_serve, args=(line, manner, over), daemon=True).start()


def _serve(line: socket.socket, manner: Manner, over: Event) -> None:
    try:
        with line:
            line.recv(65_536)
            manner(line, over)
    except OSError:
        return


def silent(line: socket.socket, over: Event) -> None:
    """It takes the question and says nothing."""
    del line
    over.wait()


def trickling(head: bytes) -> Manner:
    """It sends this at once, then one letter after the other without end."""

    def manner(line: socket.socket, over: Event) -> None:
        line.sendall(head)
        while not over.is_set():
            line.sendall(b"x")
            time.sleep(_PAUSE_SECONDS)

    return manner


IN_THE_HEAD = b"HTTP/1.1 200 OK\r\nx-slow: "
IN_THE_BODY = b"HTTP/1.1 200 OK\r\n\r\n"
"""Without a length: the end of the line would be the end of the answer."""
IN_A_CHUNK = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffff\r\n"
