"""A sheet before it is written: rows above, columns of cells, rows below."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sogoc.demo.draw import Texts

Cell: TypeAlias = str | int | float | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`columns` are arrays of cells of one length; the first data row follows `above`."""

    name: str
    above: Sequence[Sequence[Cell]] = ()
    merged: Sequence[str] = ()
    """Ranges such as `A1:C1`."""
    columns: Sequence[Texts]
    below: Sequence[Sequence[Cell]] = ()
    hidden_rows: frozenset[int] = field(default_factory=frozenset)

    @property
    def first_line(self) -> int:
        """The line of the first data row, from 1."""
        return len(self.above) + 1

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """All rows, from the top."""
        yield from (tuple(row) for row in self.above)
        yield from zip(*self.columns, strict=True)
        yield from (tuple(row) for row in self.below)


def column_letters(position: int) -> str:
    """The name of the column at `position`, from 1: A, B, ... Z, AA."""
    letters = ""
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def serial_of(day: date) -> int:
    """The number by which spreadsheets keep a day (1900 system, after February 1900)."""
    return day.toordinal() - date(1899, 12, 30).toordinal()
