"""Writes csv in the writings and separators that systems really export."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from sogoc.demo.paper import writings

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.demo.draw import Texts
    from sogoc.demo.paper.sheet import Cell

Encode = Callable[[str], bytes]


def utf8_with_mark(text: str) -> bytes:
    """UTF-8 with a byte-order mark, as spreadsheets save it."""
    return text.encode("utf-8-sig")


def utf8(text: str) -> bytes:
    """UTF-8 without a mark."""
    return text.encode()


def tcvn3_bytes(text: str) -> bytes:
    """TCVN3 (ABC fonts), one byte a letter; letters it lacks become question marks."""
    return writings.tcvn3(text).encode("cp1252", "replace")


def write_separated(
    file: Path, rows: tuple[Sequence[str], Sequence[Texts]], *, separator: str, encode: Encode
) -> None:
    """Headers and columns, lines ended as Windows does."""
    headers, columns = rows
    lines = io.StringIO()
    table = csv.writer(lines, delimiter=separator, lineterminator="\r\n")
    table.writerow(headers)
    table.writerows([_text(cell) for cell in row] for row in zip(*columns, strict=True))
    file.write_bytes(encode(lines.getvalue()))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.strftime("%d/%m/%Y") if isinstance(cell, date) else str(cell)
