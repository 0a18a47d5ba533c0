"""The commands about registers, as an officer and an engineer use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlglot

from sogoc.shipped import shipped

Command = Callable[..., Any]

pytestmark = pytest.mark.acceptance
REGISTERS = shipped("registers")


def test_a_table_becomes_a_draft_that_the_same_program_accepts(
    sogoc: Command, tmp_path: Path
) -> None:
    table = tmp_path / "Hoi vien 2026.csv"
    table.write_text(
        "Họ và tên;Số CCCD;Ngày sinh;Điện thoại\n"
        "Nguyễn Thị Lụa;001199000001;02/05/1999;0912345678\n"
        "Y Bhăm Êban;066088000002;1988;0987654321\n",
        encoding="utf-8",
    )
    draft = tmp_path / "hoi-vien.odcs.yaml"
    said = sogoc(tmp_path, "register", "suggest", str(table), "--to", str(draft))
    assert said.code == 0, said.err
    assert "personal-id" in draft.read_text(encoding="utf-8")
    assert "person-name" in draft.read_text(encoding="utf-8")
    assert sogoc(tmp_path, "register", "check", str(draft)).code == 0
    again = sogoc(tmp_path, "register", "suggest", str(table), "--to", str(draft))
    assert again.code == 1, "a contract that somebody may have corrected is never overwritten"


def test_every_mistake_of_a_contract_is_said_at_once_with_its_line(
    sogoc: Command, tmp_path: Path
) -> None:
    text = (REGISTERS / "land.odcs.yaml").read_text(encoding="utf-8")
    wrong = text.replace("person-name", "persn-name", 1).replace("uniqueness", "uniqness", 1)
    file = tmp_path / "land.odcs.yaml"
    file.write_text(wrong, encoding="utf-8")
    said = sogoc(tmp_path, "register", "check", str(file))
    assert said.code == 1
    assert said.err.count("line ") >= 2
    assert "persn-name" in said.err
    assert "uniqness" in said.err


def test_a_version_that_breaks_must_bear_a_higher_number(sogoc: Command, tmp_path: Path) -> None:
    old = REGISTERS / "land.odcs.yaml"
    new = tmp_path / "land.odcs.yaml"
    text = old.read_text(encoding="utf-8")
    without = [line for line in text.splitlines() if "{value: ONT," not in line]
    assert len(without) < len(text.splitlines())
    new.write_text("\n".join(without), encoding="utf-8")
    said = sogoc(tmp_path, "register", "diff", str(old), str(new))
    assert said.code == 1
    assert "2.0.0" in said.out


def test_a_register_is_handed_to_other_programs(sogoc: Command, tmp_path: Path) -> None:
    schema = sogoc(tmp_path, "register", "export", "land", "json-schema")
    assert json.loads(schema.out)["$schema"].startswith("https://json-schema.org/")
    table = sogoc(tmp_path, "register", "export", "land", "table-schema", "--object", "thua_dat")
    assert json.loads(table.out)["fields"]
    sql = sogoc(tmp_path, "register", "export", "land", "sql")
    assert sqlglot.parse(sql.out, read="postgres")
    wrong = sogoc(tmp_path, "register", "export", "land", "table-schema", "--object", "thua")
    assert wrong.code == 1
    assert "thua_dat" in wrong.err
