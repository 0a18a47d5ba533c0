"""Writes worklists: per commune or hamlet one file, or several where one would be too large."""

from __future__ import annotations

import hashlib
import re
import zipfile
from typing import TYPE_CHECKING

from sogoc.clock import VIETNAM, today
from sogoc.worklists.manifest import Head
from sogoc.worklists.reading import SQL, open_findings
from sogoc.worklists.rows import form_of, form_rows
from sogoc.worklists.workbook import Titles, workbook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from sogoc.contract.model import Form
    from sogoc.worklists.desk import Desk
    from sogoc.worklists.place import Place
    from sogoc.worklists.rows import Row

LARGEST = 11_000_000
"""Bytes of a file: what the mail of many offices lets through."""
_SHEET_NAME = 31
"""Letters that a spreadsheet allows for the name of a sheet."""


def write(desk: Desk, place: Place, folder: Path) -> list[Path]:
    """The worklists of a place with everything open there; none if nothing is open.

    Each is entered in `node.worklist` in the caller's transaction, so that it is known again.
    """
    findings = open_findings(desk, place)
    if not findings:
        return []
    form = form_of(desk.register, {finding.object for finding in findings})
    folder.mkdir(parents=True, exist_ok=True)
    return _files(desk, place, folder, form=form, rows=form_rows(desk, form, findings))


def zipped(files: Iterable[Path], target: Path) -> Path:
    """Files in one archive, to be handed on at once."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            archive.write(file, file.name)
    return target


def _files(desk: Desk, place: Place, folder: Path, *, form: Form, rows: list[Row]) -> list[Path]:
    """One file, or the files of both halves if it is too large to be sent."""
    head = _begin(desk, place, form, rows=rows)
    number = head.worklist
    file = folder / _file_name(desk, place, number)
    workbook(form, rows, head=head, titles=_titles(desk, place, rows)).save(file)
    if file.stat().st_size > LARGEST and len(rows) > 1:
        file.unlink()
        desk.connection.execute(SQL["forget_list"], {"id": number})
        half = len(rows) // 2
        parts = (rows[:half], rows[half:])
        return [one for part in parts for one in _files(desk, place, folder, form=form, rows=part)]
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    desk.connection.execute(
        SQL["written"], {"id": number, "file_name": file.name, "sha256": sha256}
    )
    return [file]


def _begin(desk: Desk, place: Place, form: Form, *, rows: list[Row]) -> Head:
    """The list is known again by the moment at which it was made: one moment, told in both."""
    at = desk.clock.now()
    given = {
        "register": desk.register.id,
        "form": form.id,
        "locality": place.locality,
        "hamlet": place.hamlet,
        "made_at": at,
        "rules_version": desk.rules_version,
        "findings": sum(len(row.notes) for row in rows),
    }
    number = int(desk.connection.execute(SQL["begin_list"], given).fetchall()[0][0])
    return _head(desk, place, form, number=number, at=at)


def _head(desk: Desk, place: Place, form: Form, *, number: int, at: datetime) -> Head:
    """The first row is that of the form; without a fixed header there is title, header, numbers."""
    return Head(
        worklist=number,
        register=desk.register.id,
        contract_version=desk.register.version,
        rules_version=desk.rules_version,
        form=form.id,
        sheet=_sheet_name(form),
        locality=place.locality,
        hamlet=place.hamlet,
        made_at=at.isoformat(),
        first_row=max(form.header_to + 1, 4),
        columns=len(form.columns),
    )


def _sheet_name(form: Form) -> str:
    name = form.sheet if form.sheet and not set(form.sheet) & set("*?[]") else form.id
    return re.sub(r"[\\/*?:\[\]']", "-", name)[:_SHEET_NAME] or "Danh sách"


def _titles(desk: Desk, place: Place, rows: list[Row]) -> Titles:
    days = [note.due for row in rows for note in row.notes if note.due]
    unit = desk.units.name(place.locality, today(desk.clock)) or place.locality
    return Titles(
        register=desk.register.name,
        keeper=desk.keeper or desk.register.keeper,
        place=f"{place.hamlet}, {unit}" if place.hamlet else unit or "Không rõ địa bàn",
        due=f"{min(days):%d/%m/%Y}" if days else "chưa đặt",
        known=bool(place.locality),
        made=f"{desk.clock.now().astimezone(VIETNAM):%d/%m/%Y}",
    )


def _file_name(desk: Desk, place: Place, number: int) -> str:
    """By codes first, so that a folder of them sorts by place."""
    hamlet = re.sub(r"[^\w]+", "-", place.hamlet).strip("-")
    parts = [desk.register.id, place.locality or "khong-ro-dia-ban", hamlet, f"ds{number}"]
    return "_".join(part for part in parts if part) + ".xlsx"
