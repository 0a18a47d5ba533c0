"""FEBRL 4, made by others: proves that linking is not broken, no more (it is small and clean)."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from sogoc.link.evaluate import quality

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def febrl4(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec = importlib.util.spec_from_file_location("febrl4", BENCHMARKS / "febrl4.py")
    assert spec is not None
    assert spec.loader is not None
    febrl4 = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "febrl4", febrl4)
    spec.loader.exec_module(febrl4)
    return febrl4


def test_febrl_4_is_linked_without_any_setting_for_it(febrl4: ModuleType) -> None:
    _, accepted, ranked, truth = febrl4.links(febrl4.shipped())
    assert quality(accepted, truth).precision >= 0.999
    assert quality(accepted, truth).recall >= 0.94
    assert quality(ranked, truth).f1 >= 0.99


def test_febrl_4_with_its_addresses_leaves_one_record_in_five_thousand(febrl4: ModuleType) -> None:
    _, accepted, ranked, truth = febrl4.links(febrl4.western())
    assert quality(accepted, truth).precision >= 0.999
    assert quality(ranked, truth).f1 >= 0.9998
