"""Where the made-up people live: two real provinces, communes old and new, made-up hamlets.

Đắk Lắk was put together on 1 July 2025 from Đắk Lắk and Phú Yên: a highland of the Ê Đê and a
coast, with eight divided communes. Đồng Tháp came of Đồng Tháp and Tiền Giang: a delta in which the
communes Tân Thành and Tân Thạnh differ in one mark.

The demo reads the dated tables of administrative units itself. It shares no code with the parts it
tests: one mistake made once could not be seen.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.draw import Draws, Flags, Floats, Ints, Texts, texts
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

HIGHLAND = "66"
DELTA = "82"
LAND_COMMUNE = "24544"
"""Xã Ea Ktur, Đắk Lắk: took in one part of the divided commune Ea BHốk; Kinh and Ê Đê."""
SMALL_COMMUNES = ("24561", "29938", "30157")
"""Dray Bhăng (the other part of Ea BHốk); Tân Thành and Tân Thạnh, which differ in one mark."""
CARELESS = ("24496", "30157", "28249")
"""Offices where errors come together: Ea Kly, Tân Thạnh, Đạo Thạnh."""
MERGED = np.datetime64("2025-07-01")


@dataclass(frozen=True, slots=True)
class Unit:
    """An administrative unit in one period."""

    code: str
    name: str
    kind: str
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Patches: the piece of an old commune that lies in one new commune. Arrays by patch."""

    old: Texts
    new: Texts
    province: Texts
    old_province: Texts
    weight: Floats
    hamlets: tuple[tuple[str, ...], ...]
    commune: Ints
    """Position of the new commune in `communes`."""
    communes: tuple[str, ...]
    old_units: Mapping[str, Unit]
    new_units: Mapping[str, Unit]

    def old_address(self, patch: int, hamlet: str) -> str:
        """Hamlet, commune, district, province: as written until 30 June 2025."""
        commune = self.old_units[str(self.old[patch])]
        district = self.old_units[commune.parent]
        province = self.old_units[district.parent]
        return f"{hamlet}, {commune.name}, {district.name}, {province.name}"

    def new_address(self, patch: int, hamlet: str) -> str:
        """Hamlet, commune, province: as written since."""
        commune = self.new_units[str(self.new[patch])]
        return f"{hamlet}, {commune.name}, {self.new_units[commune.parent].name}"

    def hamlet_names(self, patches: Ints, hamlets: Ints) -> Texts:
        """The hamlet of each person; `hamlets` counts within the patch."""
        return texts([self.hamlets[p][h] for p, h in zip(patches, hamlets, strict=True)])


def load_places(draws: Draws) -> Places:
    """Both provinces, with the weight of each patch and its hamlets drawn by lot."""
    old_units, new_units = _units()
    pairs = [
        row
        for row in _rows("changes.csv")
        if len(row["old_code"]) == len("00000")
        and new_units[row["new_code"]].parent in {HIGHLAND, DELTA}
        and row["extent"] != "unknown"
    ]
    numbers = np.array([int(row["new_code"] + row["old_code"]) for row in pairs], dtype=np.int64)
    communes = tuple(sorted({row["new_code"] for row in pairs}))
    position = {code: place for place, code in enumerate(communes)}
    weight = 0.4 + draws.uniform("patch weight", numbers) ** 2 * 2
    weight = weight * np.array([0.5 if row["extent"] == "part" else 1.0 for row in pairs])
    commune = np.array([position[row["new_code"]] for row in pairs], dtype=np.int64)
    count = draws.below("hamlet count", numbers, 5) + 5
    return Places(
        old=texts([row["old_code"] for row in pairs]),
        new=texts([row["new_code"] for row in pairs]),
        province=texts([new_units[row["new_code"]].parent for row in pairs]),
        old_province=texts([_old_province(old_units, row["old_code"]) for row in pairs]),
        weight=_with_one_large(weight, commune == position[LAND_COMMUNE]),
        hamlets=tuple(
            _hamlets(old_units[row["old_code"]], int(n))
            for row, n in zip(pairs, count, strict=True)
        ),
        commune=commune,
        communes=communes,
        old_units=old_units,
        new_units=new_units,
    )


def _with_one_large(weight: Floats, large: Flags) -> Floats:
    """One commune holds a tenth of the people: 30,000 parcels need their owners."""
    share = 0.1
    rest = weight[~large].sum()
    weight[large] *= share / (1 - share) * rest / weight[large].sum()
    return weight


def _hamlets(commune: Unit, count: int) -> tuple[str, ...]:
    """Made-up hamlets: `Tổ dân phố` in towns, `Buôn` and `Thôn` in the highland, else `Ấp`."""
    if commune.kind in {"phường", "thị trấn"}:
        return tuple(f"Tổ dân phố {number}" for number in range(1, count + 1))
    if commune.code > "28000":
        words = ("Tân Hòa", "Tân Phú", "Mỹ Thạnh", "Long Bình", "Phú Lợi", "Bình Trung")
        return tuple(f"Ấp {words[n] if n < len(words) else n}" for n in range(count))
    if commune.code > "24000":
        buon = ("Kram", "Êa Mtă", "Hra Ea Tlă", "Kŏ Êmông", "Pu Huê")
        return tuple(
            f"Buôn {buon[n // 2 % len(buon)]}" if n % 2 else f"Thôn {n + 1}" for n in range(count)
        )
    return tuple(f"Thôn {number}" for number in range(1, count + 1))


def _units() -> tuple[dict[str, Unit], dict[str, Unit]]:
    old: dict[str, Unit] = {}
    new: dict[str, Unit] = {}
    for row in _rows("units.csv"):
        unit = Unit(row["code"], row["name_vi"], row["kind"], row["parent_code"])
        (new if row["valid_from"] else old)[unit.code] = unit
    return old, new


def _old_province(units: Mapping[str, Unit], commune: str) -> str:
    return units[units[commune].parent].parent


def _rows(name: str) -> list[dict[str, str]]:
    file = shipped("reference-data") / "admin-units" / name
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
