"""Sheets kept as they came, in files beside, while it is found out what they are."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.intake.headers import DEPTH
from sogoc.intake.sheets import ROWS_A_BATCH, Batch, widened
from sogoc.tables.parquet import ParquetFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sogoc.errors import Place, Sentence
    from sogoc.intake.sheets import Merge, Sheet

_SAMPLE_FIRST, _SAMPLE_LATER = 4096, 256
_ROW = ["_sheet", "_line", "_types"]


@dataclass(slots=True, kw_only=True)
class Kept:
    """One sheet in Parquet files of growing width, and the rows at its top."""

    name: str
    hidden: bool = False
    names: tuple[str, ...] = ()
    merged: tuple[Merge, ...] = ()
    notes: list[Sentence] = field(default_factory=list)
    head: list[list[str]] = field(default_factory=list)
    head_lines: list[int] = field(default_factory=list)
    parts: list[Path] = field(default_factory=list)
    sample: list[list[str]] = field(default_factory=list)
    """Texts of each column, from all over the sheet: what its writing is told by."""
    sampled: int = 0
    """Rows they were taken from."""
    width: int = 0
    rows: int = 0

    def batches(self) -> Iterator[Batch]:
        """The rows again, in their order."""
        for part in self.parts:
            yield from _stored_batches(part)


def _stored_batches(part: Path) -> Iterator[Batch]:
    with pq.ParquetFile(part) as stored:
        for rows in stored.iter_batches(batch_size=ROWS_A_BATCH):
            yield Batch(rows["_line"], rows.columns[len(_ROW) :], rows["_types"])


def keep(sheet: Sheet, folder: Path, place: Place) -> Kept:
    """Read the sheet to its end; what its reader refuses is refused here."""
    kept = Kept(name=sheet.name or place.file, hidden=sheet.hidden, names=sheet.names)
    kept.merged = sheet.merged
    writer: ParquetFile | None = None
    with ExitStack() as part:
        for batch in sheet.batches:
            _look(kept, batch)
            _sample(kept, batch)
            if writer is None or len(batch.columns) > kept.width:
                part.close()
                writer = part.enter_context(_part(kept, folder, len(batch.columns)))
            writer.write(_stored(batch, kept))
            kept.rows += len(batch.lines)
    kept.notes += sheet.notes
    return kept


def _part(kept: Kept, folder: Path, width: int) -> ParquetFile:
    kept.width = width
    number = len(list(folder.glob("kept-*.parquet")))
    kept.parts.append(folder / f"kept-{number:04d}.parquet")
    return ParquetFile(kept.parts[-1], _schema(width))


def _schema(width: int) -> pa.Schema:
    rows = [("_sheet", pa.string()), ("_line", pa.int32()), ("_types", pa.string())]
    return pa.schema([*rows, *((f"c{at}", pa.string()) for at in range(1, width + 1))])


def _stored(batch: Batch, kept: Kept) -> pa.Table:
    many = len(batch.lines)
    sheets = pa.repeat(pa.scalar(kept.name, pa.string()), many)
    fill = [pa.nulls(many, pa.string())] * (kept.width - len(batch.columns))
    columns = [sheets, batch.lines, widened(batch.types, kept.width), *batch.columns, *fill]
    return pa.Table.from_arrays(columns, schema=_schema(kept.width))


def _sample(kept: Kept, batch: Batch) -> None:
    many = min(max(_SAMPLE_FIRST - kept.rows, _SAMPLE_LATER), len(batch.lines))
    rows = pa.array(np.linspace(0, len(batch.lines) - 1, many).astype(np.int64))
    kept.sampled += many
    kept.sample += [[] for _ in range(len(batch.columns) - len(kept.sample))]
    for at, column in enumerate(batch.columns):
        kept.sample[at] += column.take(rows).drop_null().to_pylist()


def _look(kept: Kept, batch: Batch) -> None:
    room = DEPTH - len(kept.head)
    if room <= 0:
        return
    top = [column.slice(0, room).to_pylist() for column in batch.columns]
    lines = batch.lines.slice(0, room).to_pylist()
    kept.head += [[column[at] or "" for column in top] for at in range(len(lines))]
    kept.head_lines += lines
