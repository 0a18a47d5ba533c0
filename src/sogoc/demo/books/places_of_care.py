"""Health facilities of a province, as its department of health lists them; and land statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.books.form import Columns, Desk, keep_sheet, laid_out, nobody, prepared, titled
from sogoc.demo.damage import Draft
from sogoc.demo.draw import either, texts
from sogoc.demo.paper.workbook import write_workbook
from sogoc.demo.places import HIGHLAND

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.demo.world import World

FORM: Columns = (
    ("STT", ""),
    ("Loại đối tượng", "object"),
    ("Mã bản đồ", "map_id"),
    ("Tên cơ sở", "title"),
    ("Đơn vị quản lý", "keeper"),
    ("Hình thức", "kind"),
    ("Số nhà", "house"),
    ("Đường", "street"),
    ("Xã/phường", "commune_name"),
    ("Quận/huyện", "district_name"),
    ("Tỉnh/thành phố", "province_name"),
    ("Mã xã", "commune"),
    ("Điện thoại", "phone"),
    ("Email", "email"),
    ("Vĩ độ", "latitude"),
    ("Kinh độ", "longitude"),
    ("Cấp cứu", "emergency"),
    ("Chuyên khoa", "speciality"),
    ("Ghi chú", "note"),
)
STATISTICS: Columns = (
    ("STT", ""),
    ("Mã xã", "commune"),
    ("Tên xã", "commune_name"),
    ("Số thửa", "parcels"),
    ("Diện tích (m2)", "surface"),
    ("Đến ngày", "day"),
)


def write_facilities(world: World, desk: Desk) -> tuple[Path, int]:
    """A health station in each old commune of Đắk Lắk, hospitals in the towns."""
    places, draws = world.places, world.draws
    patch = np.flatnonzero(places.province == HIGHLAND)
    ids = np.array([int(code) for code in places.old[patch]], dtype=np.int64)
    old = [places.old_units[str(code)] for code in places.old[patch]]
    district = [places.old_units[unit.parent] for unit in old]
    province = [places.old_units[unit.parent].name for unit in district]
    short = [unit.name.split(" ", 1)[1] for unit in old]
    hospital = np.array([unit.kind in {"thị trấn", "phường"} for unit in old])
    title = either(
        hospital & draws.chance("hospital", ids, 0.5),
        texts([f"Bệnh viện đa khoa {unit.name}" for unit in district]),
        texts([f"Trạm y tế {unit.kind} {name}" for unit, name in zip(old, short, strict=True)]),
    )
    draft = Draft(
        register="health_facilities",
        delivery=f"health-facilities-{HIGHLAND}",
        ids=ids,
        columns={
            "object": texts(["node"] * len(ids)),
            "map_id": texts([str(9_000_000_000 + one) for one in ids.tolist()]),
            "title": title,
            "keeper": texts([f"Trung tâm Y tế {unit.name}" for unit in district]),
            "kind": draws.one_of(
                "facility kind", ids, ("công lập", "công lập", "công lập", "tư nhân")
            ),
            "commune_name": texts([unit.name for unit in old]),
            "district_name": texts([unit.name for unit in district]),
            "province_name": texts(province),
            "commune": places.new[patch],
            "phone": texts(
                [
                    f"02623{100_000 + one}"
                    for one in draws.below("facility phone", ids, 800_000).tolist()
                ]
            ),
            "latitude": texts(
                [f"{one:.6f}" for one in draws.between("latitude", ids, (12.2, 13.6))]
            ),
            "longitude": texts(
                [f"{one:.6f}" for one in draws.between("longitude", ids, (107.5, 109.3))]
            ),
        },
        person={"": nobody(len(ids))},
        careless=world.careless(patch),
        aside={"old_commune": places.old[patch]},
    )
    return _write(world, draft, desk, ("Cơ sở y tế", FORM, "SỞ Y TẾ TỈNH ĐẮK LẮK"))


def write_statistics(world: World, known: dict[str, int], desk: Desk) -> tuple[Path, int]:
    """How many parcels the land statistics count in each commune."""
    codes = sorted(known)
    ids = np.array([int(code) for code in codes], dtype=np.int64)
    draft = Draft(
        register="land_statistics",
        delivery="land-statistics",
        ids=ids,
        columns={
            "commune": texts(list(codes)),
            "commune_name": texts([world.places.new_units[code].name for code in codes]),
            "parcels": texts([known[code] for code in codes]),
            "surface": texts([known[code] * 2600 for code in codes]),
            "day": texts(["01/01/2026"] * len(codes)),
        },
        person={"": nobody(len(codes))},
        careless=np.zeros(len(codes), dtype=np.bool_),
    )
    draft.truth = dict(draft.columns)
    return _place(world, draft, desk, ("Thống kê", STATISTICS, "THỐNG KÊ ĐẤT ĐAI NĂM 2025"))


def _write(
    world: World, draft: Draft, desk: Desk, shape: tuple[str, Columns, str]
) -> tuple[Path, int]:
    return _place(world, prepared(world, draft), desk, shape)


def _place(
    world: World, draft: Draft, desk: Desk, shape: tuple[str, Columns, str]
) -> tuple[Path, int]:
    name, form, title = shape
    sheet = titled(name, (title, "", ""), form, laid_out(draft, form))
    file = desk.deliveries / f"{draft.delivery}.xlsx"
    write_workbook(file, [sheet])
    keep_sheet(world, draft, sheet, desk)
    return file, len(draft)
