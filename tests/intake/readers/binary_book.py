"""A writer of small binary workbooks (xlsb) by [MS-XLSB]: no program at hand saves them."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>
</Types>"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>"""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ERROR_NA = 0x2A


class Error(int):
    """The code of an error cell."""


def record(kind: int, content: bytes = b"") -> bytes:
    """Type and size, seven bits a byte, then the content."""
    return _varied(kind) + _varied(len(content)) + content


def _varied(number: int) -> bytes:
    told = b""
    while number > 127:
        told += bytes([number & 127 | 128])
        number >>= 7
    return told + bytes([number])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _cell(at: int, value: object) -> bytes:
    place = struct.pack("<II", at, 0)
    if isinstance(value, Error):
        return record(3, place + bytes([value]))
    if isinstance(value, int | float):
        return record(5, place + struct.pack("<d", value))
    return record(6, place + _wide(str(value)))


def _sheet(rows: Sequence[Sequence[object]], hidden: frozenset[int]) -> bytes:
    width = max(map(len, rows))
    told = record(129) + record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1))
    told += record(145)
    for at, row in enumerate(rows):
        flags = struct.pack("<BBB", 0, 0x10 if at in hidden else 0, 0)
        spans = struct.pack("<III", 1, 0, width - 1)
        told += record(0, struct.pack("<IIH", at, 0, 300) + flags + spans)
        told += b"".join(_cell(column, value) for column, value in enumerate(row) if value != "")
    return told + record(146) + record(130)


def write(
    file: Path,
    sheets: dict[str, Sequence[Sequence[object]]],
    *,
    hidden_rows: frozenset[int] = frozenset(),
    hidden_sheets: frozenset[str] = frozenset(),
) -> Path:
    """A workbook with these sheets; the hidden rows are hidden in each of them."""
    book = record(131) + record(143)
    links = ""
    with zipfile.ZipFile(file, "w") as archive:
        for number, (name, rows) in enumerate(sheets.items(), start=1):
            state = struct.pack("<II", int(name in hidden_sheets), number)
            book += record(156, state + _wide(f"rId{number}") + _wide(name))
            part = f"worksheets/sheet{number}.bin"
            links += f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="{part}"/>'
            archive.writestr(f"xl/{part}", _sheet(rows, hidden_rows))
        archive.writestr("xl/workbook.bin", book + record(144) + record(132))
        archive.writestr("xl/_rels/workbook.bin.rels", _RELATIONS.format(links))
        archive.writestr("[Content_Types].xml", _TYPES)
        main = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.bin"/>'
        archive.writestr("_rels/.rels", _RELATIONS.format(main))
    return file
