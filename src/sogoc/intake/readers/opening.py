"""What a file is, told by its first bytes and never by its name alone; then its reader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sogoc.intake import refusals
from sogoc.intake.readers import delimited, workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.errors import Place
    from sogoc.intake.sheets import Sheet

_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def opened(file: Path | str, place: Place) -> Iterator[Sheet]:
    """The sheets of the file. Raises DeliveryRefused for what is no table."""
    path = Path(file)
    try:
        with path.open("rb") as stream:
            start = stream.read(4096)
    except OSError:
        raise refusals.gone(place) from None
    if not start.strip():
        raise refusals.empty(place)
    if start.startswith((_ZIP, _OLE)):
        return workbook.sheets(path, place)
    return delimited.sheets(path, place)
