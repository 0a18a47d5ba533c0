"""A node's own policy of linking, named in its settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest

from sogoc.contract.shelf import Shelf
from sogoc.errors import RuleFileError
from sogoc.link.policy import shipped_policy
from sogoc.node.node import open_node
from sogoc.node.settings import Settings
from sogoc.pipeline.linking.models import policies
from sogoc.pipeline.parts import Parts
from sogoc.shipped import shipped
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.testing.stopped_clock import StoppedClock

SHIPPED = (files("sogoc.link") / "policy.yaml").read_text(encoding="utf-8")


def test_persons_are_linked_by_the_policy_of_the_node(
    connection: psycopg.Connection, tmp_path: Path
) -> None:
    file = tmp_path / "ours.yaml"
    text = SHIPPED.replace("false_link: 1000", "false_link: 2000", 1)
    version = f'version: "{shipped_policy().version}"'
    file.write_text(text.replace(version, 'version: "ours"', 1), encoding="utf-8")
    parts = Parts(
        folder=tmp_path,
        connection=connection,
        shelf=Shelf((shipped("registers"),)),
        clock=StoppedClock(datetime(2026, 11, 21, 3, 0, tzinfo=UTC)),
        engine=DuckDBEngine,
        rules=shipped("rules"),
    )
    land = parts.shelf.register("land")
    assert policies(parts, land).of("quyen") is shipped_policy()
    ours = policies(replace(parts, link_policy=file), land)
    assert ours.told()["policy"] == "ours"
    assert ours.of("quyen").costs.false_link == 2000


@pytest.mark.parametrize("text", [SHIPPED.replace("present: 0.95", "present: 2", 1), None])
def test_a_node_with_a_policy_that_cannot_be_used_does_not_open(
    tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "ours.yaml").write_text(text, encoding="utf-8")
    settings = Settings(link_policy="ours.yaml")
    with pytest.raises(RuleFileError, match=r"ours\.yaml"), open_node(tmp_path, settings):
        pass
    assert not (tmp_path / "state").exists()
