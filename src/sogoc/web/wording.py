"""How pages speak: two languages, decimal comma, dd/mm/yyyy, and one word for each state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sogoc.clock import VIETNAM
from sogoc.errors import Sentence

if TYPE_CHECKING:
    from decimal import Decimal

LANGUAGES = ("vi", "en")
NOTHING = Sentence("(trống)", "(empty)")

OUTCOMES: dict[str, Sentence] = {
    "verified": Sentence("Khớp", "Verified"),
    "differs": Sentence("Đúng người, khác một số thông tin", "Right person, some fields differ"),
    "found": Sentence("Tìm thấy khi thiếu số định danh", "Found without a usable number"),
    "ambiguous": Sentence("Nhiều người cùng phù hợp", "Several persons fit"),
    "mismatch": Sentence("Số định danh là của người khác", "The number is somebody else's"),
    "not_found": Sentence("Không tìm thấy", "Not found"),
    "deceased": Sentence("Đã mất", "Deceased"),
    "needs_a_person": Sentence("Cần người xem xét", "Needs a person"),
}
"""The closed list of verification outcomes."""

CRITERIA: dict[str, Sentence] = {
    "dung": Sentence("Đúng", "Correct (đúng)"),
    "du": Sentence("Đủ", "Sufficient (đủ)"),
    "sach": Sentence("Sạch", "Clean (sạch)"),
    "song": Sentence("Sống", "Alive (sống)"),
    "thong-nhat": Sentence("Thống nhất", "Consistent (thống nhất)"),
}

GROUPS: dict[int, Sentence] = {
    1: Sentence("Nhóm 1: sạch, đang dùng được", "Group 1: clean and in use"),
    2: Sentence("Nhóm 2: cần sửa hoặc xác minh", "Group 2: to be corrected or verified"),
    3: Sentence("Nhóm 3: chưa dùng được", "Group 3: not usable as it stands"),
}

STATES: dict[str, Sentence] = {
    "kept": Sentence("đã lưu, chưa xử lý", "kept, not yet run"),
    "running": Sentence("đang xử lý", "running"),
    "merged": Sentence("đã ghi vào sổ", "merged"),
    "refused": Sentence("bị từ chối", "refused"),
    "undone": Sentence("đã thu hồi", "taken back"),
    "open": Sentence("chưa xử lý", "open"),
    "in-work": Sentence("đang xử lý", "in work"),
    "done": Sentence("đã xong", "done"),
    "source-was-right": Sentence("Sổ đúng, giữ nguyên", "The register was right"),
    "source-was-wrong": Sentence("Sổ sai, đã sửa", "The register was wrong, corrected"),
    "undecided": Sentence("Chưa kết luận được", "Undecided"),
    "redelivered": Sentence("Hết lỗi ở lô dữ liệu sau", "Gone in a later delivery"),
}
COLOURS: dict[str, tuple[str, Sentence]] = {
    "green": ("good", Sentence("xanh – đạt", "green – good")),
    "yellow": ("fair", Sentence("vàng – cần cải thiện", "yellow – to improve")),
    "red": ("bad", Sentence("đỏ – chưa đạt", "red – not met")),
    "": ("", Sentence("chưa đánh giá", "not assessed")),
}
SEVERITIES: dict[str, Sentence] = {
    "error": Sentence("lỗi", "error"),
    "warning": Sentence("cảnh báo", "warning"),
    "info": Sentence("lưu ý", "note"),
}


@dataclass(frozen=True, slots=True)
class Speech:
    """One language, as a page speaks it."""

    language: str

    def __call__(self, vi: str, en: str) -> str:
        """The text in this language."""
        return vi if self.language == "vi" else en

    def sentence(self, one: Sentence) -> str:
        """A sentence in this language."""
        return self(one.vi, one.en)

    def word(self, words: dict[str, Sentence], code: str) -> str:
        """The word for a code; the code itself where a later version writes a new one."""
        return self.sentence(words[code]) if code in words else code

    def number(self, value: float | Decimal | None, places: int = 0) -> str:
        """12.345,6 in Vietnamese, 12,345.6 in English; a dash where there is no figure."""
        if value is None:
            return "–"
        text = f"{value:,.{places}f}"
        return text.translate(str.maketrans(",.", ".,")) if self.language == "vi" else text

    def percent(self, value: float | None) -> str:
        """A share in hundredths, one decimal."""
        return "–" if value is None else f"{self.number(value, 1)}%"

    def day(self, value: date | datetime | None) -> str:
        """dd/mm/yyyy, the calendar day in Vietnam."""
        if value is None:
            return "–"
        local = value.astimezone(VIETNAM) if isinstance(value, datetime) else value
        return f"{local:%d/%m/%Y}"

    def moment(self, value: datetime | None) -> str:
        """dd/mm/yyyy hh:mm in Vietnam's time."""
        return "–" if value is None else f"{value.astimezone(VIETNAM):%d/%m/%Y %H:%M}"

    def size(self, value: int) -> str:
        """Bytes as KB."""
        return f"{self.number(value / 1_000, 1)} KB"

    def value(self, value: object) -> str:
        """A stored value as a form writes it."""
        if value is None:
            return self.sentence(NOTHING)
        if isinstance(value, bool):
            return self("có" if value else "không", "yes" if value else "no")
        if isinstance(value, date):
            return self.day(value)
        return str(value)
