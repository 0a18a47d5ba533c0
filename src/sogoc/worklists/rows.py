"""The rows of a worklist: those of the officer's form that hold an error."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sogoc.contract.model import Form, FormColumn, RuleForm, Target
from sogoc.link.words import differs_in_words
from sogoc.values.kinds import Kind
from sogoc.worklists.reading import Kept, Line, by_id, by_line, by_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from sogoc.contract.model import Field, Register, RegisterObject
    from sogoc.worklists.asks import Asked
    from sogoc.worklists.desk import Desk
    from sogoc.worklists.reading import OpenFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One finding as it stands in a row: at which column, why, and what may be put instead."""

    finding: int
    column: int
    """Position in the form from 0; -1 where the form has no column for the field."""
    reason: str
    proposal: str | None
    due: date | None


@dataclass(slots=True, kw_only=True)
class Row:
    """One row: the records that it shows, its cells in the form's order, its findings."""

    at: Line
    records: dict[str, Kept] = field(default_factory=dict)
    cells: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    asked: Asked | None = None


def form_of(register: Register, objects: set[str]) -> Form:
    """The form that shows most of these objects; without one, a plain table of the first."""

    def shown(form: Form) -> int:
        return len({t.object for column in form.columns for t in column.targets} & objects)

    best = max(register.forms, key=shown, default=None)
    if best is not None and shown(best):
        return best
    one = register.object(min(objects)) if objects else register.objects[0]
    columns = tuple(
        FormColumn(
            header=column.label or column.name,
            targets=(Target(object=one.name, field=column.name),),
        )
        for column in one.fields
    )
    return Form(id=one.name, label=one.label, columns=columns)


def in_order(form: Form, order: Sequence[int]) -> Form:
    """The form with its columns as they stand in an officer's sheet, see `manifest.Head.order`.

    One that has fewer columns by now than when the sheet was made has none left.
    """
    if not order:
        return form
    if max(order) >= len(form.columns):
        return replace(form, columns=())
    unknown = FormColumn(header="")
    return replace(form, columns=tuple(form.columns[i] if i >= 0 else unknown for i in order))


def form_rows(
    desk: Desk, form: Form, *, findings: Iterable[OpenFinding], asks: Iterable[Asked] = ()
) -> list[Row]:
    """One row for each line with an error or a question, in the order of the file it came in.

    Persons who shared a cell stand in rows of their own, so that each can be repaired alone; a
    record with several persons to ask about has a row for each of them.
    """
    found, questions = list(findings), list(asks)
    rows: dict[Line, Row] = {}
    for one in _objects(desk.register, found, questions):
        ids = {finding.record for finding in found if finding.object == one.name}
        ids |= {asked.ask.record for asked in questions if asked.ask.object == one.name}
        for kept in by_id(desk, one, ids):
            rows.setdefault(kept.at, Row(at=kept.at)).records[one.name] = kept
    made = [rows[at] for at in sorted(rows)]
    _complete(desk, form, made)
    for row in made:
        row.cells = [_cell(desk.register, row, column) for column in form.columns]
    _note(desk, form, made, findings=found)
    return _asking(made, questions)


def rearranged(rows: list[Row], order: Sequence[int]) -> list[Row]:
    """The rows with their cells and notes in the columns of an officer's sheet."""
    if not order:
        return rows
    place = {which: at for at, which in reversed(list(enumerate(order))) if which >= 0}
    for row in rows:
        row.cells = [row.cells[which] if which >= 0 else "" for which in order]
        row.notes = [replace(note, column=place.get(note.column, -1)) for note in row.notes]
    return rows


def _asking(rows: list[Row], questions: list[Asked]) -> list[Row]:
    by_record: dict[tuple[str, int], list[Asked]] = defaultdict(list)
    for asked in questions:
        by_record[asked.ask.object, asked.ask.record].append(asked)
    made: list[Row] = []
    for row in rows:
        own = [
            asked
            for kept in row.records.values()
            for asked in by_record.pop((kept.object, kept.id), [])
        ]
        row.asked = own[0] if own else None
        made.append(row)
        made += [
            Row(at=row.at, records=row.records, cells=list(row.cells), asked=other)
            for other in own[1:]
        ]
    return made


def _objects(
    register: Register, findings: list[OpenFinding], questions: list[Asked]
) -> list[RegisterObject]:
    named = {finding.object for finding in findings} | {one.ask.object for one in questions}
    return [one for one in register.objects if one.name in named]


