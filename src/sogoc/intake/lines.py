"""Which rows of a sheet are records, and what the others are: counted, never taken as records.

Words are compared with their marks: `Tống Công Minh` is a person, `Tổng cộng` is a total.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOTAL = re.compile(
    r"(tổng cộng|tổng số|cộng trang|cộng dồn|cộng mang sang|l[ũu][ỹy] kế|grand total)\b.*"
    r"|(tổng|cộng|tong cong|tong so|cong|total)\s*:?",
    re.DOTALL,
)
_SIGNED = re.compile(
    r"người (lập|kiểm tra|tổng hợp|ký|viết|duyệt)\b|nguoi lap|cán bộ (địa chính|lập|tổng hợp)"
    r"|công chức (địa chính|tư pháp)|kế toán trưởng|thủ trưởng|(phó )?chủ tịch$|(tm|kt|tl|tuq)\."
    r"|[uủ][ỷy] ban nhân dân|\(?ký[ ,]|xác nhận của|nơi nhận|ghi chú\s*:|trưởng thôn$"
    r"|giám đốc$|lập biểu|(.*,\s*)?ngày\s*[\d….]*\s*tháng\s*[\d….]*\s*năm\b"
)
_SECTION = re.compile(
    r"(?:[ivx]+|[a-h]|\d+)?[.)\s-]*(thôn|xóm|bản|buôn|ấp|tổ dân phố|khu phố|khối|khóm|xã|phường"
    r"|thị trấn|huyện|quận|tỉnh)\b"
)
_NUMBER = re.compile(r"[\[(]?\s*(\d{1,3})\s*[\])]?(?:\s*=.*)?")
_NUMBERED_FROM = r"^\s*[\[(]?\s*(1|2|A|B|a|b)\s*[\])]?\s*$"
_FEW = 3
"""A signature or a title fills no more cells of its row."""


def is_numbering(row: Sequence[str | None]) -> bool:
    """Whether the row numbers the columns: 1 2 3 …, (1) (2) (3) …, or A B 1 2 3 …."""
    told = _told(row)
    letters = [text for text in told if len(text) == 1 and text.isalpha()]
    matches = [_NUMBER.fullmatch(text) for text in told if text not in letters]
    numbers = [int(match[1]) for match in matches if match]
    if len(numbers) < len(matches) or len(numbers) < max(3, len(told) // 2):
        return False
    first = numbers[0]
    return first in {1, 2} and numbers == list(range(first, first + len(numbers)))


def is_total(row: Sequence[str | None]) -> bool:
    """Whether the row adds up the others: one text such as `Tổng cộng`, and figures.

    A sum that was never calculated stands as the formula itself, `=SUM(Y7:Y236)`: no word.
    """
    told = [text for text in _told(row) if not text.startswith("=")]
    words = [text for text in told if re.search(r"[^\W\d_]", text)]
    return len(words) == 1 and bool(_TOTAL.fullmatch(words[0].casefold()))


def is_signature(row: Sequence[str | None]) -> bool:
    """Whether a block of signatures begins here: few cells, with words such as `Người lập biểu`."""
    told = _told(row)
    return 0 < len(told) <= _FEW and any(_SIGNED.match(text.casefold()) for text in told)


def is_section(row: Sequence[str | None]) -> bool:
    """Whether the row is a title within the table: one cell alone, such as `I. Thôn Đông`."""
    told = _told(row)
    return len(told) == 1 < len(row) - 2 and bool(_SECTION.match(told[0].casefold()))


def _told(row: Sequence[str | None]) -> list[str]:
    return [text.strip() for text in row if text and text.strip()]


@dataclass(slots=True)
class Sorting:
    """Sorts the rows of one sheet in their order; remembers that the signatures have begun."""

    header: tuple[str, ...]
    """Lowest header text of each column: a long sheet repeats it on every printed page."""
    left_out: Counter[str] = field(default_factory=Counter)
    _signed: bool = False

    def records(self, columns: list[pa.Array]) -> pa.Array:
        """True for the rows that are records."""
        filled = np.zeros(len(columns[0]) if columns else 0, dtype=np.int32)
        for column in columns:
            filled += pc.is_valid(column).to_numpy(zero_copy_only=False)
        sparse = filled <= max(_FEW, len(columns) // 4)
        looked = np.flatnonzero(sparse | self._suspects(columns))
        kept = np.ones(len(filled), dtype=bool)
        rows = self._rows(columns, looked)
        for at, row in zip(looked, rows, strict=True):
            reason = self._reason(row, few=bool(sparse[at]))
            if reason:
                kept[at] = False
                self.left_out[reason] += 1
        return pa.array(kept)

    def _suspects(self, columns: list[pa.Array]) -> np.ndarray:
        """Rows with many cells that may still be no record: totals, numbering, headers again."""
        found = np.zeros(len(columns[0]) if columns else 0, dtype=bool)
        for at, column in enumerate(columns[:4]):
            found |= _hits(pc.match_substring_regex(column, r"(?i)^\s*(tổng|cộng|total)"))
            found |= _hits(pc.match_substring_regex(column, _NUMBERED_FROM)) if at < 1 else False
            if at < len(self.header) and self.header[at]:
                found |= _hits(pc.equal(column, self.header[at]))
        return found

    @staticmethod
    def _rows(columns: list[pa.Array], at: np.ndarray) -> list[tuple[str | None, ...]]:
        chosen = pa.array(at)
        return list(zip(*(column.take(chosen).to_pylist() for column in columns), strict=True))

    def _reason(self, row: tuple[str | None, ...], *, few: bool) -> str:
        """Why the row is no record; empty if it is one."""
        if not _told(row):
            return "blank"
        if is_total(row):
            return "total"
        if is_numbering(row):
            return "numbering"
        return self._reason_in_place(row) if few else self._repeated(row)

    def _reason_in_place(self, row: tuple[str | None, ...]) -> str:
        if is_signature(row) or (self._signed and len(_told(row)) <= _FEW < len(row)):
            self._signed = True
            return "signature"
        return "section" if is_section(row) else self._repeated(row)

    def _repeated(self, row: tuple[str | None, ...]) -> str:
        pairs = [
            (text.strip(), title) for text, title in zip(row, self.header, strict=False) if text
        ]
        return "header" if pairs and all(text == title for text, title in pairs) else ""


def _hits(mask: pa.Array) -> np.ndarray:
    found: np.ndarray = pc.fill_null(mask, fill_value=False).to_numpy(zero_copy_only=False)
    return found
