"""A worklist comes back: filled in, half filled in, wrong, twice, late or from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from tests import small_land

from sogoc.errors import WorklistRefused
from sogoc.worklists.answers import ANSWERS, CASES
from sogoc.worklists.back.apply import Applied, Officer, Rechecked, apply, preview
from sogoc.worklists.back.recheck import new_of
from sogoc.worklists.back.returned import read_back
from sogoc.worklists.back.whole import corrections
from sogoc.worklists.place import Place
from sogoc.worklists.write import write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from sogoc.worklists.back.returned import Change
    from sogoc.worklists.desk import Desk

HAMLET = Place(locality="22057", hamlet="Thôn Hà")
FIRST, NAME, BORN, NUMBER, AREA = 4, 6, 7, 8, 11
TOKEN, WHO, SAME, ANSWER, CASE, NOTE = 13, 17, 18, 19, 20, 21
RIGHT, WRONG, UNDECIDED = ANSWERS.values()


def all_well(changes: Sequence[Change]) -> Mapping[tuple[str, int], Rechecked]:
    return dict.fromkeys(changed_records(changes), Rechecked(flaws={}, broken=frozenset()))


def changed_records(changes: Sequence[Change]) -> list[tuple[str, int]]:
    return sorted({(change.object, change.record) for change in changes})


def write_them(desk: Desk, changes: Sequence[Change]) -> None:
    """What the stages do with corrections, but for the history."""
    for change in changes:
        desk.connection.execute(
            f"update register.land__{change.object} set {change.field} = %(after)s, "
            "_digest = _digest || '+' where id = %(id)s",
            {"after": change.after, "id": change.record},
        )


@pytest.fixture
def sent(desk: Desk, tmp_path: Path) -> Path:
    (file,) = write(desk, HAMLET, tmp_path)
    return file


def fill_in(path: Path, work: Callable[[Worksheet], object], name: str = "lại.xlsx") -> Path:
    """The file as an officer saves it under another name."""
    book = load_workbook(path)
    work(book["PL3-01"])
    saved = path.with_name(name)
    book.save(saved)
    return saved


def put(row: int, column: int, value: object) -> Callable[[Worksheet], object]:
    return lambda sheet: setattr(sheet.cell(row, column), "value", value)


def both(*works: Callable[[Worksheet], object]) -> Callable[[Worksheet], object]:
    return lambda sheet: [work(sheet) for work in works]


def applied(desk: Desk, path: Path, *, evidence: str = "") -> Applied:
    returned = read_back(desk, path)
    seen = preview(desk, returned, all_well)
    done = apply(desk, returned, seen, by=Officer(name="Cán bộ thử", delivery=2, evidence=evidence))
    write_them(desk, seen.changes if done.corrections else ())
    return done


def corrected(desk: Desk) -> list[tuple[str, int, str, str]]:
    return desk.connection.execute(
        "select object, record, field, after from node.correction order by id"
    ).fetchall()


def open_findings(desk: Desk) -> int:
    counted = desk.connection.execute("select count(*) from node.finding where closed_at is null")
    return int(counted.fetchall()[0][0])


def test_a_list_sent_back_untouched_changes_nothing(desk: Desk, sent: Path) -> None:
    returned = read_back(desk, sent)
    assert (returned.changes, returned.answers, returned.blank) == ((), (), 28)


def test_a_corrected_cell_changes_the_register_and_closes_its_finding_with_evidence(
    desk: Desk, sent: Path
) -> None:
    work = both(put(FIRST, BORN, "1962"), put(FIRST, NOTE, "Giấy khai sinh bản gốc"))
    before = open_findings(desk)
    done = applied(desk, fill_in(sent, work), evidence="Biên bản họp thôn")
    assert (done.corrections, done.closed) == (1, 1)
    assert corrected(desk) == [("quyen", 6, "ngay_sinh", "1962")]
    assert open_findings(desk) == before - 1
    ((outcome, officer, evidence),) = desk.connection.execute(
        "select outcome, closed_by_officer, evidence from node.finding where closed_at is not null"
    ).fetchall()
    assert (outcome, officer) == ("source-was-wrong", "Cán bộ thử")
    assert evidence == "Giấy khai sinh bản gốc"
    ((before_text, after_text),) = desk.connection.execute(
        "select before, after from node.correction"
    ).fetchall()
    assert (before_text, after_text) == ("", "1962")


def test_the_register_was_right_closes_findings_and_changes_no_record(
    desk: Desk, sent: Path
) -> None:
    done = applied(desk, fill_in(sent, put(FIRST + 1, ANSWER, RIGHT)), evidence="Biên bản họp thôn")
    assert (done.corrections, done.closed) == (0, 3)
    assert corrected(desk) == []
    evidence = desk.connection.execute("select distinct evidence from node.answer").fetchall()
    assert evidence == [("Biên bản họp thôn",)]


def test_a_changed_cell_answers_its_finding_and_the_answer_the_others(
    desk: Desk, sent: Path
) -> None:
    work = both(put(FIRST + 1, NUMBER, "066185000012"), put(FIRST + 1, ANSWER, UNDECIDED))
    done = applied(desk, fill_in(sent, work))
    assert (done.closed, done.stays_open) == (1, 2)


def test_a_special_case_alone_leaves_the_finding_open_with_the_case_told(
    desk: Desk, sent: Path
) -> None:
    done = applied(desk, fill_in(sent, put(FIRST, CASE, CASES["dead-without-papers"])))
    assert (done.closed, done.stays_open) == (0, 1)
    ((state, evidence),) = desk.connection.execute(
        "select state, evidence from node.finding where outcome = 'undecided'"
    ).fetchall()
    assert (state, evidence) == ("in-work", "Chủ đã mất, chưa có giấy tờ thừa kế")


def test_the_same_file_twice_is_done_once(desk: Desk, sent: Path) -> None:
    file = fill_in(sent, put(FIRST, BORN, "1962"))
    applied(desk, file)
    again = applied(desk, file)
    assert (again.corrections, again.closed, len(corrected(desk))) == (0, 0, 1)


def test_a_list_may_come_back_in_parts_each_fuller_than_the_last(desk: Desk, sent: Path) -> None:
    first = fill_in(sent, put(FIRST, BORN, "1962"), "một.xlsx")
    second = fill_in(first, put(FIRST + 2, ANSWER, RIGHT), "hai.xlsx")
    applied(desk, first)
    done = applied(desk, second)
    assert (done.corrections, done.closed) == (0, 2)


def test_rows_may_be_sorted_or_deleted(desk: Desk, sent: Path) -> None:
    def shuffle(sheet: Worksheet) -> None:
        last = [cell.value for cell in sheet[FIRST + 2]]
        sheet.delete_rows(FIRST + 1, 11)
        for column, value in enumerate(last, start=1):
            sheet.cell(FIRST + 20, column).value = value
        sheet.cell(FIRST + 20, BORN).value = "1970"

    (change,) = read_back(desk, fill_in(sent, shuffle)).changes
    assert (change.record, change.after) == (18, "1970")


def test_a_number_typed_as_a_number_is_read_as_the_officer_sees_it(desk: Desk, sent: Path) -> None:
    (change,) = read_back(desk, fill_in(sent, put(FIRST + 1, AREA, 310.5))).changes
    assert change.after == "310,5"


MISTAKES = [
    (put(FIRST, BORN, "=1+1"), "dòng 4, cột 7: ô chứa công thức"),
    (put(FIRST, ANSWER, "đúng rồi"), "dòng 4, cột “Trả lời”"),
    (put(FIRST, CASE, "đi vắng"), "dòng 4, cột “Trường hợp đặc biệt”"),
    (put(FIRST, ANSWER, WRONG), "dòng 4: trả lời “Sổ sai, đã sửa” nhưng chưa sửa ô nào"),
    (both(put(FIRST, BORN, "1962"), put(FIRST, ANSWER, RIGHT)), "dòng 4: trả lời “Sổ đúng”"),
    (put(FIRST, TOKEN, "khác"), "dòng 4: “Mã dòng”"),
    (put(FIRST, TOKEN, "1-2"), "“Mã dòng”"),
    (put(FIRST, 4, "Q7"), "dòng 4, cột 4: mã định danh"),
    (put(2, TOKEN, "Cột mới"), "các cột đã bị thêm, xoá hoặc đổi chỗ"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=[said for _, said in MISTAKES])
def test_a_mistake_is_named_with_its_place_and_nothing_is_applied(
    desk: Desk, sent: Path, mistake: tuple[Callable[[Worksheet], object], str]
) -> None:
    work, said = mistake
    number = read_back(desk, sent).worklist

    def work_with_number(sheet: Worksheet) -> None:
        work(sheet)
        if sheet.cell(FIRST, TOKEN).value == "1-2":
            sheet.cell(FIRST, TOKEN).value = f"{number}-2"

    with pytest.raises(WorklistRefused) as refused:
        read_back(desk, fill_in(sent, work_with_number))
    assert said in refused.value.sentence.vi


def test_all_mistakes_are_named_at_once(desk: Desk, sent: Path) -> None:
    work = both(put(FIRST, ANSWER, "x"), put(FIRST + 1, ANSWER, "y"), put(FIRST + 2, CASE, "z"))
    with pytest.raises(WorklistRefused) as refused:
        read_back(desk, fill_in(sent, work))
    assert "có 3 chỗ phải sửa" in refused.value.sentence.vi


def test_a_record_that_changed_meanwhile_is_not_overwritten(desk: Desk, sent: Path) -> None:
    desk.connection.execute("update register.land__quyen set _digest = 'newer' where id = 6")
    with pytest.raises(WorklistRefused) as refused:
        read_back(desk, fill_in(sent, put(FIRST, BORN, "1962")))
    assert "đã thay đổi" in refused.value.sentence.vi


def test_a_new_value_that_cannot_be_read_is_refused_with_its_place(desk: Desk, sent: Path) -> None:
    def unreadable(changes: Sequence[Change]) -> Mapping[tuple[str, int], Rechecked]:
        flawed = Rechecked(flaws={"so_dinh_danh": "length"}, broken=frozenset())
        return dict.fromkeys(changed_records(changes), flawed)

    returned = read_back(desk, fill_in(sent, put(FIRST + 1, NUMBER, "12")))
    with pytest.raises(WorklistRefused) as refused:
        preview(desk, returned, unreadable)
    assert "dòng 5, cột 8: giá trị mới chưa đúng" in refused.value.sentence.vi


def test_a_correction_that_still_breaks_the_rule_keeps_the_finding_open(
    desk: Desk, sent: Path
) -> None:
    def still(changes: Sequence[Change]) -> Mapping[tuple[str, int], Rechecked]:
        broken = frozenset({"quyen.ngay_sinh.missing"})
        return dict.fromkeys(changed_records(changes), Rechecked(flaws={}, broken=broken))

    seen = preview(desk, read_back(desk, fill_in(sent, put(FIRST, BORN, "1962"))), still)
    assert (len(seen.closes), len(seen.stays)) == (0, 1)


def test_the_stages_are_given_the_whole_record_as_it_would_stand(desk: Desk, sent: Path) -> None:
    (one,) = corrections(desk, new_of(read_back(desk, fill_in(sent, put(FIRST, BORN, "1962")))))
    assert (one.object, one.record, one.fields) == ("quyen", 6, frozenset({"ngay_sinh"}))
    assert one.texts["ngay_sinh"] == "1962"
    assert one.texts["ho_ten"] == small_land.NAMES[0]


def test_the_preview_says_in_plain_words_what_would_change(desk: Desk, sent: Path) -> None:
    file = fill_in(sent, both(put(FIRST, BORN, "1962"), put(FIRST + 2, ANSWER, RIGHT)))
    said = [one.vi for one in preview(desk, read_back(desk, file), all_well).sentences]
    assert said == [
        "Sửa 1 ô của 1 bản ghi.",
        "Đóng 3 lỗi: 1 lỗi đã sửa, 2 lỗi do sổ đúng.",
        "Còn mở 25 lỗi: 0 chưa kết luận được hoặc sửa rồi vẫn sai, 25 chưa trả lời.",
    ]


def test_a_list_of_another_register_or_node_is_refused(desk: Desk, sent: Path) -> None:
    other = replace(desk, register=replace(small_land.LAND, id="health"))
    with pytest.raises(WorklistRefused):
        read_back(other, sent)
    desk.connection.execute("update node.worklist set made_at = made_at + interval '1 second'")
    with pytest.raises(WorklistRefused) as refused:
        read_back(desk, sent)
    assert "không phải do nút này giao" in refused.value.sentence.vi


def test_a_hidden_sheet_that_was_changed_is_refused(desk: Desk, sent: Path) -> None:
    book = load_workbook(sent)
    hidden = book["_sogoc"]
    hidden["A2"].value = str(hidden["A2"].value).replace('"quyen":[6,', '"quyen":[7,')
    book.save(sent)
    with pytest.raises(WorklistRefused):
        read_back(desk, sent)


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 cut off"])
def test_a_file_that_is_no_workbook_is_refused_with_a_sentence(
    desk: Desk, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "tệp.xlsx"
    file.write_bytes(content)
    with pytest.raises(WorklistRefused):
        read_back(desk, file)
