"""Recover a million cells from old writings, pure and mixed, and leave a million good ones alone.

python -m benchmarks.decode [CELLS]
"""

from __future__ import annotations

import csv
import random
import sys
import unicodedata
from typing import TYPE_CHECKING

import pyarrow as pa
from benchmarks.harness import measure, record
from tests.intake.old_fonts import WRITERS

from sogoc.intake.writing.columns import Column, recover
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 1
MILLION = 1_000_000
SHARE_OF_OTHERS = 0.02
SHARES = (1.0, 0.5, 0.1, 0.01)
BATCH = 65_536
_SURNAMES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Nông"
SURNAMES = _SURNAMES.split()
_MIDDLES = "Văn Thị Hữu Đức Ngọc Minh Thanh Hồng Xuân Quốc Thúy Bích"
MIDDLES = _MIDDLES.split()
_GIVEN = "An Bình Cường Dũng Hà Hải Hạnh Hòa Hùng Hương Lan Linh Nga Phương Thủy Tuấn Yến Ất"
GIVEN = _GIVEN.split()
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
    back = sum(got.casefold() == cell.casefold() for cell, text, got in rows if text != cell)
    spoiled = sum(got != cell for cell, text, got in rows if text == cell)
    return result | {"damaged": damaged, "recovered": back / damaged, "spoiled": spoiled}


def main() -> None:
    """Measure, print and record."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MILLION
    chance = random.Random(SEED)  # noqa: S311 - a made-up sample
    good = names(many, chance)
    clean = [chance.choice(OTHERS) if chance.random() < SHARE_OF_OTHERS else cell for cell in good]
    told = measure(lambda: read(clean))
    wrong = sum(got != cell for got, cell in zip(told.pop("returned"), clean, strict=True))
    results: dict[str, object] = {"cells": many, "clean": told | {"wrong_conversions": wrong}}
    print("clean", results["clean"], flush=True)
    for writing, write in WRITERS.items():
        for share in SHARES:
            # The whole million for what must not be touched, a fiftieth for each kind of damage.
            cells = good[: many // 50]
            results[f"{writing} {share:.0%}"] = one(cells, write, share)
            print(writing, share, results[f"{writing} {share:.0%}"], flush=True)
    print(record("decode", results, seed=SEED))


if __name__ == "__main__":
    main()
