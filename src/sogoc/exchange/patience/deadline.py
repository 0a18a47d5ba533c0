"""A deadline for a whole exchange of messages, which the time-out of each read is not.

Whoever sends one byte a second answers every read in time and never ends. At the deadline the line
is cut from outside: the read that waits on it fails, as on any broken line.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPENED = (".connect_tcp.complete", ".start_tls.complete")
"""How the HTTP library names the moments at which a line is there, or is another by TLS."""


class Deadline:
    """Cuts the line after `seconds`, counted from the block's beginning.

    `watch` is given to the HTTP library as its `trace`, and hears of every line that is opened.
    """

    def __init__(self, seconds: float) -> None:
        self._over = False
        self._line: socket.socket | None = None
        self._turn = Lock()
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    @property
    def over(self) -> bool:
        """Whether the line was cut: what came last may look like an end, and is none."""
        return self._over

    def watch(self, name: str, told: Mapping[str, Any]) -> None:
        """Take note of a line, and cut it at once if the time was over before it was there."""
        if not name.endswith(_OPENED):
            return
        with self._turn:
            self._line = told["return_value"].get_extra_info("socket")
            over = self._over
        if over:
            self._cut()

    def _cut(self) -> None:
        with self._turn:
            self._over = True
            line = self._line
        if line is not None:
            with suppress(OSError):
                # Not the method of a TLS socket, which drops its state under whoever reads.
                socket.socket.shutdown(line, socket.SHUT_RDWR)
