"""What the engine for many machines promises beyond the others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sogoc.tables.addresses import one_file
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Step

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

spark_engine = pytest.importorskip("sogoc.tables.spark_engine", reason="pyspark is not installed")
pytestmark = pytest.mark.spark


def test_a_later_process_sees_the_tables_that_were_whole(
    tmp_path: Path, spark: SparkSession
) -> None:
    with spark_engine.SparkEngine(tmp_path, spark) as first:
        first.run(Step("one", (), "select 1 as n"))
        first.register("lent", pa.table({"n": [1]}))
    # A process that was killed leaves rows that nothing points to.
    (tmp_path / "half-0123").mkdir()
    (tmp_path / "other.part").write_text("", encoding="utf-8")
    with spark_engine.SparkEngine(tmp_path, spark) as again:
        assert again.has("one")
        assert not again.has("half")
        assert not again.has("lent")
        assert again.rows("select n from one") == [(1,)]


def test_each_engine_reads_what_the_other_wrote(tmp_path: Path, spark: SparkSession) -> None:
    select = "select 'Ê' as t, date '1931-05-02' as d, cast(1.5 as decimal(9, 2)) as m, 7 as n"
    with DuckDBEngine(tmp_path) as here:
        here.run(Step("by_duckdb", (), select))
    with spark_engine.SparkEngine(tmp_path, spark) as there:
        assert there.has("by_duckdb")
        there.run(Step("by_spark", ("by_duckdb",), "select * from by_duckdb"))
        with DuckDBEngine(tmp_path / "again") as here:
            here.register("by_spark", there.parquet("by_spark"))
            assert here.rows("select * from by_spark") == here.rows(select)


def test_a_far_place_holds_the_rows_and_the_run_only_their_address(
    tmp_path: Path, spark: SparkSession
) -> None:
    run, file = tmp_path / "run", tmp_path / "made.parquet"
    pq.write_table(pa.table({"n": [1, 2]}), file)
    with spark_engine.SparkEngine(run, spark, place="viewfs://far/tables/17") as engine:
        engine.adopt("given", file)
        engine.register("lent", pa.table({"n": [3]}))
        engine.run(Step("every", (), "select n from given union all select n from lent"))
        assert engine.rows("select sum(n) from every") == [(6,)]
        assert pq.read_table(engine.parquet("every")).num_rows == 3
    assert not file.exists()
    assert not list(run.rglob("*.parquet"))
    with spark_engine.SparkEngine(run, spark, place="viewfs://far/tables/17") as again:
        assert again.rows("select sum(n) from every") == [(6,)]
        assert not again.has("lent")


def test_an_engine_borrows_a_table_where_it_stands(tmp_path: Path, spark: SparkSession) -> None:
    with (
        spark_engine.SparkEngine(tmp_path / "a", spark) as owner,
        spark_engine.SparkEngine(tmp_path / "b", spark) as other,
    ):
        owner.run(Step("population", (), "select 1 as n"))
        other.borrow("population", owner)
        assert other.rows("select n from population") == [(1,)]
        other.forget("population")
        assert owner.rows("select n from population") == [(1,)]


def test_a_store_far_away_is_read_where_it_stands_and_written_in_parts(
    tmp_path: Path, spark: SparkSession
) -> None:
    """`viewfs` stands for `s3a`: another file system of Hadoop's, of which the engine knows only
    the address."""
    far = f"viewfs://far/tables/{tmp_path.name}"
    with spark_engine.SparkEngine(tmp_path / "a", spark) as one:
        one.register("given", pa.table({"n": [1, 2, 3], "tinh": ["01", "01", "79"]}))
        assert one.export("given", f"{far}/people", by=["tinh"]) == 3
    with spark_engine.SparkEngine(tmp_path / "b", spark, place=f"{far}/tables") as other:
        other.lend("people", f"{far}/people")
        other.run(Step("counted", ("people",), "select tinh, count(*) as n from people group by 1"))
        assert other.rows("select tinh, n from counted order by tinh") == [("01", 2), ("79", 1)]
        other.forget("people")
    with spark_engine.SparkEngine(tmp_path / "c", spark) as later:
        later.lend("people", f"{far}/people/tinh=79")
        assert later.rows("select n from people") == [(3,)]
        fetched = one_file(later.fetch(f"{far}/people", tmp_path), tmp_path)
    assert pq.read_table(fetched)["tinh"].to_pylist() == ["01", "01", "79"]
