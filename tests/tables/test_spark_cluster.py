"""Where the tables of a node stand when Spark is many machines."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sogoc.tables.engine import Step

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

cluster = pytest.importorskip("sogoc.tables.spark_cluster", reason="pyspark is not installed")
spark_session = pytest.importorskip("sogoc.tables.spark_session")
pytestmark = pytest.mark.spark
FAR = "viewfs://far/tables/node-1"


def open_cluster(node: Path, spark: SparkSession) -> Any:  # noqa: ANN401 - of an optional part
    wishes = spark_session.SparkWishes(scratch=node / "scratch", options={})
    return cluster.SparkCluster(wishes, node, far=FAR, begin=lambda _: spark)


def test_far_tables_of_a_run_go_when_its_folder_is_gone(
    tmp_path: Path, spark: SparkSession
) -> None:
    files = cluster.HadoopFiles(spark)
    for run in ("1", "2"):
        folder = tmp_path / "var" / "runs" / run
        with open_cluster(tmp_path, spark).engine(folder) as engine:
            engine.run(Step("one", (), "select 1 as n"))
        assert files.names(f"{FAR}/var/runs") == [run]
        shutil.rmtree(folder)


def test_what_works_outside_the_node_leaves_nothing_far_away(
    tmp_path: Path, spark: SparkSession
) -> None:
    files = cluster.HadoopFiles(spark)
    opened = open_cluster(tmp_path / "node", spark)
    with opened.engine(tmp_path / "desk") as passing:
        passing.run(Step("one", (), "select 2 as n"))
        assert passing.rows("select n from one") == [(2,)]
        assert len(files.names(f"{FAR}/passing")) == 1
    assert files.names(f"{FAR}/passing") == []
