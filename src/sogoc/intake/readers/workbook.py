"""Workbooks: xlsx, xlsm, xlsb, xls and ods, each cell with the type it truly has."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from sogoc.errors import Place, Sentence
from sogoc.intake import refusals
from sogoc.intake.readers.odd import Look, Odd
from sogoc.intake.readers.second_look import looks
from sogoc.intake.sheets import (
    EMPTY,
    ROWS_A_BATCH,
    WIDEST,
    Batch,
    Merge,
    Sheet,
    filled,
    joined,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from python_calamine import CalamineSheet

_ERRORS = (
    "ô báo lỗi công thức (#N/A, #REF! ...); cần nhập lại giá trị.",
    "cells hold an error (#N/A, #REF! ...); type their value.",
)
_FORMULAS = (
    "ô có công thức chưa tính ra giá trị; hãy mở tệp bằng Excel, lưu lại rồi gửi.",
    "formulas were never calculated; open the file in Excel, save it and send it again.",
)
_HIDDEN = (
    "dòng đang bị ẩn; dữ liệu của các dòng này vẫn được lấy.",
    "rows are hidden; their records were taken all the same.",
)
_ODD = 0
_TOLD = {float: "n", int: "n", bool: "b", date: "d", datetime: "d"}
_TYPES = defaultdict(lambda: ord("t"), {kind: ord(letter) for kind, letter in _TOLD.items()})
_TYPES[Odd] = _ODD


def sheets(file: Path, place: Place) -> Iterator[Sheet]:
    """The sheets that can hold a table, hidden ones too."""
    try:
        book = CalamineWorkbook.from_path(str(file))
    except PasswordError:
        raise refusals.locked(place) from None
    except (CalamineError, OSError, ValueError):
        raise refusals.damaged(place) from None
    hidden_things = looks(file)
    with book:
        for kept in book.sheets_metadata:
            if kept.typ is SheetTypeEnum.WorkSheet:
                hidden = kept.visible is not SheetVisibleEnum.Visible
                look = hidden_things.get(kept.name, Look())
                sheet = _sheet(book, kept.name, place, look=look)
                sheet.hidden = hidden
                yield sheet


def _sheet(book: CalamineWorkbook, name: str, place: Place, *, look: Look) -> Sheet:
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
    notes = _remarks(name, look)
    return Sheet(name=name, merged=merged, batches=_batches(sheet, look), notes=notes)


def _remarks(name: str, look: Look) -> list[Sentence]:
    errors, formulas, hidden = look.count("e"), look.count("f"), look.hidden_rows
    told = (
        (errors, *_ERRORS),
        (formulas, *_FORMULAS),
        (hidden, *_HIDDEN),
    )
    return [
        Sentence(f"Trang {name}: {many} {vi}", f"Sheet {name}: {many} {en}")
        for many, vi, en in told
        if many
    ]


def _batches(sheet: CalamineSheet, look: Look) -> Iterator[Batch]:
    if sheet.start is None:
        return
    left: list[object] = [None] * sheet.start[1]
    line = sheet.start[0]
    told: list[Any] = sheet.to_python(skip_empty_area=True)
    rows = (_moved(row, left) for row in told) if left else iter(told)
    while some := list(islice(rows, ROWS_A_BATCH)):
        yield _batch(_with_odd(some, line, look), line)
        line += len(some)


def _moved(row: Sequence[object], left: list[object]) -> list[object]:
    """The row with the empty columns that stand left of the table."""
    return [*left, *row]


def _with_odd(rows: list[list[object]], before: int, look: Look) -> list[list[object]]:
    """The rows with the cells that the second look found in place of nothing."""
    for at, cells in look.odd.items():
        if before <= at < before + len(rows):
            row = rows[at - before]
            for column in cells.keys() & range(len(row)):
                row[column] = cells[column]
    return rows


def _batch(rows: list[list[object]], before: int) -> Batch:
    columns = list(zip(*rows, strict=True))
    told = [_told(column) for column in columns]
    letters = np.empty((len(rows), len(columns)), dtype=np.uint8)
    for at, (text, one) in enumerate(told):
        letters[:, at] = np.where(filled(text), one, EMPTY)
    lines = pa.array(np.arange(before + 1, before + 1 + len(rows), dtype=np.int32))
    return Batch(lines, [text for text, _ in told], joined(letters))


def _told(column: tuple[object, ...]) -> tuple[pa.Array, np.ndarray | np.uint8]:
    """The texts of a column, and its letters: one, where all its cells are texts, as in most."""
    if set(map(type, column)) == {str}:
        return texts(cast(tuple[str, ...], column)), np.uint8(ord("t"))
    cells = [cell if type(cell) is str else text_of(cell) for cell in column]
    return texts(cells), _letters(column)


def _letters(column: tuple[object, ...]) -> np.ndarray:
    letters = np.fromiter(map(_TYPES.__getitem__, map(type, column)), np.uint8, len(column))
    for at in np.flatnonzero(letters == _ODD):
        letters[at] = ord(getattr(column[at], "letter", "t"))
    return letters


def text_of(cell: object) -> str | None:
    """The cell as text: a number without `.0`, a true date in ISO form."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, (date, time, timedelta)):
        return _time_text(cell)
    return cell.text if isinstance(cell, Odd) else str(cell).lower()


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
