"""The tables that intake leaves: RAW, DECODED and the records of each object."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sogoc.errors import Sentence
from sogoc.intake import lines
from sogoc.intake.people import divided_columns, with_blank_lines
from sogoc.intake.taking import Rows, schema, wire
from sogoc.intake.writing.columns import Column, recover
from sogoc.tables.engine import Step, literal, quoted
from sogoc.tables.naming import DECODED, RAW, taken
from sogoc.tables.parquet import ParquetFile
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.intake.finding import Chosen
    from sogoc.intake.kept import Kept
    from sogoc.intake.sheets import Batch
    from sogoc.intake.writing.columns import Recovered
    from sogoc.tables.engine import Engine

_TYPED = frozenset({Kind.PERSON_NAME, Kind.ADDRESS, Kind.TEXT})
"""Kinds that hold Vietnamese words, where a typing program may have been off."""

DECODED_SCHEMA = pa.schema(
    [
        ("_sheet", pa.string()),
        ("_line", pa.int32()),
        ("_column", pa.int32()),
        ("writing", pa.string()),
        ("before", pa.string()),
        ("after", pa.string()),
    ]
)


class Tables:
    """The tables of one delivery, written beside; `hand_over` gives them to the engine."""

    def __init__(self, folder: Path, register: Register, chosen: list[Chosen]) -> None:
        self._folder = folder
        self._register = register
        # All sheets are of one form, but their columns may stand in another order.
        self._wired = {id(one): wire(one.layout, register) for one in chosen}
        self._collapsed = chosen[0].layout.shape.form.collapse
        self._made = dict.fromkeys((one.name for one in register.objects), 0)
        self._writers = {
            one.name: ParquetFile(self._file(one.name), schema(one)) for one in register.objects
        }
        self._decoded = ParquetFile(folder / "decoded.parquet", DECODED_SCHEMA)
        self.recovered: Counter[str] = Counter()
        self.notes: list[Sentence] = []

    @property
    def records(self) -> int:
        """Records of all objects."""
        return sum(self._made.values())

    def add(self, chosen: Chosen) -> Counter[str]:
        """Take the records of one sheet; return the rows left out, by reason."""
        header = tuple(path[-1] if path else "" for path in chosen.layout.paths)
        sorting = lines.Sorting(() if chosen.kept.names else header)
        columns, divided = self._columns(chosen), divided_columns(chosen.layout)
        passed = 0
        for batch in chosen.kept.batches():
            skip = min(max(chosen.after - passed, 0), len(batch.lines))
            passed += len(batch.lines)
            if skip < len(batch.lines):
                rest = _after(batch, skip)
                rows = Rows(chosen.kept.name, rest.lines, rest.columns, rest.types)
                read = self._recovered(rows, columns)
                cells = with_blank_lines(rows.columns, read.columns, divided)
                self._add(replace(read, columns=cells), chosen, sorting)
        self._note(chosen)
        return sorting.left_out

    def _columns(self, chosen: Chosen) -> dict[int, Column]:
        """The reader of each column that is taken."""
        found: dict[int, Column] = {}
        for known, at in zip(chosen.layout.shape.known, chosen.layout.places, strict=True):
            kinds = {
                self._register.object(to.object).field(to.field).kind for to in known.column.targets
            }
            if at is None or not kinds:
                continue
            found[at] = Column(by_keys=not kinds.isdisjoint(_TYPED))
            found[at].learn(chosen.kept.sample[at])
        return found

    def _recovered(self, rows: Rows, columns: dict[int, Column]) -> Rows:
        """The rows with their writing recovered; each cell that was not Unicode is logged."""
        texts = list(rows.columns)
        for at, column in columns.items():
            if at >= len(texts):
                continue
            one = recover(texts[at], column)
            if one.writings is not None:
                self._log(rows, at, one)
            texts[at] = one.column
        return replace(rows, columns=texts)

    def _log(self, rows: Rows, at: int, one: Recovered) -> None:
        changed = pc.is_valid(one.writings)
        writings = pc.drop_null(one.writings)
        cells = {
            "_sheet": pa.repeat(pa.scalar(rows.sheet, pa.string()), len(writings)),
            "_line": rows.lines.filter(changed),
            "_column": pa.repeat(pa.scalar(at + 1, pa.int32()), len(writings)),
            "writing": writings,
            "before": rows.columns[at].filter(changed),
            "after": one.column.filter(changed),
        }
        self._decoded.write(pa.table(cells, schema=DECODED_SCHEMA))
        for count in pc.value_counts(writings).to_pylist():
            self.recovered[count["values"]] += count["counts"]

    def _add(self, rows: Rows, chosen: Chosen, sorting: lines.Sorting) -> None:
        are = sorting.records(rows.columns)
        records = replace(
            rows,
            lines=rows.lines.filter(are),
            columns=[column.filter(are) for column in rows.columns],
            types=rows.types.filter(are),
        )
        for one in self._wired[id(chosen)]:
            one.made = self._made[one.object.name]
            self._writers[one.object.name].write(one.take(records))
            self._made[one.object.name] = one.made

    def _note(self, chosen: Chosen) -> None:
        for one in self._wired[id(chosen)]:
            if not one.undivided:
                continue
            rows = ", ".join(str(line) for _, line in one.undivided[:10])
            many = one.counts["undivided"]
            self.notes.append(
                Sentence(
                    f"Trang {chosen.kept.name}: {many} dòng ghi nhiều người trong một ô mà không "
                    f"tách được cho khớp giữa các cột, giữ nguyên; ví dụ dòng {rows}.",
                    f"Sheet {chosen.kept.name}: {many} rows hold several persons in one cell that "
                    f"cannot be divided in step over the columns, kept whole; such as {rows}.",
                )
            )

    @property
    def counts(self) -> dict[str, int]:
        """Records of each object."""
        return dict(self._made)

    def close(self) -> None:
        """End the files; they can be read then."""
        for writer in (*self._writers.values(), self._decoded):
            writer.close()

    def hand_over(self, engine: Engine, kept: list[Kept]) -> None:
        """Make the engine's tables. RAW comes last: where it is, all the others are."""
        self.close()
        for one in self._register.objects:
            if one.name in self._collapsed:
                source = f"intake__{one.name}"
                step = Step(taken(one.name), (source,), _collapse(one, source))
                self._made[one.name] = _made(engine, step, [self._file(one.name)])
            else:
                engine.adopt(taken(one.name), self._file(one.name))
        engine.adopt(DECODED, self._folder / "decoded.parquet")
        _raw(engine, kept)

    def _file(self, name: str) -> Path:
        return self._folder / f"taken-{self._names().index(name)}.parquet"

    def _names(self) -> list[str]:
        return [one.name for one in self._register.objects]


