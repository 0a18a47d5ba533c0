"""The file that goes out to a hamlet, opened again as a spreadsheet opens it."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from tests import small_land

from sogoc.contract.model import Code, Field
from sogoc.errors import Sentence
from sogoc.values.kinds import Kind
from sogoc.worklists import write as writing
from sogoc.worklists.answers import ANSWERS, CASES
from sogoc.worklists.manifest import OWN_ASKING
from sogoc.worklists.place import Place
from sogoc.worklists.rows import written
from sogoc.worklists.workbook import GUIDE
from sogoc.worklists.write import places, write, zipped

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook

    from sogoc.worklists.desk import Desk

HAMLET = Place(locality="22057", hamlet="Thôn Hà")
FIRST = 4


def opened(files: list[Path]) -> Workbook:
    assert len(files) == 1
    return load_workbook(files[0])


def test_every_commune_and_hamlet_with_errors_gets_a_list(desk: Desk) -> None:
    found = {(place.locality, place.hamlet) for place in places(desk)}
    assert found == {
        ("22015", "Tổ dân phố 3"),
        ("22045", ""),
        ("22057", "Thôn Bình"),
        ("22057", "Thôn Hà"),
    }


def test_a_place_without_errors_gets_no_file(desk: Desk, tmp_path: Path) -> None:
    assert write(desk, Place(locality="01234"), tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_the_sheet_is_the_officers_form_with_our_columns_at_its_right(
    desk: Desk, tmp_path: Path
) -> None:
    book = opened(write(desk, HAMLET, tmp_path))
    assert book.sheetnames[:2] == [GUIDE, "PL3-01"]
    headers = [cell.value for cell in book["PL3-01"][2]]
    assert headers == [*(column.header for column in small_land.FORM.columns), *OWN_ASKING]


def test_only_rows_with_errors_go_out_and_all_of_them(desk: Desk, tmp_path: Path) -> None:
    sheet = opened(write(desk, HAMLET, tmp_path))["PL3-01"]
    rights = {sheet.cell(row, 4).value for row in range(FIRST, sheet.max_row + 1)}
    assert rights == {f"Q{number}" for number in range(6, 73, 6)}


def test_a_wrong_cell_is_coloured_and_says_why_beside_it_and_in_a_comment(
    desk: Desk, tmp_path: Path
) -> None:
    sheet = opened(write(desk, HAMLET, tmp_path))["PL3-01"]
    wrong, right = sheet.cell(FIRST + 1, 8), sheet.cell(FIRST + 1, 5)
    assert wrong.fill.fgColor.rgb == "00FFD9D6"
    assert right.fill.fill_type is None
    assert wrong.comment is not None
    assert "không đủ 12 chữ số" in wrong.comment.text
    assert "không đủ 12 chữ số" in str(sheet.cell(FIRST + 1, 14).value)
    assert sheet.cell(FIRST, 15).value == "1962"
    assert sheet.cell(FIRST, 16).value == "15/09/2026"


def test_what_could_not_be_read_stands_there_as_it_came_and_keeps_its_zeros(
    desk: Desk, tmp_path: Path
) -> None:
    sheet = opened(write(desk, HAMLET, tmp_path))["PL3-01"]
    cell = sheet.cell(FIRST + 1, 8)
    assert cell.value == small_land.FLAWED_NUMBER
    assert cell.data_type == "s"
    assert cell.number_format == "@"
    assert sheet.cell(FIRST, 11).value == "310,5"


@pytest.mark.parametrize("text", ["=1+1", "+84", "-2", "@SUM(A1)", "=HYPERLINK(0)"])
def test_a_text_that_begins_like_a_formula_stays_a_text(
    desk: Desk, tmp_path: Path, text: str
) -> None:
    desk.connection.execute(
        "update register.land__quyen set ho_ten = %(text)s where id = 6", {"text": text}
    )
    cell = opened(write(desk, HAMLET, tmp_path))["PL3-01"].cell(FIRST, 6)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_control_characters_from_an_old_system_do_not_stop_the_list(
    desk: Desk, tmp_path: Path
) -> None:
    desk.connection.execute("update register.land__quyen set ho_ten = E'A\\x0bB' where id = 6")
    assert opened(write(desk, HAMLET, tmp_path))["PL3-01"].cell(FIRST, 6).value == "A\ufffdB"


def test_answers_and_special_cases_are_picked_from_lists(desk: Desk, tmp_path: Path) -> None:
    book = opened(write(desk, HAMLET, tmp_path))
    choices = book["PL3-01"].data_validations.dataValidation
    assert [str(choice.sqref) for choice in choices] == ["S4:S15", "T4:T15", "R4:R15"]
    listed = [cell.value for cell in book["_danh_muc"]["B"]]
    assert listed == list(CASES.values())
    assert book["_danh_muc"]["A1"].value == next(iter(ANSWERS.values()))
    assert book["_sogoc"].sheet_state == "veryHidden"


def test_the_node_remembers_the_list_it_sent(desk: Desk, tmp_path: Path) -> None:
    (file,) = write(desk, HAMLET, tmp_path)
    ((name, findings, sha256),) = desk.connection.execute(
        "select file_name, findings, sha256 from node.worklist"
    ).fetchall()
    assert name == file.name
    assert findings == 28
    assert len(sha256) == 64


def test_a_file_too_large_to_send_is_cut_in_parts(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (whole,) = write(desk, HAMLET, tmp_path / "whole")
    monkeypatch.setattr(writing, "LARGEST", whole.stat().st_size * 97 // 100)
    parts = write(desk, HAMLET, tmp_path / "parts")
    assert len(parts) == 2
    rows = [load_workbook(part)["PL3-01"].max_row - FIRST + 1 for part in parts]
    assert sum(rows) == 12
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == sorted(
        part.name for part in parts
    )


def test_lists_are_zipped_to_be_handed_on(desk: Desk, tmp_path: Path) -> None:
    files = [file for place in places(desk) for file in write(desk, place, tmp_path)]
    archive = zipped(files, tmp_path / "all.zip")
    with zipfile.ZipFile(archive) as read:
        assert sorted(read.namelist()) == sorted(file.name for file in files)


LIST = Field(
    name="loai_dat",
    kind=Kind.CODE,
    codes=(Code("ONT", "Đất ở tại nông thôn"), Code("X1", "Khác"), Code("X2", "Khác")),
)


@pytest.mark.parametrize(
    ("value", "came", "shown"),
    [
        ("ONT", "đất ở tại nông thôn", "Đất ở tại nông thôn"),
        # The officer wrote the code: it is the form's own word to him.
        ("ONT", None, "ONT"),
        # A label that two values share would be read as neither.
        ("X1", "X1 - Khác", "X1"),
        ("CŨ", "mục cũ", "CŨ"),
        (None, "đất lạ", "đất lạ"),
    ],
)
def test_a_value_of_a_list_stands_as_the_form_prints_it(
    value: str | None, came: str | None, shown: str
) -> None:
    assert written(LIST, value, came) == shown


def test_a_finding_about_a_person_says_which_field_differs(desk: Desk, tmp_path: Path) -> None:
    desk.connection.execute(
        "update node.finding set flaw = 'differs', person = 'person'"
        " where rule = 'quyen.khop-dan-cu' and record = 18"
    )
    desk.connection.execute(
        "update node.verification set outcome = 'differs', differs = 'name.marks born'"
        " where record = 18"
    )
    outcomes = {"differs": Sentence("Đúng người, có thông tin sai khác", "Something differs")}
    told = replace(desk, flaw=lambda _kind, flaw: outcomes.get(flaw))
    sheet = opened(write(told, HAMLET, tmp_path))["PL3-01"]
    row = next(r for r in range(FIRST, sheet.max_row + 1) if sheet.cell(r, 4).value == "Q18")
    assert "khác ở: dấu trong họ và tên, ngày sinh" in str(sheet.cell(row, 14).value)


def test_a_list_of_no_place_says_why_and_what_to_do_first(desk: Desk, tmp_path: Path) -> None:
    desk.connection.execute("update node.finding set locality = null where record = 6")
    guide = opened(write(desk, Place(locality=""), tmp_path))[GUIDE]
    text = " ".join(str(cell.value) for cell in guide["B"] if cell.value)
    assert "Vì sao có danh sách này" in text
    assert "ghi đúng mã xã" in text
    known = opened(write(desk, HAMLET, tmp_path / "known"))[GUIDE]
    assert "Vì sao" not in " ".join(str(cell.value) for cell in known["B"])
