"""For whom a worklist is: a commune, or one hamlet of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date


ELSEWHERE = "(chưa rõ thôn)"
"""Stands for the records of a commune that name no hamlet, where others do."""


class UnitNames(Protocol):
    """Names of administrative units by date."""

    def name(self, code: str, day: date) -> str | None:
        """The name of a unit on a day, None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`locality` is the unit's code; `hamlet` as the register writes it, empty: the whole unit."""

    locality: str
    hamlet: str = ""
