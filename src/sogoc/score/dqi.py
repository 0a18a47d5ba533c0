"""The index, as arithmetic: what the steps of `score.plan` compute in SQL, for one figure.

    DQI_rule      = objects that satisfy the rule / objects assessed x 100
    DQI_criterion = sum(DQI_rule x w) / sum(w)       for one field and one criterion
    DQI_field     = sum(DQI_criterion x w) / sum(w)
    DQI_register  = sum(DQI_field x w) / sum(w)

as quoted from dispatch 4856/BCA-TTDLQG, Appendix 3 (not compared with the text). What nothing was
assessed of has no index and no weight: it is neither 0 nor 100. Nothing is rounded but for display.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.score.rule_file import Levels


class Colour(Enum):
    """How a figure is shown; never by colour alone."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NOT_ASSESSED = ""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One index and its weight; None: nothing was assessed."""

    dqi: float | None
    weight: float


def of_rule(passed: int, failed: int) -> float | None:
    """The index of one rule."""
    assessed = passed + failed
    return passed * 100 / assessed if assessed else None


def of_parts(parts: Iterable[Weighed]) -> float | None:
    """The index of the next level up: the weighted mean of those parts that have one."""
    counted = [(part.dqi, part.weight) for part in parts if part.dqi is not None]
    total = sum(weight for _, weight in counted)
    return sum(dqi * weight for dqi, weight in counted) / total if total > 0 else None


def colour(dqi: float | None, levels: Levels) -> Colour:
    """The level an unrounded index reaches."""
    if dqi is None:
        return Colour.NOT_ASSESSED
    if dqi >= levels.green:
        return Colour.GREEN
    return Colour.YELLOW if dqi >= levels.yellow else Colour.RED


def shown(dqi: float | None) -> str:
    """One decimal, cut and not rounded: 89.96 must not read 90.0, which it has not reached."""
    return "" if dqi is None else f"{int(dqi * 10 + 1e-9) / 10:.1f}"
