"""Where the header of a sheet stands, and which column is which: found by its words, not counted.

Officers put titles above the header, print it in two to six rows with merged cells, number the
columns below it, and move columns. So every block of rows near the top is compared with what
the contract knows, and the block that explains most columns is the header.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING

from sogoc.intake.keys import fold, likeness, wordings
from sogoc.intake.lines import is_numbering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sogoc.intake.shapes import Shape
    from sogoc.intake.sheets import Merge

DEPTH = 60
"""Rows looked at from the top."""
TALLEST = 6
"""Rows that one header may span."""

_LIKE_ENOUGH = 0.75


@dataclass(frozen=True, slots=True)
class Layout:
    """What a sheet is: `places[i]` is the column (from 0) of the shape's i-th known column."""

    shape: Shape
    places: tuple[int | None, ...]
    first: int
    """Rows of the header, counted in the head from 0: the first, and the one after the last."""
    after: int
    paths: tuple[tuple[str, ...], ...]
    """The header texts of each column of the sheet, from above."""

    @property
    def found(self) -> int:
        """Columns found that go somewhere."""
        pairs = zip(self.shape.known, self.places, strict=True)
        return sum(1 for one, at in pairs if at is not None and one.column.targets)

    @property
    def missing(self) -> list[str]:
        """Headers of the columns without which it is not this form."""
        pairs = zip(self.shape.known, self.places, strict=True)
        return [one.column.header for one, at in pairs if at is None and one.column.required]

    @property
    def unknown(self) -> list[str]:
        """Headers of columns that nobody takes."""
        taken = set(self.places)
        named = [(at, " / ".join(path)) for at, path in enumerate(self.paths)]
        return [title for at, title in named if title and at not in taken]

    @property
    def rank(self) -> tuple[bool, int, int, int]:
        """Better layouts are greater: nothing missing, most columns, least left over, a form."""
        over = sum(1 for at in self.places if at is None)
        return (not self.missing, self.found, -over, -int(self.shape.from_fields))


def best(head: list[list[str]], merged: tuple[Merge, ...], shapes: list[Shape]) -> Layout | None:
    """The layout that explains most columns of the sheet; None if nothing is known."""
    grid = spread(head[:DEPTH], merged)
    found = [one for shape in shapes for one in _layouts(grid, shape)]
    return max(found, key=lambda one: one.rank, default=None)


def spread(head: list[list[str]], merged: tuple[Merge, ...]) -> list[list[str]]:
    """The head with the text of a merged range in each of its cells."""
    width = max((len(row) for row in head), default=0)
    grid = [[*row, *[""] * (width - len(row))] for row in head]
    for range_ in merged:
        if range_.top >= len(grid) or range_.left >= width:
            continue
        text = grid[range_.top][range_.left]
        for row in grid[range_.top : range_.bottom + 1]:
            row[range_.left : range_.right + 1] = [text] * len(row[range_.left : range_.right + 1])
    return grid


def _layouts(grid: list[list[str]], shape: Shape) -> Iterator[Layout]:
    """The best layout for each number of header rows; the flattest comes first and wins a tie."""
    # The same texts stand above each other in many of the blocks that are compared.
    fits = cache(partial(_fits, shape=shape))
    for tall in range(1, TALLEST + 1):
        every = [
            _layout(grid, shape, (first, first + tall), fits=fits)
            for first in range(len(grid) - tall + 1)
        ]
        some = [one for one in every if one.found]
        if some:
            highest = max(some, key=lambda one: (one.rank, -one.first))
            yield _with_positions(_with_likeness(highest), grid)


def _layout(
    grid: list[list[str]],
    shape: Shape,
    rows: tuple[int, int],
    *,
    fits: Callable[[tuple[str, ...]], list[tuple[int, int]]],
) -> Layout:
    paths = [_path(column) for column in zip(*grid[rows[0] : rows[1]], strict=True)]
    found = [
        (rank, at, which) for at, path in enumerate(paths) if path for rank, which in fits(path)
    ]
    nothing: list[int | None] = [None] * len(shape.known)
    return Layout(shape, _placed(nothing, found), rows[0], rows[1], tuple(paths))


def _path(column: Sequence[str]) -> tuple[str, ...]:
    """The texts above each other in one column, each once."""
    return tuple(dict.fromkeys(text.strip() for text in column if text and text.strip()))


def _placed(
    places: Sequence[int | None], fits: list[tuple[int, int, int]]
) -> tuple[int | None, ...]:
    """Each known column gets the column of the sheet that fits it best; none is used twice."""
    chosen = list(places)
    used = {at for at in chosen if at is not None}
    for _, at, which in sorted(fits):
        if chosen[which] is None and at not in used:
            chosen[which] = at
            used.add(at)
    return tuple(chosen)


def _fits(path: tuple[str, ...], shape: Shape) -> list[tuple[int, int]]:
    """Known columns with this header: rank 0 all its rows say so, 1 its lower rows, 2 the field."""
    fits: list[tuple[int, int]] = []
    for start in range(len(path)):
        for key in wordings(" ".join(path[start:])):
            fits += [(min(start, 1), which) for which in shape.own.get(key, ())]
            fits += [(2, which) for which in shape.other.get(key, ())]
    return fits


def _with_likeness(layout: Layout) -> Layout:
    """Columns still without a header get one that only adds words to theirs."""
    used = set(layout.places)
    fits = [
        (-round(like * 100), at, which)
        for at, path in enumerate(layout.paths)
        if path and at not in used
        for which, known in enumerate(layout.shape.known)
        if layout.places[which] is None
        for key in known.own
        if (like := likeness(fold(path[-1]), key)) >= _LIKE_ENOUGH
    ]
    return replace(layout, places=_placed(layout.places, fits))


def _with_positions(layout: Layout, grid: list[list[str]]) -> Layout:
    """Columns still not found are taken where the form fixes them, if the others stand there too.

    The numbers that many forms print below the header count for more than the place itself: a
    column hidden or put in before moves the place, not the number.
    """
    numbered = _numbers(grid[layout.after : layout.after + 2])
    width = len(layout.paths)
    pairs = [
        (which, numbered.get(known.column.position, known.column.position - 1))
        for which, known in enumerate(layout.shape.known)
        if known.column.position
    ]
    told = [layout.places[which] == at for which, at in pairs if layout.places[which] is not None]
    if not told or sum(told) * 2 < len(told):
        return layout
    fits = [(0, at, which) for which, at in pairs if at < width]
    return replace(layout, places=_placed(layout.places, fits))


def _numbers(rows: list[list[str]]) -> dict[int, int]:
    """Column of each number in a row that numbers the columns."""
    for row in rows:
        if is_numbering(row):
            found = [(re.search(r"\d+", text), at) for at, text in enumerate(row)]
            return {int(number[0]): at for number, at in found if number}
    return {}


def at_positions(head: list[list[str]], shape: Shape) -> Layout | None:
    """The layout by positions alone, for a form that was named and fixes header and columns."""
    width = max((len(row) for row in head), default=0)
    fixed = [one.column.position for one in shape.known]
    if not shape.form.header_to or not any(fixed) or max(fixed) > width:
        return None
    places = tuple(at - 1 if at else None for at in fixed)
    rows = slice(max(shape.form.header_from - 1, 0), shape.form.header_to)
    even = [[*row, *[""] * (width - len(row))] for row in head[rows]]
    paths = tuple(_path(column) for column in zip(*even, strict=True))
    return Layout(shape, places, rows.start, rows.stop, paths)
