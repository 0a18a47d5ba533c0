"""A small cluster of Spark that loses a machine in the middle of a step. Run as a program.

Two executors, each a process of its own, look for pairs as linking does, in a district where one
person in eight is called Nguyễn Văn Nam and born on 1 January 1962. When the first tasks of the
join are done one of the two is killed (-9). The program ends with 0 if the pairs are those that
DuckDB finds, if rows were spilled to disk, and if the partition of that name and day was divided.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from sogoc.link.columns import pairs
from sogoc.link.plan import plan
from sogoc.link.policy import shipped_policy
from sogoc.link.population import population_plan
from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.naming import POPULATION, reference, standard
from sogoc.tables.spark_engine import SparkEngine
from sogoc.tables.spark_session import SparkWishes, start
from sogoc.testing.both_engines import differences
from sogoc.testing.district import (
    CHANGES,
    UNITS,
    Someone,
    background,
    population_of,
    records_of,
    register_of,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from sogoc.tables.engine import Engine, Step

_PERSONS = 3_000
_FILES = 4
"""A partition is divided by the tasks that filled it: so the population is read by several."""
_MANY = Someone("Nguyễn Văn Nam", "1962-01-01", "nam", None, None, "00001")
_WIDE = pairs("people", 2)
"""Pairs by date of birth and given name."""
_QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
_OPTIONS = {
    # Three Javas of a minute's life: what compiles better and later never pays off.
    "spark.driver.extraJavaOptions": _QUICK_JAVA,
    "spark.executor.extraJavaOptions": _QUICK_JAVA,
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "16",
    # A join by sorting, which needs both sides on both machines.
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    # What does not fit goes to disk: here nothing fits.
    "spark.shuffle.spill.numElementsForceSpillThreshold": "500",
    "spark.sql.sortMergeJoinExec.buffer.spill.threshold": "500",
    # Partitions of a few kilobytes are many here: so the skewed ones are divided as large ones are.
    "spark.sql.files.openCostInBytes": "1k",
    "spark.sql.files.maxPartitionBytes": "64k",
    "spark.sql.adaptive.advisoryPartitionSizeInBytes": "8k",
    "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes": "8k",
    # Many rows that are nearly one row would be packed until nobody could call them many.
    "spark.shuffle.compress": "false",
    "spark.sql.adaptive.coalescePartitions.enabled": "false",
}


def _district(engine: Engine) -> Step:
    """Make all that linking reads for its pairs; return the step that makes them."""
    people = [
        replace(_MANY if at % 6 == 0 else one, number=f"0019{at:08d}")
        for at, one in enumerate(background(_PERSONS))
    ]
    engine.register("locality_units", UNITS)
    engine.register("locality_changes", CHANGES)
    engine.register(reference("people", "people"), population_of(people))
    for step in population_plan(register_of(population=True), as_of=date(2026, 1, 1)):
        engine.run(step)
    asked = [replace(one, number=None) for one in people]
    engine.register(standard("people"), records_of(asked))
    for step in plan(register_of(), shipped_policy()):
        engine.run(step)
        if step.makes == _WIDE:
            return step
    raise LookupError(_WIDE)


def _lend(step: Step, engines: tuple[Engine, Engine], folder: Path) -> None:
    """What the step reads, from the first to the second: the population in several files."""
    here, there = engines
    for table in step.reads:
        if table != POPULATION:
            there.register(table, here.parquet(table))
    folder.mkdir()
    rows = pq.read_table(here.parquet(POPULATION))
    many = -(-rows.num_rows // _FILES)
    for number in range(_FILES):
        pq.write_table(rows.slice(number * many, many), folder / f"{number}.parquet")
    there.lend(POPULATION, folder.as_uri())


class _Loss(threading.Thread):
    """Kills one executor once some tasks are done and others run."""

    def __init__(self, session: SparkSession) -> None:
        super().__init__(daemon=True)
        self._context = session.sparkContext
        self.killed = 0

    def run(self) -> None:
        while not self._in_the_middle():
            time.sleep(0.02)
        self.killed = _executors(self._context.applicationId)[0]
        os.kill(self.killed, signal.SIGKILL)

    def _in_the_middle(self) -> bool:
        tracker = self._context.statusTracker()
        stages = [tracker.getStageInfo(one) for one in tracker.getActiveStageIds()]
        return any(one and one.numActiveTasks and one.numCompletedTasks >= 1 for one in stages)


class _Told:
    """What Spark keeps of its own work; as to Hadoop's files, its Python side has no door to it."""

    def __init__(self, session: SparkSession) -> None:
        self._jvm: Any = session.sparkContext._jvm  # noqa: SLF001 - see above
        self._context: Any = session.sparkContext._jsc.sc()  # noqa: SLF001 - see above
        self._shared: Any = session._jsparkSession.sharedState()  # noqa: SLF001 - see above

    def spilled(self) -> int:
        """Bytes that tasks wrote to disk because they did not fit."""
        self._context.listenerBus().waitUntilEmpty()
        java = self._jvm.java.util
        no_quantiles = self._jvm.scala.Array.emptyDoubleArray()
        stages = self._context.statusStore().stageList(
            None,
            False,  # noqa: FBT003 - Java's own call
            False,  # noqa: FBT003 - Java's own call
            no_quantiles,
            java.ArrayList(),
        )
        return sum(stages.apply(at).diskBytesSpilled() for at in range(stages.size()))

    def plans(self) -> list[str]:
        """The plans of all queries as they were in the end."""
        self._context.listenerBus().waitUntilEmpty()
        queries = self._shared.statusStore().executionsList()
        return [queries.apply(at).physicalPlanDescription() for at in range(queries.size())]


def _executors(application: str) -> list[int]:
    """The executors of this program alone, by the name that Spark gave it."""
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = command.read_bytes().split(b"\0")
            if application.encode() in words and any(b"ExecutorBackend" in one for one in words):
                found.append(int(command.parent.name))
    return found


def _work_of_executors() -> Path:
    """Where the machines of a cluster that is only played keep what their executors say."""
    package = find_spec("pyspark")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("pyspark")
    return Path(package.origin).parent / "work"


def main(folder: Path) -> int:
    """0 if the job ended right although an executor was lost."""
    wishes = SparkWishes(
        master="local-cluster[2,1,1024]", memory_gib=1, scratch=folder / "scratch", options=_OPTIONS
    )
    session = start(wishes)
    shared = (folder / "shared").as_uri()
    (folder / "shared").mkdir()
    with (
        DuckDBEngine(folder / "here", threads=1) as here,
        SparkEngine(folder / "there", session, place=shared) as there,
    ):
        step = _district(here)
        _lend(step, (here, there), folder / "population")
        loss = _Loss(session)
        loss.start()
        there.run(step)
        told = _Told(session)
        spilled = told.spilled()
        divided = sum(plan.count("SortMergeJoin(skew=true)") for plan in told.plans())
        unlike = differences(*(pq.read_table(one.parquet(step.makes)) for one in (here, there)))
        left = _executors(session.sparkContext.applicationId)
        works = _work_of_executors() / session.sparkContext.applicationId
    session.stop()
    shutil.rmtree(works, ignore_errors=True)
    said = f"killed {loss.killed}, left {left}, spilled {spilled}, divided {divided}"
    sys.stdout.write(f"{said}, unlike {unlike!r}\n")
    right = loss.killed and loss.killed not in left and spilled and divided and not unlike
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
