"""Locks on files that the kernel lets go of when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PAUSE_SECONDS = 0.02


class FileLock:
    """A lock on one opening of a file (flock): shared by many or held by one alone.

    A child process to which `fd` is passed holds the same lock; it is free once the last of
    them is gone. The file itself is never removed: a lock on a removed file locks nothing.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_shared(self) -> bool:
        """Take the lock beside others who share it; False while one holds it alone."""
        return self._try(fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        """Take the lock alone, also when it was shared by us before.

        False while others hold it; what was shared before is then lost, since the kernel lets go
        of the old lock before it takes the new one.
        """
        return self._try(fcntl.LOCK_EX)

    def wait_shared(self, seconds: float) -> bool:
        """Take the lock beside others; False if that was not possible for so long."""
        return _tried(self.try_shared, seconds)

    def wait_alone(self, seconds: float) -> bool:
        """Take the lock alone; False if that was not possible for so long."""
        return _tried(self.try_alone, seconds)

    def wait_for_ever(self) -> None:
        """Take the lock alone, asleep in the kernel for as long as it takes."""
        fcntl.flock(self.fd, fcntl.LOCK_EX)

    def is_on_the_file_that_is_there(self) -> bool:
        """Whether the file was not removed or put in place anew since it was opened."""
        try:
            there = self._file.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(os.fstat(self.fd), there)

    def close(self) -> None:
        """Let go of the file; of the lock too, unless a child still holds it."""
        os.close(self.fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _try(self, how: int) -> bool:
        try:
            fcntl.flock(self.fd, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _tried(take: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not take():
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True
