"""From the files of a population register to a person index, nothing read twice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.errors import IndexRefused, Sentence
from sogoc.link.building.coded import code, counted
from sogoc.link.columns import PERSON_COLUMNS, POPULATION_TABLES
from sogoc.link.index.arrays import DICTIONARIES, People, derive
from sogoc.link.index.folder import NewFolder
from sogoc.link.index.person_index import PersonIndex
from sogoc.link.index.reading import column
from sogoc.link.population import population_plan
from sogoc.tables.naming import POPULATION
from sogoc.tables.parquet import ParquetFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from sogoc.contract.model import Register
    from sogoc.link.building.coded import Persons
    from sogoc.link.index.arrays import Batch
    from sogoc.tables.engine import Engine

_NEAR = (
    *("person", "number", "old_number", "folded", "written"),
    *("father", "mother", "spouse", "household"),
)
"""Columns of many values: kept as differences, which costs a third of what compressing does."""


def build(
    engine: Engine,
    population: Register,
    files: Sequence[Path],
    *,
    as_of: date,
    folder: Path,
    source: str,
) -> PersonIndex:
    """Build the index as `PersonIndex.build` does after `population_plan`: the same rows.

    Reads `files`, the Parquet of the register's object with persons, which the engine knows as
    `reference(...)` too, and `locality_units` and `locality_changes`. `source` names the release.
    Raises KernelMissing without the part `national`, PopulationMissing.
    """
    coded = code(engine, population, files, as_of=as_of)
    if coded is None:
        for step in population_plan(population, as_of=as_of):
            engine.run(step)
        return PersonIndex.build(engine, folder, source=source)
    new = NewFolder(folder)
    file = new.table(POPULATION)
    with ParquetFile(file, _SCHEMA, near=_NEAR) as written:
        tables = {name: engine.parquet(name) for name in DICTIONARIES}
        people = People(coded.rows, _also_written(coded.batches(), written))
        persons = derive(tables, people, new.keep)
    engine.register(POPULATION, file)
    counted(engine)
    for name in POPULATION_TABLES:
        new.bring(name, engine.parquet(name))
    return PersonIndex(folder, new.finish(source=source, persons=persons), None)


def changes_of(
    engine: Engine,
    population: Register,
    *,
    came: Sequence[Path],
    gone: Sequence[Path],
    as_of: date,
) -> tuple[dict[str, Path | pa.Table], dict[str, Path | pa.Table]]:
    """The tables of those who came and of those who are gone, coded at once.

    Most names of the two are the same: each is read once. The engine knows all the files, `came`
    first, as `reference(...)`, and the map of places as for `build`; the rows are those that
    `population_plan` makes. The persons stay in memory: changes are few. Raises IndexRefused where
    these persons alone bear more names than the loops have room for.
    """
    first = sum(pq.ParquetFile(file).metadata.num_rows for file in came)
    coded = code(engine, population, [*came, *gone], as_of=as_of, apart=first)
    if coded is None:
        raise IndexRefused(
            Sentence(
                vi="Biến động có quá nhiều tên khác nhau; hãy tạo lại chỉ mục dân cư.",
                en="The changes hold too many different names; build the index again.",
            )
        )
    dictionaries = {name: engine.parquet(name) for name in DICTIONARIES}
    arrived, left = (
        {POPULATION: _in_memory(some), **dictionaries}
        for some in (coded.told(0, first), coded.told(first, coded.rows))
    )
    return arrived, left


def _in_memory(some: Persons) -> pa.Table:
    tables = [_table(batch) for batch in some.batches()]
    return pa.concat_tables([_SCHEMA.empty_table(), *tables])


def _also_written(batches: Iterable[Batch], file: ParquetFile) -> Iterator[Batch]:
    for batch in batches:
        file.write_later(partial(_table, batch))
        yield batch


def _table(batch: Batch) -> pa.Table:
    return pa.table({name: column(name, values) for name, values in batch.items()}, _SCHEMA)


_SCHEMA = pa.schema(
    {name: column(name, np.empty(0, dtype=np.int32)).type for name in PERSON_COLUMNS}
)
