"""The truth about deliveries, kept apart: only evaluation reads it.

`<delivery>.persons.parquet`: for each row, part and slot the person meant (`person`, the demo's
own number), the true `number`, and whether the population register knows the person
(`registered`) and as dead (`dead`).

`<delivery>.damage.parquet`: each cell that does not say what is `meant`, with what is `written`
there in the end and the `kind` of damage (a cell hit twice has two rows).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.demo.draw import Flags, Ints, Texts, either, texts
from sogoc.demo.people import NOBODY, TODAY, People

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.demo.damage import Blow, Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Where each row of a draft was written."""

    sheet: Texts
    line: Ints
    part: Ints


def in_one_sheet(name: str, first: int, count: int) -> Lines:
    """Rows written one below the other."""
    return Lines(
        sheet=texts([name] * count),
        line=np.arange(first, first + count, dtype=np.int64),
        part=np.ones(count, dtype=np.int64),
    )


def keep_truth(folder: Path, draft: Draft, lines: Lines, people: People) -> None:
    """Write both tables of one draft."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / f"{draft.delivery}.persons.parquet", _persons(draft, lines, people))
    _write(folder / f"{draft.delivery}.damage.parquet", _damage(draft, lines))


def _persons(draft: Draft, lines: Lines, people: People) -> pa.Table:
    registered, dead = people.registered(TODAY), ~people.living(TODAY)
    tables = []
    for slot, person in draft.person.items():
        rows = np.flatnonzero(person != NOBODY)
        who = person[rows]
        known = registered[who] & ~_stranger(draft, slot)[rows]
        tables.append(
            pa.table(
                {
                    "sheet": lines.sheet[rows].tolist(),
                    "line": lines.line[rows],
                    "part": lines.part[rows],
                    "slot": [slot] * len(rows),
                    "person": who,
                    "number": either(known, people.number[who], None).tolist(),
                    "registered": known,
                    "dead": dead[who],
                },
                schema=_PERSONS,
            )
        )
    return pa.concat_tables(tables)


def _stranger(draft: Draft, slot: str) -> Flags:
    stranger = draft.aside.get(f"{slot}.stranger")
    return np.zeros(len(draft), dtype=np.bool_) if stranger is None else stranger.astype(np.bool_)


def _damage(draft: Draft, lines: Lines) -> pa.Table:
    tables = [_DAMAGE.empty_table()]
    for blow in draft.blows:
        before = draft.truth.get(blow.column)
        after = draft.columns.get(blow.column)
        rows = _still_wrong(blow, before, after)
        tables.append(
            pa.table(
                {
                    "sheet": lines.sheet[rows].tolist(),
                    "line": lines.line[rows],
                    "part": lines.part[rows],
                    "field": [blow.column] * len(rows),
                    "kind": [blow.kind] * len(rows),
                    "meant": _as_text(before, rows),
                    "written": _as_text(after, rows),
                },
                schema=_DAMAGE,
            )
        )
    return pa.concat_tables(tables)


def _still_wrong(blow: Blow, before: Texts | None, after: Texts | None) -> Ints:
    """Without the cells that were put right since; two persons in a cell are each right."""
    if before is None or after is None or blow.kind == "two_in_one_cell":
        return blow.rows
    return blow.rows[np.array([before[row] != after[row] for row in blow.rows], dtype=np.bool_)]


def _as_text(column: Texts | None, rows: Ints) -> list[str | None]:
    if column is None:
        return [None] * len(rows)
    return [None if cell is None else str(cell) for cell in column[rows]]


def _write(file: Path, table: pa.Table) -> None:
    pq.write_table(table, file, compression="zstd")


_PLACE = [("sheet", pa.string()), ("line", pa.int32()), ("part", pa.int32())]
_PERSONS = pa.schema(
    [
        *_PLACE,
        ("slot", pa.string()),
        ("person", pa.int64()),
        ("number", pa.string()),
        ("registered", pa.bool_()),
        ("dead", pa.bool_()),
    ]
)
_DAMAGE = pa.schema(
    [
        *_PLACE,
        ("field", pa.string()),
        ("kind", pa.string()),
        ("meant", pa.string()),
        ("written", pa.string()),
    ]
)
