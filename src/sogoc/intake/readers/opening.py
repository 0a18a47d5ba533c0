"""What a file is, told by its first bytes and never by its name alone; then its reader."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msoffcrypto

from sogoc.intake import refusals
from sogoc.intake.readers import delimited, named, postgres, workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.errors import Place
    from sogoc.intake.sheets import Sheet

_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OTHERS = (
    (b"%PDF", "tệp PDF", "a PDF file"),
    (b"\x89PNG", "tệp ảnh", "an image"),
    (b"\xff\xd8\xff", "tệp ảnh", "an image"),
    (b"GIF8", "tệp ảnh", "an image"),
    (b"{\\rtf", "tệp văn bản RTF", "an RTF text"),
    (b"Rar!", "tệp nén RAR", "a RAR archive"),
    (b"7z\xbc\xaf", "tệp nén 7z", "a 7z archive"),
    (b"\x1f\x8b", "tệp nén gzip", "a gzip archive"),
)
_WEB_PAGE = re.compile(rb"^\s*(<!doctype html|<html|<head|<table|<meta|<\?xml)", re.IGNORECASE)
_ARRAY = re.compile(rb"\s*\[\s*[{\]]")
_PARTS = {
    "word/document.xml": ("tệp Word", "a Word document"),
    "ppt/presentation.xml": ("tệp PowerPoint", "a PowerPoint file"),
}
_BOOKS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
MOST_GIB = 8
_MOST_UNPACKED = MOST_GIB * 1024**3
_MOST_RATIO = 200
"""Sheets pack to a tenth or a twentieth; a bomb to a thousandth."""
_SMALL = 64 * 1024**2
"""Whatever its ratio, what unpacks to no more than this does no harm."""


def opened(file: Path | str, place: Place) -> Iterator[Sheet]:
    """The sheets of the file or database. Raises DeliveryRefused for what is no table."""
    if postgres.is_address(str(file)):
        return postgres.sheets(str(file), place)
    path = Path(file)
    try:
        with path.open("rb") as stream:
            start = stream.read(4096)
    except OSError:
        raise refusals.gone(place) from None
    if not start.strip():
        raise refusals.empty(place)
    _refuse_others(start, place)
    if start.startswith(_ZIP):
        _check_archive(path, place)
        return workbook.sheets(path, place)
    if start.startswith(_OLE):
        _check_old_book(path, place)
        return workbook.sheets(path, place)
    return _text_or_columns(path, start, place)


def _text_or_columns(path: Path, start: bytes, place: Place) -> Iterator[Sheet]:
    if start.startswith(b"PAR1"):
        return named.parquet_sheets(path, place)
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return named.json_sheets(path, place)
    if _ARRAY.match(start.removeprefix(b"\xef\xbb\xbf")):
        return named.array_sheets(path, place)
    return delimited.sheets(path, place)


def _refuse_others(start: bytes, place: Place) -> None:
    for mark, vi, en in _OTHERS:
        if start.startswith(mark):
            raise refusals.no_table(place, vi, en)
    if _WEB_PAGE.match(start.removeprefix(b"\xef\xbb\xbf")):
        # Old systems save a web page and call it .xls; spreadsheets open it, and hide what it is.
        raise refusals.no_table(place, "trang web (HTML, XML)", "a web page (HTML, XML)")


def _check_archive(path: Path, place: Place) -> None:
    """Refuse what is no workbook, was cut off, or unpacks to more than any table."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            _check_kind(names, place)
            _check_declared(parts, place)
            _check_unpacked(archive, parts, place)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise refusals.damaged(place) from None
    except RuntimeError:  # the zip itself is encrypted
        raise refusals.locked(place) from None


def _check_kind(names: set[str], place: Place) -> None:
    for part, (vi, en) in _PARTS.items():
        if part in names:
            raise refusals.no_table(place, vi, en)
    if not names.intersection(_BOOKS):
        raise refusals.no_table(place, "tệp nén", "an archive of files")


def _check_declared(parts: list[zipfile.ZipInfo], place: Place) -> None:
    if sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise refusals.swollen(place, f"{MOST_GIB} GB")
    for part in parts:
        if part.file_size > max(part.compress_size * _MOST_RATIO, _SMALL):
            raise refusals.swollen(place, f"{_SMALL // 1024**2} MB")


def _check_unpacked(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], place: Place) -> None:
    """Unpack each part once and look at nothing but its length and checksum.

    A bomb may declare less than it holds; a file cut off in the middle fails its checksum.
    """
    for part in parts:
        with archive.open(part) as stream:
            unpacked = sum(map(len, iter(partial(stream.read, 1024 * 1024), b"")))
        if unpacked > part.file_size:
            raise refusals.swollen(place, f"{_SMALL // 1024**2} MB")


def _check_old_book(path: Path, place: Place) -> None:
    """An OLE file is an old workbook, or a new one locked by a password, or an old document."""
    with path.open("rb") as stream:
        told = stream.read(_SMALL)
    if "EncryptedPackage".encode("utf-16-le") in told:
        raise refusals.locked(place)
    if "WordDocument".encode("utf-16-le") in told:
        raise refusals.no_table(place, "tệp Word", "a Word document")
    if _is_encrypted(told):
        raise refusals.locked(place)


def _is_encrypted(told: bytes) -> bool:
    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(told)).is_encrypted())
    except Exception:  # noqa: BLE001 - it raises whatever its parser meets; the reader judges then
        return False
