"""What came back: read cell by cell, held against what was sent, every mistake named at once.

The rules, in the order in which they are applied:

1. The file is a workbook with our hidden sheet unharmed, of this register and this node.
2. Rows are known by their token, however the sheet was sorted or cut; a token may come once.
3. A cell that differs from what was sent is a change of that field. A formula is a mistake.
4. A finding whose cell was changed is answered by that change. The others have the row's answer;
   a special case without an answer means "undecided". What is left blank stays open.
5. Whether it is this person is answered for the person asked about alone: from the list, or by the
   personal number of another. What is decided already is not decided once more.
6. A record that changed in the register since it was sent is stale, unless it holds already what
   the cell says: then the same return was applied before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sogoc.errors import Place as At
from sogoc.errors import Sentence, WorklistRefused
from sogoc.worklists.answers import CASES, RIGHT, UNDECIDED, WRONG, case_of, outcome_of
from sogoc.worklists.back.opened import Opened, ReturnedRow, opened
from sogoc.worklists.back.persons import still_to_decide, verdicts_of
from sogoc.worklists.connection import number
from sogoc.worklists.reading import SQL, by_id
from sogoc.worklists.rows import form_of, in_order, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sogoc.contract.model import Form
    from sogoc.database.decisions.judgements import Verdict
    from sogoc.worklists.desk import Desk
    from sogoc.worklists.manifest import Sent
    from sogoc.worklists.reading import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field that an officer wrote anew."""

    object: str
    record: int
    field: str
    before: str
    after: str
    evidence: str
    row: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an officer says of one finding."""

    finding: int
    outcome: str
    evidence: str
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A worklist that came back, read and found in order."""

    worklist: int
    sha256: str
    file: str
    sheet: str
    changes: tuple[Change, ...]
    answers: tuple[Answer, ...]
    verdicts: tuple[Verdict, ...]
    """What was decided about who is meant."""
    blank: int
    """Findings not answered, which stay open."""
    already: bool
    """This very file was applied before: it changes nothing."""


def read_back(desk: Desk, path: Path) -> Return:
    """The worklist in a file. Raises WorklistRefused that names every mistake with its place."""
    found = opened(path)
    if _applied(desk, found):
        return _return(found, already=True)
    form = _form(desk, found)
    mistakes: list[Sentence] = list(found.mistakes)
    changes: dict[tuple[str, int, str], Change] = {}
    answers: list[Answer] = []
    verdicts: list[Verdict] = []
    for row in found.rows:
        own, wrong = _changes(desk, form, row)
        mistakes += wrong + _clashes(changes, own)
        changes |= {(one.object, one.record, one.field): one for one in own}
        said, wrong = _answers(row)
        mistakes += wrong
        answers += said
        decided, wrong = verdicts_of(row, desk, evidence=_evidence(row))
        mistakes += wrong
        verdicts += decided
    live, stale = _fresh(desk, found, list(changes.values()))
    mistakes += stale
    refuse(path.name, mistakes)
    open_answers = _still_open(desk, answers)
    asked = sum(len(row.sent.findings) for row in found.rows)
    read = _return(found, already=False)
    return replace(
        read,
        changes=live,
        answers=open_answers,
        verdicts=still_to_decide(desk, verdicts),
        blank=asked - len(answers),
    )


def refuse(file: str, mistakes: list[Sentence]) -> None:
    """Raise WorklistRefused with all mistakes, if there are any."""
    if not mistakes:
        return
    listed = [Sentence("• " + one.vi, "• " + one.en) for one in mistakes]
    vi = "\n".join(one.vi for one in listed)
    en = "\n".join(one.en for one in listed)
    raise WorklistRefused(
        Sentence(
            f"Danh sách trả lại có {len(mistakes)} chỗ phải sửa, chưa có gì được ghi vào sổ:\n{vi}",
            f"{len(mistakes)} places to mend in the returned worklist; nothing was applied:\n{en}",
        ),
        place=At(file=file),
    )


