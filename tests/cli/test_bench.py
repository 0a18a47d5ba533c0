"""The benchmark of linking from an empty folder, on a nation small enough for a test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sogoc.cli.bench import run, write
from sogoc.cli.benches.national import LinkEngine, Task, Variant


@pytest.mark.acceptance
def test_a_small_nation_is_made_indexed_linked_and_judged(tmp_path: Path) -> None:
    task = Task(
        folder=tmp_path,
        persons=20_000,
        records=2_000,
        seed=1,
        engine=LinkEngine.SQL,
        variant=Variant.FAMILY,
        memory_gib=1,
    )
    phases, judged = run(task)
    told = json.loads(write(task, phases, judged).read_text(encoding="utf-8"))
    assert told["results"]["accepted"]["precision"] > 0.99
    assert told["results"]["accepted"]["recall"] > 0.8
    assert set(told["results"]["phases"]) == {"population", "register", "index", "link"}
    assert not task.links.exists()
    assert task.index.exists()
