"""Which form the file is, and which of its sheets hold it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from sogoc.errors import Place, Sentence
from sogoc.intake import refusals
from sogoc.intake.headers import Layout, at_positions, best, spread
from sogoc.intake.lines import is_numbering
from sogoc.intake.writing.columns import Column

if TYPE_CHECKING:
    from sogoc.intake.kept import Kept
    from sogoc.intake.shapes import Shape

ENOUGH = 2
"""Columns that must be known before a row is a header: one word alone is chance."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One sheet that is taken, and what its columns are."""

    kept: Kept
    layout: Layout

    @property
    def after(self) -> int:
        """Rows up to the end of the header; none where the format names its columns."""
        return 0 if self.kept.names else self.layout.after


def choose(kept: list[Kept], shapes: list[Shape], place: Place) -> list[Chosen]:
    """The sheets to take, all of one form. Raises DeliveryRefused where none fits."""
    full = [one for one in kept if one.rows]
    if not full:
        raise refusals.empty(_first_sheet(kept, place))
    found = [chosen for one in full for chosen in _readings(one, shapes)]
    if not found:
        raise refusals.no_form(place, [shape.form.id for shape in shapes])
    leader = _leader(found)
    if leader.layout.missing:
        raise _incomplete(leader, place)
    # Not by its id: the fields of an object may bear the name of a form, and a sheet is taken once.
    shape = leader.layout.shape
    fitting = [one for one in found if one.layout.shape is shape]
    fitting = [one for one in fitting if not one.layout.missing]
    shown = [one for one in fitting if not one.kept.hidden] or fitting
    _note_the_others(full, shown)
    return shown


def _first_sheet(kept: list[Kept], place: Place) -> Place:
    """Where somebody looks first: the first sheet that is not hidden."""
    shown = [one.name for one in kept if not one.hidden] or [one.name for one in kept]
    return Place(file=place.file, sheet=next(iter(shown), ""))


def _leader(found: list[Chosen]) -> Chosen:
    """The best reading: a form of the contract, unless the names of fields explain more columns.

    So a form that lacks a column is refused as that form, and not taken as the rest of it.
    """

    def rank(one: Chosen) -> tuple[object, ...]:
        return (one.layout.rank, not one.kept.hidden)

    forms = [one for one in found if not one.layout.shape.from_fields]
    best_form = max(forms, key=rank, default=None)
    fields = [one for one in found if one.layout.shape.from_fields]
    best_fields = max(fields, key=rank, default=None)
    if best_form is None or best_fields is None:
        return best_form or best_fields or found[0]
    more = best_fields.layout.found - best_form.layout.found
    whole = not best_fields.layout.missing and bool(best_form.layout.missing)
    return best_fields if more > 0 or (more == 0 and whole) else best_form


def _readings(kept: Kept, shapes: list[Shape]) -> list[Chosen]:
    """The best layout of the sheet for each shape that knows enough of its columns."""
    found: list[Chosen] = []
    head = [list(kept.names)] if kept.names else _legible(kept.head)
    for shape in shapes:
        if not fnmatch(kept.name, shape.form.sheet or "*"):
            continue
        layout = best(head, kept.merged, [shape])
        if layout is None or layout.found < min(ENOUGH, _targets(shape)):
            layout = at_positions(head, shape) if len(shapes) == 1 else None
        if layout:
            found.append(Chosen(kept, layout))
    return found


def guessed(kept: Kept) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Header and texts of each column where no contract says what to look for; empty ones last."""
    header, after = _guessed_header(kept)
    skipped = {text for row in kept.head[:after] for text in row}
    columns: list[tuple[str, ...]] = []
    for texts in kept.sample:
        column = Column(by_keys=False)
        column.learn(texts)
        filled = [column.read(text)[0] for text in texts if text not in skipped]
        empty = max(kept.sampled - after - len(filled), 0)
        columns.append((*filled, *[""] * empty))
    width = max(len(header), len(columns))
    return (*header, *[""] * (width - len(header))), tuple(columns)


def _guessed_header(kept: Kept) -> tuple[tuple[str, ...], int]:
    """The row with words in most columns, the first of those, and the rows merged with it.

    `Giấy tờ` over `Số` and `Ngày cấp` gives *Giấy tờ Số* and *Giấy tờ Ngày cấp*, as a form finds
    them again. Returned with the number of rows above the data.
    """
    if kept.names:
        return kept.names, 0
    head = _legible(kept.head)
    words = [sum(bool(re.search(r"[^\W\d_]", text)) for text in row) for row in head]
    at = words.index(max(words, default=0)) if words else 0
    tall = [one for one in kept.merged if one.top <= at <= one.bottom and one.top < one.bottom]
    first = min((one.top for one in tall), default=at)
    after = max((one.bottom for one in tall), default=at) + 1
    columns = zip(*spread(head, kept.merged)[first:after], strict=True)
    header = tuple(" ".join(dict.fromkeys(text for text in one if text)) for one in columns)
    numbered = after < len(head) and is_numbering(head[after])
    return header, after + numbered


def _legible(head: list[list[str]]) -> list[list[str]]:
    """The top of the sheet with its writing recovered: headers come in old fonts too."""
    column = Column(by_keys=False)
    column.learn(text for row in head for text in row if text)
    return [[column.read(text)[0] if text else "" for text in row] for row in head]


def _targets(shape: Shape) -> int:
    return sum(1 for one in shape.known if one.column.targets)


def _incomplete(leader: Chosen, place: Place) -> Exception:
    line = 0 if leader.kept.names else leader.kept.head_lines[leader.layout.first]
    at = Place(file=place.file, sheet=leader.kept.name, row=line)
    return refusals.columns_missing(at, leader.layout.shape.form.id, leader.layout.missing)


def _note_the_others(full: list[Kept], chosen: list[Chosen]) -> None:
    """What is not taken is said: a sheet of another kind, a column that nobody knows."""
    taken = {one.kept.name for one in chosen}
    for one in full:
        if one.name not in taken:
            one.notes.append(
                Sentence(
                    f"Trang {one.name} không theo biểu mẫu này nên không lấy dữ liệu.",
                    f"The sheet {one.name} is not of this form; nothing was taken from it.",
                )
            )
    for sheet in chosen:
        sheet.kept.notes += _remarks(sheet)


def _remarks(one: Chosen) -> list[Sentence]:
    name, listed = one.kept.name, "; ".join(one.layout.unknown)
    unknown = Sentence(
        f"Trang {name} có cột không thuộc biểu mẫu, không lấy: {listed}.",
        f"The sheet {name} has columns outside the form, not taken: {listed}.",
    )
    hidden = Sentence(
        f"Trang {name} đang bị ẩn; dữ liệu vẫn được lấy.",
        f"The sheet {name} is hidden; its rows were taken all the same.",
    )
    return [note for note, is_so in ((unknown, listed), (hidden, one.kept.hidden)) if is_so]