def _after(batch: Batch, skip: int) -> Batch:
    from_here = [column.slice(skip) for column in batch.columns]
    return replace(
        batch, lines=batch.lines.slice(skip), columns=from_here, types=batch.types.slice(skip)
    )


def _made(engine: Engine, step: Step, files: list[Path]) -> int:
    """Run a step over files that are only here for it: no name of theirs stays behind."""
    try:
        for source, file in zip(step.reads, files, strict=True):
            engine.register(source, file)
        return engine.run(step)
    finally:
        for source in step.reads:
            engine.forget(source)


def _collapse(found: RegisterObject, source: str) -> str:
    """Records that are the same in every field are one, which stands where the first stood."""
    fields = ", ".join(quoted(one.name) for one in found.fields)
    return f"""
        select row_number() over (order by first_row) as "_row", "_sheet", "_line", "_part",
            "_types", {fields}
        from (
            select min("_row") as first_row, arg_min("_sheet", "_row") as "_sheet",
                arg_min("_line", "_row") as "_line", arg_min("_part", "_row") as "_part",
                arg_min("_types", "_row") as "_types", {fields}
            from {quoted(source)}
            group by {fields}
        )
    """


def _raw(engine: Engine, kept: list[Kept]) -> None:
    """All cells of all sheets as one table, as wide as the widest."""
    width = max(one.width for one in kept)
    parts = [part for one in kept for part in one.parts]
    if len(parts) == 1:
        engine.adopt(RAW, parts[0])
        return
    sources = tuple(f"intake__raw_{at}" for at in range(len(parts)))
    selects = [
        _wide(source, pq.read_schema(part), width)
        for source, part in zip(sources, parts, strict=True)
    ]
    _made(engine, Step(RAW, sources, "\nunion all\n".join(selects)), parts)


def _wide(source: str, stored: pa.Schema, width: int) -> str:
    columns = ", ".join(
        f'"c{at}"' if f"c{at}" in stored.names else f'cast(null as varchar) as "c{at}"'
        for at in range(1, width + 1)
    )
    types = f"""rpad("_types", {width}, {literal("-")}) as "_types" """
    return f'select "_sheet", "_line", {types}, {columns} from {quoted(source)}'
