"""The Excel file of a worklist: the officer's own form, wrong cells coloured, answers to pick.

Every cell is text: a personal number keeps its zeros, and a text that begins like a formula stays
a text (`= + - @`), marked as one so that a spreadsheet does not run it when it is edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties

from sogoc.worklists import manifest
from sogoc.worklists.answers import ANSWERS, CASES, PERSONS
from sogoc.worklists.header import Header, copy_header
from sogoc.worklists.manifest import OWN, SAME_PERSON, WHO, Head, Sent, packed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from sogoc.contract.model import Form
    from sogoc.worklists.rows import Note, Row

GUIDE, LISTS = "Hướng dẫn", "_danh_muc"
_FACE = "Calibri"
_WIDTHS = {OWN[0]: 10, OWN[1]: 60, OWN[2]: 26, OWN[3]: 12, WHO: 40, SAME_PERSON: 26, OWN[4]: 26}
_WIDTHS |= {OWN[5]: 30, OWN[6]: 34}
_FILLED_IN = (SAME_PERSON, *OWN[4:])
_LINE = Side(style="thin", color="C9D4DD")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="DCE8F0")
_OWN_HEAD = PatternFill("solid", fgColor="123A5C")
_WRONG = PatternFill("solid", fgColor="FFD9D6")
_FILL_IN = PatternFill("solid", fgColor="FFF6D6")
_WRAP = Alignment(wrap_text=True, vertical="top")
_CELL, _ANSWER = "sogoc cell", "sogoc answer"
"""Names of the styles of rows."""
_LIKE_A_FORMULA = frozenset("=+-@\t\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """What the head of the form and the first sheet say."""

    register: str
    keeper: str
    place: str
    due: str
    made: str
    known: bool = True
    """Whether it is known in which commune the rows lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a file shows: rows in the columns of the form, or of the header that was delivered."""

    form: Form
    rows: list[Row]
    header: Header | None = None


def workbook(shown: Sheet, *, head: Head, titles: Titles) -> Workbook:
    """The whole file, not yet saved."""
    book = Workbook()
    _name_styles(book)
    guide = cast("Worksheet", book.active)
    _guide(guide, titles, head, count=len(shown.rows))
    sheet = book.create_sheet(head.sheet)
    if shown.header:
        copy_header(shown.header, sheet)
    else:
        _title(sheet, shown.form, titles=titles)
        _header(sheet, shown.form, head)
    _own_header(sheet, head)
    _page(sheet, head, titles)
    for position, row in enumerate(shown.rows):
        _row(sheet, row, at=head.first_row + position, head=head)
    _choices(book, sheet, head, count=len(shown.rows))
    hidden = book.create_sheet(manifest.SHEET)
    hidden.sheet_state = "veryHidden"
    for position, text in enumerate(packed(head, sent_rows(head, shown.rows)), start=1):
        _put(hidden, (position, 1), text)
    book.active = 1
    guide.sheet_view.tabSelected = False
    return book


def token_of(head: Head, position: int) -> str:
    """What names a row however the sheet is sorted or cut."""
    return f"{head.worklist}-{position + 1}"


def sent_rows(head: Head, rows: list[Row]) -> list[Sent]:
    """What the hidden sheet remembers of each row."""
    return [
        Sent(
            token=token_of(head, position),
            records={name: [kept.id, kept.digest] for name, kept in row.records.items()},
            findings={str(note.finding): note.column for note in row.notes},
            cells=[clean(cell) for cell in row.cells],
            ask=row.asked.ask if row.asked else None,
        )
        for position, row in enumerate(rows)
    ]


def _name_styles(book: Workbook) -> None:
    for name, fill in ((_CELL, PatternFill()), (_ANSWER, _FILL_IN)):
        style = NamedStyle(name=name, alignment=_WRAP, border=_BORDER, fill=fill)
        style.number_format = "@"
        style.font = Font(name=_FACE, size=11)
        book.add_named_style(style)


def clean(text: str) -> str:
    """Without the control characters that a spreadsheet cannot hold."""
    return str(ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text))


def _put(sheet: Worksheet, at: tuple[int, int], text: str, *, style: str = "Normal") -> Cell:
    """A text that stays a text, whatever it begins with.

    In rows by the thousand it is styled by name: one look-up a cell instead of one for each
    property of it, which was three quarters of the time of a long list.
    """
    cell = cast("Cell", sheet.cell(*at))
    cell.value = clean(text) or None
    if style == "Normal":
        cell.number_format = "@"
    else:
        cell.style = style
    if cell.value is not None:
        cell.data_type = "s"
        if text[:1] in _LIKE_A_FORMULA:
            cell.quotePrefix = True
    return cell


_ASKING = (
    "6. Cột “Người trong dân cư” nêu người mà máy cho là người trên dòng. So với thẻ căn cước",
    "    rồi chọn ở cột kế bên: đúng người này, không phải người này, không có trong dân cư.",
    "    Là người khác thì ghi đủ 12 chữ số định danh của người đó. Không chắc thì để trống.",
)
"""What to do where it is asked who is meant."""
_NOWHERE = (
    "Vì sao có danh sách này: chưa biết các dòng dưới đây thuộc xã nào, nên chưa giao được cho",
    "    xã. Ô mã xã trống, không đọc được, hoặc ghi xã cũ nay đã chia cho nhiều xã.",
    "    Việc đầu tiên là tra hồ sơ và ghi đúng mã xã; các lỗi khác có thể để xã sửa sau:",
    "    khi đã có mã xã, dòng tự chuyển sang danh sách của xã đó.",
    "",
)
"""Why there is a list of no place at all, and what to do with it."""


def _guide(sheet: Worksheet, titles: Titles, head: Head, *, count: int) -> None:
    sheet.title = GUIDE
    sheet.column_dimensions["A"].width = 4
    sheet.column_dimensions["B"].width = 100
    lines = [
        (f"Danh sách cần rà soát: {titles.register}", Font(name=_FACE, bold=True, size=16)),
        (
            f"{titles.place}. Lập ngày {titles.made}. Hạn trả lại: {titles.due}.",
            Font(name=_FACE, size=12),
        ),
        (f"Cơ quan giao: {titles.keeper}" if titles.keeper else "", Font(name=_FACE, size=12)),
        ("", Font(name=_FACE)),
        (
            f"Tệp này chỉ gồm {count} dòng có lỗi, theo đúng biểu mẫu của cơ quan.",
            Font(name=_FACE, size=12),
        ),
        (
            "1. Mở trang tính thứ hai. Ô tô màu hồng là ô có lỗi; lý do và",
            Font(name=_FACE, size=12),
        ),
        ("    đề xuất nằm ở các cột bên phải và trong ghi chú của ô.", Font(name=_FACE, size=12)),
        ("2. Đối chiếu với giấy tờ gốc. Sổ sai thì sửa ngay tại ô đó.", Font(name=_FACE, size=12)),
        ("    Đề xuất chỉ để tham khảo; không chắc thì không sửa.", Font(name=_FACE, size=12)),
        ("3. Ở cột “Trả lời”, chọn một câu trong danh sách thả xuống.", Font(name=_FACE, size=12)),
        ("    Sổ đúng thì giữ nguyên ô và chọn “Sổ đúng, giữ nguyên”.", Font(name=_FACE, size=12)),
        ("4. Gặp trường hợp đặc biệt thì chọn ở cột kế bên.", Font(name=_FACE, size=12)),
        ("5. Ghi căn cứ: số giấy tờ, ngày kiểm tra, người cung cấp.", Font(name=_FACE, size=12)),
        (
            "•  Dòng chưa làm xong cứ để trống rồi gửi lại; có thể gửi nhiều lần.",
            Font(name=_FACE, size=12),
        ),
        ("    Không xoá cột “Mã dòng”, không đổi tên trang tính.", Font(name=_FACE, size=12)),
        ("", Font(name=_FACE)),
        (
            "Tệp chứa dữ liệu cá nhân: chỉ giao cho người được phân công.",
            Font(name=_FACE, bold=True, size=12),
        ),
    ]
    if WHO in head.own:
        lines[-4:-4] = [(text, Font(name=_FACE, size=12)) for text in _ASKING]
    if not titles.known:
        lines[4:4] = [(text, Font(name=_FACE, size=12)) for text in _NOWHERE]
    for position, (text, font) in enumerate(lines, start=2):
        cell = _put(sheet, (position, 2), text)
        cell.font = font
        cell.alignment = _WRAP
    sheet.sheet_view.showGridLines = False


def _title(sheet: Worksheet, form: Form, *, titles: Titles) -> None:
    text = f"{form.label or form.id} – {titles.register}, {titles.place}"
    _put(sheet, (1, 1), text).font = Font(name=_FACE, bold=True, size=14)
    sheet.row_dimensions[1].height = 24


def _header(sheet: Worksheet, form: Form, head: Head) -> None:
    """Header and numbering stand right above the first row, where the form has its last two."""
    for position, column in enumerate(form.columns, start=1):
        cell = _put(sheet, (head.names_row, position), column.header)
        cell.font = Font(name=_FACE, bold=True, color="14213D")
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        number = _put(sheet, (head.names_row + 1, position), f"({position})")
        number.alignment = Alignment(horizontal="center")
        for one in (cell, number):
            one.fill, one.border = _HEAD, _BORDER
        width = min(28, max(11, len(column.header) + 3))
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.row_dimensions[head.names_row].height = 48


def _own_header(sheet: Worksheet, head: Head) -> None:
    """The names of our columns, as tall as the header beside them."""
    last = head.first_row - 1
    for position, text in enumerate(head.own, start=head.columns + 1):
        cell = _put(sheet, (head.names_row, position), text)
        cell.font = Font(name=_FACE, bold=True, color="FFFFFF")
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        for row in range(head.names_row, last + 1):
            sheet.cell(row, position).fill = _OWN_HEAD
            sheet.cell(row, position).border = _BORDER
        if head.order and last > head.names_row:
            sheet.merge_cells(
                start_row=head.names_row, end_row=last, start_column=position, end_column=position
            )
        sheet.column_dimensions[get_column_letter(position)].width = _WIDTHS[text]
    sheet.freeze_panes = f"A{head.first_row}"


def _page(sheet: Worksheet, head: Head, titles: Titles) -> None:
    """On paper: A3 across, the header on every page."""
    sheet.print_title_rows = f"{head.names_row}:{head.first_row - 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter = HeaderFooterItem()
    sheet.oddFooter.center.text = f"{titles.place} – &P/&N"


def _row(sheet: Worksheet, row: Row, *, at: int, head: Head) -> None:
    for position, text in enumerate(row.cells, start=1):
        _put(sheet, (at, position), text, style=_CELL)
    for note in row.notes:
        if note.column >= 0:
            _mark(cast("Cell", sheet.cell(at, note.column + 1)), row.notes)
    texts = {
        OWN[0]: token_of(head, at - head.first_row),
        OWN[1]: _reasons(row),
        OWN[2]: _proposals(row),
        OWN[3]: _due(row),
        WHO: row.asked.words if row.asked else "",
    }
    for position, name in enumerate(head.own, start=len(row.cells) + 1):
        # Where nobody is asked about there is nothing to fill in.
        empty = name == SAME_PERSON and row.asked is None
        style = _ANSWER if name in _FILLED_IN and not empty else _CELL
        _put(sheet, (at, position), texts.get(name, ""), style=style)
    lines = max(_lines(texts[OWN[1]], _WIDTHS[OWN[1]]), _lines(texts[WHO], _WIDTHS[WHO]))
    sheet.row_dimensions[at].height = 15 * max(2, lines)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column so wide."""
    return sum(max(1, -(-len(line) // width)) for line in text.split("\n"))


def _mark(cell: Cell, notes: list[Note]) -> None:
    """The colour, and the reason once more where the hand is."""
    own = [note for note in notes if note.column == cell.column - 1]
    text = "\n".join(
        note.reason + (f"\nĐề xuất: {note.proposal}" if note.proposal else "") for note in own
    )
    cell.fill = _WRONG
    cell.comment = Comment(clean(text), "Sổ Gốc", width=320, height=140)


def _named(row: Row, note: Note) -> str:
    return f"Cột {note.column + 1}: " if note.column >= 0 and len(row.notes) > 1 else ""


def _reasons(row: Row) -> str:
    return _each_once(_named(row, note) + note.reason for note in row.notes)


def _proposals(row: Row) -> str:
    return _each_once(_named(row, note) + note.proposal for note in row.notes if note.proposal)


def _each_once(lines: Iterable[str]) -> str:
    """One column of a form may go to several objects, and be wrong in each for one reason."""
    return "\n".join(dict.fromkeys(lines))


def _due(row: Row) -> str:
    days = [note.due for note in row.notes if note.due]
    return f"{min(days):%d/%m/%Y}" if days else ""


def _choices(book: Workbook, sheet: Worksheet, head: Head, *, count: int) -> None:
    """Drop-downs; the lists stand in a hidden sheet, since a formula holds 255 letters only."""
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    own = [(OWN[4], list(ANSWERS.values())), (OWN[5], list(CASES.values()))]
    own += [(SAME_PERSON, list(PERSONS.values()))] if SAME_PERSON in head.own else []
    for column, (name, choices) in enumerate(own, start=1):
        for position, text in enumerate(choices, start=1):
            _put(lists, (position, column), text)
        letter = get_column_letter(column)
        source = f"'{LISTS}'!${letter}$1:${letter}${len(choices)}"
        choice = DataValidation(type="list", formula1=source, allow_blank=True)
        choice.error = "Hãy chọn một câu trong danh sách."
        choice.errorTitle = "Không có trong danh sách"
        # Another person is named by number: what is typed there is checked when it comes back.
        choice.showErrorMessage = name != SAME_PERSON
        target = get_column_letter(head.columns + 1 + head.own.index(name))
        choice.add(f"{target}{head.first_row}:{target}{head.first_row + max(count, 1) - 1}")
        sheet.add_data_validation(choice)
