"""Land: the sheet PL3-01 of the land campaign, one workbook a commune, 38 columns.

Header in rows 1 to 6, data from row 7. Couples stand in two rows or, by habit, in one cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.books.parcels import Parcels, parcels_of
from sogoc.demo.damage import Blow, Draft
from sogoc.demo.draw import Flags, Ints, Texts, either, texts
from sogoc.demo.numbers import tax_codes
from sogoc.demo.paper.sheet import Cell, Sheet, column_letters
from sogoc.demo.paper.workbook import write_workbook
from sogoc.demo.people import NOBODY
from sogoc.demo.truth import Lines, keep_truth
from sogoc.demo.world import World, strangers, with_doubles, written

if TYPE_CHECKING:
    from pathlib import Path

SHEET = "PL3-01"
HEADERS: tuple[tuple[str, str, str], ...] = (
    ("", "STT", ""),
    ("", "Mã xã", "commune"),
    ("Giấy chứng nhận", "Số phát hành Giấy chứng nhận", "certificate"),
    ("Giấy chứng nhận", "Ngày cấp Giấy chứng nhận", "issued"),
    ("Giấy chứng nhận", "Số vào sổ cấp Giấy chứng nhận", "book_entry"),
    ("Người sử dụng đất trên Giấy chứng nhận", "Tên tổ chức", "organisation"),
    ("Người sử dụng đất trên Giấy chứng nhận", "Mã định danh tổ chức", "tax_code"),
    ("Người sử dụng đất trên Giấy chứng nhận", "Họ và tên", "owner.name"),
    ("Người sử dụng đất trên Giấy chứng nhận", "Ngày tháng năm sinh", "owner.born"),
    ("Người sử dụng đất trên Giấy chứng nhận", "Giới tính", "owner.sex"),
    ("Người sử dụng đất trên Giấy chứng nhận", "Số CCCD", "owner.number"),
    ("Người sử dụng đất trên Giấy chứng nhận", "Địa chỉ thường trú", "owner.address"),
    ("Người sử dụng đất trên Giấy chứng nhận", "Hình thức pháp lý", "legal_form"),
    ("Người sử dụng đất trên Giấy chứng nhận", "Vai trò", "role"),
    ("Biến động", "Người sử dụng đất mới", "heir.name"),
    ("Biến động", "Số CCCD của người sử dụng đất mới", "heir.number"),
    ("Biến động", "Địa chỉ của người sử dụng đất mới", "heir.address"),
    ("Biến động", "Lý do biến động", "reason"),
    ("Thửa đất", "Mã định danh thửa đất", "parcel_id"),
    ("Thửa đất", "Số tờ trên Giấy chứng nhận", "old_sheet"),
    ("Thửa đất", "Số thửa trên Giấy chứng nhận", "old_number"),
    ("Thửa đất", "Số tờ bản đồ địa chính", "sheet"),
    ("Thửa đất", "Số thửa bản đồ địa chính", "parcel"),
    ("Thửa đất", "Địa chỉ thửa đất", "address"),
    ("Thửa đất", "Diện tích (m2)", "area"),
    ("Mục đích sử dụng 1", "Loại đất 1", "land_type"),
    ("Mục đích sử dụng 1", "Diện tích loại đất 1", "first_area"),
    ("Mục đích sử dụng 1", "Nguồn gốc sử dụng đất 1", "origin"),
    ("Mục đích sử dụng 1", "Hình thức sử dụng 1", "use"),
    ("Mục đích sử dụng 1", "Thời hạn sử dụng 1", "term"),
    ("Mục đích sử dụng 2", "Loại đất 2", "second_kind"),
    ("Mục đích sử dụng 2", "Diện tích loại đất 2", "second_area"),
    ("Mục đích sử dụng 2", "Nguồn gốc sử dụng đất 2", ""),
    ("Mục đích sử dụng 2", "Hình thức sử dụng 2", ""),
    ("Mục đích sử dụng 2", "Thời hạn sử dụng 2", ""),
    ("Tài sản gắn liền với đất", "Loại tài sản", "asset"),
    ("Tài sản gắn liền với đất", "Diện tích tài sản", ""),
    ("", "Ghi chú", "note"),
)
"""Group, header and the demo's column; 31 to 38 are not known, so they are our guess."""
_NAME, _ADDRESS = 7, 11
_JOINED = ("owner.name", "owner.born", "owner.sex", "owner.number", "owner.address", "role")


