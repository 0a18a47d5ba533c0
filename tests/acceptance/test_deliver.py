"""The main job from outside: an officer's file becomes a register."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sogoc.shipped import shipped

FACILITIES = shipped("reference-data") / "health-facilities/health-facilities-osm-2024-09-27.csv"

Command = Callable[..., Any]

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("node")


def test_the_health_facilities_become_a_register_once_and_can_be_taken_back(
    sogoc: Command, node: Path
) -> None:
    said = sogoc(node, "deliver", "health-facilities", str(FACILITIES), "--as-of", "2024-09-27")
    assert said.code == 0, said.err
    assert "252" in said.out
    assert "Groups" in said.out
    assert "Score (DQI)" in said.out

    again = sogoc(node, "deliver", "health-facilities", str(FACILITIES))
    assert again.code == 0
    assert "already taken in" in again.out

    number = re.findall(r"delivery (\d+)", said.out)[0]
    assert sogoc(node, "undo", number).code == 0
    listed = sogoc(node, "deliveries")
    assert "undone" in listed.out
    assert "merged" not in listed.out

    twice = sogoc(node, "undo", number)
    assert twice.code == 1
    assert "Traceback" not in twice.err

    after = sogoc(node, "deliver", "health-facilities", str(FACILITIES))
    assert after.code == 0
    assert "already" not in after.out


def test_a_register_that_is_not_there_is_refused_with_the_list_of_those_that_are(
    sogoc: Command, node: Path
) -> None:
    said = sogoc(node, "deliver", "healthfacilities", str(FACILITIES))
    assert said.code == 1
    assert "health-facilities" in said.err


def test_a_file_that_is_no_table_is_refused_in_both_languages_and_nothing_is_stored(
    sogoc: Command, node: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "so do.pdf"
    wrong.write_bytes(b"%PDF-1.7\n" + b"\x00" * 2000)
    said = sogoc(node, "deliver", "land", str(wrong), language="vi")
    assert said.code == 1
    assert said.err.count("so do.pdf") == 2
    assert "PDF" in said.err
    assert "Traceback" not in said.err
    listed = sogoc(node, "deliveries", "--register", "land")
    assert "refused" in listed.out
    assert not list((node / "var" / "deliveries").rglob("*.pdf"))


def test_an_unknown_setting_stops_the_command_with_its_name(sogoc: Command, tmp_path: Path) -> None:
    (tmp_path / "sogoc.toml").write_text("trheads = 2\n", encoding="utf-8")
    said = sogoc(tmp_path, "register", "list")
    assert said.code == 1
    assert "trheads" in said.err
