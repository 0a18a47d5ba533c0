"""The main job on Spark, from outside: the same file, the same register, the same words."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sogoc.shipped import shipped

FACILITIES = shipped("reference-data") / "health-facilities/health-facilities-osm-2024-09-27.csv"
Command = Callable[..., Any]

# The second compiler pays off after minutes.
QUICK_JAVA = "spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC\n"

pytestmark = [pytest.mark.acceptance, pytest.mark.spark]


@pytest.fixture
def a_tenth(tmp_path: Path) -> Path:
    lines = FACILITIES.read_text(encoding="utf-8").splitlines(keepends=True)
    file = tmp_path / "facilities.csv"
    file.write_text("".join(lines[:1] + lines[1::10]), encoding="utf-8")
    return file


def test_a_delivery_on_spark_ends_as_on_one_machine_and_says_nothing_of_its_own(
    sogoc: Command, tmp_path: Path, a_tenth: Path
) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java 17 or later, and this machine has none")
    said = {}
    for engine in ("duckdb", "spark"):
        node = tmp_path / engine
        node.mkdir()
        settings = f'engine = "{engine}"\nmemory_gib = 1\nspark_options = "spark.conf"\n'
        (node / "sogoc.toml").write_text(settings, encoding="utf-8")
        (node / "spark.conf").write_text(QUICK_JAVA, encoding="utf-8")
        done = sogoc(node, "deliver", "health-facilities", str(a_tenth), "--as-of", "2024-09-27")
        assert done.code == 0, done.err
        said[engine] = (done.out, done.err)
    assert "Groups" in said["spark"][0]
    assert said["spark"] == said["duckdb"]
    made = tmp_path / "spark" / "var" / "runs" / "1"
    assert (made / "standard__co_so.table").exists()
    assert not list(made.glob("*.parquet"))


def test_a_java_that_is_too_old_is_said_in_two_languages_and_the_delivery_can_go_on_later(
    sogoc: Command, tmp_path: Path, a_tenth: Path, monkeypatch: pytest.MonkeyPatch
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
    words = ("deliver", "health-facilities", str(a_tenth), "--as-of", "2024-09-27")
    said = sogoc(node, *words)
    assert said.code == 1
    assert "too old" in said.err
    assert "quá cũ" in said.err
    assert "Traceback" not in said.err
    settings.write_text('engine = "duckdb"\n', encoding="utf-8")
    assert sogoc(node, *words).code == 0
