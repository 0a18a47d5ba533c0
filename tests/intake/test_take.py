"""An officer's file becomes records: the whole path, with the dirt such files have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from sogoc.contract.load import load_text
from sogoc.contract.model import Register
from sogoc.contract.suggest import suggest
from sogoc.errors import DeliveryRefused
from sogoc.intake.take import Profiled, profile, take
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.values.kinds import Kind

HEADER = ["STT", "Họ và tên", "Số CCCD", "Địa chỉ", "Tờ bản đồ", "Thửa đất số", "Diện tích (m2)"]


def workbook(file: Path, rows: Sequence[Sequence[object]], merges: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Biểu 01"
    for row in rows:
        sheet.append(list(row))
    for merge in merges:
        sheet.merge_cells(merge)
    book.save(file)
    return file


def text_file(file: Path, rows: list[list[str]], separator: str = ",") -> Path:
    file.write_text("\n".join(separator.join(row) for row in rows), encoding="utf-8")
    return file


def records(engine: DuckDBEngine, name: str, *columns: str) -> list[tuple[object, ...]]:
    chosen = ", ".join(f'"{column}"' for column in columns)
    return engine.rows(f"select {chosen} from taken__{name} order by _row")


def test_a_form_with_titles_two_header_rows_and_signatures_gives_only_its_records(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = workbook(
        tmp_path / "PL3.xlsx",
        [
            ["ỦY BAN NHÂN DÂN XÃ"],
            [],
            ["STT", "Người sử dụng đất", None, None, "Thửa đất", None, "Diện tích (m2)"],
            [None, "Họ và tên", "Số CCCD", "Địa chỉ", "Tờ bản đồ", "Thửa đất số"],
            ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
            ["I. Thôn Đông"],
            [1, "Nguyễn Văn A", "001085000001", "Thôn Đông", 3, 7, 100.5],
            [],
            [2, "Tống Công B", 1085000002, "Thôn Đông", 3, 8, "1.100,5"],
            ["Tổng cộng", None, None, None, None, 2, 1201],
            [None, None, None, None, "Ngày 1 tháng 2 năm 2026"],
            [None, None, None, None, "NGƯỜI LẬP BIỂU"],
            [None, None, None, None, "Trần Thị C"],
        ],
        ("B3:D3", "E3:F3", "A3:A4", "G3:G4"),
    )
    taken = take(file, land, engine)
    assert taken.form == "PL3"
    assert taken.sheets == ("Biểu 01",)
    assert taken.counts == {"right": 2, "parcel": 2}
    assert taken.left_out == {
        "numbering": 1,
        "section": 1,
        "blank": 1,
        "total": 1,
        "signature": 3,
    }
    assert records(engine, "right", "_row", "_line", "_part", "_types", "owner", "number") == [
        (1, 7, 1, "ttt", "Nguyễn Văn A", "001085000001"),
        (2, 9, 1, "tnt", "Tống Công B", "1085000002"),
    ]
    assert records(engine, "parcel", "_types", "sheet", "parcel", "area") == [
        ("nnn", "3", "7", "100.5"),
        ("nnt", "3", "8", "1.100,5"),
    ]


def test_raw_keeps_every_row_as_it_came(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = workbook(tmp_path / "a.xlsx", [["Tiêu đề"], HEADER, [1, "A", None, date(2026, 1, 2)]])
    take(file, land, engine)
    rows = engine.rows("select _line, _types, c1, c2, c4 from raw order by _line")
    assert rows == [
        (1, "t------", "Tiêu đề", None, None),
        (2, "ttttttt", "STT", "Họ và tên", "Địa chỉ"),
        (3, "nt-d---", "1", "A", "2026-01-02"),
    ]


def test_several_persons_in_one_cell_become_as_many_records(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = workbook(
        tmp_path / "a.xlsx",
        [HEADER, [1, "Ông A và bà B", "001085000001; 001185000002", "Thôn Đông", 3, 7, 100]],
    )
    take(file, land, engine)
    assert records(engine, "right", "_part", "owner", "number", "address") == [
        (1, "Ông A", "001085000001", "Thôn Đông"),
        (2, "bà B", "001185000002", "Thôn Đông"),
    ]


def test_persons_that_do_not_divide_alike_stay_in_one_record_and_are_told(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = workbook(
        tmp_path / "a.xlsx", [HEADER, [1, "Ông A và bà B", "001085000001", "Thôn Đông", 3, 7, 1]]
    )
    taken = take(file, land, engine)
    assert records(engine, "right", "owner", "number") == [("Ông A và bà B", "001085000001")]
    assert any("dòng 2" in note.vi for note in taken.notes)


def test_a_blank_line_in_a_cell_is_the_place_of_the_person_of_whom_nothing_is_known(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    """The number of the first was not at hand: the officer left the line empty."""
    owners = [1, "Ông A và bà B", "\n001185000002", "T.3 - X. Đông - H. Nam\n", 3, 7, 1]
    rows: list[Sequence[object]] = [HEADER, owners]
    taken = take(workbook(tmp_path / "a.xlsx", rows), land, engine)
    assert records(engine, "right", "_part", "owner", "number", "address") == [
        (1, "Ông A", None, "T.3 - X. Đông - H. Nam"),
        (2, "bà B", "001185000002", None),
    ]
    assert taken.notes == ()


def test_an_address_with_dashes_does_not_make_several_persons(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    owner = [1, "Ông A", "001085000001", "T.3 - X. Ea Ktur - Đắk Lắk", 3, 7, 1]
    rows: list[Sequence[object]] = [HEADER, owner]
    taken = take(workbook(tmp_path / "a.xlsx", rows), land, engine)
    assert records(engine, "right", "owner", "address") == [("Ông A", "T.3 - X. Ea Ktur - Đắk Lắk")]
    assert taken.notes == ()


def test_a_form_that_bears_the_name_of_an_object_takes_its_sheet_once(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    named = replace(land, forms=(replace(land.forms[0], id="right"),))
    rows: list[Sequence[object]] = [HEADER, [1, "Ông A", "001085000001", "Thôn Đông", 3, 7, 1]]
    assert take(workbook(tmp_path / "a.xlsx", rows), named, engine).counts["right"] == 1


def test_a_total_whose_formula_was_never_calculated_is_no_record(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    rows: list[Sequence[object]] = [
        HEADER,
        [1, "Ông A", "001085000001", "Thôn Đông", 3, 7, 1],
        [None, "Tổng cộng", None, None, None, None, "=SUM(G2:G2)"],
    ]
    taken = take(workbook(tmp_path / "a.xlsx", rows), land, engine)
    assert records(engine, "right", "owner") == [("Ông A",)]
    assert taken.left_out == {"total": 1}


def test_a_parcel_of_two_owners_on_two_rows_is_one_parcel(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = workbook(
        tmp_path / "a.xlsx",
        [HEADER, [1, "Ông A", None, None, 3, 7, 100], [2, "Bà B", None, None, 3, 7, 100]],
    )
    assert take(file, land, engine).counts == {"right": 2, "parcel": 1}


def test_a_file_with_the_names_of_fields_needs_no_form(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = text_file(tmp_path / "a.csv", [["parcel", "sheet", "Area"], ["7", "3", "100,5"]], ";")
    taken = take(file, land, engine)
    assert taken.form == "parcel"
    assert taken.counts == {"right": 0, "parcel": 1}
    assert records(engine, "parcel", "_types", "sheet", "parcel", "area") == [
        ("ttt", "3", "7", "100,5")
    ]


def test_columns_that_nobody_takes_are_named(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    rows = [[*HEADER, "Nợ thuế"], ["1", "A", "", "", "3", "7", "1", "không"]]
    taken = take(text_file(tmp_path / "a.csv", rows), land, engine)
    assert ["Nợ thuế" in note.en for note in taken.notes] == [True]


def test_a_missing_column_refuses_the_file_and_leaves_no_table(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = text_file(tmp_path / "a.csv", [HEADER[2:], ["001085000001", "Đông", "3", "7", "1"]])
    with pytest.raises(
        DeliveryRefused, match=r"row 1: looks like the form PL3, .*lacks.*: Họ và tên"
    ):
        take(file, land, engine)
    assert not any(engine.has(table) for table in ("raw", "decoded", "taken__right"))


def test_a_file_of_something_else_names_the_forms_that_were_expected(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = text_file(tmp_path / "a.csv", [["x", "y"], ["1", "2"]])
    with pytest.raises(DeliveryRefused, match=r"no row of column headers .*PL3"):
        take(file, land, engine)


def test_a_header_without_rows_is_an_empty_delivery(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    with pytest.raises(DeliveryRefused, match="no row of data"):
        take(text_file(tmp_path / "a.csv", [HEADER]), land, engine)


def test_a_form_that_the_contract_does_not_have_is_refused(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    with pytest.raises(DeliveryRefused, match="the contract has: PL3"):
        take(text_file(tmp_path / "a.csv", [HEADER]), land, engine, form="PL4")


def test_cells_may_hold_line_breaks_and_the_separator(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = tmp_path / "a.csv"
    file.write_text('sheet;parcel;area\n3;7;100\n\n3;8;"1;5\n"\n3;9;2\n', encoding="utf-8-sig")
    take(file, land, engine)
    assert records(engine, "parcel", "_line", "parcel", "area") == [
        (2, "7", "100"),
        (4, "8", "1;5"),
        (6, "9", "2"),
    ]


def test_utf_16_with_tabs_is_read(tmp_path: Path, land: Register, engine: DuckDBEngine) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Tờ bản đồ\tThửa đất\n3\t7\n", encoding="utf-16")
    assert take(file, land, engine).counts["parcel"] == 1


def test_an_old_font_is_recovered_and_each_cell_logged(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = workbook(
        tmp_path / "a.xlsx",
        [
            ["STT", "Hä vµ tªn", "Sè CCCD", "§Þa chØ", "Tê b¶n ®å", "Thöa ®Êt sè"],
            [1, "NguyÔn V¨n An", "001085000001", "Th«n §«ng", 3, 7],
        ],
    )
    taken = take(file, land, engine)
    assert taken.recovered == {"tcvn3": 2}
    assert records(engine, "right", "owner", "address") == [("Nguyễn Văn An", "Thôn Đông")]
    logged = engine.rows("select _line, _column, writing, before, after from decoded order by all")
    assert logged == [
        (2, 2, "tcvn3", "NguyÔn V¨n An", "Nguyễn Văn An"),
        (2, 4, "tcvn3", "Th«n §«ng", "Thôn Đông"),
    ]


def test_a_text_file_in_bytes_of_an_old_font_is_read(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = tmp_path / "a.csv"
    good = "Tờ bản đồ,Thửa đất,Họ và tên\n".encode()
    file.write_bytes(good + "3,7,Nguyễn Văn An\n".encode() + b"3,8,Nguy\xd4n V\xa8n An\n")
    take(file, land, engine)
    assert records(engine, "right", "owner") == [("Nguyễn Văn An",), ("Nguyễn Văn An",)]


def test_errors_formulas_never_calculated_and_hidden_rows_are_seen(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER, [1, "A", "#N/A", None, 3, 7, "=E2*2"], [2, "B", None, None, 3, 8, 1]):
        sheet.append(row)
    sheet["C2"].data_type = "e"
    sheet.row_dimensions[3].hidden = True
    book.save(file)
    taken = take(file, land, engine)
    assert records(engine, "right", "_types", "number") == [("te-", "#N/A"), ("t--", None)]
    assert records(engine, "parcel", "_types", "area") == [("nnf", "=E2*2"), ("nnn", "1")]
    assert [note.en.split(";")[0] for note in taken.notes] == [
        "Sheet Sheet: 1 cells hold an error (#N/A, #REF! ...)",
        "Sheet Sheet: 1 formulas were never calculated",
        "Sheet Sheet: 1 rows are hidden",
    ]


def test_a_file_without_a_contract_is_profiled(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", [["Danh sách"], ["Hä vµ tªn", "Năm sinh"], ["A", 1931]])
    assert profile(file) == Profiled("Biểu 01", ("Họ và tên", "Năm sinh"), (("A",), ("1931",)))


def test_a_draft_from_a_file_with_a_header_of_two_rows_takes_that_file(
    tmp_path: Path, engine: DuckDBEngine
) -> None:
    rows: list[list[object]] = [
        ["DANH SÁCH NGƯỜI HƯỞNG TRỢ CẤP"],
        ["STT", "Họ và tên", "Giấy tờ", None, "Xã"],
        [None, None, "Số", "Ngày cấp", None],
        ["(1)", "(2)", "(3)", "(4)", "(5)"],
        [1, "Nguyễn Thử An", "001080000001", "02/05/2021", "Xã Minh Châu"],
        [2, "Trần Thử Bình", "001080000002", "03/05/2021", "Phường Ba Đình"],
        [3, "Lê Thử Hoa", "001180000003", "04/05/2021", "Xã Đông Anh"],
    ]
    merges = ("A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3")
    file = workbook(tmp_path / "tro-cap.xlsx", rows, merges)
    seen = profile(file)
    assert seen.header == ("STT", "Họ và tên", "Giấy tờ Số", "Giấy tờ Ngày cấp", "Xã")
    columns = dict(zip(seen.header, seen.columns, strict=True))
    draft = load_text(suggest("tro-cap", columns), Path("tro-cap.odcs.yaml"))
    kinds = [one.kind for one in draft.objects[0].fields]
    assert kinds == [Kind.PERSON_NAME, Kind.PERSONAL_ID, Kind.DATE, Kind.COMMUNE]
    assert take(file, draft, engine).counts == {"tro_cap": 3}


def test_no_name_stays_behind_for_files_that_are_gone(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    take(text_file(tmp_path / "a.csv", [["Tiêu đề"], HEADER, list("1Aaađ371")]), land, engine)
    assert sorted(engine.rows("select view_name from duckdb_views() where not internal")) == [
        (name,) for name in ("decoded", "raw", "taken__parcel", "taken__right")
    ]


def test_a_title_above_a_text_table_and_blank_lines_within_do_no_harm(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    rows = [["DANH SÁCH"], [""], HEADER, ["1", "A", "", "", "3", "7"], [""], ["Tổng cộng"]]
    taken = take(text_file(tmp_path / "a.csv", rows), land, engine)
    assert taken.left_out == {"blank": 1, "total": 1}
    assert records(engine, "right", "_line", "owner") == [(4, "A")]


def test_a_sheet_that_holds_only_its_header_is_named(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    with pytest.raises(DeliveryRefused) as refusal:
        take(workbook(tmp_path / "a.xlsx", [HEADER]), land, engine)
    assert refusal.value.sentence.vi.startswith("a.xlsx, trang Biểu 01: không có dòng dữ liệu")


def test_an_empty_workbook_names_its_sheet(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    with pytest.raises(DeliveryRefused) as refusal:
        take(workbook(tmp_path / "a.xlsx", []), land, engine)
    assert refusal.value.sentence.en.startswith("a.xlsx, sheet Biểu 01: there is no row of data")


def test_a_file_of_one_json_array_is_taken_in(
    tmp_path: Path, land: Register, engine: DuckDBEngine
) -> None:
    file = tmp_path / "a.json"
    file.write_text('[\n {"sheet": 3, "parcel": "7"},\n {"sheet": 4}]', encoding="utf-8")
    assert take(file, land, engine).counts["parcel"] == 2
    assert records(engine, "parcel", "_line", "sheet") == [(2, "3"), (3, "4")]
