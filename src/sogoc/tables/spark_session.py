"""One Spark for one process: started at first need, silent, shared by every engine on it."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkRuntimeError
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from sogoc.errors import Sentence, SparkMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

_MEANING = {
    # What cannot be read stops the step, as on DuckDB; without it a NULL would slip in.
    "spark.sql.ansi.enabled": "true",
    # A timestamp is what the clock on the wall said, everywhere.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.session.timeZone": "UTC",
    # Dates before 1582 as DuckDB and Arrow count them.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    # A province 01 in the name of a folder is no number 1.
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
}
"""Settings on which the rows depend: nobody may change them."""

_WORK = {
    "spark.sql.parquet.compression.codec": "zstd",
    # One surname in three persons, one birthday in ten: partitions that got too much are divided.
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.skewJoin.enabled": "true",
    "spark.sql.adaptive.forceOptimizeSkewedJoin": "true",
    "spark.sql.adaptive.skewJoin.skewedPartitionFactor": "3",
    "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes": "64m",
    "spark.sql.adaptive.advisoryPartitionSizeInBytes": "32m",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
"""Settings on which only the work depends: a file of options may change them."""

_SILENT = {
    # Spark's own log quotes rows where a value cannot be read.
    "spark.log.level": "OFF",
    "spark.executor.syncLogLevel.enabled": "true",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkWishes:
    """Which Spark, and how much of it."""

    master: str = "local[2]"
    memory_gib: float = 4
    """Of this process with a local master, else of each executor."""
    scratch: Path
    """A folder of this machine for what Spark spills and says."""
    options: Mapping[str, str]
    """Settings of Spark's own, such as the end point and keys of an object store."""

    @property
    def is_local(self) -> bool:
        """Whether all of it runs on this machine and sees its files."""
        return self.master.startswith("local")


def require_java() -> None:
    """Raises SparkMissing where there is no Java. How old it is shows when Spark starts."""
    home = os.environ.get("JAVA_HOME")  # noqa: TID251 - Spark itself looks for Java there
    if not (shutil.which("java") or (home and Path(home, "bin", "java").exists())):
        raise _missing("")


def start(wishes: SparkWishes) -> SparkSession:
    """Start Spark. Raises SparkMissing, which says what to install."""
    conf = _conf(wishes)
    _quiet_python()
    wishes.scratch.mkdir(parents=True, exist_ok=True)
    said = wishes.scratch / "started.log"
    with said.open("wb") as out:
        try:
            gateway = launch_gateway(  # type: ignore[no-untyped-call]  # Spark left it without
                conf, {"stdout": out, "stderr": subprocess.STDOUT}
            )
        except PySparkRuntimeError as refusal:
            raise _missing(said.read_text(encoding="utf-8", errors="replace")) from refusal
    return SparkSession(SparkContext(gateway=gateway, conf=conf))


def _conf(wishes: SparkWishes) -> SparkConf:
    memory = f"{max(1, round(wishes.memory_gib * 1024))}m"
    whose = "spark.driver.memory" if wishes.is_local else "spark.executor.memory"
    given = {"spark.master": wishes.master, "spark.app.name": "sogoc", whose: memory}
    if wishes.is_local:
        given |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.local.dir": str(wishes.scratch),
            "spark.sql.shuffle.partitions": "8",
        }
    conf = SparkConf(loadDefaults=False)
    settings = given | _WORK | dict(wishes.options) | _MEANING | _SILENT
    conf.setAll(list(settings.items()))
    return conf


def _quiet_python() -> None:
    """Spark's Python side writes the message of an error to the terminal, rows and all."""
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
    logging.getLogger("DataFrameQueryContextLogger").setLevel(logging.CRITICAL + 1)


def _missing(said: str) -> SparkMissing:
    if "UnsupportedClassVersionError" in said:
        return SparkMissing(
            Sentence(
                vi="Java trên máy này quá cũ: Spark cần Java 17 trở lên. Cài Java mới hơn, hoặc "
                'đặt engine = "duckdb" trong sogoc.toml.',
                en="The Java of this machine is too old: Spark needs Java 17 or later. Install a "
                'newer one, or set engine = "duckdb" in sogoc.toml.',
            )
        )
    return SparkMissing(
        Sentence(
            vi="Spark không khởi động được vì máy này chưa có Java. Cài Java 17 trở lên (trên "
            "Debian, Ubuntu: apt-get install openjdk-17-jre-headless) hoặc chỉ JAVA_HOME đến nơi "
            'đã cài; nếu không cần Spark, đặt engine = "duckdb" trong sogoc.toml.',
            en="Spark cannot start, for this machine has no Java. Install Java 17 or later (on "
            "Debian, Ubuntu: apt-get install openjdk-17-jre-headless), or let JAVA_HOME say where "
            'it stands; if Spark is not needed, set engine = "duckdb" in sogoc.toml.',
        )
    )
