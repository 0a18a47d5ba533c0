"""What the fast reader does not tell: error cells, formulas without value, hidden rows.

A workbook is a zip of XML (ECMA-376). Its sheets are searched as streams of bytes for the few
marks in question, without building a tree: no entity is ever expanded, and memory stays small.
"""

from __future__ import annotations

import re
import zipfile
from html import unescape
from typing import TYPE_CHECKING

from sogoc.intake.readers import binary_look
from sogoc.intake.readers.odd import Look, Odd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

_BLOCK = 4 * 1024 * 1024
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_NAME = re.compile(rb'\bname="([^"]*)"')
_LINK = re.compile(rb'\b(?:\w+:)id="([^"]*)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ID = re.compile(rb'\bId="([^"]*)"')
_TARGET = re.compile(rb'\bTarget="([^"]*)"')
_ROW_END = re.compile(rb"</(?:\w+:)?row>")
_HIDDEN = re.compile(rb'<(?:\w+:)?row\b[^>]*\bhidden="(?:1|true)"')
_MARKS = re.compile(rb't="e"|<(?:\w+:)?f[ >/]')
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>(.*?)</", re.DOTALL)
_FILLED = re.compile(rb"<(?:\w+:)?v\b[^>/]*>[^<]")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>(.*?)</)", re.DOTALL)


def looks(file: Path) -> dict[str, Look]:
    """The look of each sheet of an xlsx or xlsb file by its name; nothing for other formats."""
    if not zipfile.is_zipfile(file):
        return {}
    with zipfile.ZipFile(file) as archive:
        if "xl/workbook.bin" in archive.namelist():
            return {
                name: binary_look.look(archive.read(part)) for name, part in _binary_parts(archive)
            }
        if "xl/workbook.xml" not in archive.namelist():
            return {}
        found: dict[str, Look] = {}
        for name, part in _parts(archive):
            with archive.open(part) as stream:
                found[name] = _look(stream)
        return found


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    targets = _targets(archive, "xl/_rels/workbook.xml.rels")
    for told in _SHEET.findall(archive.read("xl/workbook.xml")):
        part = targets.get(_first(_LINK, told), "")
        if part in archive.NameToInfo:
            yield _first(_NAME, told), part


def _binary_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    targets = _targets(archive, "xl/_rels/workbook.bin.rels")
    for link, name in binary_look.sheet_names(archive.read("xl/workbook.bin")):
        part = targets.get(link, "")
        if part in archive.NameToInfo:
            yield name, part


def _targets(archive: zipfile.ZipFile, relations: str) -> dict[str, str]:
    """The part of the archive that each relation of the workbook leads to."""
    found: dict[str, str] = {}
    for told in _RELATION.findall(archive.read(relations)):
        target = _first(_TARGET, told)
        found[_first(_ID, told)] = target.lstrip("/") if target[:1] == "/" else f"xl/{target}"
    return found


def _first(pattern: re.Pattern[bytes], told: bytes) -> str:
    found = pattern.search(told)
    return unescape(found[1].decode("utf-8", "replace")) if found else ""


def _look(stream: IO[bytes]) -> Look:
    """Whole rows at a time: a block is searched up to the end of its last row."""
    look = Look()
    rest = b""
    while block := stream.read(_BLOCK):
        told = rest + block
        cut = _last_row_end(told)
        _search(told[:cut], look)
        rest = told[cut:]
    _search(rest, look)
    return look


def _last_row_end(told: bytes) -> int:
    """Where the last whole row ends, 0 if none does."""
    at = told.rfind(b"row>")
    while at > 0 and not _ROW_END.fullmatch(told, told.rfind(b"<", 0, at), at + 4):
        at = told.rfind(b"row>", 0, at)
    return max(at + 4, 0) if at > 0 else 0


def _search(rows: bytes, look: Look) -> None:
    if b"hidden=" in rows:
        look.hidden_rows += len(_HIDDEN.findall(rows))
    # Bytes are found far faster than patterns, and most sheets hold none of them.
    if not any(mark in rows for mark in (b't="e"', b"<f", b":f")) or not _MARKS.search(rows):
        return
    for cell in _CELL.finditer(rows):
        odd = _odd(cell[1], cell[2] or b"")
        place = _PLACE.search(cell[1])
        if odd and place:
            look.odd.setdefault(int(place[2]) - 1, {})[_column(place[1])] = odd


def _odd(attributes: bytes, content: bytes) -> Odd | None:
    if b't="e"' in attributes:
        value = _VALUE.search(content)
        return Odd("e", unescape(value[1].decode("utf-8", "replace")) if value else "#N/A")
    formula = _FORMULA.search(content)
    # A formula whose value is the empty text was calculated: its cell has the type str.
    if formula and not _FILLED.search(content) and b't="str"' not in attributes:
        return Odd("f", "=" + unescape((formula[1] or b"").decode("utf-8", "replace")))
    return None


def _column(letters: bytes) -> int:
    """`A` is 0, `AA` is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
