"""Which engine a node opens, and what it says where that cannot be had."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from sogoc.errors import SettingsError, SparkMissing
from sogoc.node.engines import open_engines
from sogoc.node.settings import Settings
from sogoc.tables.duckdb_engine import DuckDBEngine

ON_SPARK = Settings(engine="spark", threads=1, memory_gib=1.0)


def test_without_a_word_about_it_a_node_works_on_this_machine_alone(tmp_path: Path) -> None:
    with open_engines(tmp_path, Settings()) as engines, engines(tmp_path / "run") as engine:
        assert isinstance(engine, DuckDBEngine)


def test_spark_without_java_says_what_to_install_before_anything_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    node = tmp_path / "node"
    with pytest.raises(SparkMissing) as refused, open_engines(node, ON_SPARK):
        pytest.fail("opened")
    assert "openjdk-17-jre-headless" in refused.value.sentence.vi
    assert "openjdk-17-jre-headless" in refused.value.sentence.en
    assert not node.exists()


def test_without_the_spark_part_of_the_package_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sogoc.tables.spark_cluster", None)
    with (
        pytest.raises(SparkMissing, match=r"sogoc\[spark\]"),
        open_engines(tmp_path, ON_SPARK),
    ):
        pytest.fail("opened")


def test_a_round_is_made_on_this_machine_also_where_spark_makes_the_tables(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java 17 or later, and this machine has none")
    work = tmp_path / "var" / "rounds" / "1" / "work"
    with open_engines(tmp_path, ON_SPARK) as engines, engines(work) as engine:
        assert isinstance(engine, DuckDBEngine)


def test_many_machines_need_an_address_that_all_of_them_see(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    many = Settings(engine="spark", spark_master="spark://master.example:7077")
    with pytest.raises(SettingsError, match="spark_folder"), open_engines(tmp_path, many):
        pytest.fail("opened")


@pytest.mark.parametrize("line", ["spark.hadoop.fs.s3a.secret.key", "fs.s3a.key secret-word"])
def test_a_file_of_options_that_cannot_be_read_is_named_and_not_quoted(
    tmp_path: Path, line: str
) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    (tmp_path / "store.conf").write_text(f"# made up\n\n{line}\n", encoding="utf-8")
    with_file = Settings(engine="spark", spark_options="store.conf")
    with (
        pytest.raises(SettingsError, match=r"store\.conf") as refused,
        open_engines(tmp_path, with_file),
    ):
        pytest.fail("opened")
    assert "secret" not in str(refused.value)
