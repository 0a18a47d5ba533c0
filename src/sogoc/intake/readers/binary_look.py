"""What the fast reader does not tell of a binary workbook (xlsb): error cells, hidden rows.

Its sheets are records, each a type and a size of seven bits a byte before its content
([MS-XLSB] 2.1.4). Only three types are looked into; all others are stepped over.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from sogoc.intake.readers.odd import Look, Odd

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROW, _CELL_ERROR, _FORMULA_ERROR, _SHEET = 0, 3, 11, 156
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_SEVEN, _MORE, _LONGEST_TYPE, _LONGEST_SIZE = 0x7F, 0x80, 2, 4
_HIDDEN, _FLAGS_AT = 0x10, 11
"""Bit and byte of a row's header that say it has no height (2.4.755, fDyZero)."""


def sheet_names(book: bytes) -> Iterator[tuple[str, str]]:
    """Of each sheet the id of its relation, and its name."""
    for kind, start, _ in _records(book):
        if kind == _SHEET:
            link, after = _text(book, start + 8)
            yield link, _text(book, after)[0]


def look(sheet: bytes) -> Look:
    """The error cells of one sheet by row and column, and how many of its rows are hidden."""
    found = Look()
    row = 0
    for kind, start, end in _records(sheet):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", sheet, start)
            found.hidden_rows += bool(
                end - start > _FLAGS_AT and sheet[start + _FLAGS_AT] & _HIDDEN
            )
        elif kind in (_CELL_ERROR, _FORMULA_ERROR):
            (column,) = struct.unpack_from("<I", sheet, start)
            text = _ERRORS.get(sheet[start + 8], "#N/A")
            found.odd.setdefault(row, {})[column] = Odd("e", text)
    return found


def _text(told: bytes, at: int) -> tuple[str, int]:
    (many,) = struct.unpack_from("<I", told, at)
    after = at + 4 + 2 * many
    return told[at + 4 : after].decode("utf-16-le", "replace"), after


def _records(told: bytes) -> Iterator[tuple[int, int, int]]:
    """Type of each record, and where its content begins and ends."""
    at = 0
    while at < len(told):
        kind, at = _number(told, at, _LONGEST_TYPE)
        size, at = _number(told, at, _LONGEST_SIZE)
        yield kind, at, at + size
        at += size


def _number(told: bytes, at: int, longest: int) -> tuple[int, int]:
    number = 0
    for place in range(longest):
        byte = told[at] if at < len(told) else 0
        at += 1
        number |= (byte & _SEVEN) << 7 * place
        if not byte & _MORE:
            break
    return number, at
