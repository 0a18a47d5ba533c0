"""Commands that are shown to be copied work in the terminal that shows them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sogoc.cli.telling.called import called


def test_who_has_the_program_on_the_path_reads_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sogoc").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert called() == "sogoc"


def test_who_has_not_reads_where_it_stands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sogoc").touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert called() == str(tmp_path / "bin" / "sogoc")
