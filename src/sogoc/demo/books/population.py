"""The population register as the centre sends it: Parquet, clean, the 26 fields of the law.

Two releases: the first of 30 June 2026; the second of 31 October 2026 with the births, deaths,
moves, marriages and new numbers between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.demo.draw import Flags, Ints, Texts, either, texts
from sogoc.demo.people import NOBODY

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.demo.world import World

_FAITHS = (
    "Không",
    "Không",
    "Không",
    "Không",
    "Phật giáo",
    "Công giáo",
    "Tin lành",
    "Cao Đài",
    "Hòa Hảo",
)
_BLOOD = ("O", "O", "O", "A", "B", "B", "AB", None, None, None)
_ADULT_DAYS = 14 * 365


def write_release(world: World, file: Path, day: np.datetime64) -> Ints:
    """Write everybody whom the register knows on that day; return who."""
    people = world.people
    who = np.flatnonzero(people.registered(day))
    table = pa.table({name: pa.array(column) for name, column in _columns(world, who, day).items()})
    pq.write_table(table, file, compression="zstd")
    return who


def number_on(world: World, who: Ints, day: np.datetime64) -> Texts:
    """The personal number on that day: the earlier one if it was changed later."""
    people = world.people
    old = (people.number_before[who] != "") & (people.renumbered[who] > day)
    return either(old, people.number_before[who], people.number[who])


def patch_on(world: World, who: Ints, day: np.datetime64) -> Ints:
    """Where each person lived on that day."""
    people = world.people
    later = people.moved[who] > day
    return np.asarray(np.where(later, people.patch_before[who], people.patch[who]), dtype=np.int64)


def _columns(world: World, who: Ints, day: np.datetime64) -> dict[str, Texts]:
    people, draws = world.people, world.draws
    alive = people.living(day)[who]
    carded = people.born[who] < day - np.timedelta64(_ADULT_DAYS, "D")
    issued = np.datetime64("2021-03-01") + draws.below("card issued", who, 1900).astype(
        "timedelta64[D]"
    )
    issued = np.minimum(issued, day)
    return {
        "so_dinh_danh": number_on(world, who, day),
        "ho_ten": people.name[who],
        "ten_khac": texts([None] * len(who)),
        "ngay_sinh": people.written_birth(who),
        "gioi_tinh": either(people.female[who], "nữ", "nam"),
        "noi_sinh": _province_names(world, who),
        "noi_dang_ky_khai_sinh": _province_names(world, who),
        "que_quan": _province_names(world, _father_or_self(world, who)),
        "dan_toc": texts(list(people.peoples))[people.people[who]],
        "ton_giao": draws.one_of("faith", who, _FAITHS),
        "quoc_tich": texts(["Việt Nam"] * len(who)),
        "nhom_mau": draws.one_of("blood", who, _BLOOD),
        "so_cmnd": _or_none(people.old_number[who], people.old_number[who] != ""),
        "ngay_cap_the": _or_none(issued.astype(str).astype(object), carded),
        "noi_cap_the": _or_none(texts(["Bộ Công an"] * len(who)), carded),
        "han_the": texts([None] * len(who)),
        **_relatives(world, who, day),
        **_residence(world, who, day),
        "tinh_trang_hon_nhan": _marital(world, who, day),
        **_household(world, who, day),
        "ngay_mat": _or_none(people.died[who].astype(str).astype(object), ~alive),
        "dien_thoai": _or_none(people.phone[who], carded & alive),
        "thu_dien_tu": texts([None] * len(who)),
        "cap_nhat_luc": _updated(world, who, day),
    }


def _or_none(column: Texts, there: Flags) -> Texts:
    return either(there, column, None)


def _father_or_self(world: World, who: Ints) -> Ints:
    father = world.people.father[who]
    return np.asarray(np.where(father == NOBODY, who, father), dtype=np.int64)


def _province_names(world: World, who: Ints) -> Texts:
    names = {code: unit.name for code, unit in world.places.old_units.items()}
    return texts([names[code] for code in world.people.birth_province[who]])


def _relatives(world: World, who: Ints, day: np.datetime64) -> dict[str, Texts]:
    people = world.people
    wed = people.married[who] <= day
    spouse = np.where(wed, people.spouse[who], NOBODY)
    made: dict[str, Texts] = {}
    for head, kin in (
        ("cha", people.father[who]),
        ("me", people.mother[who]),
        ("vo_chong", spouse),
    ):
        known = kin != NOBODY
        made[f"{head}_ho_ten"] = _or_none(people.name[kin], known)
        number = number_on(world, np.maximum(kin, 0), day)
        made[f"{head}_so_dinh_danh"] = _or_none(number, known & people.registered(day)[kin])
    return made


def _residence(world: World, who: Ints, day: np.datetime64) -> dict[str, Texts]:
    people, places = world.people, world.places
    patch = patch_on(world, who, day)
    counts = np.array([len(names) for names in places.hamlets])
    hamlet = places.hamlet_names(patch, people.hamlet[who] % counts[patch])
    address = texts([places.new_address(p, h) for p, h in zip(patch, hamlet, strict=True)])
    away = world.draws.chance("stays elsewhere", who, 0.04)
    elsewhere = np.roll(address, 1)
    return {
        "thuong_tru": address,
        "ma_xa": places.new[patch],
        "tam_tru": _or_none(elsewhere, away),
        "noi_o": either(away, elsewhere, address),
        "tam_vang": either(away, "co", "khong"),
        "thon": hamlet,
    }


def _marital(world: World, who: Ints, day: np.datetime64) -> Texts:
    people = world.people
    wed = (people.spouse[who] != NOBODY) & (people.married[who] <= day)
    left = wed & ~people.living(day)[people.spouse[who]]
    young = np.where(wed, "ket-hon", "doc-than")
    return either(left, "goa", young)


def _household(world: World, who: Ints, day: np.datetime64) -> dict[str, Texts]:
    people = world.people
    head = people.household[who]
    own = head == who
    spouse = people.spouse[who] == head
    relation = np.where(own, "chu-ho", np.where(spouse, "vo", "con"))
    return {
        "so_ho": texts([f"{one:09d}" for one in head]),
        "quan_he_chu_ho": relation.astype(object),
        "chu_ho_ho_ten": people.name[head],
        "chu_ho_so_dinh_danh": _or_none(number_on(world, head, day), people.registered(day)[head]),
    }


def _updated(world: World, who: Ints, day: np.datetime64) -> Texts:
    """The last event before the day, or the day since when all codes are those after the merger."""
    people = world.people
    last = np.full(len(who), np.datetime64("2025-07-15"))
    for event in (people.born, people.died, people.moved, people.married, people.renumbered):
        happened = event[who]
        counts = ~np.isnat(happened) & (happened <= day) & (happened > last)
        last = np.where(counts, happened, last)
    return np.asarray(last.astype(str), dtype=object)
