"""Rows of a sheet become records of the objects that its form names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sogoc.intake.people import divide, divider
from sogoc.intake.sheets import EMPTY, filled, joined, parted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.contract.model import Register, RegisterObject, Split
    from sogoc.intake.headers import Layout

_NOTHING = pa.scalar(None, pa.string())


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are records, text recovered: `columns[j]` of column j + 1, `types` one a row."""

    sheet: str
    lines: pa.Array
    columns: list[pa.Array]
    types: pa.Array


@dataclass(frozen=True, slots=True)
class When:
    """Columns of which one must be filled; or else, if `unless` is any, all of those empty."""

    filled: tuple[int, ...]
    unless: tuple[int, ...]
    has_unless: bool

    def rows(self, rows: Rows) -> np.ndarray:
        """True where the row makes a record."""
        many = len(rows.lines)
        made = _any_valid(_there(rows, self.filled), many)
        if self.has_unless:
            made |= ~_any_valid(_there(rows, self.unless), many)
        return made


def _there(rows: Rows, columns: tuple[int, ...]) -> list[pa.Array]:
    return [rows.columns[at] for at in columns if at < len(rows.columns)]


@dataclass(slots=True)
class Wired:
    """One object of the form: where each of its fields comes from."""

    object: RegisterObject
    sources: tuple[tuple[int, ...], ...]
    """For each field the columns (from 0) that may hold it, the first filled one counts."""
    constants: tuple[str | None, ...]
    split: Split | None
    split_fields: tuple[int, ...]
    when: When | None = None
    """Which rows make a record at all; without it every row that says something does."""
    made: int = 0
    undivided: list[tuple[str, int]] = field(default_factory=list)
    """Sheet and line of cells with several persons that could not be divided."""
    counts: Counter[str] = field(default_factory=Counter)

    def take(self, rows: Rows) -> pa.Table:
        """The records of these rows; a row that says nothing of the object makes none."""
        values = self._fields(rows)
        index = np.arange(len(rows.lines))
        parts = np.ones(len(index), dtype=np.int32)
        if self.split:
            values, index, parts = self._divided(values, rows, self.split)
        told = [value for value, at in zip(values, self.sources, strict=True) if at]
        said = _any_valid(told, len(index))
        if self.when:
            said &= self.when.rows(rows)[index]
        values = [
            value if constant is None else pc.fill_null(value, constant)
            for value, constant in zip(values, self.constants, strict=True)
        ]
        columns = {
            "_sheet": pa.repeat(pa.scalar(rows.sheet, pa.string()), len(index)),
            "_line": rows.lines if len(index) == len(rows.lines) else rows.lines.take(index),
            "_part": pa.array(parts, pa.int32()),
            "_types": joined(self._letters(rows, values, index)),
            **{one.name: value for one, value in zip(self.object.fields, values, strict=True)},
        }
        table = pa.table(columns)
        return self._numbered(table if said.all() else table.filter(pa.array(said)))

    def _numbered(self, table: pa.Table) -> pa.Table:
        ordinals = pa.array(
            np.arange(self.made + 1, self.made + 1 + table.num_rows, dtype=np.int64)
        )
        self.made += table.num_rows
        return table.add_column(0, "_row", ordinals)

    def _fields(self, rows: Rows) -> list[pa.Array]:
        """For each field its texts."""
        nothing = pa.nulls(len(rows.lines), pa.string())
        return [
            rows.columns[some[0]]
            if len(some) == 1
            else pc.coalesce(nothing, *[rows.columns[at] for at in some])
            for some in self._there(rows)
        ]

    def _letters(self, rows: Rows, values: list[pa.Array], index: np.ndarray) -> np.ndarray:
        """The type letters of the fields, one row a record."""
        cells = parted(rows.types, len(rows.columns))
        letters = np.full((len(index), len(values)), EMPTY, dtype=np.uint8)
        for at, (value, some) in enumerate(zip(values, self._there(rows), strict=True)):
            there = filled(value)
            one = cells[index, some[0]] if some else letters[:, at]
            # A constant, or the second of two columns: no cell, or an empty one, says its type.
            letters[there, at] = np.where(one == EMPTY, ord("t"), one)[there]
        return letters

    def _there(self, rows: Rows) -> list[list[int]]:
        return [[at for at in some if at < len(rows.columns)] for some in self.sources]

    def _divided(
        self, values: list[pa.Array], rows: Rows, split: Split
    ) -> tuple[list[pa.Array], np.ndarray, np.ndarray]:
        """The values with one row a person, the row each came from, and the person's ordinal."""
        chosen = [values[at] for at in self.split_fields]
        suspects = _matches(chosen, divider(split).pattern)
        many = np.ones(len(rows.lines), dtype=np.int64)
        pieces: dict[int, tuple[tuple[str | None, ...], ...]] = {}
        kinds = [self.object.fields[at].kind for at in self.split_fields]
        for at in np.flatnonzero(suspects):
            cells = [column[int(at)].as_py() for column in chosen]
            divided = divide(cells, kinds, split)
            if divided is None:
                self._keep_whole(rows, int(at))
                continue
            pieces[int(at)], many[at] = divided.columns, divided.persons
        index = np.repeat(np.arange(len(many)), many)
        firsts = np.cumsum(many) - many
        parts = (np.arange(len(index)) - firsts[index] + 1).astype(np.int32)
        spread = [value.take(pa.array(index)) for value in values]
        if pieces:
            self._put(spread, pieces, (firsts, many))
        return spread, index, parts

    def _keep_whole(self, rows: Rows, at: int) -> None:
        self.counts["undivided"] += 1
        if len(self.undivided) < 100:  # noqa: PLR2004 - enough to show where to look
            self.undivided.append((rows.sheet, rows.lines[at].as_py()))

    def _put(
        self,
        spread: list[pa.Array],
        pieces: dict[int, tuple[tuple[str | None, ...], ...]],
        where: tuple[np.ndarray, np.ndarray],
    ) -> None:
        firsts, many = where
        mask = np.zeros(int(many.sum()), dtype=bool)
        for at in pieces:
            mask[firsts[at] : firsts[at] + many[at]] = True
        in_order = [pieces[at] for at in sorted(pieces)]
        for place, which in enumerate(self.split_fields):
            fresh = list(chain.from_iterable(columns[place] for columns in in_order))
            spread[which] = pc.replace_with_mask(
                spread[which], pa.array(mask), pa.array(fresh, pa.string())
            )


