"""Files at any address that Hadoop knows: this machine's, HDFS, a store of objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession


class HadoopFiles:
    """What an engine does to files besides reading and writing tables.

    Spark's Python side has no door to Hadoop's file systems; its Java side has, and every program
    that needs one goes this way.
    """

    def __init__(self, session: SparkSession) -> None:
        context = session.sparkContext
        self._java: Any = context._jvm  # noqa: SLF001 - the way to Hadoop, see above
        self._settings: Any = context._jsc.hadoopConfiguration()  # noqa: SLF001 - likewise

    def names(self, folder: str) -> list[str]:
        """What stands in a folder, by name; nothing if there is no such folder."""
        path = self._path(folder)
        files = path.getFileSystem(self._settings)
        if not files.exists(path):
            return []
        return [str(one.getPath().getName()) for one in files.listStatus(path)]

    def remove(self, address: str) -> None:
        """Remove a file or a whole folder; nothing happens where there is none."""
        path = self._path(address)
        path.getFileSystem(self._settings).delete(path, True)  # noqa: FBT003 - Java's own call

    def put(self, here: Path, address: str) -> None:
        """Copy a file or a folder of this machine to the address."""
        path = self._path(address)
        path.getFileSystem(self._settings).copyFromLocalFile(self._path(here.as_uri()), path)

    def fetch(self, address: str, here: Path) -> None:
        """Copy what stands at the address to this machine."""
        path = self._path(address)
        path.getFileSystem(self._settings).copyToLocalFile(path, self._path(here.as_uri()))

    def _path(self, address: str) -> Any:  # noqa: ANN401 - an object of Java's
        return self._java.org.apache.hadoop.fs.Path(address)
