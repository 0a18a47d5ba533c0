"""Civil status: births as xlsx, marriages as ods, deaths as the xls of old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.books.form import Columns, Desk, keep_sheet, laid_out, prepared, shown, titled
from sogoc.demo.damage import Draft
from sogoc.demo.draw import either, texts
from sogoc.demo.paper.old_workbook import write_old_workbook
from sogoc.demo.paper.open_document import write_open_document
from sogoc.demo.paper.workbook import write_workbook
from sogoc.demo.people import NOBODY, TODAY
from sogoc.demo.world import World, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sogoc.demo.draw import Days, Ints, Texts

SINCE = np.datetime64("2025-07-01")
_ENTRY: Columns = (
    ("STT", ""),
    ("Số", "number_of_entry"),
    ("Quyển số", "book"),
    ("Ngày đăng ký", "registered"),
    ("Mã xã", "office"),
)
BIRTHS: Columns = (
    *_ENTRY,
    ("Họ và tên con", "child.name"),
    ("Số định danh con", "child.number"),
    ("Ngày sinh con", "child.born"),
    ("Giới tính con", "child.sex"),
    ("Nơi sinh", "birthplace"),
    ("Dân tộc", "people"),
    ("Quốc tịch", "nationality"),
    ("Quê quán", "origin"),
    ("Họ và tên mẹ", "mother.name"),
    ("Số định danh mẹ", "mother.number"),
    ("Ngày sinh mẹ", "mother.born"),
    ("Họ và tên cha", "father.name"),
    ("Số định danh cha", "father.number"),
    ("Ngày sinh cha", "father.born"),
)
MARRIAGES: Columns = (
    *_ENTRY,
    ("Họ và tên chồng", "husband.name"),
    ("Số định danh chồng", "husband.number"),
    ("Ngày sinh chồng", "husband.born"),
    ("Giới tính chồng", "husband.sex"),
    ("Nơi thường trú chồng", "husband.address"),
    ("Họ và tên vợ", "wife.name"),
    ("Số định danh vợ", "wife.number"),
    ("Ngày sinh vợ", "wife.born"),
    ("Giới tính vợ", "wife.sex"),
    ("Nơi thường trú vợ", "wife.address"),
)
DEATHS: Columns = (
    *_ENTRY,
    ("Họ và tên người chết", "dead.name"),
    ("Số định danh người chết", "dead.number"),
    ("Ngày sinh người chết", "dead.born"),
    ("Giới tính người chết", "dead.sex"),
    ("Nơi thường trú cuối cùng", "dead.address"),
    ("Ngày chết", "died"),
    ("Nơi chết", "place"),
    ("Nguyên nhân chết", "cause"),
    ("Họ và tên người yêu cầu", "asker.name"),
    ("Số định danh người yêu cầu", "asker.number"),
    ("Ngày sinh người yêu cầu", "asker.born"),
)


def write_births(world: World, desk: Desk) -> tuple[Path, int]:
    """Births since the merger of communes, both provinces."""
    people = world.people
    child = np.flatnonzero((people.born >= SINCE) & (people.born <= TODAY))
    persons = {"child": child, "mother": people.mother[child], "father": people.father[child]}
    delay = world.draws.below("birth told", child, 50).astype("timedelta64[D]")
    names = {code: unit.name for code, unit in world.places.old_units.items()}
    province = texts([names[code] for code in people.birth_province[child]])
    columns = {
        "birthplace": province,
        "people": texts(list(people.peoples))[people.people[child]],
        "nationality": texts(["Việt Nam"] * len(child)),
        "origin": province,
        **_entry(world, child, np.minimum(people.born[child] + delay, TODAY)),
    }
    draft = _draft(world, "civil-births", persons, columns)
    return _write(world, draft, desk, (BIRTHS, "SỔ ĐĂNG KÝ KHAI SINH", ".xlsx"))


def write_marriages(world: World, desk: Desk) -> tuple[Path, int]:
    """Marriages since the merger."""
    people = world.people
    wed = ~people.female & (people.spouse != NOBODY) & (people.married >= SINCE)
    husband = np.flatnonzero(wed & (people.married <= TODAY))
    persons = {"husband": husband, "wife": people.spouse[husband]}
    columns = _entry(world, husband, people.married[husband])
    draft = _draft(world, "civil-marriages", persons, columns)
    return _write(world, draft, desk, (MARRIAGES, "SỔ ĐĂNG KÝ KẾT HÔN", ".ods"))


def write_deaths(world: World, desk: Desk) -> tuple[Path, int]:
    """Deaths since the merger; some families come late or not at all."""
    people = world.people
    gone = np.flatnonzero((people.died >= SINCE) & (people.died <= TODAY))
    dead = gone[world.draws.chance("death told", gone, 0.93)]
    asker = np.where(people.spouse[dead] == NOBODY, people.household[dead], people.spouse[dead])
    living = people.living(TODAY)[asker] & (asker != dead)
    persons = {"dead": dead, "asker": np.where(living, asker, NOBODY)}
    # Most families come within the fifteen days of the law, a few after months.
    late = world.draws.uniform("death told late", dead) ** 4 * 90
    delay = late.astype(np.int64).astype("timedelta64[D]")
    columns = {
        "died": shown(people.died[dead]),
        "place": world.draws.one_of("place of death", dead, ("Tại nhà", "Tại nhà", "Bệnh viện")),
        "cause": world.draws.one_of("cause", dead, ("Già yếu", "Bệnh", "Bệnh", "Tai nạn", None)),
        **_entry(world, dead, np.minimum(people.died[dead] + delay, TODAY)),
    }
    draft = _draft(world, "civil-deaths", persons, columns)
    return _write(world, draft, desk, (DEATHS, "SỔ ĐĂNG KÝ KHAI TỬ", ".xls"))


def _entry(world: World, who: Ints, day: Days) -> dict[str, Texts]:
    """The number in the book of the commune: one book a commune and year."""
    office = world.places.new[world.people.patch[who]]
    year = (day.astype("datetime64[Y]").astype(np.int64) + 1970).tolist()
    counts: dict[tuple[str, int], int] = {}
    number = []
    for at in zip(office.tolist(), year, strict=True):
        counts[at] = counts.get(at, 0) + 1
        number.append(f"{counts[at]}/{at[1]}")
    return {
        "number_of_entry": texts(number),
        "book": texts([f"01/{one}" for one in year]),
        "registered": shown(day),
        "office": office,
    }


def _draft(
    world: World, delivery: str, persons: dict[str, Ints], columns: dict[str, Texts]
) -> Draft:
    first = next(iter(persons.values()))
    aside: dict[str, Texts] = {}
    for slot, who in persons.items():
        by = written(world, slot, who)
        columns |= by.columns
        aside |= by.aside
    # The youngest sometimes have no number yet when the book is written.
    if "child" in persons:
        late = world.draws.chance("number comes later", first, 0.03)
        columns["child.number"] = either(late, None, columns["child.number"])
    return Draft(
        register="civil_status",
        delivery=delivery,
        ids=first.copy(),
        columns=columns,
        person=persons,
        careless=world.careless(world.people.patch[first]),
        aside=aside,
    )


_WRITERS: dict[str, Callable[..., None]] = {
    ".xlsx": write_workbook,
    ".ods": write_open_document,
    ".xls": write_old_workbook,
}


def _write(
    world: World, draft: Draft, desk: Desk, shape: tuple[Columns, str, str]
) -> tuple[Path, int]:
    form, title, ending = shape
    draft = prepared(world, draft)
    titles = ("SỞ TƯ PHÁP", f"TRÍCH {title}", "Từ ngày 01/07/2025 đến ngày 31/10/2026")
    sheet = titled("Sheet1", titles, form, laid_out(draft, form))
    file = desk.deliveries / f"{draft.delivery}{ending}"
    _WRITERS[ending](file, [sheet])
    keep_sheet(world, draft, sheet, desk)
    return file, len(draft)
