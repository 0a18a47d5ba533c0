"""A round between two agencies whose every program is killed, and goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sogoc.demo.scale import make_cards
from sogoc.testing.killed_rounds import calm_round, killed_round, make_nodes
from sogoc.testing.served import free_port

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.acceptance


def test_a_round_killed_at_any_moment_loses_nobody_and_asks_nobody_twice(tmp_path: Path) -> None:
    population, cards = make_cards(tmp_path / "files", rows=2_000, persons=3_000, seed=3)
    nodes = make_nodes(tmp_path, population=population, cards=cards, port=free_port())
    calm, seconds = calm_round(nodes)
    killed = killed_round(nodes, seconds, kills=1, seed=20260311)
    assert len(calm.answers) >= 2_000
    assert sum(int(str(count)) for _, count in calm.entries) >= len(calm.answers)
    assert killed == calm
    assert killed.gapless
