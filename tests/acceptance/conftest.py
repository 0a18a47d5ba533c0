"""The commands as an officer runs them: a process of its own, its text, its exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

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


@pytest.fixture(scope="session")
def sogoc() -> Command:
    return run_sogoc
