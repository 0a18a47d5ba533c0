"""The main job on Spark, from outside: the same file, the same register, the same words."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv
from tests.acceptance.conftest import copied
from tests.rounds.nodes import CARD, CARDS, write_cards
from tests.small_population import write_population

from sogoc.testing.both_engines import differences

Command = Callable[..., Any]

pytestmark = [pytest.mark.acceptance, pytest.mark.spark]


# Six cards want no division of labour, and no code compiled for them.
QUICK_SPARK = """
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
spark.sql.shuffle.partitions 1
spark.default.parallelism 1
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
"""


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    """Insurance cards of six persons, parted by commune as stores of big tables are."""
    given = csv.read_csv(
        write_cards(tmp_path / "cards.csv", (*CARDS, CARDS[0])),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(CARD, pa.string())),
    )
    folder = tmp_path / "cards" / "ma_xa=24538"
    folder.mkdir(parents=True)
    for number, rows in enumerate((given.slice(0, 3), given.slice(3))):
        pq.write_table(rows.drop_columns("ma_xa"), folder / f"part-{number}.parquet")
    return folder.parent


def answers(node: Path) -> pa.Table:
    """What is known of each person on a card, where the engine of the node left it."""
    [run] = (node / "var" / "runs").glob("2")
    table, pointer = run / "verified__the.parquet", run / "verified__the.table"
    if pointer.exists():
        address = json.loads(pointer.read_text(encoding="utf-8"))["address"]
        table = Path(urlsplit(address).path)
    return pq.read_table(table)


def test_persons_are_linked_on_spark_as_on_one_machine_and_it_says_nothing_of_its_own(
    sogoc: Command, tmp_path: Path, cards: Path
) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java 17 or later, and this machine has none")
    here = tmp_path / "duckdb"
    here.mkdir()
    (here / "spark.conf").write_text(QUICK_SPARK, encoding="utf-8")
    people = write_population(tmp_path / "people.csv")
    assert sogoc(here, "deliver", "population", str(people)).code == 0
    said = {}
    for engine, node in (("spark", copied(here, tmp_path / "spark")), ("duckdb", here)):
        settings = f'engine = "{engine}"\nmemory_gib = 1\nspark_options = "spark.conf"\n'
        (node / "sogoc.toml").write_text(settings, encoding="utf-8")
        done = sogoc(node, "deliver", "health-insurance", cards.as_uri(), "--as-of", "2026-10-31")
        assert done.code == 0, done.err
        said[engine] = (done.out, done.err)
    assert "Groups" in said["spark"][0]
    assert said["spark"] == said["duckdb"]
    assert not list((tmp_path / "spark" / "var" / "runs" / "2").glob("*.parquet"))
    outcomes = set(answers(here)["outcome"].to_pylist())
    assert {"verified", "differs", "mismatch", "found", "not_found"} <= outcomes
    assert differences(answers(here), answers(tmp_path / "spark")) == ""


def test_a_java_that_is_too_old_is_said_in_two_languages_and_the_delivery_can_go_on_later(
    sogoc: Command, tmp_path: Path, cards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(
        "#!/bin/sh\necho 'java.lang.UnsupportedClassVersionError: class file version 61' >&2\n"
        "exit 1\n",
        encoding="utf-8",
    )
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    node = tmp_path / "node"
    node.mkdir()
    settings = node / "sogoc.toml"
    settings.write_text('engine = "spark"\n', encoding="utf-8")
    words = ("deliver", "health-insurance", str(cards), "--as-of", "2026-10-31")
    said = sogoc(node, *words)
    assert said.code == 1
    assert "too old" in said.err
    assert "quá cũ" in said.err
    assert "Traceback" not in said.err
    settings.write_text('engine = "duckdb"\n', encoding="utf-8")
    assert sogoc(node, *words).code == 0
