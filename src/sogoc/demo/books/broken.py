"""Files that must be refused with a sentence, each in the way officers really send them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import msoffcrypto.format.ooxml as encrypted

from sogoc.demo.draw import texts
from sogoc.demo.paper.sheet import Sheet
from sogoc.demo.paper.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PASSWORD = "datdai2026"  # noqa: S105 - the made-up file's, so that a test may open it


def write_broken(land: Path, folder: Path) -> tuple[Path, ...]:
    """Break a good land sheet in every way; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    ways: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
        ("password.xlsx", _with_password),
        ("truncated.xlsx", lambda whole: whole[: len(whole) // 2]),
        ("empty-file.xlsx", lambda _: b""),
        ("picture.xlsx", lambda _: b"\x89PNG\r\n\x1a\n" + bytes(2000)),
        ("page.xls", lambda _: b"<html><body><table><tr><td>STT</td></tr></table></body></html>"),
        ("no-sheet.xlsx", _without_sheet),
        ("zip-bomb.xlsx", _bomb),
    )
    whole = land.read_bytes()
    for name, change in ways:
        (folder / name).write_bytes(change(whole))
    _write_sheets(folder)
    return tuple(sorted(folder.iterdir()))


def _write_sheets(folder: Path) -> None:
    write_workbook(folder / "empty-sheet.xlsx", [Sheet(name="Sheet1", columns=[])])
    header = ("STT", "Tên món", "Đơn giá")
    menu = [texts([1, 2]), texts(["Cơm", "Phở"]), texts([30_000, 45_000])]
    write_workbook(folder / "wrong-form.xlsx", [Sheet(name="Sheet1", above=[header], columns=menu)])
    # The land form without the columns of sheet and parcel number.
    left = ("STT", "Mã xã", "Họ và tên", "Số CCCD")
    rows = [texts([1]), texts(["24544"]), texts(["Nguyễn Văn An"]), texts(["066085000002"])]
    write_workbook(
        folder / "column-missing.xlsx", [Sheet(name="PL3-01", above=[left], columns=rows)]
    )


def _with_password(whole: bytes) -> bytes:
    """Encrypted as Office does (ECMA-376 agile): the only file whose bytes differ each time."""
    sealed = io.BytesIO()
    encrypted.OOXMLFile(io.BytesIO(whole)).encrypt(PASSWORD, sealed)
    return sealed.getvalue()


def _without_sheet(whole: bytes) -> bytes:
    """A package that names a sheet and does not hold it."""
    return _packed(
        {
            name: part
            for name, part in _parts(whole).items()
            if not name.startswith("xl/worksheets/")
        }
    )


def _bomb(whole: bytes) -> bytes:
    """A sheet of 200 MB of blanks that packs into some hundred kilobytes."""
    parts = _parts(whole)
    sheet = next(name for name in parts if name.startswith("xl/worksheets/"))
    return _packed(parts | {sheet: b"<worksheet><sheetData>" + b" " * 200_000_000})


def _parts(whole: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        return {name: package.read(name) for name in package.namelist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, part, compresslevel=1)
    return made.getvalue()
