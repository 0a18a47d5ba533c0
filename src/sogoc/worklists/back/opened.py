"""Opens a returned file: cells as texts, rows by token, and what is wrong with the sheet itself."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from sogoc.errors import Place as At
from sogoc.errors import Sentence, WorklistRefused
from sogoc.worklists import manifest
from sogoc.worklists.manifest import OWN, SAME_PERSON, BrokenManifest, unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from sogoc.worklists.manifest import Head, Sent

LARGEST_UNPACKED = 300_000_000
"""Bytes: thirty times the largest list that goes out. Beyond it a file was made to do harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedRow:
    """One row as it came back, beside what was sent."""

    row: int
    sent: Sent
    cells: list[str]
    answer: str
    case: str
    note: str
    same: str = ""
    """What was said of whether it is this person."""

    def changed(self) -> list[int]:
        """Positions of cells that differ from what was sent."""
        pairs = enumerate(zip(self.cells, self.sent.cells, strict=True))
        return [position for position, (now, before) in pairs if now != before.strip()]

    def record(self, name: str) -> int:
        """The record of an object that the row shows."""
        return int(str(self.sent.records[name][0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The file, read; `mistakes` are those of the sheet itself."""

    file: str
    sha256: str
    head: Head
    rows: list[ReturnedRow]
    mistakes: list[Sentence]


def opened(path: Path) -> Opened:
    """Read a returned file. Raises WorklistRefused if it is no worklist of ours."""
    book = _workbook(path)
    try:
        texts = [str(cell.value) for cell in book[manifest.SHEET]["A"] if cell.value is not None]
        head, sent = unpacked(texts)
        sheet = book[head.sheet]
    except (BrokenManifest, KeyError) as broken:
        raise _refusal(
            path,
            "Tệp không phải danh sách do Sổ Gốc lập, hoặc trang tính ẩn đã bị sửa hay xoá. "
            "Hãy chép phần đã làm sang tệp gốc đã nhận rồi gửi lại.",
            "The file is no worklist of Sổ Gốc, or its hidden sheet was changed or deleted. "
            "Copy the work into the file as it was received and send that.",
        ) from broken
    _check_header(path, sheet, head)
    rows, mistakes = _rows(sheet, head, sent)
    return Opened(
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        head=head,
        rows=rows,
        mistakes=mistakes,
    )


def _workbook(path: Path) -> Workbook:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked_size = sum(entry.file_size for entry in archive.infolist())
        if unpacked_size > LARGEST_UNPACKED:
            raise _refusal(
                path,
                "Tệp khi giải nén lớn bất thường nên không được mở.",
                "The file is far too large when unpacked, so it was not opened.",
            )
        return load_workbook(path)
    except (OSError, zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as broken:
        raise _refusal(
            path,
            "Không mở được tệp. Hãy lưu lại bằng Excel ở dạng .xlsx, không đặt mật khẩu.",
            "The file cannot be opened. Save it from Excel as .xlsx without a password.",
        ) from broken


def _refusal(path: Path, vi: str, en: str) -> WorklistRefused:
    return WorklistRefused(Sentence(vi, en), place=At(file=path.name))


def _check_header(path: Path, sheet: Worksheet, head: Head) -> None:
    """Our columns must stand where they stood: a column put in or taken out moves all others."""
    row = head.names_row
    found = [sheet.cell(row, head.columns + 1 + offset).value for offset in range(len(head.own))]
    if found != head.own:
        raise _refusal(
            path,
            f"Trang tính {head.sheet}, dòng {row}: các cột đã bị thêm, xoá hoặc đổi chỗ. "
            "Hãy trả các cột về như khi nhận.",
            f"Sheet {head.sheet}, row {row}: columns were added, deleted or moved. "
            "Put them back as they were.",
        )


def _rows(
    sheet: Worksheet, head: Head, sent: dict[str, Sent]
) -> tuple[list[ReturnedRow], list[Sentence]]:
    rows: list[ReturnedRow] = []
    mistakes: list[Sentence] = []
    seen: set[str] = set()
    width = head.columns + len(head.own)
    for number, cells in enumerate(
        sheet.iter_rows(min_row=head.first_row, max_col=width), start=head.first_row
    ):
        if all(cell.value is None for cell in cells):
            continue
        mistakes += [
            Sentence(
                f"dòng {number}, cột {position}: ô chứa công thức; hãy gõ giá trị",
                f"row {number}, column {position}: holds a formula; type the value",
            )
            for position, cell in enumerate(cells, start=1)
            if cell.data_type == "f"
        ]
        texts = [text_of(cell.value) for cell in cells]
        token = texts[head.columns]
        if token not in sent or token in seen:
            mistakes.append(_unknown(number))
            continue
        seen.add(token)
        own = dict(zip(head.own, texts[head.columns :], strict=True))
        rows.append(_row(number, texts, own, sent=sent[token]))
    return rows, mistakes


def _row(number: int, texts: list[str], own: dict[str, str], *, sent: Sent) -> ReturnedRow:
    answer, case, note = OWN[-3:]
    return ReturnedRow(
        row=number,
        sent=sent,
        cells=texts[: len(sent.cells)],
        answer=own[answer],
        case=own[case],
        note=own[note],
        same=own.get(SAME_PERSON, ""),
    )


def _unknown(number: int) -> Sentence:
    return Sentence(
        f"dòng {number}: “Mã dòng” trống, lạ hoặc lặp lại; mỗi dòng đã giao chỉ được có một lần",
        f"row {number}: its code is empty, unknown or there twice; each row may stand once",
    )


def text_of(value: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    """A cell as an officer sees it: whole numbers without a fraction, days as dd/mm/yyyy."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value!r}".replace(".", ",")
    return str(value).strip()
