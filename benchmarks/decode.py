"""Recover a million cells from old writings, pure and mixed, and leave a million good ones alone.

python -m benchmarks.decode [clean | WRITING ...]

What is not asked for keeps its figures. Two sources: `names` (lists below, all units of the
reference list) and `strangers` (persons of all peoples from the demo's names, hamlets made of rare
syllables), which no list of the reader knows. A text is back when it is the same but for capitals
and the place of the tone mark in hòa and hoà, which keys do not tell. A cell is `open` where
each of its words is legal as it came, so that it may have been meant as it stands.
"""

from __future__ import annotations

import csv
import json
import random
import re
import sys
import unicodedata
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import yaml
from benchmarks.harness import RESULTS, measure, record
from tests.intake.old_fonts import WRITERS

from sogoc.demo import country
from sogoc.intake.writing.columns import Column, recover
from sogoc.intake.writing.syllables import is_syllable
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 1
MILLION = 1_000_000
SOME = MILLION // 50
SHARE_OF_OTHERS = 0.02
SHARES = (1.0, 0.5, 0.1, 0.01)
BATCH = 65_536
_SURNAMES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Nông"
SURNAMES = _SURNAMES.split()
_MIDDLES = "Văn Thị Hữu Đức Ngọc Minh Thanh Hồng Xuân Quốc Thúy Bích"
MIDDLES = _MIDDLES.split()
_GIVEN = "An Bình Cường Dũng Hà Hải Hạnh Hòa Hùng Hương Lan Linh Nga Phương Thủy Tuấn Yến Ất"
GIVEN = _GIVEN.split()
_HAMLETS = "Thôn Xóm Ấp Bản Buôn Làng Khóm Đội"
HAMLETS = _HAMLETS.split()
_ONSETS = "b c d đ h kh l m n ng nh ph r s t th tr v x"
ONSETS = _ONSETS.split()
_RIMES = "ảng ẫm ầu ếch iểu ói ổn ợi ụng ưởng ao ân oan uyên ưa ăm êu ia ôi ín"
RIMES = _RIMES.split()
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz' "
SHOWN = set(_LETTERS) | {
    unicodedata.normalize("NFC", vowel + mark)
    for vowel, mark in product("aăâeêioôơuưy", "\u0300\u0301\u0303\u0309\u0323")
}
_PAIRS = [
    (first, last, mark)
    for first, last in ("oa", "oe", "uy")
    for mark in "\u0300\u0301\u0303\u0309\u0323"
]
_OLDER = {
    unicodedata.normalize("NFC", first + last + mark): unicodedata.normalize(
        "NFC", first + mark + last
    )
    for first, last, mark in _PAIRS
}
_NEWER = re.compile(rf"(?:{'|'.join(_OLDER)})(?!\w)")
OTHERS = (
    *("H'Linh Niê", "Y Bhăm Êban", "Ksor Blô", "Giàng A Páo", "Sùng Thị Dợ", "Rơ Châm Siu"),
    *("Thạch Sa Rươne", "K'Brêu", "Café Noël", "Loïc Müller", "Hôtel Métropole", "São Paulo"),
    *("Taj Mahal", "Moon Room 12A", "Hair Salon", "Food Court", "5 µm", "100 m²", "AA 00476432"),
    *("So61 Ngo4", "Lô A1, khu B2", "123 Nguyen Trai", "NGUYEN VAN AN", "XÃ HOÀ BÌNH", "-"),
    *("Ho so da du.", "Hai?", "don't know", "boss@has.com", "www.moon.vn", "TNHH ABC", "ODT+CLN"),
)


def names(many: int, chance: random.Random) -> list[str]:
    """Names of places, of persons, and addresses made of both."""
    file = shipped("reference-data") / "admin-units" / "units.csv"
    with file.open(encoding="utf-8") as rows:
        places = [unicodedata.normalize("NFC", row["name_vi"]) for row in csv.DictReader(rows)]
    made: list[str] = []
    while len(made) < many:
        person = " ".join((chance.choice(SURNAMES), chance.choice(MIDDLES), chance.choice(GIVEN)))
        place = chance.choice(places)
        made += [person, place, f"Số {chance.randrange(900)}, {place}"]
    return made[:many]


