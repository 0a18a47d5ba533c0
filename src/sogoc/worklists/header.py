"""The head of the officer's own file: its rows, merged cells and widths, where it was a workbook.

An officer knows the sheet again by its head, and his columns may stand in another order than the
contract's. What is no .xlsx, or is not found again, gets the header drawn from the contract.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections import Counter
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from sogoc.errors import Place, SogocError
from sogoc.intake.finding import choose
from sogoc.intake.headers import DEPTH
from sogoc.intake.kept import keep
from sogoc.intake.lines import is_numbering
from sogoc.intake.readers.opening import opened
from sogoc.intake.shapes import shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from sogoc.contract.model import Form, Register
    from sogoc.intake.finding import Chosen
    from sogoc.worklists.desk import Desk
    from sogoc.worklists.reading import Line

_WORKBOOKS = {".xlsx", ".xlsm"}
_LARGEST = 400_000_000
"""Bytes of one sheet unpacked; a larger one is not opened for its header alone."""
_ROW = re.compile(rb"<row[ >/]")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_NUMBERING = 2
"""Rows below the header that may number its columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The head of a sheet: rows from the first to `rows`, `order` as in `manifest.Head`."""

    sheet: Worksheet
    rows: int
    order: tuple[int, ...]
    own_row: int
    """Where the names of our columns stand: the first row of the header below the titles."""


def header_of(desk: Desk, form: Form, lines: Sequence[Line]) -> Header | None:
    """The head of the file from which most of the rows came; None where it cannot be copied."""
    came = Counter((line.delivery, line.sheet) for line in lines)
    for (delivery, sheet), _ in came.most_common(1):
        file = desk.kept(delivery)
        if file is not None and file.suffix.lower() in _WORKBOOKS and file.is_file():
            return _read(desk.register, form.id, file, sheet)
    return None


def copy_header(header: Header, sheet: Worksheet) -> None:
    """Put the head into the new sheet as it stands in the old one; formulas are left out."""
    width = len(header.order)
    for row in header.sheet.iter_rows(max_row=header.rows, max_col=width):
        for cell in row:
            _copy(cast("Cell", cell), sheet)
    for merged in header.sheet.merged_cells.ranges:
        if merged.max_row <= header.rows and merged.max_col <= width:
            sheet.merge_cells(str(merged))
    _sizes(header, sheet)


def _copy(cell: Cell, sheet: Worksheet) -> None:
    target = sheet.cell(cell.row, cell.column)
    if cell.data_type != "f":
        target.value = cell.value
    if cell.has_style:
        for part in ("font", "fill", "border", "alignment", "number_format"):
            setattr(target, part, copy(getattr(cell, part)))


def _sizes(header: Header, sheet: Worksheet) -> None:
    for number in range(1, header.rows + 1):
        sheet.row_dimensions[number].height = header.sheet.row_dimensions[number].height
    for dimension in header.sheet.column_dimensions.values():
        for number in range(dimension.min or 0, min(dimension.max or 0, len(header.order)) + 1):
            if number and dimension.width:
                sheet.column_dimensions[get_column_letter(number)].width = dimension.width


@lru_cache(maxsize=4)
def _read(register: Register, form: str, file: Path, sheet: str) -> Header | None:  # noqa: PLR0917 - a key of the cache
    """A kept file never changes, and the lists of a register are written one after the other."""
    top = _top_of(file)
    if top is None:
        return None
    with tempfile.TemporaryDirectory(prefix="sogoc-header-") as folder:
        short = Path(folder) / "head.xlsx"
        short.write_bytes(top)
        chosen = _chosen(register, form, short, sheet=sheet)
    if chosen is None:
        return None
    first, last = _lines(chosen)
    book = load_workbook(io.BytesIO(top))
    if sheet not in book.sheetnames:
        return None
    order = [-1] * len(chosen.layout.paths)
    for which, at in enumerate(chosen.layout.places):
        if at is not None:
            order[at] = which
    while order and order[-1] < 0 and not chosen.layout.paths[len(order) - 1]:
        order.pop()
    return Header(
        sheet=cast("Worksheet", book[sheet]), rows=last, order=tuple(order), own_row=first
    )


def _chosen(register: Register, form: str, file: Path, *, sheet: str) -> Chosen | None:
    """How intake reads the sheet; None where it would be another form, or none at all."""
    place = Place(file=file.name)
    with tempfile.TemporaryDirectory(prefix="sogoc-header-") as folder:
        try:
            kept = [keep(one, Path(folder), place) for one in opened(file, place)]
            found = choose(kept, shapes(register), place)
        except SogocError:
            return None
    meant = [one for one in found if one.kept.name == sheet]
    return next((one for one in meant if one.layout.shape.form.id == form), None)


def _lines(chosen: Chosen) -> tuple[int, int]:
    """First and last row of the header in the sheet, the numbering of its columns included."""
    kept, layout = chosen.kept, chosen.layout
    after = layout.after
    for row in kept.head[after : after + _NUMBERING]:
        if is_numbering(row):
            after += 1
    return kept.head_lines[layout.first], kept.head_lines[after - 1]


def _top_of(file: Path) -> bytes | None:
    """The workbook with the first rows of each sheet alone: a header is read in no time."""
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(file) as source, zipfile.ZipFile(made, "w") as target:
            if max(entry.file_size for entry in source.infolist()) > _LARGEST:
                return None
            for name in source.namelist():
                content = source.read(name)
                target.writestr(name, _cut(content) if _SHEET.fullmatch(name) else content)
    except (OSError, zipfile.BadZipFile):
        return None
    return made.getvalue()


def _cut(sheet: bytes) -> bytes:
    end = sheet.find(b"</sheetData>")
    starts = [found.start() for found in islice(_ROW.finditer(sheet), DEPTH + 1)]
    if end < 0 or len(starts) <= DEPTH:
        return sheet
    return sheet[: starts[DEPTH]] + sheet[end:]
