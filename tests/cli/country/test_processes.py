"""A node's process of the small country: its number is that of all it started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from sogoc.cli.country.processes import Post

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STARTS_ANOTHER = "import subprocess; subprocess.run(['sleep', '100'])"


def test_a_process_that_is_nobody_s_child_is_killed_with_all_it_started(tmp_path: Path) -> None:
    """The day of six nodes kills whole nodes by this number; so does an end that is not polite."""
    post = Post(tmp_path, "serve")
    post.start_alone(("timeit", "-n", "1", "-r", "1", STARTS_ANOTHER))
    wait_until(lambda: number_in(tmp_path) > 0)
    number = number_in(tmp_path)
    wait_until(lambda: len(members(number)) == 2)
    os.killpg(number, signal.SIGKILL)
    wait_until(lambda: not members(number))
    assert not post.runs


def number_in(node: Path) -> int:
    file = node / "var" / "serve.pid"
    text = file.read_text(encoding="ascii").strip() if file.exists() else ""
    return int(text or 0)


def members(group: int) -> list[str]:
    told = subprocess.run(
        ["ps", "-e", "-o", "pgid=,stat="], capture_output=True, check=True, text=True
    )
    rows = (row.split() for row in told.stdout.splitlines())
    return [stat for told_group, stat in rows if int(told_group) == group and stat[0] != "Z"]


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)