def _return(found: Opened, *, already: bool) -> Return:
    """A return that changes nothing yet."""
    return Return(
        worklist=found.head.worklist,
        sha256=found.sha256,
        file=found.file,
        sheet=found.head.sheet,
        changes=(),
        answers=(),
        verdicts=(),
        blank=0,
        already=already,
    )


def _applied(desk: Desk, found: Opened) -> bool:
    """Whether this very file was applied before; it must be one that this node sent."""
    head = found.head
    sent = desk.connection.execute(SQL["sent"], {"id": head.worklist}).fetchall()
    known = sent and (sent[0][1], sent[0][2], sent[0][3], sent[0][4]) == (
        head.register,
        head.locality,
        head.hamlet,
        datetime.fromisoformat(head.made_at),
    )
    if not known or head.register != desk.register.id:
        sentence = Sentence(
            f"Danh sách số {head.worklist} không phải do nút này giao cho sổ {desk.register.id}. "
            "Hãy gửi về đúng nơi đã giao.",
            f"Worklist {head.worklist} was not handed out by this node for {desk.register.id}. "
            "Send it to where it came from.",
        )
        raise WorklistRefused(sentence, place=At(file=found.file))
    asked = {"id": head.worklist, "sha256": found.sha256}
    return number(desk.connection, SQL["applied"], **asked) > 0


def _form(desk: Desk, found: Opened) -> Form:
    """The form by which it was written; a contract changed since then has moved its columns."""
    objects = {name for row in found.rows for name in row.sent.records}
    named = [form for form in desk.register.forms if form.id == found.head.form]
    form = named[0] if named else form_of(desk.register, objects)
    form = in_order(form, found.head.order)
    if len(form.columns) != found.head.columns:
        sentence = Sentence(
            "Biểu mẫu đã đổi từ khi lập danh sách. Hãy lập danh sách mới.",
            "The form has changed since the worklist was made. Make a new one.",
        )
        raise WorklistRefused(sentence, place=At(file=found.file))
    return form


def _changes(desk: Desk, form: Form, row: ReturnedRow) -> tuple[list[Change], list[Sentence]]:
    changes: list[Change] = []
    mistakes: list[Sentence] = []
    evidence = _evidence(row)
    for position in row.changed():
        for target in form.columns[position].targets:
            if target.object not in row.sent.records:
                continue
            if desk.register.object(target.object).field(target.field).key:
                mistakes.append(_key_changed(row, position))
                continue
            changes.append(
                Change(
                    object=target.object,
                    record=row.record(target.object),
                    field=target.field,
                    before=row.sent.cells[position],
                    after=row.cells[position],
                    evidence=evidence,
                    row=row.row,
                    column=position + 1,
                )
            )
    return changes, mistakes


def _key_changed(row: ReturnedRow, position: int) -> Sentence:
    return Sentence(
        f"dòng {row.row}, cột {position + 1}: mã định danh của bản ghi không sửa được ở đây; "
        "hãy trả lại giá trị cũ và ghi chú",
        f"row {row.row}, column {position + 1}: the record's key cannot be changed here; "
        "put the old value back and write a note",
    )


def _clashes(known: dict[tuple[str, int, str], Change], own: list[Change]) -> list[Sentence]:
    """One record may stand in several rows: they must say the same."""
    clashes = []
    for one in own:
        other = known.get((one.object, one.record, one.field))
        if other is not None and other.after != one.after:
            clashes.append(
                Sentence(
                    f"dòng {one.row} và dòng {other.row}, cột {one.column}: cùng một bản ghi "
                    "nhưng sửa khác nhau",
                    f"rows {one.row} and {other.row}, column {one.column}: the same record, "
                    "changed in two ways",
                )
            )
    return clashes


def _evidence(row: ReturnedRow) -> str:
    """The special case in words, then the officer's note."""
    case = case_of(row.case)
    return "; ".join(part for part in (CASES[case] if case else "", row.note) if part)


