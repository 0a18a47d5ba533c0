"""A process that works for the demo, found again by whoever comes later.

It holds a lock that the kernel frees with its last breath, and has written its own number beside
it before it became what it is: so it is stopped by whoever asks, also after its starter was killed,
and no number of a process long gone is ever believed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sogoc.database.file_lock import FileLock

if TYPE_CHECKING:
    from collections.abc import Sequence

_POLITE_SECONDS = 30.0
_PAUSE_SECONDS = 0.05
_OWN_NUMBER = 'echo $$ >"$0"; exec "$@"'
_ALONE = '"$@" </dev/null >>"$0" 2>&1 &'
_LEADING = "import os, sys; os.setsid(); os.execvp(sys.argv[1], sys.argv[1:])"
"""A shell leaves what it starts behind itself in its own group: this one leads a session, so that
its number is also that of all it starts."""
_OWN_DATABASE = ("/usr/bin/env", "-u", "SOGOC_DATABASE_URL", "-u", "SOGOC_NODE")
"""Each node of the country has its own PostgreSQL, whatever this terminal is set to."""


@dataclass(frozen=True, slots=True)
class Post:
    """A place for one process: `serve` or `deliver` of one node."""

    node: Path
    work: str

    def start_alone(self, words: Sequence[str]) -> None:
        """Start it as nobody's child: it goes on when this command ends. It writes to its log."""
        with self._taken() as lock:
            leading = (sys.executable, "-c", _LEADING, *self._written(words))
            subprocess.run(  # noqa: S603 - our own words and the node's own folder
                ["/bin/sh", "-c", _ALONE, str(self.log), *leading],
                check=True,
                pass_fds=[lock.fd],
                cwd=self.node,
            )

    def start(self, words: Sequence[str]) -> subprocess.Popen[str]:
        """Start it as this command's child, spoken with through its input and output."""
        with self._taken() as lock, self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own words and the node's own folder
                self._written(words),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
                pass_fds=[lock.fd],
                start_new_session=True,
                cwd=self.node,
            )

    @property
    def runs(self) -> bool:
        """Whether the process lives."""
        if not self._lock.exists():
            return False
        with FileLock(self._lock) as lock:
            return not lock.try_alone()

    @property
    def log(self) -> Path:
        """What it said."""
        return self.node / "var" / f"{self.work}.log"

    def stop(self) -> bool:
        """Ask it to end, make it end if it does not, wait until it is gone; whether it lived."""
        if not self.runs:
            return False
        asked, until = 0, time.monotonic() + _POLITE_SECONDS
        with FileLock(self._lock) as lock:
            while not lock.try_alone():
                number = self._number_written()
                late = time.monotonic() > until
                if number and (late or number != asked):
                    asked = number
                    _signal(number, signal.SIGKILL if late else signal.SIGTERM)
                time.sleep(_PAUSE_SECONDS)
            if asked:
                # Whatever it started and left behind: the number is still its group's.
                _signal(asked, signal.SIGKILL)
            self._number.unlink(missing_ok=True)
        return True

    def _taken(self) -> FileLock:
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._lock)
        if not lock.try_alone():
            lock.close()
            raise BlockingIOError(self._lock)
        return lock

    def _written(self, words: Sequence[str]) -> list[str]:
        python = [*_OWN_DATABASE, sys.executable, "-m", *words]
        return ["/bin/sh", "-c", _OWN_NUMBER, str(self._number), *python]

    def _number_written(self) -> int:
        """The number that the holder of the lock wrote; 0 if it has not come to it yet."""
        try:
            return int(self._number.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    @property
    def _lock(self) -> Path:
        return self.node / "var" / f"{self.work}.lock"

    @property
    def _number(self) -> Path:
        return self.node / "var" / f"{self.work}.pid"


def _signal(number: int, what: signal.Signals) -> None:
    """To the process and, at the last, to all that it started: it leads a session of its own."""
    with suppress(ProcessLookupError):
        if what is signal.SIGKILL:
            os.killpg(number, what)
        else:
            os.kill(number, what)
