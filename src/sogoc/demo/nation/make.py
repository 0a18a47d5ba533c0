"""Writes the nation to Parquet, in parts, by several processes, in bounded memory.

A part that is there is whole (written beside, then renamed) and is not made again: an interrupted
run goes on where it stopped.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from itertools import islice
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.demo.nation.nation import Nation, load_nation
from sogoc.demo.nation.offices.records import FAMILY, VARIANTS, Writer, columns_of
from sogoc.demo.nation.population import table_of
from sogoc.demo.nation.rates import load_rates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

PART = 1 << 22
"""Rows of a part of the population."""
RECORDS_A_PART = 1 << 20
_SLICE = 1 << 17
_SLICES_A_GROUP = 4
_CODED = ("sex", "born", "commune", "former")
_BY_DICTIONARY = [
    *("gioi_tinh", "ma_xa", "ngay_sinh", "ngay_mat", "ma_xa_truoc", "cap_nhat_luc"),
    *(name for field in _CODED for name in columns_of(field)),
    *(f"{field}__{ending}" for field in FAMILY for ending in ("flaw", "proposal")),
    *("_sheet", "_part", "kinds", "age", "sex", "region", "province", "people", "office"),
]

Rows: TypeAlias = tuple[int, int]
"""The first, from 0, and how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which nation: how many registered persons, by which seed and table of rates."""

    persons: int
    seed: int
    rates: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFiles:
    """Patterns of the parts of a register: the variants of its records, and the truth."""

    plain: Path
    family: Path
    truth: Path


@cache
def nation_of(order: Order) -> Nation:
    """Loaded once a process."""
    return load_nation(order.persons, seed=order.seed, rates=load_rates(order.rates))


@cache
def _writer_of(order: Order, count: int) -> Writer:
    return Writer(nation_of(order), count)


def make_population(
    folder: Path, order: Order, *, processes: int = 2, made: Callable[[int], None] = lambda _: None
) -> Path:
    """The population register as `folder/part-*.parquet`; returns that pattern.

    Row r of part p is place `p * PART + r`. `made` is told the rows of each part once it stands.
    """
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [
        _Job(write_population_part, order, (first, min(PART, order.persons - first)),
             (folder / f"part-{first // PART:05d}.parquet",))
        for first in range(0, order.persons, PART)
    ]  # fmt: skip
    _run(jobs, processes, made)
    return folder / "part-*.parquet"


def make_register(
    folder: Path,
    order: Order,
    *,
    records: int,
    processes: int = 2,
    made: Callable[[int], None] = lambda _: None,
) -> RegisterFiles:
    """A register of the nation as `folder/plain`, `folder/family`, and `folder/truth` apart."""
    names = (*VARIANTS, "truth")
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
    jobs = [
        _Job(
            write_register_part,
            Register(order, records),
            (first, min(RECORDS_A_PART, records - first)),
            tuple(folder / name / f"part-{first // RECORDS_A_PART:05d}.parquet" for name in names),
        )
        for first in range(0, records, RECORDS_A_PART)
    ]
    _run(jobs, processes, made)
    plain, family, truth = (folder / name / "part-*.parquet" for name in names)
    return RegisterFiles(plain=plain, family=family, truth=truth)


@dataclass(frozen=True, slots=True)
class Register:
    """Which register of which nation."""

    order: Order
    records: int


@dataclass(frozen=True, slots=True)
class _Job:
    write: Callable[[Any, Rows, tuple[Path, ...]], int]
    what: Order | Register
    rows: Rows
    files: tuple[Path, ...]

    def done(self) -> bool:
        return all(file.exists() for file in self.files)

    def __call__(self) -> int:
        return self.write(self.what, self.rows, self.files)


def _run(jobs: Sequence[_Job], processes: int, made: Callable[[int], None]) -> None:
    made(sum(job.rows[1] for job in jobs if job.done()))
    missing = [job for job in jobs if not job.done()]
    if processes < 2 or len(missing) < 2:
        for job in missing:
            made(job())
        return
    # Spawned, not forked: threads of Arrow and DuckDB do not survive a fork.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(job) for job in missing]):
            made(done.result())


def write_population_part(order: Order, rows: Rows, files: tuple[Path, ...]) -> int:
    """One part of the population; returns its rows."""
    nation = nation_of(order)
    slices = (table_of(nation, first, count) for first, count in _slices(rows))
    write_parquet(files, ((one,) for one in slices))
    return rows[1]


def write_register_part(register: Register, rows: Rows, files: tuple[Path, ...]) -> int:
    """One part of a register's variants and of the truth; returns its rows."""
    writer = _writer_of(register.order, register.records)
    slices = (writer.slice(first, count) for first, count in _slices(rows))
    write_parquet(
        files,
        ((*(one.variant(fields) for fields in VARIANTS.values()), one.truth) for one in slices),
    )
    return rows[1]


def _slices(rows: Rows) -> Iterator[Rows]:
    first, count = rows
    return ((at, min(_SLICE, first + count - at)) for at in range(first, first + count, _SLICE))


def write_parquet(files: tuple[Path, ...], slices: Iterable[tuple[pa.Table, ...]]) -> None:
    """Each file takes its table of every slice; they are there only when they are whole."""
    writers: dict[Path, pq.ParquetWriter] = {}
    for group in _groups(slices):
        for file, table in zip(files, group, strict=True):
            if file not in writers:
                writers[file] = _opened(file, table.schema)
            writers[file].write_table(table, row_group_size=table.num_rows)
    for file, writer in writers.items():
        writer.close()
        file.with_suffix(".part").replace(file)


def _opened(file: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        file.with_suffix(".part"),
        schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in schema.names if name in _BY_DICTIONARY],
        # Dictionaries are a matter of the file: columns are read as plain text.
        store_schema=False,
    )


def _groups(slices: Iterable[tuple[pa.Table, ...]]) -> Iterator[tuple[pa.Table, ...]]:
    for group in _batched(slices, _SLICES_A_GROUP):
        yield tuple(pa.concat_tables(tables) for tables in zip(*group, strict=True))


def _batched(slices: Iterable[tuple[pa.Table, ...]], size: int) -> Iterator[list[Any]]:
    waiting = iter(slices)
    while group := list(islice(waiting, size)):
        yield group
