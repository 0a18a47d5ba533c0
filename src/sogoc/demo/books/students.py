"""Students: one workbook a commune, title rows, a sheet for each grade; and the list of schools."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.books.form import (
    Columns,
    Desk,
    in_sheets,
    laid_out,
    nobody,
    prepared,
    shown,
    titled,
)
from sogoc.demo.damage import Draft
from sogoc.demo.draw import either, texts
from sogoc.demo.numbers import tax_codes
from sogoc.demo.paper.workbook import write_workbook
from sogoc.demo.people import TODAY
from sogoc.demo.truth import in_one_sheet, keep_truth
from sogoc.demo.world import World, hamlets, written

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.demo.draw import Ints, Texts

FORM: Columns = (
    ("STT", ""),
    ("Mã học sinh", "pupil"),
    ("Họ và tên", "person.name"),
    ("Ngày sinh", "person.born"),
    ("Giới tính", "person.sex"),
    ("Số định danh cá nhân", "person.number"),
    ("Dân tộc", "people"),
    ("Nơi sinh", "birthplace"),
    ("Nơi thường trú", "person.address"),
    ("Mã xã", "person.commune"),
    ("Thôn", "hamlet"),
    ("Mã trường", "school"),
    ("Năm học", "year"),
    ("Khối", "grade"),
    ("Lớp", "class"),
    ("Trạng thái", "state"),
    ("Ngày vào trường", "entered"),
    ("Họ tên cha", "father.name"),
    ("Số CCCD cha", "father.number"),
    ("Họ tên mẹ", "mother.name"),
    ("Số CCCD mẹ", "mother.number"),
    ("Điện thoại phụ huynh", "mother.phone"),
    ("Ngày cập nhật", "updated"),
    ("Ghi chú", "note"),
)
SCHOOLS: Columns = (
    ("STT", ""),
    ("Mã trường", "school"),
    ("Tên trường", "name_of_school"),
    ("Cấp học", "level"),
    ("Loại hình", "kind"),
    ("Địa chỉ", "address"),
    ("Mã xã", "commune"),
    ("Mã số thuế", "tax_code"),
    ("Sĩ số", "count"),
    ("Điện thoại", "phone"),
    ("Email", "email"),
)
LEVELS = (
    ("tieu-hoc", "Trường Tiểu học", 1),
    ("thcs", "Trường THCS", 6),
    ("thpt", "Trường THPT", 10),
)


def pupils(world: World, commune: str) -> Ints:
    """Children of the commune of an age for grades 1 to 12, nearly all of them."""
    people = world.people
    age = 2026 - people.year()
    home = world.places.new[people.patch] == commune
    at_school = home & (age >= 6) & (age <= 17) & people.living(TODAY)
    kept = world.draws.chance("at school", np.arange(len(people)), 0.96)
    return np.flatnonzero(at_school & kept)


def _school_codes(commune: str, grade: Ints) -> Texts:
    level = np.searchsorted(np.array([6, 10]), grade, side="right") + 1
    return texts([f"{commune}{one:02d}" for one in level.tolist()])


def write_students(world: World, commune: str, desk: Desk) -> tuple[Path, int]:
    """The pupils of one commune."""
    draws, people = world.draws, world.people
    who = pupils(world, commune)
    who = who[np.argsort(people.year()[who], kind="stable")[::-1]]
    grade = 2026 - people.year()[who] - 5
    child = written(world, "person", who)
    father, mother = (
        written(world, slot, kin[who])
        for slot, kin in (("father", people.father), ("mother", people.mother))
    )
    letter = draws.one_of("class", who, ("A", "B", "C"))
    names = {code: unit.name for code, unit in world.places.old_units.items()}
    draft = Draft(
        register="students",
        delivery=f"students-{commune}",
        ids=who.copy(),
        columns={
            **child.columns,
            **{name: father.columns[name] for name in ("father.name", "father.number")},
            **{
                name: mother.columns[name]
                for name in ("mother.name", "mother.number", "mother.phone")
            },
            "pupil": texts([f"{commune[:2]}{one:08d}" for one in who.tolist()]),
            "people": texts(list(people.peoples))[people.people[who]],
            "birthplace": texts([names[code] for code in people.birth_province[who]]),
            "hamlet": hamlets(world, who),
            "school": _school_codes(commune, grade),
            "year": texts(["2026-2027"] * len(who)),
            "grade": texts(grade.tolist()),
            "class": texts([f"{g}{a}" for g, a in zip(grade, letter, strict=True)]),
            "state": either(draws.chance("left school", who, 0.015), "Thôi học", "Đang học"),
            "entered": shown(np.full(len(who), np.datetime64("2026-09-05"))),
            "updated": shown(np.full(len(who), np.datetime64("2026-09-20"))),
        },
        person={"person": who, "father": people.father[who], "mother": people.mother[who]},
        careless=world.careless(people.patch[who]),
        aside={**child.aside, **father.aside, **mother.aside},
    )
    return _write_by_grade(world, prepared(world, draft), commune, desk)


def _write_by_grade(world: World, draft: Draft, commune: str, desk: Desk) -> tuple[Path, int]:
    name = world.places.new_units[commune].name
    grades = texts([f"Khối {one}" for one in draft.columns["grade"].tolist()])
    sheets = []
    for grade in range(1, 13):
        rows = np.flatnonzero(grades == f"Khối {grade}")
        if len(draft) and not len(rows):
            # In a very small country a grade may have no child; no school hands in an empty sheet.
            continue
        titles = (
            f"TRƯỜNG HỌC {name.upper()}",
            f"DANH SÁCH HỌC SINH KHỐI {grade}",
            "Năm học 2026-2027",
            "",
        )
        sheets.append(titled(f"Khối {grade}", titles, FORM, laid_out(draft, FORM, rows)))
    file = desk.deliveries / f"{draft.delivery}.xlsx"
    write_workbook(file, sheets)
    keep_truth(desk.truth, draft, in_sheets(grades, sheets[0].first_line), world.people)
    return file, len(draft)


def write_schools(world: World, communes: tuple[str, ...], desk: Desk) -> tuple[Path, int]:
    """The schools of the communes, with the number of pupils each should have."""
    rows = []
    for commune in communes:
        grade = 2026 - world.people.year()[pupils(world, commune)] - 5
        present = Counter(_school_codes(commune, grade).tolist())
        unit = world.places.new_units[commune]
        for place, (level, kind, _) in enumerate(LEVELS, 1):
            code = f"{commune}{place:02d}"
            short = unit.name.split(" ", 1)[1]
            rows.append((code, f"{kind} {short}", level, unit.name, commune, present[code]))
    codes, names, levels, addresses, homes, numbers = (
        texts(list(part)) for part in zip(*rows, strict=True)
    )
    ids = np.array([int(one) for one in codes], dtype=np.int64)
    draft = Draft(
        register="students",
        delivery="schools",
        ids=ids,
        columns={
            "school": codes,
            "name_of_school": names,
            "level": levels,
            "kind": texts(["cong-lap"] * len(ids)),
            "address": addresses,
            "commune": homes,
            "tax_code": tax_codes(world.draws, ids),
            "count": numbers,
        },
        person={"": nobody(len(ids))},
        careless=np.zeros(len(ids), dtype=np.bool_),
    )
    draft.truth = dict(draft.columns)
    sheet = titled(
        "Trường",
        ("SỞ GIÁO DỤC VÀ ĐÀO TẠO", "DANH SÁCH TRƯỜNG HỌC"),
        SCHOOLS,
        laid_out(draft, SCHOOLS),
    )
    file = desk.deliveries / "schools.xlsx"
    write_workbook(file, [sheet])
    keep_truth(
        desk.truth, draft, in_one_sheet(sheet.name, sheet.first_line, len(ids)), world.people
    )
    return file, len(ids)