@dataclass(frozen=True, slots=True, kw_only=True)
class LandOffice:
    """One commune's office with the parcels it lists."""

    commune: str
    parcels: int
    delivery: str


def land_draft(world: World, office: LandOffice) -> Draft:
    """One row a person and parcel, undamaged."""
    parcels = parcels_of(world, office.commune, office.parcels)
    return _draft(world, office, parcels)


def write_land(world: World, office: LandOffice, folder: Path, truth: Path) -> int:
    """Write the damaged sheet and its truth; return its rows."""
    draft = with_doubles(world, land_draft(world, office))
    strangers(world, draft, "owner")
    return write_sheet(world, world.damager.spoil(draft), folder, truth)


def write_again(world: World, office: LandOffice, folder: Path, truth: Path) -> int:
    """The same sheet some months later: about one row in a hundred corrected, dropped or sold.

    Everything else stands cell for cell as it was delivered before.
    """
    draft = with_doubles(world, land_draft(world, office))
    strangers(world, draft, "owner")
    draft = world.damager.spoil(draft)
    draft.delivery = f"{office.delivery}-again"
    shared = draft.lots("")
    corrected = np.flatnonzero(world.draws.chance("corrected", draft.ids, 0.006))
    for name, column in draft.columns.items():
        if name.startswith("owner."):
            column[corrected] = draft.truth[name][corrected]
    sold = world.draws.chance("sold since", shared, 0.002) & (draft.columns["reason"] == None)  # noqa: E711 - by cell
    for name, cell in (("reason", "Nhận chuyển nhượng"), ("note", "Biến động quý III/2026")):
        draft.columns[name][sold] = cell
        draft.truth[name][sold] = cell
    gone = world.draws.chance("dropped", shared, 0.002)
    return write_sheet(world, _without(draft, gone), folder, truth)


def _without(draft: Draft, gone: Flags) -> Draft:
    """The damaged draft without some rows, its blows counted anew."""
    place = np.cumsum(~gone) - 1
    left = draft.chosen(np.flatnonzero(~gone))
    left.truth = {name: column[~gone] for name, column in draft.truth.items()}
    left.blows = [
        Blow(blow.column, blow.kind, place[blow.rows[~gone[blow.rows]]]) for blow in draft.blows
    ]
    return left


def write_sheet(world: World, draft: Draft, folder: Path, truth: Path) -> int:
    """Lay a damaged draft out as PL3-01."""
    kept, lines = _laid_out(world, draft)
    columns = _sheet_columns(draft, kept)
    _shift(world, draft, kept, columns)
    totals: list[Cell] = [None] * len(HEADERS)
    totals[1], totals[24] = "Tổng cộng", f"=SUM(Y7:Y{len(kept) + 6})"
    signed: list[Cell] = [
        None,
        None,
        None,
        "NGƯỜI LẬP BIỂU",
        None,
        None,
        None,
        "TM. ỦY BAN NHÂN DÂN",
    ]
    sheet = Sheet(
        name=SHEET,
        above=_header(world.places.new_units[str(draft.truth["commune"][0])].name),
        merged=_merged(),
        columns=columns,
        below=[totals, [], signed],
    )
    write_workbook(folder / f"{draft.delivery}.xlsx", [sheet])
    keep_truth(truth, draft, lines, world.people)
    return len(kept)


