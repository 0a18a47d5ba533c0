"""What the engine for one machine promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from sogoc.errors import StepFailed
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Step, literal, quoted
from sogoc.tables.parquet import ParquetFile


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path / "run") as engine:
        yield engine


def test_a_step_leaves_one_whole_table(engine: DuckDBEngine) -> None:
    assert engine.run(Step("numbers", (), "select range as n from range(3)")) == 3
    assert engine.has("numbers")
    assert sorted(engine.rows("select n from numbers")) == [(0,), (1,), (2,)]


def test_a_step_that_fails_leaves_nothing_and_keeps_the_older_table(engine: DuckDBEngine) -> None:
    engine.run(Step("numbers", (), "select 1 as n"))
    with pytest.raises(StepFailed) as refused:
        engine.run(Step("numbers", (), "select error('no') as n"))
    assert refused.value.makes == "numbers"
    assert engine.rows("select n from numbers") == [(1,)]


def test_a_later_process_sees_the_tables_that_were_whole(tmp_path: Path) -> None:
    with DuckDBEngine(tmp_path) as first:
        first.run(Step("one", (), "select 1 as n"))
    (tmp_path / "half.part").write_bytes(b"PAR1")
    with DuckDBEngine(tmp_path) as again:
        assert again.has("one")
        assert not again.has("half")


def test_a_table_in_memory_can_be_had_as_a_file(engine: DuckDBEngine) -> None:
    engine.register("given", pa.table({"n": [1, 2]}))
    assert engine.parquet("given").exists()
    assert engine.rows("select count(*) from given") == [(2,)]


def test_names_and_constants_cannot_break_out_of_their_quotes(engine: DuckDBEngine) -> None:
    constant, name = literal("it's"), quoted('a"b')
    assert engine.rows(f"select {constant} as {name}") == [("it's",)]


class _Faulty:
    """A connection whose planner has a fault: the first table it is to make stops it."""

    def __init__(self, real: duckdb.DuckDBPyConnection) -> None:
        self._real = real
        self.settings: list[str] = []
        self._met = False

    def execute(self, command: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        if "disabled_optimizers" in command:
            self.settings.append(command.split(maxsplit=1)[0])
        if command.startswith("copy") and not self._met:
            self._met = True
            raise duckdb.InternalException("dict-surviving cache: column 63 changed identity")
        return self._real.execute(command, parameters)

    def close(self) -> None:
        self._real.close()


def test_a_fault_of_the_planner_costs_a_second_run_and_no_delivery(engine: DuckDBEngine) -> None:
    faulty = _Faulty(engine._connection)  # noqa: SLF001 - no SQL meets the fault on purpose
    engine._connection = faulty  # type: ignore[assignment]  # noqa: SLF001 - likewise
    assert engine.run(Step("numbers", (), "select range as n from range(3)")) == 3
    assert faulty.settings == ["set", "reset"]


def test_a_finished_file_becomes_a_table_and_is_moved(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "made.parquet"
    file.parent.mkdir()
    with ParquetFile(file, pa.schema([("a", pa.int64())])) as made:
        made.write(pa.table({"a": [1, 2]}))
        made.write(pa.table({"a": [3]}))
    with DuckDBEngine(tmp_path / "tables") as engine:
        engine.adopt("given", file)
        assert engine.has("given")
        assert engine.rows("select sum(a) from given") == [(6,)]
    assert not file.exists()
    with DuckDBEngine(tmp_path / "tables") as engine:
        assert engine.has("given")


def test_a_name_that_was_registered_is_forgotten_with_nothing_left_behind(tmp_path: Path) -> None:
    with DuckDBEngine(tmp_path / "tables") as engine:
        engine.register("lent", pa.table({"a": [1]}))
        engine.forget("lent")
        engine.forget("lent")
        assert not engine.has("lent")
