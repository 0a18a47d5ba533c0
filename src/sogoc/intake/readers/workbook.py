"""Workbooks: xlsx, xlsm, xlsb, xls and ods, each cell with the type it truly has."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from sogoc.errors import Place
from sogoc.intake import refusals
from sogoc.intake.sheets import ROWS_A_BATCH, WIDEST, Batch, Merge, Sheet, texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from python_calamine import CalamineSheet

_TYPES = {str: "t", float: "n", int: "n", bool: "b", date: "d", datetime: "d", time: "t"}


def sheets(file: Path, place: Place) -> Iterator[Sheet]:
    """The sheets that can hold a table, hidden ones too."""
    try:
        book = CalamineWorkbook.from_path(str(file))
    except PasswordError:
        raise refusals.locked(place) from None
    except (CalamineError, OSError, ValueError):
        raise refusals.damaged(place) from None
    with book:
        for kept in book.sheets_metadata:
            if kept.typ is SheetTypeEnum.WorkSheet:
                hidden = kept.visible is not SheetVisibleEnum.Visible
                yield _sheet(book, kept.name, hidden=hidden, place=place)


def _sheet(book: CalamineWorkbook, name: str, *, hidden: bool, place: Place) -> Sheet:
    at = Place(file=place.file, sheet=name)
    try:
        sheet = book.get_sheet_by_name(name)
    except (CalamineError, ValueError):
        raise refusals.damaged(at) from None
    if sheet.total_width > WIDEST:
        raise refusals.too_wide(at, sheet.total_width, WIDEST)
    merged = tuple(
        Merge(top, left, bottom, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    return Sheet(name=name, hidden=hidden, merged=merged, batches=_batches(sheet))


def _batches(sheet: CalamineSheet) -> Iterator[Batch]:
    if sheet.start is None:
        return
    left: list[object] = [None] * sheet.start[1]
    line = sheet.start[0]
    rows = iter(sheet.to_python(skip_empty_area=True))
    while some := list(islice(rows, ROWS_A_BATCH)):
        yield _batch([[*left, *row] for row in some], line)
        line += len(some)


def _batch(rows: list[list[object]], before: int) -> Batch:
    columns = [[text_of(cell) for cell in column] for column in zip(*rows, strict=True)]
    types = ["".join([_letter(cell) for cell in row]) for row in rows]
    lines = pa.array(range(before + 1, before + 1 + len(rows)), pa.int32())
    return Batch(lines, [texts(column) for column in columns], pa.array(types, pa.string()))


def _letter(cell: object) -> str:
    if cell is None or cell == "":
        return "-"
    return _TYPES.get(type(cell), "t")


def text_of(cell: object) -> str | None:
    """The cell as text: a number without `.0`, a true date in ISO form."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, (date, time, timedelta)):
        return _time_text(cell)
    return str(cell).lower()


def _time_text(cell: date | time | timedelta) -> str:
    if isinstance(cell, timedelta):
        return _span(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell.isoformat()


def number_text(number: float) -> str:
    """The number as a person typed it.

    A sheet keeps numbers in binary and shows 15 digits: 0.30000000000000004 was 0.3, and
    a personal number typed as a number has 12 digits, so nothing is lost by showing 15.
    """
    if number.is_integer() and abs(number) < 1e15:  # noqa: PLR2004 - the 15 digits of a sheet
        return str(int(number))
    return format(Decimal(format(number, ".15g")), "f")


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