def _draft(world: World, office: LandOffice, parcels: Parcels) -> Draft:
    held = parcels.partner != NOBODY
    rows = np.r_[np.arange(len(parcels)), np.flatnonzero(held)]
    second = np.r_[np.zeros(len(parcels), dtype=np.bool_), np.ones(int(held.sum()), dtype=np.bool_)]
    order = np.lexsort((second, rows))
    rows, second = rows[order], second[order]
    company = parcels.organisation[rows]
    owner = np.where(second, parcels.partner[rows], parcels.owner[rows])
    owner = np.where(company, NOBODY, owner)
    keep = ~(company & second)
    rows, second, owner, company = rows[keep], second[keep], owner[keep], company[keep]
    heir = np.where(company, NOBODY, parcels.heir[rows])
    by = written(world, "owner", owner)
    to = written(world, "heir", heir)
    columns = {
        **{
            name: column
            for name, column in by.columns.items()
            if not name.endswith(("commune", "phone"))
        },
        **{name: to.columns[name] for name in ("heir.name", "heir.number", "heir.address")},
        **_of_parcel(world, office, parcels, rows),
        **_of_holding(world, held[rows] & ~company, owner, rows + parcels.ids[0]),
        "organisation": _companies(world, company, parcels.ids[rows]),
        "tax_code": either(company, tax_codes(world.draws, parcels.ids[rows]), None),
        "reason": either(heir == NOBODY, None, world.draws.one_of("reason", rows, _REASONS)),
    }
    return Draft(
        register="land",
        delivery=office.delivery,
        ids=parcels.ids[rows] * 2 + second,
        columns=columns,
        person={"owner": owner, "heir": heir},
        shared=parcels.ids[rows],
        careless=world.careless(parcels.patch[rows]),
        aside={**by.aside, **to.aside, **_old_places(world, parcels, rows)},
    )


_REASONS = ("Nhận chuyển nhượng", "Nhận thừa kế", "Nhận tặng cho", "Mua bán giấy tay", "Tách thửa")


def _of_parcel(world: World, office: LandOffice, parcels: Parcels, rows: Ints) -> dict[str, Texts]:
    patch = parcels.patch[rows]
    home = world.places.hamlet_names(patch, np.zeros(len(rows), dtype=np.int64))
    issued = np.datetime_as_string(parcels.issued[rows], unit="D")
    return {
        "commune": texts([office.commune] * len(rows)),
        "certificate": parcels.certificate[rows],
        "issued": texts(["/".join(reversed(day.split("-"))) for day in issued.tolist()]),
        "book_entry": parcels.book_entry[rows],
        "parcel_id": parcels.parcel_id[rows],
        "old_sheet": texts(parcels.old_sheet[rows].tolist()),
        "old_number": texts(parcels.old_number[rows].tolist()),
        "sheet": texts(parcels.sheet[rows].tolist()),
        "parcel": texts(parcels.number[rows].tolist()),
        "address": texts(
            [world.places.new_address(p, h) for p, h in zip(patch, home, strict=True)]
        ),
        "area": parcels.area[rows],
        "land_type": parcels.kind[rows],
        "first_area": parcels.first_area[rows],
        "second_kind": parcels.second_kind[rows],
        "second_area": parcels.second_area[rows],
        "origin": parcels.origin[rows],
        "use": texts(["Sử dụng riêng"] * len(rows)),
        "term": either(np.isin(parcels.kind[rows], ("ONT", "ODT")), "Lâu dài", "01/07/2064"),
        "asset": either(np.isin(parcels.kind[rows], ("ONT", "ODT")), "Nhà ở riêng lẻ", None),
        "note": texts([None] * len(rows)),
    }


def _old_places(world: World, parcels: Parcels, rows: Ints) -> dict[str, Texts]:
    patch = parcels.patch[rows]
    home = world.places.hamlet_names(patch, np.zeros(len(rows), dtype=np.int64))
    return {
        "old_commune": world.places.old[patch],
        "old_address": texts(
            [world.places.old_address(p, h) for p, h in zip(patch, home, strict=True)]
        ),
    }


def _of_holding(world: World, together: Flags, owner: Ints, ids: Ints) -> dict[str, Texts]:
    """Legal form and role: husband and wife, or one person alone."""
    family = world.draws.chance("as a household", ids, 0.1)
    alone = np.where(family, "Hộ gia đình", "Cá nhân")
    spouse = np.where(world.people.female[owner], "Vợ", "Chồng")
    role = np.where(together, spouse, np.where(family, "Chủ hộ", "Chủ sử dụng"))
    nobody = owner == NOBODY
    return {
        "legal_form": either(nobody, "Tổ chức", np.where(together, "Vợ chồng", alone)),
        "role": either(nobody, None, role),
    }


def _companies(world: World, company: Flags, ids: Ints) -> Texts:
    kind = world.draws.one_of(
        "company kind", ids, ("Công ty TNHH", "Hợp tác xã", "Trường Tiểu học", "UBND xã")
    )
    name = world.draws.one_of(
        "company name", ids, ("Tân Tiến", "Ea Ktur", "Hòa Bình", "Minh Phát", "Cà phê Ban Mai")
    )
    return either(company, kind + " " + name, None)


