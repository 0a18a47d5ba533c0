"""The formats of older and other programs: each gives the same cells with the same types."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from sogoc.contract.model import Register
from sogoc.database.store import Store
from sogoc.errors import DeliveryRefused, Place
from sogoc.intake.kept import keep
from sogoc.intake.readers import delimited
from sogoc.intake.readers.opening import opened
from sogoc.intake.sheets import Batch, Sheet
from sogoc.intake.take import take
from sogoc.tables.duckdb_engine import DuckDBEngine

ROWS: tuple[tuple[object, ...], ...] = (
    ("Người sử dụng đất", None, None, None),
    ("Họ và tên", "Tờ bản đồ", "Thửa đất số", "Ngày"),
    ("Nguyễn Văn A", 3, "007", date(2026, 1, 2)),
    ("Trần Thị B", 100.5, True, None),
)
TOLD = [
    (1, "t---", ("Người sử dụng đất", None, None, None)),
    (2, "tttt", ("Họ và tên", "Tờ bản đồ", "Thửa đất số", "Ngày")),
    (3, "tntd", ("Nguyễn Văn A", "3", "007", "2026-01-02")),
    (4, "tnb-", ("Trần Thị B", "100.5", "true", None)),
]


def xls(file: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Biểu 01")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for at, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write(at, column, cell, day)
            elif cell is not None:
                sheet.write(at, column, cell)
    sheet.merge(0, 0, 0, 3)
    book.add_sheet("Ẩn").visibility = 1
    book.save(str(file))


def _ods_cell(cell: object) -> TableCell:
    if isinstance(cell, bool):
        return TableCell(valuetype="boolean", booleanvalue=str(cell).lower())
    if isinstance(cell, date):
        return TableCell(valuetype="date", datevalue=cell.isoformat())
    if isinstance(cell, (int, float)):
        return TableCell(valuetype="float", value=str(cell))
    told = TableCell(valuetype="string") if cell else TableCell()
    told.addElement(P(text=str(cell or "")))
    return told


def ods(file: Path) -> None:
    book = OpenDocumentSpreadsheet()
    table = Table(name="Biểu 01")
    for row in ROWS:
        line = TableRow()
        for cell in row:
            line.addElement(_ods_cell(cell))
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(str(file))


@pytest.mark.parametrize(("name", "write"), [("a.xls", xls), ("a.ods", ods)])
def test_a_sheet_of_an_older_program_gives_its_cells_with_their_types(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    file = tmp_path / name
    write(file)
    sheet = next(iter(opened(file, Place(file=name))))
    assert sheet.name == "Biểu 01"
    rows = [row for batch in sheet.batches for row in _rows(batch)]
    assert rows == TOLD


def _rows(batch: Batch) -> list[tuple[int, str, tuple[str | None, ...]]]:
    columns = zip(*(column.to_pylist() for column in batch.columns), strict=True)
    return list(zip(batch.lines.to_pylist(), batch.types.to_pylist(), columns, strict=True))


def test_hidden_sheets_of_old_workbooks_are_told(tmp_path: Path) -> None:
    file = tmp_path / "a.xls"
    xls(file)
    hidden = {sheet.name: sheet.hidden for sheet in opened(file, Place(file="a.xls"))}
    assert hidden == {"Biểu 01": False, "Ẩn": True}


def test_a_table_of_a_live_database_is_taken_in_and_only_read(
    database: Store, land: Register, engine: DuckDBEngine
) -> None:
    with database.connect() as connection:
        connection.execute("create schema dia_chinh")
        connection.execute(
            "create table dia_chinh.thua (sheet int, parcel text, area numeric(12, 2))"
        )
        connection.execute("insert into dia_chinh.thua values (3, '007', 100.50), (4, null, null)")
        connection.commit()
    taken = take(f"{_address(database)}#dia_chinh.thua", land, engine)
    assert taken.counts["parcel"] == 2
    rows = engine.rows("select _types, sheet, parcel, area from taken__parcel order by _row")
    assert rows == [("ntn", "3", "007", "100.50"), ("n--", "4", None, None)]


def test_a_query_that_would_write_is_refused(
    database: Store, land: Register, engine: DuckDBEngine
) -> None:
    with database.connect() as connection:
        connection.execute("create table thua (sheet int)")
        connection.commit()
    writing = "with gone as (insert into thua values (1) returning sheet) select * from gone"
    with pytest.raises(DeliveryRefused, match="database could not be read"):
        take(f"{_address(database)}#{writing}", land, engine)


def _address(database: Store) -> str:
    """As a person writes it: a URL."""
    with database.connect() as connection:
        told = connection.info
        return f"postgresql://{told.user}:{told.password}@/{told.dbname}?host={told.host}&port={told.port}"


def test_a_text_larger_than_what_is_held_goes_in_by_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "_FIRST", 100)
    monkeypatch.setattr(delimited, "SIZE", 1000)
    file = tmp_path / "a.csv"
    rows = "".join(f"{at},Thôn {at}\n" for at in range(1000))
    file.write_text("số,thôn\n" + rows, encoding="utf-8")
    sheet = next(iter(opened(file, Place(file="a.csv"))))
    most = _largest(sheet)
    assert most < 200
    again = keep(next(iter(opened(file, Place(file="a.csv")))), tmp_path, Place(file="a.csv"))
    assert again.rows == 1001
    lines = [line for batch in again.batches() for line in batch.lines.to_pylist()]
    assert lines == list(range(1, 1002))


def _largest(sheet: Sheet) -> int:
    return max(len(batch.lines) for batch in sheet.batches)


def test_a_workbook_that_grows_wider_is_kept_whole(tmp_path: Path) -> None:
    def batches() -> list[Batch]:
        line = pa.array([1], pa.int32())
        one = pa.array(["a"])
        return [
            Batch(line, [one], pa.array(["t"])),
            Batch(line, [one, one], pa.array(["tt"])),
            Batch(line, [one], pa.array(["t"])),
        ]

    kept = keep(Sheet(name="x", batches=iter(batches())), tmp_path, Place(file="x"))
    told = [types for batch in kept.batches() for types in batch.types.to_pylist()]
    assert told == ["t", "tt", "t-"]
