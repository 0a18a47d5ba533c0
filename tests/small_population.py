"""A population of a dozen people in one commune, as a table that is handed in; all made up."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = (
    ("066071001234", "Nguyễn Văn Mẫu", "1971-03-12", "nam"),
    ("066185004321", "Trần Thị Thử", "1985-09-02", "nữ"),
    ("066063005678", "Y Bhăm Niê Thử", "1963-03-08", "nam"),
    ("066068009012", "Lê Văn Ví Dụ", "1968-01-20", "nam"),
    ("066160000011", "H'Lơi Ksơr Mẫu", "1960-05-05", "nữ"),
    ("066079000022", "Đỗ Minh Hoạ", "1979-10-15", "nam"),
    # Two who bear one name and were born in one year: nobody can tell them apart by these.
    ("066160000033", "H'Lơi Ksơr Mẫu", "1960-07-21", "nữ"),
    ("066080000044", "Hoàng Thị Khác", "1980-02-02", "nữ"),
)
FIELDS = (
    "so_dinh_danh",
    "ho_ten",
    "ngay_sinh",
    "gioi_tinh",
    *("ma_xa", "thuong_tru", "cap_nhat_luc"),
)
REST = ("24538", "Xã Ea Ktur, Tỉnh Đắk Lắk", "2026-10-31")
"""What is the same for all."""


def write_population(file: Path) -> Path:
    """The people under the names of the contract's fields."""
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(FIELDS)
        rows.writerows((*person, *REST) for person in PEOPLE)
    return file
