"""The table of commands says what the commands say, and asking for it costs nothing."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from sogoc.cli.commands import COMMANDS, command

_HEAVY = ("duckdb", "openpyxl", "pyarrow", "sqlglot", "altair", "starlette", "pydantic")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_the_command_says_itself(name: str) -> None:
    said = " ".join((command(name).help or "").split())
    assert said.startswith(COMMANDS[name][1])


def test_who_asks_for_the_list_does_not_wait_for_the_engine_or_the_pages() -> None:
    asked = "import sys, sogoc.cli.app; print(*[one for one in sys.argv[1:] if one in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-c", asked, *_HEAVY], check=True, capture_output=True, text=True
    )
    assert said.stdout.split() == []


def test_whoever_asks_for_the_version_is_told() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "sogoc", "--version"], check=True, capture_output=True, text=True
    )
    assert said.stdout.startswith(f"sogoc {version('sogoc')} (Python 3.")
