"""The node's own PostgreSQL: shared, private, and none the worse for any kill."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from sogoc.database.embedded import embedded_server
from sogoc.database.store import open_store

SOURCES = str(Path(__file__).parents[2] / "src")
COMMAND = (
    "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]);"
    "from sogoc.database.store import open_store\n"
    "with open_store(Path(sys.argv[2])) as connection:\n"
    "    print(connection.execute('select 41 + 1').fetchone()[0], flush=True)\n"
    "    sys.stdin.readline()\n"
)


@pytest.fixture
def node(tmp_path: Path) -> Path:
    return tmp_path / "node"


def command(node: Path) -> subprocess.Popen[str]:
    """Another command of the same node, which works until it is told to end."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, SOURCES, str(node)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def begun(process: subprocess.Popen[str]) -> bool:
    assert process.stdout
    return process.stdout.readline() == "42\n"


def ended(process: subprocess.Popen[str]) -> bool:
    process.communicate("\n", timeout=60)
    return process.returncode == 0


def runs(node: Path) -> bool:
    """Whether any process of a server works in the folder: they hold its lock."""
    with (node / "postgres" / "server.lock").open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def comes_true(fact: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not fact() and time.monotonic() < deadline:
        time.sleep(0.02)
    return fact()


def postmaster(node: Path) -> int:
    return int((node / "postgres/data/postmaster.pid").read_text(encoding="utf-8").split()[0])


def test_the_server_runs_while_it_is_needed_and_no_longer(node: Path) -> None:
    with open_store(node) as connection:
        connection.execute("create table kept (n integer)")
        assert runs(node)
    assert not runs(node)
    with open_store(node) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)


def test_commands_at_once_share_one_server_and_the_last_one_stops_it(node: Path) -> None:
    first, second = command(node), command(node)
    assert begun(first)
    assert begun(second)
    assert ended(first)
    assert runs(node)
    with open_store(node) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert runs(node)
    assert ended(second)
    assert not runs(node)


def test_a_killed_command_takes_the_server_from_nobody(node: Path) -> None:
    with open_store(node) as connection:
        killed = command(node)
        assert begun(killed)
        killed.kill()
        killed.communicate()
        time.sleep(0.2)
        assert connection.execute("select 1").fetchone() == (1,)


def test_the_server_of_a_killed_command_stops_by_itself(node: Path) -> None:
    killed = command(node)
    assert begun(killed)
    killed.kill()
    killed.communicate()
    assert comes_true(lambda: not runs(node))


def test_a_killed_server_comes_back_with_all_that_was_committed(node: Path) -> None:
    with open_store(node) as connection:
        connection.execute("create table kept as select 7 as n")
        os.kill(postmaster(node), signal.SIGKILL)
        with open_store(node) as again:
            assert again.execute("select n from kept").fetchone() == (7,)


def test_a_pid_file_that_names_another_process_does_no_harm(node: Path) -> None:
    with open_store(node):
        text = (node / "postgres/data/postmaster.pid").read_text(encoding="utf-8")
    other = subprocess.Popen(["sleep", "60"])
    lines = [str(other.pid), *text.split("\n")[1:]]
    (node / "postgres/data/postmaster.pid").write_text("\n".join(lines), encoding="utf-8")
    with open_store(node) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert other.poll() is None
    other.kill()
    other.wait()


def test_a_data_folder_left_half_made_is_made_anew(node: Path) -> None:
    (node / "postgres/data.part/base").mkdir(parents=True)
    with open_store(node) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_nobody_else_on_the_machine_can_connect(node: Path) -> None:
    with open_store(node) as connection:
        folder = node / "postgres"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "password").stat().st_mode) == 0o600
        assert connection.execute("show listen_addresses").fetchone() == ("",)
        without = f"host={folder / 'socket'} user=sogoc dbname=sogoc passfile=/dev/null"
        # no password, and none taken from a file of the account either
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(without)
        with socket.socket() as port, pytest.raises(ConnectionRefusedError):
            port.connect(("127.0.0.1", 5432))


def test_no_value_of_a_row_gets_into_the_servers_log(node: Path) -> None:
    with open_store(node) as connection, pytest.raises(psycopg.DataError):
        connection.execute("select cast('Nguyễn Thị Mẫu' as integer)")
    assert "Mẫu" not in (node / "postgres/server.log").read_text(encoding="utf-8")


def test_a_node_deep_in_folders_keeps_its_socket_in_a_private_place(tmp_path: Path) -> None:
    node = tmp_path / ("sâu-" * 12) / ("thư-mục-" * 8)
    with open_store(node) as connection:
        place = Path((node / "postgres/socket-folder").read_text(encoding="utf-8"))
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert connection.execute("select 1").fetchone() == (1,)
    assert not place.exists()


def test_a_folder_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    tmp_path.joinpath("postgres").mkdir(mode=0o755)
    with embedded_server(tmp_path / "postgres"):
        assert stat.S_IMODE((tmp_path / "postgres").stat().st_mode) == 0o700