def _answers(row: ReturnedRow) -> tuple[list[Answer], list[Sentence]]:
    """The findings of a row, each with what was said of it."""
    outcome = outcome_of(row.answer) if row.answer else None
    mistakes = [
        _not_listed(row, what)
        for text, known, what in (
            (row.answer, outcome, ("Trả lời", "answer")),
            (row.case, case_of(row.case), ("Trường hợp đặc biệt", "special case")),
        )
        if text and known is None
    ]
    if mistakes:
        return [], mistakes
    changed = set(row.changed())
    left = {finding for finding, column in row.sent.findings.items() if column not in changed}
    contradiction = _contradiction(row, outcome, nothing_left=not left)
    if contradiction:
        return [], [contradiction]
    rest = outcome if outcome != WRONG else None
    if rest is None and row.case and not changed:
        rest = UNDECIDED
    said = {int(one): WRONG for one in row.sent.findings if one not in left}
    said |= {int(one): rest for one in left if rest is not None}
    evidence = _evidence(row)
    return [
        Answer(finding=finding, outcome=one, evidence=evidence, row=row.row)
        for finding, one in sorted(said.items())
    ], []


def _not_listed(row: ReturnedRow, what: tuple[str, str]) -> Sentence:
    return Sentence(
        f"dòng {row.row}, cột “{what[0]}”: hãy chọn một câu trong danh sách thả xuống",
        f"row {row.row}: the {what[1]} is not from the list",
    )


def _contradiction(row: ReturnedRow, outcome: str | None, *, nothing_left: bool) -> Sentence | None:
    changed = row.changed()
    if outcome == WRONG and not changed:
        return Sentence(
            f"dòng {row.row}: trả lời “Sổ sai, đã sửa” nhưng chưa sửa ô nào",
            f"row {row.row}: says the register was wrong, but no cell was changed",
        )
    if outcome == RIGHT and changed and nothing_left:
        return Sentence(
            f"dòng {row.row}: trả lời “Sổ đúng” nhưng ô lại bị sửa; hãy chọn một trong hai",
            f"row {row.row}: says the register was right, but its cells were changed",
        )
    return None


def _fresh(
    desk: Desk, found: Opened, changes: list[Change]
) -> tuple[tuple[Change, ...], list[Sentence]]:
    """Changes of records that stand as they were sent; the others are done already, or stale."""
    now: dict[tuple[str, int], Kept] = {}
    for name in sorted({change.object for change in changes}):
        one = desk.register.object(name)
        ids = [change.record for change in changes if change.object == name]
        now |= {(name, kept.id): kept for kept in by_id(desk, one, ids)}
    sent = {row.row: row.sent for row in found.rows}
    live, stale = [], []
    for change in changes:
        kept = now.get((change.object, change.record))
        if kept is not None and _value(desk, kept, change.field) == change.after:
            continue
        if kept is None or kept.digest != _digest(sent[change.row], change.object):
            stale.append(
                Sentence(
                    f"dòng {change.row}: bản ghi đã thay đổi hoặc không còn kể từ khi lập danh "
                    "sách; hãy lập danh sách mới cho dòng này",
                    f"row {change.row}: the record has changed or gone since the list was made; "
                    "make a new list for it",
                )
            )
        else:
            live.append(change)
    return tuple(live), list(dict.fromkeys(stale))


def _digest(sent: Sent, name: str) -> str:
    return str(sent.records[name][1])


def _value(desk: Desk, kept: Kept, field: str) -> str:
    one = desk.register.object(kept.object).field(field)
    return written(one, kept.values[field], kept.came.get(field))


def _still_open(desk: Desk, answers: list[Answer]) -> tuple[Answer, ...]:
    """Answers to findings that are open; one closed in the meantime needs none."""
    asked = {"register": desk.register.id, "ids": [answer.finding for answer in answers]}
    known = desk.connection.execute(SQL["finding_states"], asked).fetchall()
    still: Callable[[int], bool] = {row[0] for row in known if not row[5]}.__contains__
    return tuple(answer for answer in answers if still(answer.finding))
