"""A land sheet PL3-01 as a commune sends it, small; every person and number in it is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl import Workbook

from sogoc.contract.load import load
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

_HEADER, _FIRST = 5, 7
ROWS: tuple[dict[str, object], ...] = (
    {"Họ và tên": "Nguyễn Văn Mẫu", "Ngày tháng năm sinh": "12/03/1971", "Số CCCD": "066071001234"},
    # Eleven digits: a spreadsheet took the number for a number and dropped the zero.
    {"Họ và tên": "Trần Thị Thử", "Ngày tháng năm sinh": "02/09/1985", "Số CCCD": 66185004321},
    # A serial day: the cell was not formatted as a date.
    {"Họ và tên": "Y Bhăm Niê Thử", "Ngày tháng năm sinh": "23079", "Số CCCD": "066063005678"},
    {"Họ và tên": "Lê Văn Ví Dụ", "Ngày tháng năm sinh": None, "Số CCCD": "066068009012"},
    {"Họ và tên": "H'Lơi Ksơr Mẫu", "Ngày tháng năm sinh": "1960", "Số CCCD": None},
    {"Họ và tên": "Đỗ Minh Hoạ", "Ngày tháng năm sinh": "15/10/1979", "Diện tích (m2)": None},
)
"""What differs from row to row; the rest is the same for all."""
_ALL = {
    "Mã xã": "24538",
    "Ngày cấp Giấy chứng nhận": "25/02/2005",
    "Giới tính": "Nam",
    "Địa chỉ thường trú": "Thôn 3, Xã Ea Ktur, Tỉnh Đắk Lắk",
    "Hình thức pháp lý": "Cá nhân",
    "Số tờ trên Giấy chứng nhận": "1",
    "Số tờ bản đồ địa chính": "1",
    "Địa chỉ thửa đất": "Thôn 3, Xã Ea Ktur, Tỉnh Đắk Lắk",
    "Diện tích (m2)": "500",
    "Loại đất 1": "CLN",
    "Diện tích loại đất 1": "500",
}


def write_land_sheet(file: Path) -> Path:
    """The sheet: a title, headers in row 5, numbering in row 6, data from row 7."""
    form = next(
        one for one in load(shipped("registers") / "land.odcs.yaml").forms if one.id == "PL3-01"
    )
    book = Workbook()
    sheet = book.create_sheet("PL3-01", 0)
    sheet["A1"] = "BIỂU PL3-01"
    for position, column in enumerate(form.columns, 1):
        sheet.cell(_HEADER, position, column.header)
        sheet.cell(_HEADER + 1, position, position)
        for number, own in enumerate(ROWS):
            sheet.cell(_FIRST + number, position, _cell(column.header, number, own))
    book.save(file)
    return file


def _cell(header: str, number: int, own: dict[str, object]) -> object:
    of_the_row = {
        "STT": number + 1,
        "Số phát hành Giấy chứng nhận": f"AB {100200 + number}",
        "Số vào sổ cấp Giấy chứng nhận": f"H {10200 + number}",
        "Số thửa trên Giấy chứng nhận": str(number + 1),
        "Số thửa bản đồ địa chính": str(number + 1),
    }
    return {**_ALL, **of_the_row, **own}.get(header)