def strangers(many: int, chance: random.Random) -> list[str]:
    """Persons of all peoples of a highland province, and hamlets, none from the lists above.

    Only what the old writings can show: they lack the short ŭ, ŏ, ĭ and ĕ of some peoples.
    """
    told = yaml.safe_load((shipped_demo() / "names.yaml").read_text(encoding="utf-8"))["peoples"]
    shares = [people["share"]["highland"] for people in told.values()]
    made: list[str] = []
    while len(made) < many:
        person = _person(chance.choices(list(told.values()), shares)[0], chance)
        rare = chance.choice(ONSETS) + chance.choice(RIMES)
        hamlet = f"{chance.choice(HAMLETS)} {rare.capitalize()} {chance.choice(GIVEN)}"
        made += [one for one in (person, hamlet) if set(one.casefold()) <= SHOWN]
    return made[:many]


def shipped_demo() -> Path:
    """Where the demo keeps its names."""
    return Path(country.__file__).parent


def _person(people: dict[str, Any], chance: random.Random) -> str:
    surnames = people["surnames"]
    of_sex = people[chance.choice(("nam", "nữ"))]
    parts = {
        "h": _drawn(surnames.get("highland") or next(iter(surnames.values())), chance),
        "d": _drawn(chance.choice(of_sex["middle"]), chance) if "middle" in of_sex else "",
        "t": _drawn(chance.choice(of_sex["given"]), chance),
    }
    return " ".join(of_sex["shape"].format(**parts).split())


def _drawn(shares: dict[str, float], chance: random.Random) -> str:
    return chance.choices(list(shares), list(shares.values()))[0]


def spelled(text: str) -> str:
    """Small letters, the tone mark of hoà, khoẻ, thuỳ where the older spelling has it."""
    return _NEWER.sub(lambda found: _OLDER[found[0]], text.casefold())


def read(cells: list[str]) -> list[str]:
    """The cells as intake takes them: learned from a sample, batch by batch."""
    column = Column(by_keys=True)
    column.learn(cells[:: max(len(cells) // 8192, 1)])
    found: list[str] = []
    for start in range(0, len(cells), BATCH):
        batch = pa.array(cells[start : start + BATCH], pa.string())
        found += recover(batch, column).column.to_pylist()
    return found


def one(cells: list[str], write: Callable[[str], str], share: float) -> dict[str, object]:
    """Damage a share of the cells, recover them, and count."""
    chance = random.Random(SEED)  # noqa: S311 - a made-up sample
    told = [write(cell) if chance.random() < share else cell for cell in cells]
    result = measure(lambda: read(told))
    found = result.pop("returned")
    damaged = sum(text != cell for text, cell in zip(told, cells, strict=True))
    rows = list(zip(cells, told, found, strict=True))
    lost = [(c, text) for c, text, got in rows if text != c and spelled(got) != spelled(c)]
    opened = sum(all(map(is_syllable, text.split())) for _, text in lost)
    spoiled = sum(got != cell for cell, text, got in rows if text == cell)
    shares = {"recovered": 1 - len(lost) / damaged, "lost": len(lost), "of_these_open": opened}
    return result | {"damaged": damaged} | shares | {"spoiled": spoiled}


def clean(good: list[str], chance: random.Random) -> dict[str, Any]:
    """The whole million, with what must not be touched among it: how many were."""
    cells = [chance.choice(OTHERS) if chance.random() < SHARE_OF_OTHERS else cell for cell in good]
    told = measure(lambda: read(cells))
    wrong = sum(got != cell for got, cell in zip(told.pop("returned"), cells, strict=True))
    return told | {"cells": len(cells), "wrong_conversions": wrong}


def main() -> None:
    """Measure what is asked for, print and record."""
    asked = sys.argv[1:] or ["clean", *WRITERS]
    file = RESULTS / "decode.json"
    results = json.loads(file.read_text(encoding="utf-8"))["results"] if file.exists() else {}
    chance = random.Random(SEED)  # noqa: S311 - a made-up sample
    good = names(MILLION if "clean" in asked else SOME, chance)
    if "clean" in asked:
        results["clean"] = clean(good, chance)
        print("clean", results["clean"], flush=True)
    sources = {"names": good[:SOME], "strangers": strangers(SOME, random.Random(SEED))}  # noqa: S311 - likewise
    for writing, share in product([one for one in WRITERS if one in asked], SHARES):
        for source, cells in sources.items():
            result = one(cells, WRITERS[writing], share)
            results[f"{source}: {writing} {share:.0%}"] = result
            print(source, writing, share, result, flush=True)
    print(record("decode", results, seed=SEED))


if __name__ == "__main__":
    main()
