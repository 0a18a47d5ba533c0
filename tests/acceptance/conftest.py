"""The commands as an officer runs them: a process of its own, its text, its exit code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from sogoc.database.file_lock import FileLock

_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


class Command(Protocol):
    """Runs `sogoc` on a node's folder and waits for its end."""

    def __call__(self, node: Path, *words: str, language: str = "en") -> Said:
        """What it said."""


def run_sogoc(node: Path, *words: str, language: str = "en") -> Said:
    environment = {
        **os.environ,  # noqa: TID251 - a command inherits the environment of its terminal
        "SOGOC_NODE": str(node),
        "SOGOC_LANGUAGE": language,
        "COLUMNS": "120",
        "NO_COLOR": "1",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "sogoc", *words],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment,
        timeout=_SECONDS,
    )
    return Said(ran.returncode, ran.stdout, ran.stderr)


def copied(node: Path, to: Path) -> Path:
    """Another node with all that this one has, its keys and its database: nobody may work on it.

    Where the server's socket stood is not copied: whoever asked there would ask the other.
    """
    with FileLock(node / "state" / "postgres" / "in-use") as in_use:
        assert in_use.wait_alone(_SECONDS)
        shutil.copytree(node, to, ignore=shutil.ignore_patterns("socket-folder", "socket"))
    return to


@pytest.fixture(scope="session")
def sogoc() -> Command:
    return run_sogoc
