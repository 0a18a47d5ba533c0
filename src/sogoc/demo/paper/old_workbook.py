"""Writes the xls of 1997 to 2003 (BIFF8 in a compound file), which some offices still send.

Only what such a sheet needs: texts and numbers, one stream, sectors of 512 bytes ([MS-XLS] and
[MS-CFB]).
Dates are written as text.
"""

from __future__ import annotations

import struct
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sogoc.demo.paper.sheet import Cell, Sheet

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_BOF, _EOF, _BOUNDSHEET, _DIMENSIONS = 0x0809, 0x000A, 0x0085, 0x0200
_LABEL, _NUMBER, _CODEPAGE, _XF, _FONT = 0x0204, 0x0203, 0x0042, 0x00E0, 0x0031
_LONGEST = 2000
"""Longer texts would need a second record; no cell of the demo comes near."""


def write_old_workbook(file: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets into one workbook."""
    file.write_bytes(_compound(_stream(sheets)))


def _stream(sheets: Sequence[Sheet]) -> bytes:
    bodies = [_sheet(sheet) for sheet in sheets]
    head = _record(_BOF, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    head += _record(_CODEPAGE, struct.pack("<H", 1200))
    head += _font() * 4 + _record(_XF, bytes(20)) * 16
    bounds = [_bound(sheet.name, 0) for sheet in sheets]
    at = len(head) + sum(len(one) for one in bounds) + len(_record(_EOF, b""))
    written = b""
    for sheet, body in zip(sheets, bodies, strict=True):
        written += _bound(sheet.name, at)
        at += len(body)
    return head + written + _record(_EOF, b"") + b"".join(bodies)


def _font() -> bytes:
    return _record(
        _FONT, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + _name("Arial")
    )


def _name(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _bound(name: str, at: int) -> bytes:
    return _record(_BOUNDSHEET, struct.pack("<IH", at, 0) + _name(name))


def _sheet(sheet: Sheet) -> bytes:
    rows = list(sheet.rows())
    width = max((len(row) for row in rows), default=0)
    made = [_record(_BOF, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))]
    made.append(_record(_DIMENSIONS, struct.pack("<IIHHH", 0, len(rows), 0, width, 0)))
    made += [
        _cell(line, place, cell)
        for line, row in enumerate(rows)
        for place, cell in enumerate(row)
        if cell is not None and cell != ""
    ]
    made.append(_record(_EOF, b""))
    return b"".join(made)


def _cell(line: int, place: int, cell: Cell) -> bytes:
    at = struct.pack("<HHH", line, place, 0)
    if isinstance(cell, date):
        cell = cell.strftime("%d/%m/%Y")
    if isinstance(cell, str):
        text = cell[:_LONGEST]
        units = text.encode("utf-16-le")
        return _record(_LABEL, at + struct.pack("<HB", len(units) // 2, 1) + units)
    return _record(_NUMBER, at + struct.pack("<d", float(cell or 0)))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _compound(stream: bytes) -> bytes:
    """One stream named `Workbook` behind a header, its allocation table and a directory."""
    # Under 4,096 bytes a stream would have to lie in the small-sector area.
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    data = len(stream) // _SECTOR
    tables = 1
    while tables * (_SECTOR // 4) < data + tables + 1:
        tables += 1
    chain = [*range(1, data), _END]
    entries = [*chain, _END, *([_FAT] * tables)]
    entries += [_FREE] * (tables * (_SECTOR // 4) - len(entries))
    directory = _entry("Root Entry", 5, _END, 0, 1) + _entry("Workbook", 2, 0, len(stream), _FREE)
    directory += _entry("", 0, 0, 0, _FREE) * 2
    first_table = data + 1
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0,
        tables, data, 0, 4096, _END, 0, _END, 0,
    )  # fmt: skip
    places = [first_table + n for n in range(tables)]
    header += struct.pack("<109I", *places, *([_FREE] * (109 - tables)))
    return header + stream + directory + struct.pack(f"<{len(entries)}I", *entries)


def _entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    head = text.ljust(64, b"\0") + struct.pack("<HBB", length, kind, 1)
    links = struct.pack("<III", _FREE, _FREE, child)
    return head + links + bytes(16) + struct.pack("<I16xIQ", 0, start, size)
