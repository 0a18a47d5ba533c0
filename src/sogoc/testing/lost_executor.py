"""A small cluster of Spark that loses a machine in the middle of a step. Run as a program.

Two executors, each a process of its own, count namesakes in a register where one person in three
bears the name Nguyễn and one in ten was born on 1 January. When the first tasks of the join are
done one of the two is killed (-9). The program ends with 0 if the table is the one that a single
machine makes.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from sogoc.tables.duckdb_engine import DuckDBEngine
from sogoc.tables.engine import Step
from sogoc.tables.spark_engine import SparkEngine
from sogoc.tables.spark_session import SparkWishes, start
from sogoc.testing.both_engines import differences

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PERSONS = 30_000
_OPTIONS = {
    "spark.sql.shuffle.partitions": "8",
    # A join by sorting, which needs both sides on both machines.
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    # What does not fit goes to disk: here nothing fits.
    "spark.shuffle.spill.numElementsForceSpillThreshold": "2000",
    "spark.sql.sortMergeJoinExec.buffer.spill.threshold": "2000",
    "spark.sql.windowExec.buffer.spill.threshold": "2000",
    # Partitions of a few kilobytes are many here: so the skewed ones are divided as large ones are.
    "spark.sql.adaptive.advisoryPartitionSizeInBytes": "64k",
    "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes": "64k",
    "spark.sql.adaptive.coalescePartitions.enabled": "false",
}
_NAMESAKES = Step(
    "namesakes",
    ("persons",),
    """
    select person, others, row_number() over (order by others desc, person) as place
    from (
        select one.id as person, count(*) as others
        from persons as one
        inner join persons as other
            on one.name = other.name and one.born = other.born and one.id <> other.id
        group by one.id
    )
    """,
)


def _persons() -> pa.Table:
    ids = range(_PERSONS)
    names = ["Nguyễn" if i % 3 == 0 else f"Họ {i % 97}" for i in ids]
    born = [
        "1962-01-01" if i % 10 == 0 else f"{1940 + i % 60}-{1 + i % 12:02d}-{1 + i % 28:02d}"
        for i in ids
    ]
    return pa.table({"id": list(ids), "name": names, "born": born})


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
    persons = _persons()
    with (
        DuckDBEngine(folder / "here", threads=1) as here,
        SparkEngine(folder / "there", session, place=shared) as there,
    ):
        for engine in (here, there):
            engine.register("persons", persons)
        here.run(_NAMESAKES)
        loss = _Loss(session)
        loss.start()
        there.run(_NAMESAKES)
        select = "select * from namesakes"
        unlike = differences(here.arrow(select), there.arrow(select))
        left = _executors(session.sparkContext.applicationId)
        works = _work_of_executors() / session.sparkContext.applicationId
    session.stop()
    shutil.rmtree(works, ignore_errors=True)
    sys.stdout.write(f"killed {loss.killed}, left {left}, unlike {unlike!r}\n")
    return 0 if loss.killed and loss.killed not in left and not unlike else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
