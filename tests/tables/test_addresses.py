"""A folder of Parquet that is handed in becomes one file, always the same."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sogoc.errors import AddressRefused
from sogoc.tables.addresses import one_file


@pytest.fixture
def parted(tmp_path: Path) -> Path:
    """As an engine leaves it: two provinces, one of them unknown, and what it notes beside."""
    folder = tmp_path / "parted"
    for tinh, number in (("01", 2), ("01", 1), ("__HIVE_DEFAULT_PARTITION__", 3)):
        below = folder / f"tinh={tinh}"
        below.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({"n": [number]}), below / f"part-{number}.parquet")
    (folder / "_SUCCESS").touch()
    (folder / ".part-9.parquet").touch()
    (folder / "_temporary").mkdir()
    (folder / "_temporary" / "half.parquet").touch()
    return folder


def test_names_of_folders_come_back_as_text_and_rows_in_the_order_of_names(
    parted: Path, tmp_path: Path
) -> None:
    made = one_file(parted, tmp_path)
    assert made.name == "parted.parquet"
    assert pq.read_table(made).to_pydict() == {"n": [1, 2, 3], "tinh": ["01", "01", None]}


def test_the_same_folder_makes_the_same_bytes(parted: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first, second = one_file(parted, tmp_path), one_file(parted, tmp_path / "again")
    assert first.read_bytes() == second.read_bytes()


def test_a_file_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "sheet.xlsx").touch()
    assert one_file(tmp_path / "sheet.xlsx", tmp_path) == tmp_path / "sheet.xlsx"


@pytest.mark.parametrize("other", [{"m": [1]}, {"n": ["one"]}], ids=["column", "type"])
def test_files_that_make_no_table_together_are_refused(
    parted: Path, tmp_path: Path, other: dict[str, list[object]]
) -> None:
    pq.write_table(pa.table(other), parted / "tinh=01" / "part-7.parquet")
    with pytest.raises(AddressRefused, match="differ in their columns"):
        one_file(parted, tmp_path)


def test_a_folder_without_parquet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AddressRefused, match="No Parquet"):
        one_file(tmp_path, tmp_path)
