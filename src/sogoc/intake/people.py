"""Several persons in one cell: divided only where every column divides alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.contract.model import Split
    from sogoc.intake.headers import Layout

SHARED = frozenset({Kind.ADDRESS, Kind.COMMUNE, Kind.PROVINCE, Kind.TEXT, Kind.CODE})
"""Kinds that one text may say for all the persons of a cell: they live at one address.

A number, a name or a date belongs to one person: which one, nobody may guess.
"""

_DATES = frozenset({Kind.DATE, Kind.PARTIAL_DATE, Kind.TIMESTAMP})
"""Kinds whose own texts are written with dashes: `26 - 05 - 1965` is one day."""


@dataclass(frozen=True, slots=True)
class Divided:
    """The texts of each person, one list a column, all of the same length."""

    columns: tuple[tuple[str | None, ...], ...]
    persons: int


@cache
def divider(split: Split) -> re.Pattern[str]:
    """The separators of a split as one pattern."""
    return _any_of(split.separators)


def divide(cells: Sequence[str | None], kinds: Sequence[Kind], split: Split) -> Divided | None:
    """The cells of one row divided in step, whole where they name one person.

    None where they name several and the columns do not agree: which number is whose, nobody may
    guess. How many persons there are is told by what belongs to one: an address is written with
    the same dashes and never tells.
    """
    parted = [_parts(cell, kind, split) for cell, kind in zip(cells, kinds, strict=True)]
    own = [len(parts) for parts, kind in zip(parted, kinds, strict=True) if kind not in SHARED]
    persons = max(own, default=0)
    if persons < 2:  # noqa: PLR2004 - several
        return Divided(tuple((cell.strip() if cell else None,) for cell in cells), 1)
    columns = []
    for cell, kind, parts in zip(cells, kinds, parted, strict=True):
        theirs = _of_each(cell, parts, persons)
        if theirs is None and parts and kind not in SHARED:
            return None
        columns.append(theirs or (cell or None,) * persons)
    return Divided(tuple(columns), persons)


def divided_columns(layout: Layout) -> frozenset[int]:
    """The columns, from 0, that may hold several persons."""
    headers = {header for split in layout.shape.form.splits for header in split.columns}
    pairs = zip(layout.shape.known, layout.places, strict=True)
    return frozenset(at for known, at in pairs if at is not None and known.column.header in headers)


def with_blank_lines(
    before: Sequence[pa.Array], after: Sequence[pa.Array], columns: frozenset[int]
) -> list[pa.Array]:
    """Cells as they were read, with the blank lines at their ends that reading has trimmed.

    Only there may a person stand of whom nothing is known: the first of two, or the last.
    """
    pairs = enumerate(zip(before, after, strict=True))
    return [_edged(came, read) if at in columns else read for at, (came, read) in pairs]


def _edged(before: pa.Array, after: pa.Array) -> pa.Array:
    at_the_ends = pc.match_substring_regex(before, r"^\s*\n|\n\s*$")
    edged = pc.fill_null(at_the_ends, fill_value=False)
    if not pc.any(edged).as_py():
        return after
    pairs = zip(before.filter(edged).to_pylist(), after.filter(edged).to_pylist(), strict=True)
    texts = [_with_its_lines(came, read) for came, read in pairs]
    return pc.replace_with_mask(after, edged, pa.array(texts, pa.string()))


def _with_its_lines(came: str, read: str | None) -> str | None:
    if read is None:
        return None
    first = came[: len(came) - len(came.lstrip())].count("\n")
    last = came[len(came.rstrip()) :].count("\n")
    return "\n" * first + read.strip() + "\n" * last


def _of_each(cell: str | None, parts: list[str], persons: int) -> tuple[str | None, ...] | None:
    """One text a person, in order. A blank line is the place of one of whom nothing is said."""
    lines = [line.strip() or None for line in (cell or "").split("\n")]
    if len(lines) == persons:
        return tuple(lines)
    return tuple(parts) if len(parts) == persons else None


def _parts(cell: str | None, kind: Kind, split: Split) -> list[str]:
    found = _divider_of(kind, split).split(cell or "")
    return [part.strip() for part in found if part.strip()]


@cache
def _divider_of(kind: Kind, split: Split) -> re.Pattern[str]:
    marks = split.separators
    if kind in _DATES:
        marks = tuple(mark for mark in marks if mark.strip() != "-")
    if kind in SHARED:
        marks = tuple(mark for mark in marks if mark.strip() in {"", ";"})
    return _any_of(marks)


def _any_of(separators: tuple[str, ...]) -> re.Pattern[str]:
    marks = sorted(separators, key=len, reverse=True)
    return re.compile("|".join(re.escape(mark) for mark in marks) or "(?!)", re.IGNORECASE)
