"""Health insurance: csv of the claims system, CP1258 from one province, TCVN3 from the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.books.form import Columns, Desk, prepared, send_csv, shown
from sogoc.demo.damage import Draft
from sogoc.demo.draw import either, texts
from sogoc.demo.numbers import insurance_numbers
from sogoc.demo.paper.separated import tcvn3_bytes
from sogoc.demo.paper.writings import cp1258
from sogoc.demo.people import TODAY
from sogoc.demo.world import World, hamlets, strangers, written

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.demo.draw import Ints, Texts
    from sogoc.demo.paper.separated import Encode

FORM: Columns = (
    ("MA_THE", "card"),
    ("MA_SO_BHXH", "insurance_number"),
    ("HO_TEN", "person.name"),
    ("NGAY_SINH", "person.born"),
    ("GIOI_TINH", "person.sex"),
    ("SO_CCCD", "person.number"),
    ("SO_CMND", "old_number"),
    ("DIA_CHI", "person.address"),
    ("MA_XA", "person.commune"),
    ("THON", "hamlet"),
    ("MA_DT", "group"),
    ("MUC_HUONG", "benefit"),
    ("MA_DKBD", "place"),
    ("GT_THE_TU", "from"),
    ("GT_THE_DEN", "until"),
    ("MIEN_CUNG_CT", "five_years"),
    ("DIEN_THOAI", "person.phone"),
    ("NGAY_CAP_NHAT", "updated"),
)
OFFICES: tuple[tuple[str, int, Encode], ...] = (("66", 30_000, cp1258), ("82", 20_000, tcvn3_bytes))


def insured(world: World, province: str, count: int) -> Ints:
    """Living persons of the province, by lot."""
    people = world.people
    here = world.places.province[people.patch] == province
    able = np.flatnonzero(here & people.living(TODAY))
    order = np.argsort(world.draws.uniform("insured", able), kind="stable")
    return np.sort(able[order[:count]])


def insurance_draft(world: World, who: Ints, delivery: str) -> Draft:
    """One row a card, undamaged."""
    draws, people = world.draws, world.people
    by = written(world, "person", who)
    province = world.places.province[people.patch[who]]
    group = _groups(world, who)
    number = insurance_numbers(draws, who, province)
    benefit = texts(
        ["1" if g in {"TE", "CC"} else "2" if g in {"HN", "DT"} else "4" for g in group]
    )
    begun = np.datetime64("2026-01-01") - draws.below("card begun", who, 300).astype(
        "timedelta64[D]"
    )
    begun = np.maximum(begun, people.born[who])
    lapsed = draws.chance("card lapsed", who, 0.03)
    until = np.where(lapsed, begun + np.timedelta64(200, "D"), np.datetime64("2026-12-31"))
    columns = {
        **by.columns,
        "card": group + benefit + province + number,
        "insurance_number": number,
        "old_number": either(people.old_number[who] == "", None, people.old_number[who]),
        "hamlet": hamlets(world, who),
        "group": group,
        "benefit": benefit,
        "place": texts(
            [f"{p}{n:03d}" for p, n in zip(province, draws.below("place", who, 90), strict=True)]
        ),
        "from": shown(begun),
        "until": shown(until),
        "five_years": shown(begun + np.timedelta64(900, "D")),
        "updated": shown(np.full(len(who), np.datetime64("2026-09-15"))),
    }
    return Draft(
        register="insurance",
        delivery=delivery,
        ids=who.copy(),
        columns=columns,
        person={"person": who},
        careless=world.careless(people.patch[who]),
        aside=by.aside,
    )


def write_insurance(world: World, office: tuple[str, int, Encode], desk: Desk) -> tuple[Path, int]:
    """The list of one province, in its own writing."""
    province, count, encode = office
    who = insured(world, province, world.scaled(count))
    draft = insurance_draft(world, who, f"insurance-{province}")
    strangers(world, draft, "person")
    draft = prepared(world, draft)
    return send_csv(world, draft, FORM, desk, separator=",", encode=encode), len(draft)


def _groups(world: World, who: Ints) -> Texts:
    """Children, pupils, pensioners, minorities of the highland, workers, families."""
    age = 2026 - world.people.year()[who]
    lot = world.draws.one_of("group", who, ("GD", "GD", "DN", "DN", "HC", "HN", "CN", "BT"))
    lot = either((age > 60) & world.draws.chance("pension", who, 0.4), "HT", lot)
    lot = either((world.people.people[who] != 0) & (age > 6), "DT", lot)
    return either(age < 6, "TE", either(age < 18, "HS", lot))
