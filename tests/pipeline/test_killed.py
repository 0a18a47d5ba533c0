"""A command that is killed at any moment and given again leaves what an undisturbed one leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from sogoc.testing.killed_commands import kills, standing, versions

pytestmark = pytest.mark.acceptance


def test_a_delivery_killed_at_any_moment_and_given_again_ends_as_an_undisturbed_one(
    tmp_path: Path,
) -> None:
    nodes = tmp_path / "calm", tmp_path / "killed"
    for kill in kills(nodes, versions(tmp_path / "files"), rounds=3, seed=20260310):
        assert kill.is_whole, kill
    calm, killed = map(standing, nodes)
    assert calm["register.health-facilities__co_so"]
    assert killed == calm
