"""A commune's worklist goes out, comes back filled in, changes the register, and is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.small_sheet import write_land_sheet

from sogoc.database.store import open_database
from sogoc.worklists.answers import ANSWERS, CASES

Command = Callable[..., Any]
State = dict[str, list[str]]

pytestmark = pytest.mark.acceptance

RIGHT = ANSWERS["source-was-right"]
DEAD = CASES["dead-with-papers"]
NUMBER, BORN = "Số CCCD", "Ngày tháng năm sinh"
ANSWER, CASE, NOTE = "Trả lời", "Trường hợp đặc biệt", "Căn cứ, ghi chú"
WRITINGS = {
    ("Trần Thị Thử", NUMBER): "066185004321",
    ("Trần Thị Thử", NOTE): "Thẻ căn cước",
    ("Y Bhăm Niê Thử", BORN): "08/03/1963",
    ("Lê Văn Ví Dụ", ANSWER): RIGHT,
    ("H'Lơi Ksơr Mẫu", CASE): DEAD,
}


@dataclass(frozen=True)
class Office:
    """A node, and the worklist of a commune whose small sheet was delivered to it."""

    node: Path
    sent: Path


def fill_in(sent: Path, saved: Path, writings: dict[tuple[str, str], str]) -> Path:
    """As an officer does: the row of a person, the column by its header, a text."""
    book = load_workbook(sent)
    sheet = book["PL3-01"]
    for (person, header), text in writings.items():
        sheet.cell(row_of(sheet, person), column_of(sheet, header)).value = text
    book.save(saved)
    return saved


def column_of(sheet: Worksheet, header: str) -> int:
    return next(cell.column for cell in sheet[5] if cell.value == header)


def row_of(sheet: Worksheet, person: str) -> int:
    column = column_of(sheet, "Họ và tên")
    return next(r for r in range(7, sheet.max_row + 1) if sheet.cell(r, column).value == person)


def state(node: Path) -> State:
    """Every row that the node holds, but for the deliveries themselves."""
    with open_database(node / "state") as store, store.connect() as connection:
        names = connection.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables"
            " where schemaname in ('node', 'register') order by 1"
        ).fetchall()
        tables = [name for (name,) in names if name not in {"node.delivery", "node.migration"}]
        return {
            name: sorted(str(row) for row in connection.execute(f"select * from {name}"))
            for name in tables
        }


def rows(node: Path, query: str) -> list[Any]:
    with open_database(node / "state") as store, store.connect() as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def office(sogoc: Command, tmp_path_factory: pytest.TempPathFactory) -> Office:
    node, folder = tmp_path_factory.mktemp("node"), tmp_path_factory.mktemp("office")
    said = sogoc(node, "deliver", "land", str(write_land_sheet(folder / "Ea Ktur.xlsx")))
    assert said.code == 0, said.err
    made = sogoc(node, "worklist", "make", "land", "--to", str(folder / "out"))
    assert made.code == 0, made.err
    (file,) = (folder / "out").glob("*.xlsx")
    return Office(node, file)


def test_a_formula_in_a_cell_is_named_with_its_place_and_nothing_is_applied(
    sogoc: Command, office: Office, tmp_path: Path
) -> None:
    node, before = office.node, state(office.node)
    link = {("Trần Thị Thử", NUMBER): '=HYPERLINK("http://x.vn")'}
    formula = fill_in(office.sent, tmp_path / "formula.xlsx", link)
    refused = sogoc(node, "worklist", "return", str(formula), "--apply")
    assert refused.code == 1
    assert "column 11" in refused.err
    assert state(node) == before


def test_a_worklist_that_came_back_is_shown_applied_once_and_undone(
    sogoc: Command, office: Office, tmp_path: Path
) -> None:
    node, before = office.node, state(office.node)
    filled = fill_in(office.sent, tmp_path / "lại.xlsx", WRITINGS)
    shown = sogoc(node, "worklist", "return", str(filled))
    assert "Changes 2 cells of 2 records" in shown.out, shown.err
    assert "066185004321" not in shown.out
    assert state(node) == before

    words = ("worklist", "return", str(filled), "--apply")
    done = sogoc(node, *words, "--officer", "Cán bộ A", "--evidence", "Hồ sơ gốc")
    assert "delivery 2" in done.out, done.err
    assert_applied(node, filled)

    applied = state(node)
    assert "applied before" in sogoc(node, *words).out
    assert state(node) == applied

    assert sogoc(node, "undo", "1").code == 1
    assert sogoc(node, "undo", "2").code == 0
    assert state(node) == before


def assert_applied(node: Path, filled: Path) -> None:
    """The register, its history, the findings and the kept file, as the officer would ask."""
    right = "register.land__quyen"
    found = rows(node, f"select so_dinh_danh, _sheet, _line, _delivery from {right} where id = 2")
    assert found[0][0] == "066185004321"
    assert (found[0][1], found[0][3]) == ("PL3-01", 2)
    born = rows(node, f"select ngay_sinh from {right} where ho_ten = 'Y Bhăm Niê Thử'")
    assert born == [("1963-03-08",)]
    history = rows(
        node, f"select _change, _ended_by, _true_from = _true_to from {right}__history order by id"
    )
    assert history == [("changed", 2, True)] * 2
    told = rows(
        node,
        "select field, before, after, officer, evidence, delivery from node.correction order by id",
    )
    assert told[0] == (
        "so_dinh_danh", "66185004321", "066185004321", "Cán bộ A", "Thẻ căn cước", 2,
    )  # fmt: skip
    assert told[1][4] == "Hồ sơ gốc"
    closed = rows(
        node,
        "select distinct outcome, closed_by_officer from node.finding"
        " where closed_by_officer is not null order by 1",
    )
    assert closed == [("source-was-right", "Cán bộ A"), ("source-was-wrong", "Cán bộ A")]
    work = rows(node, "select evidence from node.finding where state = 'in-work'")
    assert {DEAD} == {evidence for (evidence,) in work}
    kept = rows(node, "select kept_path, form, received_by from node.delivery where id = 2")
    assert kept[0][1:] == ("worklist", "Cán bộ A")
    assert (node / kept[0][0]).read_bytes() == filled.read_bytes()
