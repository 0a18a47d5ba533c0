"""The table of rates: how people live, and how offices err."""

from __future__ import annotations

from dataclasses import dataclass, fields
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from sogoc.errors import RuleFileError, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sogoc.demo.nation.lots import Floats, Ints

TRAITS = ("old", "young", "minority", "far", "women")
"""What makes an error likelier or rarer."""


@dataclass(frozen=True, slots=True)
class ByYear:
    """A rate that depends on the year of birth: below the first edge the first, and so on."""

    edges: tuple[int, ...]
    rates: tuple[float, ...]

    def __call__(self, years: Ints) -> Floats:
        """The rate of each."""
        place = np.searchsorted(np.array(self.edges[:-1]), years, side="right")
        return np.array(self.rates)[place]


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How the nation lives; the words stand in `rates.yaml`."""

    unregistered: float
    married_away: float
    unmarried_parents: float
    alone: float
    mixed: float
    moved: float
    siblings_share_middle: float
    twins_alike: float
    siblings_alike: float
    after_the_father: float
    number_twice: float
    old_number_twice: float
    old_card: ByYear
    first_of_january: ByYear
    year_only: ByYear
    dead: ByYear
    parents_unrecorded: ByYear
    spouse_unrecorded: ByYear


@dataclass(frozen=True, slots=True)
class Error:
    """One kind of damage: how often, and for whom more often."""

    rate: float
    more: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The whole table."""

    people: People
    absent: float
    second: float
    offices: tuple[tuple[float, float], ...]
    """Share, and times as many errors."""
    bad_days: tuple[float, float]
    old_codes: float
    errors: Mapping[str, Error]


def load_rates(file: Path | None = None) -> Rates:
    """The table beside this module, or one of your own. Raises RuleFileError."""
    shipped = files("sogoc.demo.nation") / "rates.yaml"
    table = yaml.safe_load((file or shipped).read_text(encoding="utf-8"))
    mistakes = _mistakes(table)
    if mistakes:
        told = "; ".join(mistakes)
        raise RuleFileError(
            Sentence(
                vi=f"Bảng tỷ lệ có lỗi: {told}.", en=f"Mistakes in the table of rates: {told}."
            )
        )
    return Rates(
        people=People(**{name: _rate(value) for name, value in table["people"].items()}),
        absent=float(table["records"]["absent"]),
        second=float(table["records"]["second"]),
        offices=tuple((float(share), float(times)) for share, times in table["offices"].values()),
        bad_days=(float(table["bad_days"][0]), float(table["bad_days"][1])),
        old_codes=float(table["old_codes"]),
        errors={
            kind: Error(float(told["rate"]), told.get("more", {}))
            for kind, told in table["errors"].items()
        },
    )


def _rate(value: Any) -> Any:  # noqa: ANN401 - a number or a table by year
    if isinstance(value, dict):
        return ByYear(tuple(value), tuple(float(rate) for rate in value.values()))
    return float(value)


def _mistakes(table: Mapping[str, Any]) -> list[str]:
    known = {field.name for field in fields(People)}
    told = set(table["people"])
    mistakes = [f"people.{name}?" for name in sorted(known ^ told)]
    for kind, error in table["errors"].items():
        if not 0 <= error["rate"] <= 1:
            mistakes.append(f"errors.{kind}.rate = {error['rate']}")
        unknown = sorted(set(error.get("more", {})) - set(TRAITS))
        mistakes += [f"errors.{kind}.more.{trait}?" for trait in unknown]
    return mistakes
