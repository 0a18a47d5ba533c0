"""A delivery as an office lays it out: headers over the demo's columns, and the truth beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sogoc.demo.damage import Blow
from sogoc.demo.draw import either, texts
from sogoc.demo.paper.separated import Encode, write_separated
from sogoc.demo.paper.sheet import Sheet, column_letters
from sogoc.demo.people import NOBODY
from sogoc.demo.truth import Lines, in_one_sheet, keep_truth
from sogoc.demo.world import World, with_doubles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sogoc.demo.damage import Draft
    from sogoc.demo.draw import Days, Ints, Texts
    from sogoc.demo.paper.sheet import Cell

Columns = tuple[tuple[str, str], ...]
"""Header and the demo's column for each column of a form; no column: the row's number."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where deliveries and the truth about them are laid."""

    deliveries: Path
    truth: Path


def prepared(world: World, draft: Draft) -> Draft:
    """Rows doubled, cells damaged: the list as the office has it."""
    return world.damager.spoil(with_doubles(world, draft))


def laid_out(draft: Draft, form: Columns, rows: Ints | None = None) -> list[Texts]:
    """The columns of the form; a column that the demo does not know stays empty."""
    chosen = np.arange(len(draft), dtype=np.int64) if rows is None else rows
    made = []
    for _, name in form:
        if name:
            column = draft.columns.get(name)
            made.append(texts([None] * len(chosen)) if column is None else column[chosen])
        else:
            made.append(texts(list(range(1, len(chosen) + 1))))
    return made


def titled(name: str, titles: Sequence[str], form: Columns, columns: list[Texts]) -> Sheet:
    """A sheet with title rows over a header in one row."""
    above: list[list[Cell]] = [[title] for title in titles]
    above.append([header for header, _ in form])
    last = column_letters(len(form))
    merged = [f"A{line}:{last}{line}" for line, title in enumerate(titles, 1) if title]
    return Sheet(name=name, above=above, merged=merged, columns=columns)


def send_csv(
    world: World, draft: Draft, form: Columns, desk: Desk, *, separator: str, encode: Encode
) -> Path:
    """Write the draft as csv, and the truth; the header is line 1."""
    file = desk.deliveries / f"{draft.delivery}.csv"
    _lose_letters(draft, encode)
    headers = [header for header, _ in form]
    write_separated(file, (headers, laid_out(draft, form)), separator=separator, encode=encode)
    keep_truth(desk.truth, draft, in_one_sheet("", 2, len(draft)), world.people)
    return file


def _lose_letters(draft: Draft, encode: Encode) -> None:
    """Letters that the old writing lacks (ŏ, ŭ of the Ê Đê) are lost for good: question marks."""
    for name, column in draft.columns.items():
        used = set().union(*(set(cell) for cell in column if isinstance(cell, str)))
        lost = {letter: "?" for letter in used if encode(letter) == b"?" and letter != "?"}
        rows = [
            row
            for row, cell in enumerate(column)
            if isinstance(cell, str) and not lost.keys().isdisjoint(cell)
        ]
        table = str.maketrans(lost)
        for row in rows:
            column[row] = column[row].translate(table)
        if rows:
            draft.blows.append(Blow(name, "letter_lost", np.array(rows, dtype=np.int64)))


def keep_sheet(world: World, draft: Draft, sheet: Sheet, desk: Desk) -> None:
    """Keep the truth of a draft that stands on one sheet."""
    keep_truth(
        desk.truth, draft, in_one_sheet(sheet.name, sheet.first_line, len(draft)), world.people
    )


def in_sheets(names: Texts, first: int) -> Lines:
    """Rows that are written each on the sheet of its name, in their order."""
    line = np.zeros(len(names), dtype=np.int64)
    for name in sorted(set(names)):
        mine = np.flatnonzero(names == name)
        line[mine] = np.arange(first, first + len(mine))
    return Lines(sheet=names, line=line, part=np.ones(len(names), dtype=np.int64))


def shown(days: Days) -> Texts:
    """dd/mm/yyyy; empty where there is no day."""
    made = ["/".join(reversed(day.split("-"))) for day in days.astype(str).tolist()]
    return either(np.isnat(days), None, texts(made))


def iso(column: Texts) -> Texts:
    """Dates written day first, turned to what systems export: 1962-01-20."""
    return texts(["-".join(reversed(c.split("/"))) if isinstance(c, str) else c for c in column])


def nobody(count: int) -> Ints:
    """No person in any row."""
    return np.full(count, NOBODY, dtype=np.int64)
