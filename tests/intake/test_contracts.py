"""The contracts that travel along take in the files they were made for."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from sogoc.contract.load import load
from sogoc.intake.take import take
from sogoc.shipped import shipped
from sogoc.tables.duckdb_engine import DuckDBEngine


def test_the_file_of_health_facilities_made_by_volunteers_goes_in_whole(
    engine: DuckDBEngine,
) -> None:
    register = load(shipped("registers") / "health-facilities.odcs.yaml")
    folder = shipped("reference-data") / "health-facilities"
    file = next(folder.glob("*.csv"))
    taken = take(file, register, engine)
    rows = engine.rows("select count(*) from raw")[0][0] - 1
    assert taken.left_out == {}
    assert sum(taken.counts.values()) == rows
    assert taken.recovered == {}


def test_a_land_sheet_with_its_six_header_rows_and_numbering_goes_in_by_words_and_places(
    tmp_path: Path, engine: DuckDBEngine
) -> None:
    register = load(shipped("registers") / "land.odcs.yaml")
    form = next(one for one in register.forms if one.id == "PL3-01")
    headers = [one.header for one in form.columns]
    # A local template: the name column is worded in its own way, and only its place tells it.
    headers[14] = "Bên nhận"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for title in ("ỦY BAN NHÂN DÂN XÃ", "", "BIỂU PL3-01", ""):
        sheet.append([title])
    sheet.append(headers)
    sheet.append([f"({at})" for at in range(1, len(headers) + 1)])
    for at, owner in enumerate(("Nguyễn Văn A; Trần Thị B", None), start=1):
        row: list[object] = [None] * len(headers)
        row[0], row[1], row[7], row[21], row[22] = at, "00004", owner, 3, at
        row[14] = "Lê Văn C"
        sheet.append(row)
    sheet.append(["Tổng cộng", None, None, 2])
    file = tmp_path / "PL3-01.xlsx"
    book.save(file)
    taken = take(file, register, engine)
    assert taken.form == "PL3-01"
    assert taken.counts["thua_dat"] == 2
    assert taken.counts["quyen"] == 3
    assert taken.counts["quyen_to_chuc"] == 0
    owners = engine.rows("select ho_ten, nguoi_moi from taken__quyen order by _row")
    assert owners == [
        ("Nguyễn Văn A", "Lê Văn C"),
        ("Trần Thị B", "Lê Văn C"),
        (None, "Lê Văn C"),
    ]
