"""A small population with every kind of gap, its index, and a copy of it to spoil."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sogoc.link.index.person_index import PersonIndex
from sogoc.link.policy import shipped_policy
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.testing.district import Someone, district

GAPS = [
    Someone("Bế Văn Đàn", "1931", "nam", "001031000001", commune="00001"),
    Someone("Bế Văn Đàn", "1931-05", None, None, "123456789", commune="00002"),
    Someone("Bế Văn Đàn", None, "nam", "001031000003", commune=None),
    Someone("H’Hen", "1992-05-02", "nữ", "001192000004", father="Y Krông", died="2020-03"),
    Someone(None, "1992-05-02", "nữ", "001192000005", commune="00101"),
    Someone("Bế Văn Đan", "1931", "nam", "001031000001", "123456789", mother="Bế Thị Lan"),
]


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path_factory.mktemp("people"), threads=2) as made:
        district(GAPS, made, shipped_policy())
        yield made


@pytest.fixture(scope="session")
def index(engine: DuckDBEngine, tmp_path_factory: pytest.TempPathFactory) -> PersonIndex:
    return PersonIndex.build(
        engine, tmp_path_factory.mktemp("index") / "people", source="release 1"
    )


@pytest.fixture
def copy(index: PersonIndex, tmp_path: Path) -> Path:
    """The index in a folder of its own; nothing about it is remembered."""
    folder = tmp_path / "people"
    shutil.copytree(index.folder, folder)
    (folder / ".checked.json").unlink()
    return folder
