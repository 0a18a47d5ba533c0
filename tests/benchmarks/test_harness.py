"""The recorder of benchmarks tells what it saw, and refuses to record a command that failed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    file = Path(__file__).parents[2] / "benchmarks" / "harness.py"
    spec = importlib.util.spec_from_file_location("harness", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "RESULTS", tmp_path)
    return module


def test_a_call_is_measured_with_what_it_returned(harness: ModuleType) -> None:
    numbers = harness.measure(lambda: len(bytearray(50_000_000)))
    assert numbers["returned"] == 50_000_000
    assert numbers["wall_seconds"] >= 0
    assert numbers["peak_mib"] > 50


def test_a_command_is_measured_in_its_own_process(harness: ModuleType) -> None:
    command = [sys.executable, "-c", "import json; print(json.dumps({'rows': 3}))"]
    numbers = harness.measure(command)
    assert numbers["returned"] == {"rows": 3}
    assert numbers["cpu_seconds"] > 0


def test_a_command_that_fails_gives_no_number(harness: ModuleType) -> None:
    with pytest.raises(harness.CommandFailed, match="went wrong"):
        harness.measure([sys.executable, "-c", "raise SystemExit('went wrong')"])


def test_a_result_stands_with_machine_versions_and_seed(harness: ModuleType) -> None:
    file: Path = harness.record("thread", {"rows": 3}, seed=7)
    kept = file.read_text(encoding="utf-8")
    for word in ('"machine"', '"duckdb"', '"seed": 7', '"rows": 3'):
        assert word in kept
