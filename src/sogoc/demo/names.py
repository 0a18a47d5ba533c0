"""Names by people, region, sex and year of birth, in the shapes each people really uses.

Surnames come down from the father; the clan of the Ê Đê and M'nông from the mother,
and it stands last.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from sogoc.demo.draw import Draws, Flags, Ints, Texts, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

REGIONS = ("highland", "coast", "delta")
MATRILINEAL = ("Ê Đê", "M'nông", "Gia Rai")
_COHORTS = (1976, 2000)


@dataclass(frozen=True, slots=True)
class NameBook:
    """What `names.yaml` holds."""

    peoples: tuple[str, ...]
    book: Mapping[str, Any]

    def shares(self, region: str) -> list[float]:
        """The share of each people in the region."""
        return [float(self.book[people]["share"][region]) for people in self.peoples]

    def surnames(self, people: str, region: str) -> dict[str, float]:
        """Surnames or clans with their weights."""
        by_region: dict[str, dict[str, float]] = self.book[people]["surnames"]
        return by_region.get(region) or by_region.get("all") or by_region["highland"]


def load_names() -> NameBook:
    """Read the table beside this module."""
    text = (files("sogoc.demo") / "names.yaml").read_text(encoding="utf-8")
    book = yaml.safe_load(text)["peoples"]
    return NameBook(tuple(book), book)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearers:
    """Those who are to be named; arrays by person. `people` counts in `NameBook.peoples`."""

    ids: Ints
    people: Ints
    region: Ints
    female: Flags
    year: Ints


def draw_surnames(draws: Draws, book: NameBook, bearers: Bearers) -> Texts:
    """Surnames of those whose parents are not known."""
    made = texts([""] * len(bearers.ids))
    for people, name in enumerate(book.peoples):
        for region, region_name in enumerate(REGIONS):
            mine = np.flatnonzero((bearers.people == people) & (bearers.region == region))
            weights = book.surnames(name, region_name)
            drawn = draws.weighted("surname", bearers.ids[mine], list(weights.values()))
            made[mine] = texts(list(weights))[drawn]
    return made


def full_names(draws: Draws, book: NameBook, bearers: Bearers, surnames: Texts) -> Texts:
    """The whole name as the register writes it."""
    made = texts([""] * len(bearers.ids))
    cohort = np.searchsorted(np.array(_COHORTS), bearers.year, side="right")
    for people, name in enumerate(book.peoples):
        for female, sex in enumerate(("nam", "nữ")):
            for age in range(len(_COHORTS) + 1):
                chosen = (bearers.people == people) & (bearers.female == female) & (cohort == age)
                mine = np.flatnonzero(chosen)
                page = book.book[name][sex]
                made[mine] = _shaped(
                    draws, _of_cohort(page, age), bearers.ids[mine], surnames[mine]
                )
    return made


def _of_cohort(page: Mapping[str, Any], age: int) -> dict[str, Any]:
    lists = {part: page.get(part, [{"": 1}]) for part in ("middle", "given")}
    chosen = {part: found[min(age, len(found) - 1)] for part, found in lists.items()}
    return {"shape": page["shape"], **chosen}


def _shaped(draws: Draws, page: Mapping[str, Any], ids: Ints, surnames: Texts) -> Texts:
    parts = {"h": surnames}
    for mark, part in (("d", "middle"), ("t", "given")):
        weights = page[part]
        # Weights fall off from the front; the drawn order of the table is kept.
        drawn = draws.weighted(part, ids, [float(weight) for weight in weights.values()])
        parts[mark] = texts(list(weights))[drawn]
    made = texts([""] * len(ids))
    shape = page["shape"]
    for piece in shape.replace("}", "{").split("{"):
        made = made + parts.get(piece, piece)
    return made
