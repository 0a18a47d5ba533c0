"""One delivery taken in: the file as it came becomes the records of the register's objects."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sogoc.errors import Place, Sentence
from sogoc.intake import refusals
from sogoc.intake.finding import choose, guessed
from sogoc.intake.kept import keep
from sogoc.intake.readers.opening import opened
from sogoc.intake.shapes import shapes
from sogoc.intake.tables import Tables

if TYPE_CHECKING:
    from sogoc.contract.model import Register
    from sogoc.tables.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a file: `form` by which it was read, and what was found on the way."""

    form: str
    sheets: tuple[str, ...]
    rows: int
    """Rows of the sheets taken, from the first after the header."""
    counts: dict[str, int]
    """Records of each object."""
    left_out: dict[str, int]
    """Rows that are no records, by reason: blank, numbering, total, section, signature, header."""
    recovered: dict[str, int]
    """Cells whose writing was recovered, by writing."""
    notes: tuple[Sentence, ...]
    """What an officer should know: columns nobody takes, hidden rows, cells not divided."""


def take(file: Path | str, register: Register, engine: Engine, *, form: str = "") -> Taken:
    """Make RAW, DECODED and `taken(o)` of every object; return what came of it.

    `file` is a path, or the address of a table of PostgreSQL. Raises DeliveryRefused, and then
    leaves no table: all is made beside and handed to the engine at the end, RAW last.
    """
    place = Place(file=_shown_name(file))
    tried = shapes(register, form)
    if not tried:
        raise refusals.unknown_form(place, form, [one.form.id for one in shapes(register)])
    left_out: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="sogoc-intake-") as folder:
        kept = [keep(sheet, Path(folder), place) for sheet in opened(file, place)]
        chosen = choose(kept, tried, place)
        with closing(Tables(Path(folder), register, chosen)) as tables:
            for one in chosen:
                left_out.update(tables.add(one))
            if not tables.records:
                raise refusals.empty(Place(file=place.file, sheet=chosen[0].kept.name))
            tables.hand_over(engine, kept)
    return Taken(
        form=chosen[0].layout.shape.form.id,
        sheets=tuple(one.kept.name for one in chosen),
        rows=sum(one.kept.rows - one.after for one in chosen),
        counts=tables.counts,
        left_out=dict(left_out),
        recovered=dict(tables.recovered),
        notes=(*(note for one in kept for note in one.notes), *tables.notes),
    )


@dataclass(frozen=True, slots=True)
class Profiled:
    """The likeliest table of a file: its sheet, its header, and texts of each column."""

    sheet: str
    header: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]


def profile(file: Path | str) -> Profiled:
    """Look at a file without a contract: for drafting one. Raises DeliveryRefused.

    The header is the row that fills most columns with words, the first of those.
    """
    place = Place(file=_shown_name(file))
    with tempfile.TemporaryDirectory(prefix="sogoc-intake-") as folder:
        kept = [keep(sheet, Path(folder), place) for sheet in opened(file, place)]
        full = [one for one in kept if one.rows]
        if not full:
            raise refusals.empty(place)
        largest = max(full, key=lambda one: (not one.hidden, one.rows * one.width))
        header, columns = guessed(largest)
    return Profiled(largest.name, header, columns)


def _shown_name(file: Path | str) -> str:
    """The name for messages: never the address of a database, which may hold a password."""
    text = str(file)
    return "postgresql" if text.startswith(("postgresql:", "postgres:")) else Path(text).name
