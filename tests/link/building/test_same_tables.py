"""Compiled loops make the tables that `population_plan` says, row by row, in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sogoc.link.building.index import build
from sogoc.link.index.person_index import TABLES, PersonIndex
from sogoc.link.population import population_plan
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import reference
from sogoc.testing.district import (
    CHANGES,
    UNITS,
    Someone,
    background,
    population_of,
    register_of,
)

DIRTY = [
    # One date, one name, no number or the same one: the rest decides the order.
    *(Someone("Nguyễn Thị Lan", "1961", "nữ", None, "123456789", mother=one) for one in "BA"),
    *(Someone("Nguyễn Thị Lan", "1961", sex, "001161000001") for sex in ("nữ", None, "nam")),
    *(
        Someone("nguyễn thị lan", "1961", "nữ", None, None, commune=code)
        for code in ("00003", None)
    ),
    # Old and new places of tones, signs, and letters of a language without a list of words.
    *(Someone(name, "1970-02-30") for name in ("Hoà", "Hòa", "H’Hen", "H'hen", "Y Krông Ăê")),
    # What no number, no date and no sex is.
    Someone("Lê Văn Tám", "không rõ", "khác", "00116100000", "12345678"),
    Someone("Lê Văn Tám", None, None, "00116100000x", "1234567890", commune="99999"),
    Someone(None, None, None, None, None, commune=None),
    Someone("", "1961-05", "nam", "001061000009", father="Lê Văn Tám", spouse=""),
    # Households as offices write them, and places that are no units or were left long ago.
    *(
        Someone("Lê Thị Hai", "1970", household=one, former="00002")
        for one in ("01-2 3", "", "x", "1" * 30)
    ),
    *(
        Someone("Lê Thị Hai", "1970", household="0123", former=one)
        for one in ("00101", "77777", None)
    ),
    Someone("Lê", "1888-01-01", "nam", "999999999999", died="1950"),
]


@pytest.fixture(scope="module", params=["whole", "in parts"])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("population")
    people = population_of(background(1500) + DIRTY + background(30))
    if request.param == "whole":
        pq.write_table(people, folder / "all.parquet")
        return [folder / "all.parquet"]
    cuts = [0, 700, 701, 1400, len(people)]
    for part, (low, high) in enumerate(pairwise(cuts)):
        # Small row groups: each brings its own codes for the same texts.
        some = people.slice(low, high - low)
        pq.write_table(some, folder / f"part-{part}.parquet", row_group_size=64)
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def planned(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path_factory.mktemp("planned")) as engine:
        lend(engine, files)
        for step in population_plan(register_of(population=True), as_of=date(2026, 1, 1)):
            engine.run(step)
        yield engine


@pytest.fixture(scope="module")
def built(
    files: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DuckDBEngine, PersonIndex]]:
    folder = tmp_path_factory.mktemp("built")
    with DuckDBEngine(folder / "engine") as engine:
        lend(engine, files)
        index = build(
            engine,
            register_of(population=True),
            files,
            as_of=date(2026, 1, 1),
            folder=folder / "index",
            source="release 1",
        )
        with DuckDBEngine(folder / "reader") as reader:
            index.register(reader)
            yield reader, index


def lend(engine: DuckDBEngine, files: list[Path]) -> None:
    engine.register("locality_units", UNITS)
    engine.register("locality_changes", CHANGES)
    engine.register(reference("people", "people"), files[0].parent / "*.parquet")


@pytest.mark.parametrize("table", TABLES)
def test_every_table_holds_the_rows_of_the_plan(
    table: str, planned: DuckDBEngine, built: tuple[DuckDBEngine, PersonIndex]
) -> None:
    def rows(engine: DuckDBEngine) -> pa.Table:
        return engine.arrow(f"select * from {table} order by all")

    assert rows(built[0]).equals(rows(planned))


def test_the_arrays_are_those_of_an_index_built_from_the_plan(
    planned: DuckDBEngine, built: tuple[DuckDBEngine, PersonIndex], tmp_path: Path
) -> None:
    index = PersonIndex.build(planned, tmp_path / "index", source="release 1")
    for name in index.manifest.files:
        if name.startswith("arrays/"):
            assert (index.folder / name).read_bytes() == (built[1].folder / name).read_bytes(), name


def test_the_same_release_gives_the_same_bytes(
    files: list[Path], built: tuple[DuckDBEngine, PersonIndex], tmp_path: Path
) -> None:
    with DuckDBEngine(tmp_path / "engine") as engine:
        lend(engine, files)
        again = build(
            engine,
            register_of(population=True),
            files,
            as_of=date(2026, 1, 1),
            folder=tmp_path / "index",
            source="release 1",
        )
    assert again.identity == built[1].identity
