"""The keeper: a small process that stops the server when the last command is gone, killed or not.

It waits in the kernel for the lock that commands share; it costs no time while it waits. If the
keeper itself is killed, the next command starts another.
"""

from __future__ import annotations

import os
from pathlib import Path

from sogoc.database.cluster import Cluster
from sogoc.database.file_lock import FileLock


def keep(folder: str, keeper_lock: int) -> None:
    """Wait until no command uses the server in `folder`, stop it, and go.

    `keeper_lock` is the inherited lock that says a keeper is there. It is let go before the lock
    of the commands: a command that comes at that moment sees no keeper and starts its own.
    """
    with FileLock(Path(folder) / "in-use") as in_use:
        in_use.wait_for_ever()
        # A folder that was removed and made anew has other users, whom this lock knows nothing of.
        if in_use.is_on_the_file_that_is_there():
            Cluster(Path(folder)).stop()
        os.close(keeper_lock)
