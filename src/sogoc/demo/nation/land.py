"""Where the nation lives: real provinces and communes, old and new, with invented shares.

A neighbourhood of 4,096 slots lies in one commune of before 1 July 2025, a district of eight in
one province; which one is a draw by its number. Read from the dated tables of administrative
units, by this package itself: a mistake shared with the parts that are tested could not be seen.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from sogoc.demo.nation.lots import Flags, Floats, Ints, Lots, wheel
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KINH = "Kinh"
NAMING = ("north", "centre", "south")
"""Where surnames differ."""
_NAMING_OF = {
    "north-mountains": 0, "red-river": 0, "north-centre": 1, "centre-coast": 1,
    "highlands": 1, "south-east": 2, "mekong": 2,
}  # fmt: skip
_GOLDEN_SECTION = 0.6180339887498949
_OLD_UNTIL = "2025-06-30"


@dataclass(frozen=True, slots=True, kw_only=True)
class Land:
    """Provinces by position; communes of old by position, with today's beside them."""

    provinces: tuple[str, ...]
    codes: Ints
    """The provinces' codes as numbers."""
    regions: tuple[str, ...]
    """Of each province."""
    naming: Ints
    """Of each province, a position in NAMING."""
    peoples: Ints
    """A row a province: a wheel of peoples, in the order that the names know them."""
    shares: Floats
    """Of the provinces, summed up."""
    communes: tuple[str, ...]
    """Codes of before 1 July 2025."""
    province: Ints
    """Of each old commune."""
    weight: Floats
    """Of the old communes, summed up over the whole land."""
    first: Ints
    """Where each province's communes begin; one more at the end."""
    drawing: Floats
    """Where movers go: summed up over the old communes."""
    today: tuple[str, ...]
    """Codes of today."""
    become: Ints
    """A row an old commune: up to eight communes of today, -1 where there are fewer."""
    ways: Ints
    """How many those are."""

    def province_of(self, lots: Lots, districts: Ints) -> Ints:
        """Spread evenly: any run of districts holds the provinces by their shares."""
        offset = lots.uniform("land offset", np.zeros(1, dtype=np.int64))[0]
        place = (districts * _GOLDEN_SECTION + offset) % 1.0
        return np.asarray(np.searchsorted(self.shares, place, side="right"), dtype=np.int64)

    def commune_of(self, lots: Lots, neighbourhoods: Ints, province: Ints) -> Ints:
        """The old commune of each neighbourhood, within its province."""
        low = np.where(self.first[province] > 0, self.weight[self.first[province] - 1], 0.0)
        high = self.weight[self.first[province + 1] - 1]
        place = low + lots.uniform("commune", neighbourhoods) * (high - low)
        found = np.searchsorted(self.weight, place, side="right")
        return np.clip(found, self.first[province], self.first[province + 1] - 1)

    def moved_to(self, lots: Lots, homes: Ints) -> Ints:
        """The old commune in which movers settle."""
        place = lots.uniform("moved to", homes) * self.drawing[-1]
        return np.asarray(np.searchsorted(self.drawing, place, side="right"), dtype=np.int64)

    def today_of(self, lots: Lots, communes: Ints, homes: Ints) -> Ints:
        """Today's commune; those of a divided one fall here and there, a home as a whole."""
        ways = self.ways[communes]
        nth = (lots.uniform("part", homes) * ways).astype(np.int64)
        return self.become[communes, nth]

    def mountainous(self) -> Flags:
        """Of each province: whether its offices lie far apart."""
        far = {"north-mountains", "highlands"}
        return np.array([region in far for region in self.regions], dtype=np.bool_)


def load_land(lots: Lots, peoples: Sequence[str]) -> Land:
    """Read the tables of units, and the shares beside this module."""
    table = yaml.safe_load((files("sogoc.demo.nation") / "land.yaml").read_text(encoding="utf-8"))
    shares: dict[str, Any] = table["provinces"]
    provinces = tuple(sorted(shares))
    become = _become()
    province_of = _provinces_of_old()
    communes = tuple(sorted(become, key=lambda code: (province_of[code], code)))
    province = np.array([provinces.index(province_of[code]) for code in communes])
    own = _weights(lots, communes)
    inhabitants = np.array([float(shares[code]["people"]) for code in provinces])
    by_province = np.bincount(province, weights=own)
    weight = own * (inhabitants / by_province)[province]
    pull = np.array([float(table["drawing"].get(code, 1)) for code in provinces])
    today = tuple(sorted({new for news in become.values() for new in news}))
    return Land(
        provinces=provinces,
        codes=np.array([int(code) for code in provinces]),
        regions=tuple(shares[code]["region"] for code in provinces),
        naming=np.array([_NAMING_OF[shares[code]["region"]] for code in provinces]),
        peoples=np.stack([_mixed(shares[code].get("peoples", {}), peoples) for code in provinces]),
        shares=np.cumsum(inhabitants) / inhabitants.sum(),
        communes=communes,
        province=province,
        weight=np.cumsum(weight),
        first=np.searchsorted(province, np.arange(len(provinces) + 1)),
        drawing=np.cumsum(weight * pull[province]),
        today=today,
        become=_padded([become[code] for code in communes], today),
        ways=np.array([len(become[code]) for code in communes]),
    )


def _mixed(told: Mapping[str, float], peoples: Sequence[str]) -> Ints:
    rest = 1 - sum(told.values())
    return wheel([rest if people == KINH else told.get(people, 0.0) for people in peoples])


def _weights(lots: Lots, communes: Sequence[str]) -> Floats:
    """Some communes have many times the inhabitants of others."""
    numbers = np.array([int(code) for code in communes])
    return np.asarray(0.25 + lots.uniform("size of commune", numbers) ** 3 * 4)


def _become() -> dict[str, list[str]]:
    """For each old commune today's, in the order of their codes."""
    become: dict[str, list[str]] = defaultdict(list)
    for row in _rows("changes.csv"):
        if len(row["old_code"]) == len("00000"):
            become[row["old_code"]].append(row["new_code"])
    known = _provinces_of_old()
    return {old: sorted(set(new)) for old, new in become.items() if old in known}


def _provinces_of_old() -> dict[str, str]:
    parents = {
        (row["level"], row["code"]): row["parent_code"]
        for row in _rows("units.csv")
        if row["valid_to"] == _OLD_UNTIL
    }
    return {
        code: parents["district", parent]
        for (level, code), parent in parents.items()
        if level == "commune" and ("district", parent) in parents
    }


def _padded(lists: Sequence[Sequence[str]], today: Sequence[str]) -> Ints:
    place = {code: position for position, code in enumerate(today)}
    width = max(len(news) for news in lists)
    return np.array(
        [[place[new] for new in news] + [-1] * (width - len(news)) for news in lists],
        dtype=np.int64,
    )


def _rows(name: str) -> list[dict[str, str]]:
    file = shipped("reference-data") / "admin-units" / name
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
