"""Phases in processes of their own, and a refusal before anything is made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sogoc.cli.benches.measured import finished, machine, phase, versions
from sogoc.cli.benches.national import LinkEngine, Task, Variant
from sogoc.cli.benches.room import check_room, needed
from sogoc.errors import NoRoom


def task(folder: Path) -> Task:
    return Task(
        folder=folder,
        persons=100_000_000,
        records=1_000_000,
        seed=1,
        engine=LinkEngine.SQL,
        variant=Variant.PLAIN,
        memory_gib=1,
    )


def filled(megabytes: int) -> dict[str, Any]:
    return {"bytes": len(bytearray(megabytes << 20))}


def test_a_phase_tells_its_time_its_memory_and_what_it_counted(tmp_path: Path) -> None:
    seen = phase(tmp_path / "one", filled, 300)
    assert seen.told == {"bytes": 300 << 20}
    assert seen.peak_gib > 0.29
    assert not seen.kept
    again = phase(tmp_path / "one", filled, 300)
    assert again.kept
    assert again.peak_gib == seen.peak_gib


def test_a_phase_that_breaks_off_is_not_finished(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="negative"):
        phase(tmp_path / "one", filled, -1)
    assert not finished(tmp_path / "one")


def test_a_machine_with_too_small_a_disk_is_told_how_much_is_needed(tmp_path: Path) -> None:
    huge = replace(task(tmp_path), persons=10**12)
    with pytest.raises(NoRoom, match=r"GiB of disk are needed"):
        check_room(huge)
    assert not list(tmp_path.iterdir())


def test_a_machine_with_too_little_memory_is_told_how_much_is_needed(tmp_path: Path) -> None:
    with pytest.raises(NoRoom, match=r"GiB of free memory are needed"):
        check_room(replace(task(tmp_path), persons=1000, memory_gib=10_000))


def test_a_hundred_million_persons_fit_a_common_disk(tmp_path: Path) -> None:
    assert needed(task(tmp_path)).disk < 30


def test_a_result_says_on_which_machine_and_with_what(tmp_path: Path) -> None:
    assert machine()["cores"] >= 1
    assert {"python", "duckdb"} <= set(versions())
    names = {
        task(tmp_path).result.name,
        replace(task(tmp_path), variant=Variant.FAMILY).result.name,
    }
    assert names == {
        "link-sql-plain-1000000-of-100000000.json",
        "link-sql-family-1000000-of-100000000.json",
    }
