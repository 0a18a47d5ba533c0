"""The hamlet in which something is to be repaired, read from the address of the parcel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from tests.small_sheet import write_land_sheet

from sogoc.contract.shelf import Shelf
from sogoc.pipeline.deliver import Request, deliver
from sogoc.pipeline.parts import Parts
from sogoc.pipeline.placing import hamlet_of
from sogoc.shipped import shipped
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.testing.stopped_clock import StoppedClock

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

SHELF = Shelf((shipped("registers"),))


@pytest.mark.parametrize(
    ("address", "hamlet"),
    [
        ("Thôn 3, Xã Ea Ktur, Tỉnh Đắk Lắk", "Thôn 3"),
        ("thôn  Hà, xã Thử", "Thôn Hà"),
        ("THÔN 3, XÃ EA KTUR", "Thôn 3"),
        ("Số 12, Tổ dân phố 5, Phường Tân Lập", "Tổ dân phố 5"),
        ("TDP 5, Phường Tân Lập", "Tổ dân phố 5"),
        ("Ấp Mỹ Thạnh, Xã Tân Công Chí", "Ấp Mỹ Thạnh"),
        ("Buôn Êa Mtă, Xã Dray Bhăng", "Buôn Êa Mtă"),
        ("Khu phố 2 - Phường 9 - Đắk Lắk", "Khu phố 2"),
        ("KP.2, phường 9", "Khu phố 2"),
        ("Thôn 5 xã Ea Ktur", "Thôn 5"),
        # What is left of an abbreviation may be a "tổ" or a "thôn": not guessed.
        ("T.3 - X. Ea Ktur - Đắk Lắk", None),
        # A commune whose own name begins like a hamlet.
        ("Xã Bản Lang, Huyện Phong Thổ", None),
        ("Xã Ea Ktur, Tỉnh Đắk Lắk", None),
        ("Thôn , Xã Ea Ktur", None),
        ("", None),
    ],
)
def test_a_hamlet_stands_at_the_start_of_a_part_of_the_address(
    connection: psycopg.Connection, address: str, hamlet: str | None
) -> None:
    parcel = SHELF.register("land").object("thua_dat")
    row = connection.execute(
        f"select {hamlet_of(parcel, 'place')}"
        " from (select %(a)s::text as dia_chi, null as thon) as place",
        {"a": address},
    ).fetchone()
    assert row == (hamlet,)


def test_what_is_wrong_with_a_right_is_repaired_in_the_hamlet_of_its_parcel(
    connection: psycopg.Connection, tmp_path: Path
) -> None:
    file = write_land_sheet(tmp_path / "Ea Ktur.xlsx")
    _one_parcel_elsewhere(file)
    parts = Parts(
        folder=tmp_path,
        connection=connection,
        shelf=SHELF,
        clock=StoppedClock(datetime(2026, 11, 21, 3, 0, tzinfo=UTC)),
        engine=DuckDBEngine,
        rules=shipped("rules"),
    )
    deliver(parts, Request(register="land", file=file, officer="thử"))
    found = connection.execute(
        "select object, hamlet, count(*) > 0 from node.finding group by 1, 2 order by 1, 2"
    ).fetchall()
    assert ("quyen", "Thôn 3", True) in found
    assert ("quyen", "Buôn Thử", True) in found
    assert {hamlet for _, hamlet, _ in found} == {"Thôn 3", "Buôn Thử"}


def _one_parcel_elsewhere(file: Path) -> None:
    book = load_workbook(file)
    sheet = book["PL3-01"]
    column = next(cell.column for cell in sheet[5] if cell.value == "Địa chỉ thửa đất")
    sheet.cell(8, column).value = "Buôn Thử, Xã Ea Ktur, Tỉnh Đắk Lắk"
    book.save(file)
