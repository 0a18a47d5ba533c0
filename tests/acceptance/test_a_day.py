"""Half a minute in the life of six nodes; `benchmarks/day.py` lives through ten minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sogoc.testing.day.day import Plan, live

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.acceptance


def test_whatever_breaks_every_answer_is_in_a_journal_once_and_every_journal_verifies(
    tmp_path: Path,
) -> None:
    day = live(tmp_path / "country", Plan(seconds=24, every_seconds=4, least_mishaps=4, askers=2))
    assert day.reckoned.faults == ()
    assert day.not_healed == ()
    assert day.answered > 20
    assert day.refused > 0
    assert day.rounds >= 1
    assert sum(day.mishaps.values()) >= 4
    assert day.mishaps["node_killed"] >= 1
    assert day.reckoned.entries["hub"] >= day.reckoned.entries["land"]
