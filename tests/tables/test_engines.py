"""What every engine promises, held by each of them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sogoc.errors import AddressRefused, StepFailed
from sogoc.tables.engine import Engine, Step, literal, quoted


@pytest.fixture(params=["duckdb_engine", pytest.param("spark_engine", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(request.param)
    return engine


NUMBERS = pa.table({"n": [3, 1, 2]})


def test_a_step_leaves_one_whole_table(engine: Engine) -> None:
    engine.register("given", NUMBERS)
    assert engine.run(Step("twice", ("given",), "select n * 2 as n from given")) == 3
    assert engine.has("twice")
    assert engine.rows("select n from twice order by n") == [(2,), (4,), (6,)]


def test_a_step_that_fails_leaves_nothing_and_keeps_the_older_table(engine: Engine) -> None:
    engine.run(Step("numbers", (), "select 1 as n"))
    engine.register("given", pa.table({"t": ["no number"]}))
    with pytest.raises(StepFailed) as refused:
        engine.run(Step("numbers", (), "select cast(t as integer) as n from given"))
    assert refused.value.makes == "numbers"
    assert engine.rows("select n from numbers") == [(1,)]


def test_the_words_of_a_failed_step_quote_no_row(engine: Engine) -> None:
    engine.register("given", pa.table({"t": ["made-up name"]}))
    with pytest.raises(StepFailed) as refused:
        engine.run(Step("broken", ("given",), "select cast(t as date) as n from given"))
    assert "made-up" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_step_that_cannot_be_planned_says_what_it_misses(engine: Engine) -> None:
    with pytest.raises(StepFailed, match="no_such_table"):
        engine.run(Step("broken", (), "select 1 as n from no_such_table"))


def test_a_table_is_replaced_whole_also_by_a_step_that_reads_it(engine: Engine) -> None:
    engine.run(Step("numbers", (), "select 1 as n"))
    assert engine.run(Step("numbers", (), "select n + 1 as n from numbers")) == 1
    assert engine.rows("select n from numbers") == [(2,)]


def test_a_table_in_memory_can_be_had_as_parquet(engine: Engine) -> None:
    engine.register("given", NUMBERS)
    assert pq.read_table(engine.parquet("given")).num_rows == 3
    assert engine.rows("select count(*) from given") == [(3,)]


def test_a_finished_file_becomes_a_table_and_is_moved(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "made.parquet"
    pq.write_table(NUMBERS, file)
    engine.adopt("given", file)
    assert engine.rows("select sum(n) from given") == [(6,)]
    assert not file.exists()


def test_a_name_that_was_registered_is_forgotten_with_nothing_left_behind(engine: Engine) -> None:
    engine.register("lent", NUMBERS)
    engine.forget("lent")
    engine.forget("lent")
    assert not engine.has("lent")


def test_names_and_constants_cannot_break_out_of_their_quotes(engine: Engine) -> None:
    constant, name = literal("it's"), quoted('a"b`c')
    assert engine.rows(f"select {constant} as {name}") == [("it's",)]
    assert engine.run(Step("odd", (), f"select {constant} as {name}")) == 1


def test_a_parameter_is_a_value_and_no_text_of_the_select(engine: Engine) -> None:
    engine.register("given", pa.table({"t": ["it's", "'"]}))
    assert engine.rows("select count(*) from given where t = ?", ["'"]) == [(1,)]


def test_a_column_of_nothing_can_be_kept(engine: Engine) -> None:
    engine.run(Step("nothing", (), "select null as a, 1 as b"))
    assert engine.rows("select a, b from nothing") == [(None, 1)]


def test_a_table_without_rows_keeps_its_columns(engine: Engine) -> None:
    engine.register("given", NUMBERS)
    assert engine.run(Step("none", ("given",), "select n from given where n > 9")) == 0
    assert engine.arrow("select n from none").column_names == ["n"]
    assert engine.rows("select n from none") == []


@pytest.mark.parametrize("scheme", ["path", "url"])
def test_a_parted_folder_comes_back_with_its_codes_as_they_were(
    engine: Engine, tmp_path: Path, scheme: str
) -> None:
    communes = pa.table({"n": [1, 2, 3], "tinh": ["01", "01", "79"]})
    folder = tmp_path / "parted"
    address = str(folder) if scheme == "path" else folder.as_uri()
    engine.register("given", communes)
    assert engine.export("given", address, by=["tinh"]) == 3
    assert {one.name for one in folder.iterdir() if one.is_dir()} == {"tinh=01", "tinh=79"}
    engine.lend("read", address)
    assert engine.rows("select n, tinh from read order by n") == [(1, "01"), (2, "01"), (3, "79")]


def test_what_stands_at_an_address_is_never_written_over(engine: Engine, tmp_path: Path) -> None:
    engine.register("given", NUMBERS)
    engine.export("given", str(tmp_path / "out"))
    with pytest.raises(AddressRefused, match="already"):
        engine.export("given", str(tmp_path / "out"))
    engine.lend("read", str(tmp_path / "out"))
    assert engine.rows("select sum(n) from read") == [(6,)]


@pytest.mark.parametrize("address", ["gone", "nowhere://store/tables"])
def test_an_address_that_cannot_be_read_is_refused_by_name(
    engine: Engine, tmp_path: Path, address: str
) -> None:
    there = address if "://" in address else str(tmp_path / address)
    with pytest.raises(AddressRefused, match=address):
        engine.lend("read", there)
    with pytest.raises(AddressRefused, match=address):
        engine.fetch(there, tmp_path)
