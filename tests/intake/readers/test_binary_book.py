"""A binary workbook gives what its sheets show, and says what they hide."""

from __future__ import annotations

from pathlib import Path

from tests.intake.readers.binary_book import ERROR_NA, Error, write

from sogoc.errors import Place
from sogoc.intake.readers.opening import opened


def test_a_binary_workbook_tells_its_error_cells_hidden_rows_and_hidden_sheets(
    tmp_path: Path,
) -> None:
    rows: list[list[object]] = [
        ["Họ và tên", "Số"],
        ["Nguyễn Thử", 1234567890123],
        ["Trần Thử", Error(ERROR_NA)],
    ]
    file = write(
        tmp_path / "so.xlsb",
        {"Biểu 01": rows, "Ẩn": [["x", "y"]]},
        hidden_rows=frozenset({1}),
        hidden_sheets=frozenset({"Ẩn"}),
    )
    told = [
        (sheet.name, sheet.hidden, [note.en for note in sheet.notes], list(sheet.batches))
        for sheet in opened(file, Place(file="so.xlsb"))
    ]
    assert [(name, hidden) for name, hidden, _, _ in told] == [("Biểu 01", False), ("Ẩn", True)]
    errors, hidden = told[0][2]
    assert "1 cells hold an error" in errors
    assert "1 rows are hidden" in hidden
    [batch] = told[0][3]
    assert [column.to_pylist() for column in batch.columns] == [
        ["Họ và tên", "Nguyễn Thử", "Trần Thử"],
        ["Số", "1234567890123", "#N/A"],
    ]
    assert batch.types.to_pylist() == ["tt", "tn", "te"]
