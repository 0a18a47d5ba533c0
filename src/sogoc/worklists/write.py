"""Writes worklists: per commune or hamlet one file, or several where one would be too large."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from sogoc.clock import VIETNAM, today
from sogoc.worklists.asks import asked, asked_places
from sogoc.worklists.header import header_of
from sogoc.worklists.manifest import OWN, OWN_ASKING, Head
from sogoc.worklists.place import ELSEWHERE, Place
from sogoc.worklists.reading import SQL, open_findings
from sogoc.worklists.rows import form_of, form_rows, rearranged
from sogoc.worklists.workbook import Sheet, Titles, workbook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sogoc.contract.model import Form
    from sogoc.worklists.desk import Desk
    from sogoc.worklists.header import Header
    from sogoc.worklists.rows import Row

LARGEST = 11_000_000
"""Bytes of a file: what the mail of many offices lets through."""
_SHEET_NAME = 31
"""Letters that a spreadsheet allows for the name of a sheet."""


def places(desk: Desk) -> list[Place]:
    """Communes and hamlets with something to repair or somebody to ask about."""
    found = desk.connection.execute(SQL["places"], {"register": desk.register.id}).fetchall()
    named = {(str(locality), hamlet) for locality, hamlet in found} | asked_places(desk)
    divided = {locality for locality, hamlet in named if hamlet}
    return sorted(
        {
            Place(locality=locality, hamlet=hamlet or (ELSEWHERE if locality in divided else ""))
            for locality, hamlet in named
        },
        key=lambda place: (place.locality, place.hamlet),
    )


def write(desk: Desk, place: Place, folder: Path) -> list[Path]:
    """The worklists of a place with everything open there; none if nothing is open.

    Each is entered in `node.worklist` in the caller's transaction, so that it is known again.
    """
    findings, asks = open_findings(desk, place), asked(desk, place)
    if not findings and not asks:
        return []
    objects = {finding.object for finding in findings} | {one.ask.object for one in asks}
    form = form_of(desk.register, objects)
    rows = form_rows(desk, form, findings=findings, asks=asks)
    header = header_of(desk, form, [row.at for row in rows])
    rearranged(rows, header.order if header else ())
    folder.mkdir(parents=True, exist_ok=True)
    return _files(desk, place, folder, sheet=Sheet(form=form, rows=rows, header=header))


def zipped(files: Iterable[Path], target: Path) -> Path:
    """Files in one archive, to be handed on at once."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            archive.write(file, file.name)
    return target


def _files(desk: Desk, place: Place, folder: Path, *, sheet: Sheet) -> list[Path]:
    """One file, or the files of both halves if it is too large to be sent."""
    head = _begin(desk, place, sheet)
    number = head.worklist
    file = folder / _file_name(desk, place, number)
    workbook(sheet, head=head, titles=_titles(desk, place, sheet.rows)).save(file)
    if file.stat().st_size > LARGEST and len(sheet.rows) > 1:
        file.unlink()
        desk.connection.execute(SQL["forget_list"], {"id": number})
        half = len(sheet.rows) // 2
        parts = (replace(sheet, rows=rows) for rows in (sheet.rows[:half], sheet.rows[half:]))
        return [one for part in parts for one in _files(desk, place, folder, sheet=part)]
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    desk.connection.execute(
        SQL["written"], {"id": number, "file_name": file.name, "sha256": sha256}
    )
    return [file]


def _begin(desk: Desk, place: Place, sheet: Sheet) -> Head:
    """The list is known again by the moment at which it was made: one moment, told in both."""
    at = desk.clock.now()
    given = {
        "register": desk.register.id,
        "form": sheet.form.id,
        "locality": place.locality,
        "hamlet": place.hamlet,
        "made_at": at,
        "rules_version": desk.rules_version,
        "findings": sum(len(row.notes) for row in sheet.rows),
    }
    number = int(desk.connection.execute(SQL["begin_list"], given).fetchall()[0][0])
    plain = Head(
        worklist=number,
        register=desk.register.id,
        contract_version=desk.register.version,
        rules_version=desk.rules_version,
        form=sheet.form.id,
        sheet=_sheet_name(sheet.form),
        locality=place.locality,
        hamlet=place.hamlet,
        made_at=at.isoformat(),
        # That of the form; without a fixed header there is title, header, numbers.
        first_row=max(sheet.form.header_to + 1, 4),
        columns=len(sheet.form.columns),
        own=list(OWN_ASKING if any(row.asked for row in sheet.rows) else OWN),
    )
    return _under(plain, sheet.header) if sheet.header else plain


def _under(head: Head, header: Header) -> Head:
    """The same below the header of the file that was delivered."""
    return replace(
        head,
        sheet=header.sheet.title,
        first_row=header.rows + 1,
        columns=len(header.order),
        own_row=header.own_row,
        order=list(header.order),
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