def _complete(desk: Desk, form: Form, rows: list[Row]) -> None:
    """Fill in the records that the form shows beside those with errors.

    First those that came in the same line, then those that a foreign key of the row names.
    """
    shown = {target.object for column in form.columns for target in column.targets}
    for name in sorted(shown):
        one = desk.register.object(name)
        short = [row for row in rows if name not in row.records]
        beside: dict[tuple[int, str, int], Kept] = {}
        for kept in by_line(desk, one, [row.at for row in short]):
            beside.setdefault((kept.at.delivery, kept.at.sheet, kept.at.line), kept)
        for row in short:
            kept_here = beside.get((row.at.delivery, row.at.sheet, row.at.line))
            if kept_here is not None:
                row.records[name] = kept_here
    for name in sorted(shown):
        _follow(desk, desk.register.object(name), rows)


def _follow(desk: Desk, one: RegisterObject, rows: list[Row]) -> None:
    """Records of `one` that a single-field foreign key of another record in the row names."""
    wanted: list[tuple[Row, str, Any]] = []
    for row in rows:
        if one.name not in row.records:
            wanted += [
                (row, key.reference.fields[0], kept.values.get(key.fields[0]))
                for kept in row.records.values()
                for key in desk.register.object(kept.object).references
                if key.reference.object == one.name
                and not key.reference.register
                and len(key.fields) == 1
            ]
    for name in {named for _, named, _ in wanted}:
        values = [value for _, named, value in wanted if named == name]
        found = {
            str(kept.values[name]): kept for kept in by_value(desk, one, field=name, values=values)
        }
        for row, named, value in wanted:
            if named == name and str(value) in found:
                row.records.setdefault(one.name, found[str(value)])


def _cell(register: Register, row: Row, column: FormColumn) -> str:
    """The text as it came where it could not be read, else the value as a form writes it."""
    for target in column.targets:
        kept = row.records.get(target.object)
        if kept is not None:
            field_meant = register.object(target.object).field(target.field)
            return written(field_meant, kept.values[target.field], kept.came.get(target.field))
    return ""


def written(one: Field, value: object, came: str | None) -> str:
    """A value as officers write it: dd/mm/yyyy, decimal comma; its own text where unreadable.

    A value of a list stands by its label, as the form prints it; where the officer wrote the code
    itself ("ONT"), that stays.
    """
    if value is None:
        return came or ""
    if one.codes:
        return str(value) if came is None else _label(one, str(value))
    return _plain(one.kind, value)


def _plain(kind: Kind, value: object) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y %H:%M}" if isinstance(value, datetime) else f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal | float):
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
    if kind is Kind.PARTIAL_DATE:
        return "/".join(reversed(str(value).split("-")))
    return _YES_NO.get(value, "") if isinstance(value, bool) else str(value)


def _label(one: Field, value: str) -> str:
    """The label by which the value is read again: two values may share one, which then tells none.

    Raises nothing for a value that a later contract no longer lists: it stands as it is.
    """
    labels = [code.label for code in one.codes if code.value == value and code.label]
    shared = [code for code in one.codes if code.label in labels]
    if not labels or len(shared) > 1:
        return value
    return labels[0]


_YES_NO = {True: "có", False: "không"}


def _note(desk: Desk, form: Form, rows: list[Row], *, findings: list[OpenFinding]) -> None:
    where = {
        (target.object, target.field): position
        for position, column in reversed(list(enumerate(form.columns)))
        for target in column.targets
    }
    by_record: dict[tuple[str, int], list[OpenFinding]] = defaultdict(list)
    for finding in findings:
        by_record[finding.object, finding.record].append(finding)
    for row in rows:
        for kept in row.records.values():
            # A record shown in several rows is repaired once, where it is met first.
            for finding in by_record.pop((kept.object, kept.id), []):
                row.notes.append(
                    Note(
                        finding=finding.id,
                        column=where.get((finding.object, finding.field), -1),
                        reason=_reason(desk, finding),
                        proposal=finding.proposal,
                        due=finding.due,
                    )
                )


def _reason(desk: Desk, finding: OpenFinding) -> str:
    """What is wrong and what to do, in the contract's words."""
    one = desk.register.object(finding.object)
    rule = next((rule for rule in one.rules if rule.code == finding.rule), None)
    parts = [rule.name if rule else finding.rule]
    sentence = desk.flaw(one.field(finding.field).kind, finding.flaw) if finding.flaw else None
    if rule and rule.form is RuleForm.VERIFICATION and sentence:
        # The rule says how it should be; beside the outcome it would read as if it were so.
        parts = ["Đối soát với dân cư: " + sentence.vi[:1].lower() + sentence.vi[1:]]
        if finding.differs:
            parts[0] += f" – khác ở: {differs_in_words(finding.differs).vi}"
    elif sentence:
        parts.append(sentence.vi)
    if rule and rule.hint:
        parts.append(rule.hint)
    return ". ".join(part.rstrip(".") for part in parts) + "."
