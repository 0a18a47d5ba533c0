"""The made-up country from outside: six nodes, their questions, and an end that leaves nothing."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sogoc.cli.country.laying import DATABASE, any_ports, fresh, lay_out
from sogoc.cli.country.serving import serve_all, stop_all
from sogoc.database import embedded
from sogoc.database.embedded import embedded_server
from sogoc.database.file_lock import FileLock
from sogoc.errors import StoreUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.conftest import Command

pytestmark = pytest.mark.acceptance

FIRST_PORT = 8461


@contextmanager
def taken(port: int) -> Iterator[None]:
    """A port on which another program listens, if it was free until now."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", port))
            other.listen()
        except OSError:
            pass  # somebody is there already, which is as good
        yield


def comes_to_rest(home: Path) -> bool:
    """Whether it is quiet in a moment: a process lets go of its locks before it is gone."""
    until = time.monotonic() + 20
    while not is_quiet(home):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def is_quiet(home: Path) -> bool:
    """Whether no process works in the folder, no lock is held and no socket is there."""
    for file in [*home.rglob("*.lock"), *home.rglob("in-use"), *home.rglob("keeper")]:
        with FileLock(file) as lock:
            if not lock.try_alone():
                return False
    here = str(home).encode()
    commands = [
        entry.joinpath("cmdline").read_bytes()
        for entry in Path("/proc").glob("[0-9]*")
        if entry.joinpath("cmdline").exists() and entry.name != str(os.getpid())
    ]
    return not list(home.rglob(".s.PGSQL.*")) and not any(here in each for each in commands)


def test_six_agencies_join_deliver_and_ask_and_a_stranger_verifies_their_journals(
    tmp_path: Path, sogoc: Command
) -> None:
    home = tmp_path / "country"
    words = ("demo", "--folder", str(home), "--persons", "2000", "--quick", "--no-serve")
    with taken(FIRST_PORT):
        told = sogoc(tmp_path / "n", *words)
    try:
        assert told.code == 0, told.err
        assert f"Another program has port {FIRST_PORT}" in told.out
        assert len(re.findall(r"lets in: VN/", told.out)) == 6
        assert told.out.count("✓") == 8
        assert len(re.findall(r"✗ .*AccessDenied", told.out)) == 3
        assert "asks about an owner: Agrees with the population register" in told.out
        assert "another owner's number: The number belongs to somebody else" in told.out
        assert told.out.count("The journal is whole") == 5
        assert f"sogoc demo stop --folder {home}" in told.out.replace("\n", "")

        status = sogoc(tmp_path / "n", "demo", "status", "--folder", str(home))
        assert status.out.count("ready") == 6
    finally:
        stopped = sogoc(tmp_path / "n", "demo", "stop", "--folder", str(home))
    assert "6 processes" in stopped.out
    assert comes_to_rest(home)
    again = sogoc(tmp_path / "n", "demo", "stop", "--folder", str(home), "--purge")
    assert "0 processes" in again.out
    assert not home.exists()


def test_a_starter_killed_in_the_middle_leaves_nothing_behind_once_it_is_stopped(
    tmp_path: Path, sogoc: Command
) -> None:
    home = tmp_path / "country"
    words = ("demo", "--folder", str(home), "--persons", "2000", "--quick", "--no-serve")
    with subprocess.Popen(
        [sys.executable, "-m", "sogoc", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as starter:
        until = time.monotonic() + 120
        while not list(home.glob("*/state/postgres/data/postmaster.pid")):
            assert time.monotonic() < until, "no node ever worked"
            time.sleep(0.1)
        os.kill(starter.pid, signal.SIGKILL)
    stopped = sogoc(tmp_path / "n", "demo", "stop", "--folder", str(home))
    assert stopped.code == 0, stopped.err
    assert comes_to_rest(home)


def test_nodes_killed_with_9_are_stopped_with_their_databases(tmp_path: Path) -> None:
    home = tmp_path / "country"
    fresh(home)
    laid = lay_out(home, any_ports())[:1]
    for one in serve_all(laid):
        os.kill(int((one.home / "var/serve.pid").read_text(encoding="ascii")), signal.SIGKILL)
    stop_all(home)
    assert comes_to_rest(home)


def test_pages_that_are_still_shown_are_named_and_everything_else_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "country"
    fresh(home)
    laid = lay_out(home, any_ports())[:2]
    list(serve_all(laid))
    monkeypatch.setattr(embedded, "_END_SECONDS", 1.0)
    with embedded_server(laid[0].home / "state" / DATABASE):
        with pytest.raises(StoreUnreachable, match="Another command still uses"):
            stop_all(home)
        assert not (laid[1].home / "state" / DATABASE / "data" / "postmaster.pid").exists()
    stop_all(home)
    assert comes_to_rest(home)


def test_a_folder_that_is_no_country_is_neither_emptied_nor_stopped(
    tmp_path: Path, sogoc: Command
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-mother.txt").touch()
    for words in (("demo",), ("demo", "stop", "--purge"), ("demo", "status")):
        told = sogoc(tmp_path / "n", *words, "--folder", str(tmp_path / "letters"))
        assert told.code == 1
        assert "no demo" in told.err
    assert (tmp_path / "letters" / "to-mother.txt").exists()
