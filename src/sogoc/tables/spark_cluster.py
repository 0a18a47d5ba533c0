"""The engines of one node on one Spark, and where their tables stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import uuid4

from sogoc.tables.hadoop_files import HadoopFiles
from sogoc.tables.spark_engine import SparkEngine
from sogoc.tables.spark_session import require_java, start

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pyspark.sql import SparkSession

    from sogoc.tables.spark_session import SparkWishes

_PASSING = "passing"


class SparkCluster:
    """Starts Spark with the first engine and stops it at the end.

    `far` is the address, this node's alone, under which tables go where every machine sees them;
    empty: the folders of the runs, which serves where all of Spark is this machine.
    """

    def __init__(
        self,
        wishes: SparkWishes,
        folder: Path,
        *,
        far: str = "",
        begin: Callable[[SparkWishes], SparkSession] = start,
    ) -> None:
        """Raises SparkMissing where Java is not there: before any work, not in the middle."""
        require_java()
        self._wishes, self._folder, self._far = wishes, folder.resolve(), far
        self._begin = begin
        self._session: SparkSession | None = None

    def engine(self, run: Path) -> SparkEngine:
        """An engine on a folder of tables. Outside the node's folder nothing is kept.

        Raises SparkMissing.
        """
        if self._session is None:
            self._session = self._begin(self._wishes)
            self._forget_what_is_gone(HadoopFiles(self._session))
        run = run.resolve()
        if not self._far:
            return SparkEngine(run, self._session)
        if run.is_relative_to(self._folder):
            place = f"{self._far}/{run.relative_to(self._folder)}"
            return SparkEngine(run, self._session, place=place)
        return _PassingEngine(run, self._session, place=f"{self._far}/{_PASSING}/{uuid4().hex}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._session is not None:
            self._session.stop()

    def _forget_what_is_gone(self, files: HadoopFiles) -> None:
        """Rows of runs whose folder was removed since: nothing points to them any more."""
        if not self._far:
            return
        for kept in ("var/runs", "var/population"):
            for name in files.names(f"{self._far}/{kept}"):
                if not (self._folder / kept / name).exists():
                    files.remove(f"{self._far}/{kept}/{name}")


class _PassingEngine(SparkEngine):
    """One whose tables go when it closes."""

    def close(self) -> None:
        """Let go of everything."""
        super().close()
        self._files.remove(self._place)
