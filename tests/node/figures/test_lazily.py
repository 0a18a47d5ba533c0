"""What counts and traces is loaded only by a server whose operator looks."""

from __future__ import annotations

import subprocess
import sys

LOADED = (
    "import sys, sogoc.cli.app; "
    "print([name for name in ('prometheus_client', 'opentelemetry') if name in sys.modules])"
)


def test_a_command_loads_neither_library() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, check=True)
    assert told.stdout == b"[]\n"