def wire(layout: Layout, register: Register) -> list[Wired]:
    """All objects of the register, those the form does not fill too: their tables stay empty."""
    return [_wire(one, layout) for one in register.objects]


def _wire(found: RegisterObject, layout: Layout) -> Wired:
    form = layout.shape.form
    sources: dict[str, list[int]] = {one.name: [] for one in found.fields}
    splits = [one for one in form.splits if one.object == found.name]
    divided = splits[0].columns if splits else ()
    ways = [
        (to.field, at, known.column.header)
        for known, at in zip(layout.shape.known, layout.places, strict=True)
        for to in known.column.targets
        if to.object == found.name and at is not None
    ]
    for name, at, _ in ways:
        sources[name].append(at)
    split_fields = [name for name, _, header in ways if header in divided]
    constants = {to.field: text for to, text in form.constants if to.object == found.name}
    names = [one.name for one in found.fields]
    return Wired(
        found,
        tuple(tuple(sources[name]) for name in names),
        tuple(constants.get(name) for name in names),
        splits[0] if splits and split_fields else None,
        tuple(names.index(name) for name in dict.fromkeys(split_fields)),
        _when(found, layout),
    )


def _when(found: RegisterObject, layout: Layout) -> When | None:
    told = next((one for one in layout.shape.form.made if one.object == found.name), None)
    if told is None:
        return None
    pairs = [
        (to, at)
        for known, at in zip(layout.shape.known, layout.places, strict=True)
        for to in known.column.targets
        if at is not None
    ]
    filled = tuple(at for to, at in pairs if to in told.filled)
    unless = tuple(at for to, at in pairs if to in told.unless)
    return When(filled, unless, bool(told.unless))


def schema(found: RegisterObject) -> pa.Schema:
    """The columns of `taken(object)`, see `tables.naming`."""
    rows = [("_row", pa.int64()), ("_sheet", pa.string()), ("_line", pa.int32())]
    rows += [("_part", pa.int32()), ("_types", pa.string())]
    return pa.schema([*rows, *((one.name, pa.string()) for one in found.fields)])


def _any_valid(values: Sequence[pa.Array], many: int) -> np.ndarray:
    said = np.zeros(many, dtype=bool)
    for value in values:
        said |= pc.is_valid(value).to_numpy(zero_copy_only=False)
    return said


def _matches(values: Sequence[pa.Array], pattern: str) -> np.ndarray:
    found = np.zeros(len(values[0]), dtype=bool)
    for value in values:
        hit = pc.match_substring_regex(value, pattern, ignore_case=True)
        found |= pc.fill_null(hit, fill_value=False).to_numpy(zero_copy_only=False)
    return found
