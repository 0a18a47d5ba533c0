"""What is handed in is kept as it came."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from sogoc.errors import DeliveryRefused
from sogoc.pipeline.keeping import keep


def test_a_delivery_is_kept_byte_for_byte_under_its_checksum(tmp_path: Path) -> None:
    file = tmp_path / "PL3-01 xã A.xlsx"
    file.write_bytes(b"\x00\xffPK" * 700_000)
    kept = keep(file, tmp_path / "kept")
    assert kept.path.read_bytes() == file.read_bytes()
    assert kept.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert kept.bytes == file.stat().st_size
    assert kept.path.parent.name == kept.sha256


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x")
    assert keep(file, tmp_path / "kept") == keep(file, tmp_path / "kept")
    assert len(list((tmp_path / "kept").rglob("*.csv"))) == 1


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match=r"gone\.csv"):
        keep(tmp_path / "gone.csv", tmp_path / "kept")
    assert not list((tmp_path / "kept").rglob("*.csv"))
