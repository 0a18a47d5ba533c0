"""A round between two agencies whose every program is killed, and goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.trust.test_agent import added, real, running

from sogoc.demo.scale import make_cards
from sogoc.testing.killed_rounds import calm_round, killed_round, make_nodes
from sogoc.testing.served import free_port

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.acceptance


@real
def test_a_round_killed_at_any_moment_loses_nobody_and_asks_nobody_twice(tmp_path: Path) -> None:
    """An agent holds the keys of both nodes, so each opens what comes by a key beside."""
    population, cards = make_cards(tmp_path / "files", rows=2_000, persons=3_000, seed=3)
    agent = tmp_path / "agent"
    with running(agent):
        for name in ("pop", "bh"):
            keys = tmp_path / name / "keys"
            keys.mkdir(parents=True)
            added(agent, keys / "node")
            settings = f'key_agent = "{agent}"\n'
            (tmp_path / name / "sogoc.toml").write_text(settings, encoding="utf-8")
        # As if the one that asks served: then its commands count among its server's figures.
        with (tmp_path / "bh" / "sogoc.toml").open("a", encoding="utf-8") as more:
            more.write('metrics_address = "127.0.0.1:9464"\n')
        kept = tmp_path / "bh" / "var" / "figures"
        kept.mkdir(parents=True)
        nodes = make_nodes(tmp_path, population=population, cards=cards, port=free_port())
        calm, seconds = calm_round(nodes)
        killed = killed_round(nodes, seconds, kills=1, seed=20260311)
    assert len(calm.answers) >= 2_000
    assert sum(int(str(count)) for _, count in calm.entries) >= len(calm.answers)
    assert killed == calm
    assert killed.gapless
    assert {path.name for path in (tmp_path / "pop" / "keys").iterdir()} == {
        *("node.pub", "opening.key"),
    }
    counted = b"".join(file.read_bytes() for file in kept.glob("counter_*.db"))
    assert b'"member": "VN/GOV/01", "outcome": "answered", "purpose": "rounds"' in counted
