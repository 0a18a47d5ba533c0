"""FEBRL 4, made by others: proves that linking is not broken, no more (it is small and clean)."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from sogoc.link.evaluate import quality

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_febrl_4_is_linked_without_any_setting_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec = importlib.util.spec_from_file_location("febrl4", BENCHMARKS / "febrl4.py")
    assert spec is not None
    assert spec.loader is not None
    febrl4 = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(febrl4)
    _, accepted, proposed, truth = febrl4.links()
    assert quality(accepted, truth).precision >= 0.999
    assert quality(accepted, truth).recall >= 0.94
    assert quality(proposed, truth).f1 >= 0.99
