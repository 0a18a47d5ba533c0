"""The node's own PostgreSQL for as long as a command needs it; commands at once share one server.

Each command holds a shared lock on the file `in-use`. Whoever gets that lock alone is the last,
and stops the server. The kernel frees the lock of a command that was killed, and the keeper (see
`keeper`), a small process that waits for the lock, then stops the server in its stead.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sogoc.database.cluster import Cluster
from sogoc.database.file_lock import FileLock
from sogoc.errors import Sentence, StoreUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

_WAIT_SECONDS = 180.0
_END_SECONDS = 15.0
"""In which a command that was asked to end has ended; whatever else uses the server goes on."""
_KEEPER = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from sogoc.database.keeper import keep; keep(sys.argv[2], int(sys.argv[3]))"
)


@contextmanager
def embedded_server(folder: Path) -> Iterator[str]:
    """Run the server in `folder`, made if need be; yields the connection string (a secret).

    Raises StoreUnreachable.
    """
    folder = folder.resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_a_folder_of_others(folder)
    cluster = Cluster(folder)
    with FileLock(folder / "in-use") as in_use:
        # From here on nobody stops the server: whoever does holds this lock alone.
        if not in_use.wait_shared(_WAIT_SECONDS):
            raise _takes_too_long(folder)
        with FileLock(folder / "gate") as gate:
            if not gate.wait_alone(_WAIT_SECONDS):
                raise _takes_too_long(folder)
            _have_a_keeper(folder)
            cluster.start()
        try:
            yield cluster.address
        finally:
            if in_use.try_alone():
                cluster.stop()


def stop_unused(folder: Path) -> None:
    """Stop what runs in `folder` though no command uses it, its keeper too; wait until both went.

    For whoever clears up after commands that were killed. Raises StoreUnreachable if a command
    does use it, and goes on to.
    """
    if not (folder / "in-use").exists():
        return
    with FileLock(folder / "in-use") as in_use:
        if not in_use.wait_alone(_END_SECONDS):
            raise _still_used(folder)
        Cluster(folder).stop()
    with FileLock(folder / "keeper") as keeper:
        if not keeper.wait_alone(_WAIT_SECONDS):
            raise _takes_too_long(folder)


def _have_a_keeper(folder: Path) -> None:
    """Start the keeper unless one is there: it holds the lock `keeper` as long as it lives."""
    with FileLock(folder / "keeper") as lock:
        if not lock.try_alone():
            return
        sources = str(Path(__file__).parents[2])
        command = [sys.executable, "-c", _KEEPER, sources, str(folder), str(lock.fd)]
        # Through a shell that ends at once: the keeper is nobody's child and leaves no zombie.
        subprocess.run(  # noqa: S603 - our own words and the node's own folder
            ["/bin/sh", "-c", '"$@" </dev/null >/dev/null 2>&1 &', "sh", *command],
            check=True,
            pass_fds=[lock.fd],
            start_new_session=True,
            cwd="/",
        )


def _takes_too_long(folder: Path) -> StoreUnreachable:
    return StoreUnreachable(
        Sentence(
            vi=f"PostgreSQL ở {folder} đang khởi động hoặc dừng quá lâu. Hãy thử lại sau.",
            en=f"The PostgreSQL in {folder} takes too long to start or stop. Try again later.",
        ),
    )


def _refuse_a_folder_of_others(folder: Path) -> None:
    there = folder.stat()
    if there.st_uid != os.geteuid():
        raise StoreUnreachable(
            Sentence(
                vi=f"Thư mục {folder} thuộc về tài khoản khác. Hãy chạy bằng tài khoản đó.",
                en=f"The folder {folder} belongs to another account. Run as that account.",
            ),
        )
    if there.st_mode & 0o077:
        folder.chmod(0o700)


def _still_used(folder: Path) -> StoreUnreachable:
    return StoreUnreachable(
        Sentence(
            vi=f"Một lệnh khác còn dùng PostgreSQL ở {folder}, ví dụ lệnh đang mở các trang "
            "(sogoc serve). Hãy dừng lệnh đó bằng Ctrl-C rồi làm lại.",
            en=f"Another command still uses the PostgreSQL in {folder}, such as one that shows "
            "pages (sogoc serve). End it with Ctrl-C, then try again.",
        ),
    )
