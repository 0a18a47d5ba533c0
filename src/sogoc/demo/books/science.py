"""Science and technology: organisations, researchers and projects, a workbook each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.books.form import (
    Columns,
    Desk,
    keep_sheet,
    laid_out,
    nobody,
    prepared,
    shown,
    titled,
)
from sogoc.demo.damage import Draft
from sogoc.demo.draw import texts
from sogoc.demo.numbers import tax_codes
from sogoc.demo.paper.workbook import write_workbook
from sogoc.demo.people import NEVER, TODAY
from sogoc.demo.world import World, strangers, written

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.demo.draw import Ints, Texts

PROJECTS: Columns = (
    ("STT", ""),
    ("Mã nhiệm vụ", "project"),
    ("Tên nhiệm vụ", "title"),
    ("Cấp quản lý", "level"),
    ("Lĩnh vực", "field"),
    ("Mã số thuế tổ chức chủ trì", "tax_code"),
    ("Chủ nhiệm", "leader.name"),
    ("Số CCCD chủ nhiệm", "leader.number"),
    ("Ngày sinh chủ nhiệm", "leader.born"),
    ("Mã tỉnh", "province"),
    ("Bắt đầu", "from"),
    ("Kết thúc", "until"),
    ("Ngày nghiệm thu", "accepted"),
    ("Tổng kinh phí", "money"),
    ("Ngân sách nhà nước", "state_money"),
    ("Nguồn khác", "other_money"),
    ("Trạng thái", "state"),
    ("Ngày cập nhật", "updated"),
)
RESEARCHERS: Columns = (
    ("STT", ""),
    ("Họ và tên", "person.name"),
    ("Số CCCD", "person.number"),
    ("Ngày sinh", "person.born"),
    ("Giới tính", "person.sex"),
    ("Học vị", "degree"),
    ("Học hàm", "rank"),
    ("Lĩnh vực nghiên cứu", "field"),
    ("ORCID", "orcid"),
    ("Mã số thuế đơn vị", "tax_code"),
    ("Mã xã", "person.commune"),
    ("Email", "email"),
    ("Điện thoại", "person.phone"),
    ("Ngày cập nhật", "updated"),
)
ORGANISATIONS: Columns = (
    ("STT", ""),
    ("Mã số thuế", "tax_code"),
    ("Tên tổ chức", "title"),
    ("Tên tiếng Anh", "english"),
    ("Loại tổ chức", "kind"),
    ("Số đăng ký", "registration"),
    ("Ngày đăng ký", "registered"),
    ("Địa chỉ", "address"),
    ("Mã xã", "commune"),
    ("Điện thoại", "phone"),
    ("Email", "email"),
)
_FIELDS = (
    "Khoa học nông nghiệp", "Khoa học nông nghiệp", "Khoa học kỹ thuật và công nghệ",
    "Khoa học y, dược", "Khoa học xã hội", "Khoa học tự nhiên", "Khoa học nhân văn",
)  # fmt: skip
_SUBJECTS = (
    "Nghiên cứu giống cà phê vối chịu hạn", "Ứng dụng viễn thám theo dõi rừng khộp",
    "Mô hình tôm – lúa thích ứng xâm nhập mặn", "Bảo tồn sử thi Ê Đê",
    "Chế biến sầu riêng xuất khẩu",
    "Số hóa hồ sơ đất đai cấp xã", "Kiểm soát bệnh khảm lá sắn", "Y tế cơ sở vùng đồng bào dân tộc",
)  # fmt: skip
_DEGREES = ("Thạc sĩ", "Thạc sĩ", "Tiến sĩ", "Cử nhân, kỹ sư", "Tiến sĩ khoa học")


def write_organisations(world: World, desk: Desk) -> tuple[Path, int]:
    """The list of organisations, which the two others name by tax code."""
    return _write(world, _organisations(world), desk, (ORGANISATIONS, "Tổ chức"))


def write_researchers(world: World, desk: Desk) -> tuple[Path, int]:
    """The list of researchers."""
    codes = _organisations(world).columns["tax_code"]
    draft = _researchers(world, _scholars(world), codes)
    return _write(world, draft, desk, (RESEARCHERS, "Nhân lực"))


def write_projects(world: World, desk: Desk) -> tuple[Path, int]:
    """The list of projects."""
    codes = _organisations(world).columns["tax_code"]
    return _write(world, _projects(world, _scholars(world), codes), desk, (PROJECTS, "Nhiệm vụ"))


def _scholars(world: World) -> Ints:
    people = world.people
    adults = np.flatnonzero(people.adult(TODAY) & people.living(TODAY) & (people.year() > 1955))
    order = np.argsort(world.draws.uniform("scholar", adults), kind="stable")
    return np.sort(adults[order[: world.scaled(900)]])


def _write(world: World, plain: Draft, desk: Desk, shape: tuple[Columns, str]) -> tuple[Path, int]:
    form, name = shape
    draft = prepared(world, plain)
    titles = ("SỞ KHOA HỌC VÀ CÔNG NGHỆ", f"DANH MỤC {name.upper()}", "")
    sheet = titled(name, titles, form, laid_out(draft, form))
    file = desk.deliveries / f"{draft.delivery}.xlsx"
    write_workbook(file, [sheet])
    keep_sheet(world, draft, sheet, desk)
    return file, len(draft)


def _organisations(world: World) -> Draft:
    ids = np.arange(world.scaled(60), dtype=np.int64)
    patch = world.draws.weighted("organisation place", ids, world.places.weight)
    names = world.draws.one_of(
        "organisation",
        ids,
        ("Trung tâm Ứng dụng", "Viện Nghiên cứu", "Công ty Công nghệ", "Trường Đại học"),
    )
    words = world.draws.one_of(
        "organisation word", ids, ("Tây Nguyên", "Cửu Long", "Ban Mê", "Sen Hồng", "Phú Yên")
    )
    kinds = {
        "Trung tâm Ứng dụng": "Trung tâm",
        "Viện Nghiên cứu": "Viện nghiên cứu",
        "Công ty Công nghệ": "Doanh nghiệp",
        "Trường Đại học": "Trường đại học",
    }
    begun = np.datetime64("1998-01-01") + world.draws.below("organisation begun", ids, 9000).astype(
        "timedelta64[D]"
    )
    return Draft(
        register="science",
        delivery="science-organisations",
        ids=ids,
        columns={
            "tax_code": tax_codes(world.draws, ids + 77_000),
            "title": texts([f"{n} {w} {i + 1}" for n, w, i in zip(names, words, ids, strict=True)]),
            "kind": texts([kinds[name] for name in names]),
            "registration": texts([f"{i + 1:03d}/ĐK-KHCN" for i in ids]),
            "registered": shown(begun),
            "address": texts(
                [world.places.new_address(p, world.places.hamlets[p][0]) for p in patch]
            ),
            "commune": world.places.new[patch],
            "phone": texts([f"02623{900_000 + i}" for i in ids]),
            "email": texts([f"vanthu{i}@khcn.example.vn" for i in ids]),
        },
        person={"": nobody(len(ids))},
        careless=np.zeros(len(ids), dtype=np.bool_),
    )


def _researchers(world: World, scholars: Ints, codes: Texts) -> Draft:
    draws = world.draws
    by = written(world, "person", scholars)
    draft = Draft(
        register="science",
        delivery="science-researchers",
        ids=scholars.copy(),
        columns={
            **by.columns,
            "degree": draws.one_of("degree", scholars, _DEGREES),
            "rank": draws.one_of("rank", scholars, (None,) * 12 + ("Phó giáo sư", "Giáo sư")),
            "field": draws.one_of("scholar field", scholars, _FIELDS),
            "orcid": texts([_orcid(int(one)) for one in scholars]),
            "tax_code": codes[draws.below("employer", scholars, len(codes))],
            "email": texts([f"nv{one}@khcn.example.vn" for one in scholars]),
            "updated": shown(np.full(len(scholars), np.datetime64("2026-08-15"))),
        },
        person={"person": scholars},
        careless=world.careless(world.people.patch[scholars]),
        aside=by.aside,
    )
    strangers(world, draft, "person")
    return draft


def _projects(world: World, scholars: Ints, codes: Texts) -> Draft:
    draws = world.draws
    ids = np.arange(world.scaled(400), dtype=np.int64)
    leader = scholars[draws.below("leader", ids, len(scholars))]
    by = written(world, "leader", leader)
    begun = np.datetime64("2019-01-01") + draws.below("project begun", ids, 2600).astype(
        "timedelta64[D]"
    )
    until = begun + (365 + draws.below("project days", ids, 900)).astype("timedelta64[D]")
    ended = until < TODAY
    money = (draws.below("money", ids, 60) + 3) * 50_000_000
    state = (money * 0.8).astype(np.int64)
    wrong = draws.chance("money does not add up", ids, 0.02)
    subject = draws.one_of("subject", ids, _SUBJECTS)
    places = world.places
    where = [
        places.new_units[code].name
        for code in places.new[draws.below("where", ids, len(places.new))]
    ]
    accepted = np.where(
        ended & draws.chance("accepted", ids, 0.85), until + np.timedelta64(60, "D"), NEVER
    )
    accepted = np.where(accepted > TODAY, NEVER, accepted)
    status = np.where(
        ended, np.where(np.isnat(accepted), "Quá hạn", "Đã nghiệm thu"), "Đang thực hiện"
    )
    return Draft(
        register="science",
        delivery="science-projects",
        ids=ids,
        columns={
            **by.columns,
            "project": texts(
                [
                    f"ĐTKHCN.{p}.{i + 1:04d}"
                    for p, i in zip(
                        world.places.province[world.people.patch[leader]], ids, strict=True
                    )
                ]
            ),
            "title": texts([f"{text} tại {at}" for text, at in zip(subject, where, strict=True)]),
            "level": draws.one_of(
                "project level", ids, ("Tỉnh", "Tỉnh", "Cơ sở", "Bộ", "Quốc gia")
            ),
            "field": draws.one_of("project field", ids, _FIELDS),
            "tax_code": codes[draws.below("host", ids, len(codes))],
            "province": world.places.province[world.people.patch[leader]],
            "from": shown(begun),
            "until": shown(until),
            "accepted": shown(accepted),
            "money": texts(
                [f"{one:,}".replace(",", ".") for one in (money + wrong * 1_000_000).tolist()]
            ),
            "state_money": texts(state.tolist()),
            "other_money": texts((money - state).tolist()),
            "state": texts(status.tolist()),
            "updated": shown(np.full(len(ids), np.datetime64("2026-08-15"))),
        },
        person={"leader": leader},
        careless=world.careless(world.people.patch[leader]),
        aside=by.aside,
    )


def _orcid(number: int) -> str:
    """16 characters whose last closes ISO 7064 MOD 11-2; numbers of a made-up range."""
    digits = f"0009{number:011d}"
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    whole = digits + ("X" if rest == 10 else str(rest))
    return "-".join(whole[at : at + 4] for at in range(0, 16, 4))
