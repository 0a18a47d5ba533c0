"""What every reader gives: sheets whose rows come in batches, each cell as text with its type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sogoc.errors import Sentence

ROWS_A_BATCH = 65_536
"""Rows read at a time: what bounds the memory, whatever the size of the file."""

EMPTY = ord("-")
"""The letter of a cell without content, as a byte."""

WIDEST = 2_000
"""More columns than this are no officer's table."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, rows and columns counted from 0, both ends within."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows in their order: `columns[j]` holds the texts of column j + 1, NULL where empty.

    `types` has one string a row, one letter a cell, see `tables.naming.taken`.
    """

    lines: pa.Array
    columns: list[pa.Array]
    types: pa.Array


@dataclass(slots=True, kw_only=True)
class Sheet:
    """One table of the file. `batches` can be read once; `notes` are whole after that."""

    name: str
    batches: Iterator[Batch]
    hidden: bool = False
    names: tuple[str, ...] = ()
    """Names of the columns where the format keeps them itself; else the header is in the rows."""
    merged: tuple[Merge, ...] = ()
    notes: list[Sentence] = field(default_factory=list)


def texts(values: Sequence[str | None]) -> pa.Array:
    """A column of texts, NULL where nothing was written."""
    array = pa.array(values, pa.string())
    return pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)


def types_of(columns: list[pa.Array], letter: str = "t") -> pa.Array:
    """One string a row for columns that are all of one type: the letter, or - where empty."""
    return type_rows(columns, [letter] * len(columns))


def type_rows(columns: list[pa.Array], letters: Sequence[str]) -> pa.Array:
    """One string a row: the letter of each column, or - where its cell is empty."""
    table = np.full((len(columns[0]) if columns else 0, len(columns)), EMPTY, dtype=np.uint8)
    for at, column in enumerate(columns):
        table[filled(column), at] = ord(letters[at])
    return joined(table)


def filled(column: pa.Array) -> np.ndarray:
    """True where the column holds something."""
    there: np.ndarray = pc.is_valid(column).to_numpy(zero_copy_only=False)
    return there


def joined(letters: np.ndarray) -> pa.Array:
    """One string a row from a table of letters, each a byte of ASCII: a row is read as it lies."""
    rows, width = letters.shape
    ends = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    lying = np.ascontiguousarray(letters, dtype=np.uint8)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(ends), pa.py_buffer(lying))


def parted(types: pa.Array, width: int) -> np.ndarray:
    """The same letters as a table again; a row of a narrower sheet ends in empty cells."""
    ends = np.frombuffer(types.buffers()[1], dtype=np.int32)[types.offset :][: len(types) + 1]
    if not len(types) or (np.diff(ends) != width).any():
        types = pc.utf8_slice_codeunits(pc.utf8_rpad(types, width, "-"), 0, width)
        ends = np.zeros(1, dtype=np.int32)
    lying = np.frombuffer(types.buffers()[2] or b"", dtype=np.uint8)
    return lying[ends[0] :][: len(types) * width].reshape(len(types), width)


def widened(types: pa.Array, width: int) -> pa.Array:
    """The same with - for columns that the rows do not reach."""
    return joined(parted(types, width))


def batch_of(rows: Sequence[Sequence[str | None]], lines: Sequence[int]) -> Batch:
    """A batch of plain texts; short rows are filled up with nothing."""
    width = max(map(len, rows), default=0)
    even = [row if len(row) == width else [*row, *[None] * (width - len(row))] for row in rows]
    columns = [texts(column) for column in zip(*even, strict=True)] if width else []
    types = types_of(columns) if columns else pa.array([""] * len(rows), pa.string())
    return Batch(pa.array(lines, pa.int32()), columns, types)
