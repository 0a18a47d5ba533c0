"""Several persons in one cell: divided only where every column divides alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.contract.model import Split

SHARED = frozenset({Kind.ADDRESS, Kind.COMMUNE, Kind.PROVINCE, Kind.TEXT, Kind.CODE})
"""Kinds that one text may say for all the persons of a cell: they live at one address.

A number, a name or a date belongs to one person: which one, nobody may guess.
"""


@dataclass(frozen=True, slots=True)
class Divided:
    """The texts of each person, one list a column, all of the same length."""

    columns: tuple[tuple[str | None, ...], ...]
    persons: int


@cache
def divider(split: Split) -> re.Pattern[str]:
    """The separators of a split as one pattern."""
    marks = sorted(split.separators, key=len, reverse=True)
    return re.compile("|".join(re.escape(mark) for mark in marks), re.IGNORECASE)


def divide(cells: Sequence[str | None], kinds: Sequence[Kind], split: Split) -> Divided | None:
    """The cells of one row divided in step; None where the columns do not agree."""
    parted = [_parts(cell, split) for cell in cells]
    own = [len(parts) for parts, kind in zip(parted, kinds, strict=True) if kind not in SHARED]
    persons = max(own, default=0)
    if persons < 2 or any(many not in (0, persons) for many in own):  # noqa: PLR2004 - several
        return None
    columns = tuple(
        _for_each(cell, parts, persons) for cell, parts in zip(cells, parted, strict=True)
    )
    return Divided(columns, persons)


def _parts(cell: str | None, split: Split) -> list[str]:
    found = divider(split).split(cell or "")
    return [part.strip() for part in found if part.strip()]


def _for_each(cell: str | None, parts: list[str], persons: int) -> tuple[str | None, ...]:
    if len(parts) == persons:
        return tuple(parts)
    return (cell or None,) * persons
