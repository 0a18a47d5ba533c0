"""SQL files are read as named statements."""

from __future__ import annotations

from pathlib import Path

import pytest

from sogoc.named_sql import statements


def test_each_statement_is_found_by_its_name_with_its_sentence(tmp_path: Path) -> None:
    file = tmp_path / "a.sql"
    file.write_text("-- name: one\n-- The first.\nselect 1;\n\n-- name: two\nselect 2\n")
    assert statements(file) == {"one": "-- The first.\nselect 1", "two": "select 2"}


def test_a_name_given_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.sql"
    file.write_text("-- name: one\nselect 1\n-- name: one\nselect 2\n")
    with pytest.raises(ValueError, match="twice"):
        statements(file)
