"""Where the server's socket stands: a folder that is ours alone, with a path short enough."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

from sogoc.errors import Sentence, StoreUnreachable

# A socket's path may have 107 bytes on Linux, 103 on macOS.
_LONGEST_FOLDER = 103 - len("/.s.PGSQL.5432")


def make_socket_folder(folder: Path) -> Path:
    """A folder for the socket inside the cluster's folder, or a private one where that is deep.

    Only for whoever holds the lock of the data folder: what an earlier server left is removed.
    """
    sockets = folder / "socket"
    if len(os.fsencode(sockets)) <= _LONGEST_FOLDER:
        sockets.mkdir(mode=0o700, exist_ok=True)
        # A server that was killed left its socket, with a lock file that names a process.
        for left in sockets.glob(".s.PGSQL.*"):
            left.unlink()
    else:
        remove_socket_folder(folder)
        # A new name each time: nobody can have made a folder of that name before us.
        sockets = Path(tempfile.mkdtemp(prefix="sogoc-"))
    _note(folder).write_text(str(sockets), encoding="utf-8")
    return sockets


def socket_folder(folder: Path) -> Path:
    """The folder in which the running server's socket is.

    Raises StoreUnreachable if it is open to others: the password would go to who knows whom.
    """
    try:
        sockets = Path(_note(folder).read_text(encoding="utf-8"))
        there = sockets.lstat()
    except FileNotFoundError:
        return folder / "socket"
    private = stat.S_ISDIR(there.st_mode) and not there.st_mode & 0o077
    if not private or there.st_uid != os.geteuid():
        raise StoreUnreachable(
            Sentence(
                vi=f"Thư mục {sockets} không chỉ thuộc về tài khoản này. Hãy xóa nó rồi chạy lại.",
                en=f"The folder {sockets} is not this account's alone. Remove it and run again.",
            ),
        )
    return sockets


def remove_socket_folder(folder: Path) -> None:
    """Remove a private folder outside the cluster's, once no server uses it."""
    sockets = socket_folder(folder)
    if sockets.parent != folder:
        shutil.rmtree(sockets, ignore_errors=True)
        _note(folder).unlink(missing_ok=True)


def _note(folder: Path) -> Path:
    return folder / "socket-folder"
