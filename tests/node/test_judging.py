"""A person decides who is meant: it outranks scores, outlasts deliveries, can be taken back."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from tests.acceptance.conftest import run_sogoc
from tests.small_population import write_population
from tests.small_sheet import write_land_sheet
from typer.testing import CliRunner

from sogoc.cli.context import desk_for
from sogoc.cli.link import app as link_app
from sogoc.cli.telling.explained import say_explained
from sogoc.cli.telling.say import Say
from sogoc.database.decisions.judgements import ABSENT, OTHER, SAME, Judgements, Verdict
from sogoc.database.decisions.models import LinkModels
from sogoc.errors import JudgementRefused, RuleFileError, UnknownThing, WorklistRefused
from sogoc.link.explaining.words import bits, level_words
from sogoc.node.judging import Who, explained, judge, withdraw
from sogoc.node.node import open_node
from sogoc.node.returns import Signed, apply_return, desk, preview_return
from sogoc.pipeline.after.finding import OpenDesk
from sogoc.pipeline.after.splinking import SHIPPED, given, taken_back
from sogoc.pipeline.after.taking_back import take_back
from sogoc.pipeline.after.training import train
from sogoc.pipeline.deliver import Request, deliver
from sogoc.pipeline.linking.models import policies
from sogoc.records.links.events import BEGAN, ENDED, MOVED, LinkEvent, LinkEvents
from sogoc.worklists.answers import PERSONS
from sogoc.worklists.manifest import SAME_PERSON
from sogoc.worklists.write import places, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from sogoc.link.explaining.account import Account
    from sogoc.pipeline.parts import Parts

BY = Signed(officer="Cán bộ thử", evidence="Thẻ căn cước")
WITHOUT_NUMBER = "H'Lơi Ksơr Mẫu"
RIGHT, OWN = "066160000011", "066185004321"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """A node with a small population, and a land sheet verified against it."""
    folder = tmp_path_factory.mktemp("judging")
    with _node(folder / "node") as opened:
        people = write_population(folder / "dan-cu.csv")
        deliver(opened, Request(register="population", file=people, officer="thử"))
        sheet = write_land_sheet(folder / "Ea Ktur.xlsx")
        deliver(opened, Request(register="land", file=sheet, officer="thử"))
        yield opened


@pytest.fixture
def parts(node: Parts) -> Iterator[Parts]:
    """The node in a transaction that is taken back at the end of the test."""
    with node.connection.transaction(force_rollback=True):
        yield node


@contextmanager
def _node(folder: Path) -> Iterator[Parts]:
    place = desk_for(folder, "vi")
    with open_node(place.folder, place.settings) as node:
        yield node.parts


def record_of(parts: Parts, name: str) -> int:
    row = parts.connection.execute(
        "select id from register.land__quyen where ho_ten = %(name)s", {"name": name}
    ).fetchone()
    assert row
    return int(row[0])


def verdict(
    parts: Parts, decision: str, number: str | None = None, *, name: str = WITHOUT_NUMBER
) -> Verdict:
    record = record_of(parts, name)
    return Verdict(
        object="quyen", record=record, person="nguoi-su-dung", decision=decision, number=number
    )


def answer(parts: Parts, name: str = WITHOUT_NUMBER) -> tuple[str, str | None, str | None]:
    """Outcome, number and evidence that stand for a person of a record."""
    row = parts.connection.execute(
        "select outcome, number, evidence from node.verification where object = 'quyen'"
        " and record = %(record)s and person = 'nguoi-su-dung' and believed_to is null",
        {"record": record_of(parts, name)},
    ).fetchone()
    assert row
    return row[0], row[1], row[2]


def test_a_person_decides_between_namesakes_and_the_record_is_verified_by_it(parts: Parts) -> None:
    assert answer(parts)[:2] == ("ambiguous", None)
    judge(parts, "land", verdict(parts, SAME, RIGHT), signed=BY)
    outcome, number, evidence = answer(parts)
    assert (outcome, number) == ("found", RIGHT)
    assert "judged:same" in str(evidence)


def test_nobody_of_the_population_is_an_answer_too(parts: Parts) -> None:
    judge(parts, "land", verdict(parts, ABSENT), signed=BY)
    assert answer(parts)[0] == "not_found"
    assert "judged:absent" in str(answer(parts)[2])


def test_who_was_ruled_out_is_not_proposed_again(parts: Parts) -> None:
    assert answer(parts, "Trần Thị Thử")[1] == OWN
    judge(parts, "land", verdict(parts, OTHER, OWN, name="Trần Thị Thử"), signed=BY)
    assert answer(parts, "Trần Thị Thử")[1] is None


def test_a_judgement_outlasts_the_next_delivery_however_its_rows_are_ordered(
    parts: Parts, tmp_path: Path
) -> None:
    judge(parts, "land", verdict(parts, SAME, RIGHT), signed=BY)
    file = write_land_sheet(tmp_path / "lại.xlsx")
    _first_row_last(file)
    deliver(parts, Request(register="land", file=file, officer="thử"))
    assert answer(parts)[:2] == ("found", RIGHT)


def test_a_withdrawn_judgement_leaves_the_answer_to_linking(parts: Parts) -> None:
    judge(parts, "land", verdict(parts, SAME, RIGHT), signed=BY)
    (held,) = Judgements(parts.connection).newest("land")
    withdraw(parts, held.id, BY)
    assert answer(parts)[:2] == ("ambiguous", None)
    with pytest.raises(JudgementRefused):
        withdraw(parts, held.id, BY)


def test_undoing_the_judgement_leaves_everything_as_before(parts: Parts) -> None:
    before = answer(parts)
    delivery = judge(parts, "land", verdict(parts, SAME, RIGHT), signed=BY)
    take_back(parts, delivery)
    assert answer(parts) == before
    assert Judgements(parts.connection).newest("land") == []


@pytest.mark.parametrize(
    ("decision", "number"), [(SAME, "001099999999"), (SAME, None), (ABSENT, RIGHT), ("maybe", None)]
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_kept(
    parts: Parts, decision: str, number: str | None
) -> None:
    with pytest.raises(JudgementRefused):
        judge(parts, "land", verdict(parts, decision, number), signed=BY)
    assert Judgements(parts.connection).newest("land") == []


@pytest.mark.parametrize("written", [RIGHT, "066 160 000 011"])
def test_an_officer_names_the_person_on_the_worklist(
    parts: Parts, tmp_path: Path, written: str
) -> None:
    file = _sent(parts, tmp_path)
    _say(file, written)
    seen = preview_return(parts, file)
    assert "đối soát lại" in " ".join(one.vi for one in seen.seen.sentences)
    assert answer(parts)[0] == "ambiguous"
    apply_return(parts, file, BY)
    assert answer(parts)[:2] == ("found", RIGHT)
    (held,) = Judgements(parts.connection).newest("land")
    assert (held.officer, held.evidence) == ("Cán bộ thử", "Thẻ căn cước")


def test_who_was_answered_for_is_not_asked_about_again(parts: Parts, tmp_path: Path) -> None:
    judge(parts, "land", verdict(parts, SAME, RIGHT), signed=BY)
    assert not _row_asked(load_workbook(_sent(parts, tmp_path))["PL3-01"])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (PERSONS[SAME], "chưa có người nào được đề xuất"),
        ("66160000011", "đủ 12 chữ số"),
        ("001099999999", "không có ai mang số định danh này"),
        ("chị ấy", "hãy chọn một câu"),
    ],
)
def test_an_answer_about_a_person_that_means_nobody_is_sent_back(
    parts: Parts, tmp_path: Path, said: str, why: str
) -> None:
    file = _sent(parts, tmp_path)
    _say(file, said)
    with pytest.raises(WorklistRefused) as refused:
        preview_return(parts, file)
    assert why in refused.value.sentence.vi


def _sent(parts: Parts, folder: Path) -> Path:
    work = desk(parts, "land", keeper="")
    with parts.connection.transaction():
        files = [file for place in places(work) for file in write(work, place, folder / "out")]
    (file,) = [file for file in files if _has(file)]
    return file


def _has(file: Path) -> bool:
    book = load_workbook(file)
    return any(WITHOUT_NUMBER in {cell.value for cell in row} for row in book["PL3-01"].iter_rows())


def _row_asked(sheet: Worksheet) -> bool:
    column = _column(sheet, SAME_PERSON)
    row = _row(sheet)
    return bool(column and sheet.cell(row, column - 1).value)


def _say(file: Path, text: str) -> None:
    book = load_workbook(file)
    sheet = book["PL3-01"]
    sheet.cell(_row(sheet), _column(sheet, SAME_PERSON)).value = text
    book.save(file)


def _row(sheet: Worksheet) -> int:
    rows = sheet.iter_rows()
    return next(r[0].row or 0 for r in rows if WITHOUT_NUMBER in {cell.value for cell in r})


def _column(sheet: Worksheet, header: str) -> int:
    rows = sheet.iter_rows(max_row=8)
    return next((cell.column for row in rows for cell in row if cell.value == header), 0)


def _first_row_last(file: Path) -> None:
    book = load_workbook(file)
    sheet = book["PL3-01"]
    last = sheet.max_row
    first = [cell.value for cell in sheet[7]]
    for row in range(7, last):
        for cell in sheet[row + 1]:
            sheet.cell(row, cell.column or 1).value = cell.value
    for position, value in enumerate(first, 1):
        sheet.cell(last, position).value = value
    book.save(file)


def test_training_learns_from_what_people_decided_and_never_overwrites_a_model(
    parts: Parts,
) -> None:
    land = parts.shelf.register("land")
    judge(parts, "land", verdict(parts, SAME, RIGHT), signed=BY)
    first, second = (train(parts, land, officer="Cán bộ")[0] for _ in range(2))
    assert first.judged == 1
    assert first.file != second.file
    assert first.file.read_bytes() == second.file.read_bytes()
    assert "name:equal" in first.model.chances


def test_a_model_is_used_once_a_person_accepted_it_and_no_longer_when_it_is_retired(
    parts: Parts,
) -> None:
    land = parts.shelf.register("land")
    (learned,) = train(parts, land, officer="Cán bộ")
    kept = LinkModels(parts.connection)
    assert policies(parts, land).version_of("quyen") == 0
    (model,) = kept.of("land")
    kept.accept(model, officer="Lãnh đạo", at=parts.clock.now(), why="đã xem")
    by = policies(parts, land)
    assert by.told()["models"] == {"quyen": {"version": learned.version, "sha256": model.sha256}}
    assert not any(one.measured for one in by.of("quyen").comparison("name").levels)
    own = by.calibration_of("quyen")
    assert own is not None
    assert own.fitting(by.of("quyen")) is own
    assert "land quyen" in own.source
    assert kept.retire("land", "quyen", officer="Lãnh đạo", at=parts.clock.now())
    assert policies(parts, land).version_of("quyen") == 0


def test_a_model_goes_to_splink_and_is_accepted_like_one_that_was_learned(
    parts: Parts, tmp_path: Path
) -> None:
    land = parts.shelf.register("land")
    one = land.object("quyen")
    made = given(parts, land, one)
    assert made.version is None
    sex = next(each for each in made.settings["comparisons"] if each["output_column_name"] == "sex")
    sex["comparison_levels"][2]["m_probability"] = 0.25
    file = tmp_path / "trained.json"
    file.write_text(json.dumps(made.settings), encoding="utf-8")
    back = taken_back(parts, land, one, file=file, officer="Cán bộ")
    assert [code for code, _, _ in back.moved] == ["sex:other"]
    assert policies(parts, land).version_of("quyen") == 0
    kept = LinkModels(parts.connection)
    (model,) = kept.of("land")
    kept.accept(model, officer="Lãnh đạo", at=parts.clock.now(), why="đã xem")
    assert policies(parts, land).of("quyen").comparison("sex").levels[1].m == 0.25
    again, shipped = given(parts, land, one), given(parts, land, one, version=SHIPPED)
    assert (again.version, again.settings) == (back.version, made.settings)
    assert shipped.settings != made.settings
    with pytest.raises(UnknownThing):
        given(parts, land, one, version=7)


def test_the_command_writes_settings_and_both_tables_and_refuses_what_is_none(
    node: Parts, tmp_path: Path
) -> None:
    desk_here, tables = desk_for(node.folder, "en"), tmp_path / "tables"
    words = ["model", "export", "land", "quyen", str(tmp_path / "splink.json")]
    said = CliRunner().invoke(link_app, [*words, "--tables", str(tables)], obj=desk_here)
    assert said.exit_code == 0, said.exception
    assert "measured by the newest run" in said.output
    made = json.loads((tmp_path / "splink.json").read_text(encoding="utf-8"))
    held, people = (pq.read_table(tables / f"{name}.parquet") for name in ("records", "persons"))
    assert held.num_rows == 6
    assert [(one.name, one.type) for one in held.schema] == [
        (one.name, one.type) for one in people.schema
    ]
    used = {
        word
        for each in made["blocking_rules_to_generate_predictions"]
        for word in re.findall(r"[lr]\.(\w+)", each)
    }
    assert used <= set(held.column_names)
    broken = tmp_path / "broken.json"
    broken.write_text('{"comparisons": []}', encoding="utf-8")
    refused = CliRunner().invoke(
        link_app, ["model", "import", "land", "quyen", str(broken)], obj=desk_here
    )
    assert isinstance(refused.exception, RuleFileError)
    assert "name:equal: is not there" in str(refused.exception)


def test_the_command_chooses_thresholds_on_a_file_of_truth(node: Parts, tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    two, found = record_of(node, WITHOUT_NUMBER), record_of(node, "Đỗ Minh Hoạ")
    truth.write_text(
        f"record,number\n{two},{RIGHT}\nquyen/{found},066079000022\n", encoding="utf-8"
    )
    words = ["thresholds", "land", str(truth), "--false-link", "50"]
    said = CliRunner().invoke(link_app, words, obj=desk_for(node.folder, "en"))
    assert said.exit_code == 0, said.exception
    assert re.search(r"accepted from +\d+ +0\.98 ", said.output)
    truth.write_text(f"record,number\n{two},{RIGHT}\nnobody,1\n", encoding="utf-8")
    refused = CliRunner().invoke(link_app, words, obj=desk_for(node.folder, "en"))
    assert "Line 3: a CSV file" in str(refused.exception)
    assert RIGHT not in str(refused.exception)


def test_the_command_says_in_both_languages_and_draws_why_a_person_was_meant(
    node: Parts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = record_of(node, "Trần Thị Thử")
    picture = tmp_path / "why.svg"
    told = run_sogoc(
        node.folder,
        "link",
        "explain",
        "land",
        str(record),
        "--picture",
        str(picture),
        language="vi",
    )
    assert (told.code, told.err) == (0, "")
    land = node.shelf.register("land")
    who = Who(register=land, object=land.object("quyen"), record=record, person="nguoi-su-dung")
    made = explained(node, who)
    say = Say("en")
    say.console.width = 120
    say_explained(say, made, None)
    english = capsys.readouterr().out
    _adds_up(made.account, said=(told.out, english), svg=picture.read_text(encoding="utf-8"))


def _adds_up(account: Account, *, said: tuple[str, str], svg: str) -> None:
    """Weights, sums and bars are those of the account, and nobody can be known from the picture."""
    best, (vietnamese, english) = account.candidates[0], said
    steps = [part for part in best.parts if part.level]
    assert sum(part.weight for part in best.parts) + best.capped == best.weight
    assert {part.comparison for part in steps} == {"number", "name", "marks", "born", "sex"}
    for part in steps:
        assert level_words(part).vi in vietnamese
        assert level_words(part).en in english
        assert f"{level_words(part).vi}</text>" in svg
        assert f">{bits(part.weight).vi}</text>" in svg
    whole = bits(account.prior + best.weight)
    assert whole.vi in vietnamese
    assert whole.en in english
    each = [account.prior, *(part.weight for part in steps), best.capped]
    weights = [abs(one) for one in (*each, account.prior + best.weight) if one]
    drawn = [float(wide) for wide in re.findall(r"h(-?[0-9.]+)v14", svg)]
    unit = drawn[0] / weights[0]
    assert drawn == pytest.approx([one * unit for one in weights], abs=0.01)
    for private in ("Trần", "Thử", OWN, "1985", "Ea Ktur"):
        assert private not in svg


def events(parts: Parts, name: str = WITHOUT_NUMBER) -> list[LinkEvent]:
    kept = LinkEvents(parts.connection)
    return kept.of_person("land", "quyen", record=record_of(parts, name), person="nguoi-su-dung")


def test_a_link_keeps_its_number_while_it_begins_moves_and_ends(parts: Parts) -> None:
    judge(parts, "land", verdict(parts, SAME, RIGHT), signed=BY)
    judge(parts, "land", verdict(parts, SAME, OWN), signed=BY)
    judge(parts, "land", verdict(parts, ABSENT), signed=BY)
    happened = events(parts)
    assert [one.kind for one in happened] == [BEGAN, MOVED, ENDED]
    assert len({one.link for one in happened}) == 1
    assert (happened[1].number_before, happened[1].number_after) == (RIGHT, OWN)


def test_records_that_come_to_one_person_are_merged_and_parted_again(parts: Parts) -> None:
    other = "Trần Thị Thử"
    judge(parts, "land", verdict(parts, SAME, RIGHT), signed=BY)
    judge(parts, "land", verdict(parts, SAME, OWN, name=other), signed=BY)
    stays = events(parts, other)[-1].link
    judge(parts, "land", verdict(parts, SAME, OWN), signed=BY)
    judge(parts, "land", verdict(parts, SAME, RIGHT), signed=BY)
    merged, parted = events(parts)[-2:]
    assert (merged.kind, merged.merged_with, merged.split_from) == (MOVED, stays, None)
    assert (parted.kind, parted.merged_with, parted.split_from) == (MOVED, None, stays)


def test_what_is_undone_leaves_no_event(parts: Parts) -> None:
    before = events(parts)
    delivery = judge(parts, "land", verdict(parts, SAME, RIGHT), signed=BY)
    assert events(parts) != before
    take_back(parts, delivery)
    assert events(parts) == before


def test_a_person_asked_about_at_the_desk_is_answered_as_by_sql(
    parts: Parts, kernels: Path
) -> None:
    (parts.folder / "var").mkdir(exist_ok=True)
    (parts.folder / "var" / "kernel").symlink_to(kernels)
    desk_open = OpenDesk(parts)
    by_sql = OpenDesk(parts)
    by_sql.read_by_sql()
    questions = (
        {"name": "Trần Thị Thử", "number": OWN},
        {"name": "tran thi thu", "born": "1985", "sex": "Nữ"},
        {"name": WITHOUT_NUMBER, "commune": "99999", "number": "12"},
        {"name": "Không Ai Biết", "born": "01/02/1960"},
        {"sex": "nữ"},
    )
    for told in questions:
        mine, theirs = desk_open.find(told), by_sql.find(told)
        assert mine.candidates == theirs.candidates
        assert mine.unread == theirs.unread
        if mine.answer is None or theirs.answer is None:
            assert mine.answer is theirs.answer
            continue
        assert mine.answer.outcome == theirs.answer.outcome
        assert mine.answer.probability == theirs.answer.probability
        assert mine.answer.evidence == theirs.answer.evidence
    with pytest.raises(UnknownThing, match="nickname"):
        desk_open.find({"nickname": "Tèo"})