def _laid_out(world: World, draft: Draft) -> tuple[Ints, Lines]:
    """Which rows keep a line of their own; some couples share one, as its parts 1 and 2."""
    rate = world.damager.table.row_rate("two_in_one_cell", draft.register)
    count = len(draft)
    first = draft.ids // 2
    second = np.r_[False, first[1:] == first[:-1]] & (draft.ids % 2 == 1)
    joined = second & world.draws.chance("one cell", first, rate * 2.5)
    starts = np.cumsum(~joined) - 1
    kept = np.flatnonzero(~joined)
    for name in _JOINED:
        _join(draft, name, np.flatnonzero(joined))
    draft.blows.append(Blow("owner.name", "two_in_one_cell", np.flatnonzero(joined)))
    lines = Lines(
        sheet=texts([SHEET] * count),
        line=np.asarray(starts + len(_ABOVE) + 1, dtype=np.int64),
        part=np.asarray(np.where(joined, 2, 1), dtype=np.int64),
    )
    return kept, lines


def _join(draft: Draft, name: str, seconds: Ints) -> None:
    """Both in the cell of the first, on two lines; names also with `và`. Numbers become text."""
    column = draft.columns[name].copy()
    for at in seconds.tolist():
        here, there = column[at - 1], column[at]
        link = " và " if name == "owner.name" and draft.ids[at] % 3 == 0 else "\n"
        if here is not None or there is not None:
            column[at - 1] = f"{_plain(here)}{link}{_plain(there)}"
    draft.columns[f"joined {name}"] = column


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.strftime("%d/%m/%Y") if hasattr(cell, "strftime") else str(cell)


def _shift(world: World, draft: Draft, kept: Ints, columns: list[Texts]) -> None:
    """In a few rows the person's cells stand one column too far right, the address is lost."""
    rate = world.damager.table.row_rate("shifted", draft.register)
    rows = np.flatnonzero(world.draws.chance("shifted", draft.ids[kept], rate))
    for place in range(_ADDRESS, _NAME, -1):
        columns[place][rows] = columns[place - 1][rows]
    columns[_NAME][rows] = None
    draft.blows.append(Blow("*", "shifted", kept[rows]))


def _sheet_columns(draft: Draft, kept: Ints) -> list[Texts]:
    count = len(kept)
    columns = [texts(list(range(1, count + 1)))]
    for _, _, name in HEADERS[1:]:
        joined = f"joined {name}"
        column = draft.columns.get(joined if joined in draft.columns else name)
        columns.append(texts([None] * count) if column is None else column[kept])
    return columns


_ABOVE = (
    ("ỦY BAN NHÂN DÂN",),
    ("BIỂU PL3-01: THU THẬP THÔNG TIN GIẤY CHỨNG NHẬN CHƯA CÓ TRONG CƠ SỞ DỮ LIỆU ĐẤT ĐAI",),
    ("(Kèm theo Kế hoạch làm giàu, làm sạch cơ sở dữ liệu đất đai)",),
    tuple(group for group, _, _ in HEADERS),
    tuple(header for _, header, _ in HEADERS),
    tuple(f"({place})" for place in range(1, len(HEADERS) + 1)),
)


def _header(commune: str) -> list[list[Cell]]:
    above: list[list[Cell]] = [list(row) for row in _ABOVE]
    above[0][0] = f"ỦY BAN NHÂN DÂN {commune.upper()}"
    groups = above[3]
    for place, (group, header, _) in enumerate(HEADERS):
        if not group:
            # Headers without a group stand in the upper row, merged with the one below.
            groups[place], above[4][place] = header, None
        elif place and HEADERS[place - 1][0] == group:
            groups[place] = None
    return above


def _merged() -> list[str]:
    ranges = ["A1:F1", "A2:AL2", "A3:AL3"]
    start = 0
    for place in range(1, len(HEADERS) + 1):
        group = HEADERS[start][0]
        if place < len(HEADERS) and HEADERS[place][0] == group and group:
            continue
        left, right = column_letters(start + 1), column_letters(place)
        ranges.append(f"{left}4:{right}4" if group else f"{left}4:{left}5")
        start = place
    return ranges
