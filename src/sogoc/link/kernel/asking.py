"""The persons asked for, part by part, as the compiled loops take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sogoc.link.index.arrays import text_array
from sogoc.link.kernel.shapes import Asked, Texts, texts
from sogoc.link.kernel.writing.source import NONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sogoc.link.kernel.writing.source import Source

    Judged = Mapping[int, list[tuple[int, int]]]
    """Of some persons asked for: the person judged, and `SAME` or `OTHER`."""

SAME, OTHER = 1, 2
PART = 1_000_000
"""Persons to a part: what is lost at most when the machine stops."""


def columns(schema: pa.Schema) -> dict[str, str]:
    """Which columns the kernel can read, and how: `int`, `long` or `text`."""
    kinds = {field.name: _kind(field.type) for field in schema}
    return {name: kind for name, kind in kinds.items() if kind}


def _kind(one: pa.DataType) -> str:
    if pa.types.is_boolean(one) or (pa.types.is_integer(one) and one.bit_width <= 32):  # noqa: PLR2004 - bits
        return "int"
    if pa.types.is_integer(one):
        return "long"
    return "text" if pa.types.is_string(one) or pa.types.is_large_string(one) else ""


def slices(file: Path, read: list[str]) -> Iterator[pa.Table]:
    """Some columns of the file, `PART` rows at a time; one empty slice of an empty file."""
    waiting: list[pa.RecordBatch] = []
    rows = given = 0
    asked = pq.ParquetFile(file)
    for batch in asked.iter_batches(batch_size=PART, columns=read):
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= PART:
            whole = pa.Table.from_batches(waiting)
            yield whole.slice(0, PART)
            given += PART
            waiting, rows = whole.slice(PART).to_batches(), rows - PART
    if rows or not given:
        yield pa.Table.from_batches(waiting) if rows else asked.read(columns=read)


def part(some: pa.Table, source: Source, judged: Judged) -> Asked:
    """These persons in order of birth and name: neighbours look at the same days and names."""
    born, folded = (_numbers(some[name], np.int64) for name in ("born", "folded"))
    order = np.argsort((born << 32) + (folded + 1), kind="stable")
    ints = np.empty((len(order), len(source.ints)), dtype=np.int32)
    for at, name in enumerate(source.ints):
        ints[:, at] = _numbers(some[name], np.int32)[order]
    longs = np.empty((len(order), len(source.longs)), dtype=np.int64)
    for at, name in enumerate(source.longs):
        longs[:, at] = _numbers(some[name], np.int64)[order]
    asked = longs[:, source.longs.index("asked")]
    return Asked(
        ints=ints,
        longs=longs,
        texts=tuple(_texts(some[name], order) for name in source.texts),
        **_judged(asked, judged),
    )


def _numbers(column: pa.ChunkedArray, dtype: type) -> np.ndarray:
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    # As 64 bits first: NULL has no place among 8.
    filled = pc.fill_null(column.cast(pa.int64()), NONE)
    numbers: np.ndarray = filled.to_numpy().astype(dtype, copy=False)
    return numbers


def _texts(column: pa.ChunkedArray, order: np.ndarray) -> Texts:
    sorted_texts = column.cast(pa.large_string()).combine_chunks().take(pa.array(order))
    known = pc.is_valid(sorted_texts).cast(pa.uint8()).to_numpy(zero_copy_only=False)
    letters, ends = text_array(sorted_texts)
    return texts(letters, ends, known)


def _judged(asked: np.ndarray, judged: Judged) -> dict[str, np.ndarray]:
    starts = np.zeros(len(asked) + 1, dtype=np.int32)
    persons: list[int] = []
    kinds: list[int] = []
    if judged:
        for at in np.flatnonzero(np.isin(asked, np.fromiter(judged, np.int64, len(judged)))):
            pairs = judged[int(asked[at])]
            starts[at + 1] = len(pairs)
            persons += [person for person, _ in pairs]
            kinds += [kind for _, kind in pairs]
    return {
        "judged_starts": np.cumsum(starts, dtype=np.int32),
        "judged_persons": np.array(persons, dtype=np.int64),
        "judged_kinds": np.array(kinds, dtype=np.int64),
    }
