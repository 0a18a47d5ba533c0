"""The head of the officer's own file: kept as it came, with his columns in his order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from tests.small_sheet import write_land_sheet

from sogoc.contract.load import load
from sogoc.shipped import shipped
from sogoc.worklists.header import copy_header, header_of
from sogoc.worklists.reading import Line
from sogoc.worklists.rows import in_order

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.worklists.desk import Desk
    from sogoc.worklists.header import Header

LAND = load(shipped("registers") / "land.odcs.yaml")
FORM = LAND.forms[0]
LINES = [Line(1, "PL3-01", 7, 1), Line(1, "PL3-01", 9, 1), Line(2, "khác", 3, 1)]


def found(desk: Desk, file: Path | None) -> Header | None:
    told = replace(desk, register=LAND, kept=lambda delivery: file if delivery == 1 else None)
    return header_of(told, FORM, LINES)


def test_titles_merged_cells_widths_and_fonts_stand_as_in_the_delivered_file(
    desk: Desk, tmp_path: Path
) -> None:
    file = write_land_sheet(tmp_path / "xã.xlsx")
    _dress(file)
    header = found(desk, file)
    assert header is not None
    assert (header.rows, header.own_row) == (6, 5)
    sheet = Workbook().create_sheet("PL3-01")
    copy_header(header, sheet)
    assert sheet["A1"].value == "BIỂU PL3-01"
    assert sheet["A1"].font.name == ".VnTime"
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:F1"]
    assert sheet.column_dimensions["H"].width == 31
    assert sheet.row_dimensions[5].height == 40
    assert sheet["B2"].value is None, "a formula is never handed on"
    assert sheet.max_row == 6, "no row of data comes along"


def test_columns_stand_in_the_officers_order(desk: Desk, tmp_path: Path) -> None:
    file = write_land_sheet(tmp_path / "xã.xlsx")
    _number_first(file)
    header = found(desk, file)
    assert header is not None
    shown = in_order(FORM, header.order)
    assert shown.columns[0].header == "Số CCCD"
    assert shown.columns[1].header == "Ghi chú của xã" or not shown.columns[1].targets
    assert {column.header for column in FORM.columns} == {c.header for c in shown.columns} - {""}


def test_a_file_that_is_no_workbook_or_is_gone_leaves_the_header_to_the_contract(
    desk: Desk, tmp_path: Path
) -> None:
    torn = tmp_path / "rách.xlsx"
    torn.write_bytes(b"PK\x03\x04 torn")
    assert found(desk, torn) is None
    assert found(desk, tmp_path / "gone.xlsx") is None
    assert found(desk, None) is None


def test_a_form_that_has_lost_columns_since_shows_none() -> None:
    assert in_order(FORM, [99]).columns == ()


def _dress(file: Path) -> None:
    book = load_workbook(file)
    sheet = book["PL3-01"]
    sheet.merge_cells("A1:F1")
    sheet["A1"].font = Font(name=".VnTime", bold=True)
    sheet["B2"] = '=HYPERLINK("http://x.vn")'
    sheet.column_dimensions["H"].width = 31
    sheet.row_dimensions[5].height = 40
    book.save(file)


def _number_first(file: Path) -> None:
    book = load_workbook(file)
    sheet = book["PL3-01"]
    column = next(cell.column or 0 for cell in sheet[5] if cell.value == "Số CCCD")
    values = [sheet.cell(row, column).value for row in range(1, sheet.max_row + 1)]
    sheet.delete_cols(column)
    sheet.insert_cols(1, 2)
    for row, value in enumerate(values, 1):
        if row > 4:
            sheet.cell(row, 1).value = value
    sheet.cell(5, 2).value = "Ghi chú của xã"
    book.save(file)
