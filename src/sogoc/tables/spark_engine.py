"""The engine for those who outgrow one machine: Spark.

A table is a directory of Parquet at any address that Hadoop knows. Which directory stands for a
table is said by a small file in the run's folder, written last and by one rename: so a table is
there whole or not at all also where a store of objects knows no rename.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import functions as sf
from pyspark.sql.types import NullType, StructType

from sogoc.errors import StepFailed
from sogoc.tables.addresses import is_here, name_at, standing, taken, unreadable
from sogoc.tables.engine import Engine, Step, quoted
from sogoc.tables.hadoop_files import HadoopFiles
from sogoc.tables.spark_sql import spark_select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession

_POINTER = ".table"
_ENDING = ".parquet"


class SparkEngine:
    """Keeps the tables of one run. `place` is the address under which every executor sees them;
    empty: the run's own folder, which serves where Spark runs on this machine alone.
    """

    def __init__(self, folder: Path, session: SparkSession, *, place: str = "") -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._place = place.rstrip("/") or folder.resolve().as_uri()
        # The names of tables are this engine's alone; the machines behind are shared.
        self._session = session.newSession()
        self._files = HadoopFiles(session)
        self._fetched = tempfile.TemporaryDirectory(dir=folder, prefix=".fetched-")
        self._at: dict[str, str] = {}
        self._lent: dict[str, str] = {}
        # Files of the engine for one machine are whole as well.
        for file in sorted(folder.glob(f"*{_ENDING}")):
            self._know(file.name.removesuffix(_ENDING), file.resolve().as_uri())
        for pointer in sorted(folder.glob(f"*{_POINTER}")):
            said = json.loads(pointer.read_text(encoding="utf-8"))
            columns = StructType.fromJson(said["columns"]) if said["columns"] else None
            self._know(pointer.name.removesuffix(_POINTER), said["address"], columns)

    def run(self, step: Step) -> int:
        """Make the step's table; return its number of rows. Raises StepFailed."""
        address = self._new(step.makes)
        try:
            made = _writable(self._asked(step.select))
            made.write.parquet(address)
            count = self._count(address, made.schema)
        except PySparkException as refusal:
            self._files.remove(address)
            # The engine's own words quote rows, in its causes too.
            raise StepFailed(step.makes, step.select, _reason(refusal)) from None
        self._point(step.makes, address, made.schema)
        return count

    def has(self, table: str) -> bool:
        """Whether the table is there, whole."""
        return table in self._at or table in self._lent

    def register(self, table: str, rows: pa.Table | Path) -> None:
        """Let an Arrow table or a Parquet file be read under this name."""
        if isinstance(rows, Path) and self._is_here:
            address = rows.resolve().as_uri()
        else:
            address = self._new(f"lent-{table}")
            self._put(rows, address)
        self._view(table, address)
        self._lent[table] = address

    def lend(self, table: str, address: str) -> None:
        """Let Parquet be read where it stands: a file, a folder of files, or one that is parted.

        Raises AddressRefused where nothing stands or no file system knows the address.
        """
        try:
            self._view(table, address)
        except Exception as refusal:
            raise unreadable(address) from refusal
        self._lent[table] = address

    def fetch(self, address: str, folder: Path) -> Path:
        """Where it stands on this machine, else a copy of the file or folder."""
        if is_here(address):
            return standing(address)
        copy = folder / name_at(address)
        try:
            self._files.fetch(address, copy)
        except Exception as refusal:
            raise unreadable(address) from refusal
        return copy

    def export(self, table: str, address: str, *, by: Sequence[str] = ()) -> int:
        """Write a table as a folder of Parquet at the address, parted by columns.

        Spark writes the word `_SUCCESS` last: a folder without it was cut off.
        """
        rows = self._session.table(_in_backquotes(table))
        try:
            rows.write.partitionBy(*by).parquet(address)
        except PySparkException as refusal:
            if _reason(refusal).startswith("[PATH_ALREADY_EXISTS]"):
                raise taken(address) from None
            raise StepFailed(table, f"export to {address}", _reason(refusal)) from None
        return rows.count()

    def adopt(self, table: str, file: Path) -> None:
        """Make a finished Parquet file the table of this name: moved into place, never copied.

        To a far place it is copied, for there is no moving; the file goes when the copy stands.
        """
        address = self._new(table)
        if self._is_here:
            shutil.move(file, _path(address))
        else:
            self._files.put(file, address)
            file.unlink()
        self._point(table, address)

    def borrow(self, table: str, owner: Engine) -> None:
        """Let a table of another engine be read here, where it stands."""
        if not isinstance(owner, SparkEngine):
            self.register(table, owner.parquet(table))
            return
        self._lent[table] = owner.address(table)
        self._view(table, self._lent[table])

    def forget(self, table: str) -> None:
        """Undo `register`: the name means nothing any more, what it stood for stays."""
        self._session.catalog.dropTempView(_in_backquotes(table))
        self._at.pop(table, None)
        self._drop_copy(table)

    def rows(self, select: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a SELECT, read to the end."""
        found = self._read(select, parameters)
        return list(zip(*(column.to_pylist() for column in found.columns), strict=True))

    def arrow(self, select: str) -> pa.Table:
        """The same as one Arrow table."""
        return self._read(select)

    def address(self, table: str) -> str:
        """Where a table or what was lent stands."""
        return self._at.get(table) or self._lent[table]

    def parquet(self, table: str) -> Path:
        """The Parquet file in which the table stands, or the folder of such files.

        A table that stands elsewhere is fetched, for as long as the engine is open.
        """
        if table not in self._at:
            self.run(Step(table, (table,), f"select * from {quoted(table)}"))
        address = self._at[table]
        if address.startswith("file:"):
            return _path(address)
        here = Path(self._fetched.name) / address.rsplit("/", 1)[-1]
        if not here.exists():
            self._files.fetch(address, here)
        return here

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of names and lent rows; the tables stay."""
        for table in list(self._lent):
            self.forget(table)
        self._fetched.cleanup()

    @property
    def _is_here(self) -> bool:
        return self._place.startswith("file:")

    def _read(self, select: str, parameters: Sequence[object] = ()) -> pa.Table:
        try:
            return self._asked(select, parameters).toArrow()
        except PySparkException as refusal:
            raise StepFailed("-", select, _reason(refusal)) from None

    def _asked(self, select: str, parameters: Sequence[object] = ()) -> DataFrame:
        return self._session.sql(spark_select(select), args=list(parameters) or None)

    def _new(self, table: str) -> str:
        return f"{self._place}/{table}-{uuid4().hex[:12]}"

    def _put(self, rows: pa.Table | Path, address: str) -> None:
        if self._is_here:
            pq.write_table(rows, _path(address))
            return
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".lent-") as beside:
            file = rows if isinstance(rows, Path) else Path(beside) / "rows"
            if not isinstance(rows, Path):
                pq.write_table(rows, file)
            self._files.put(file, address)

    def _count(self, address: str, columns: StructType) -> int:
        """What the footers of the files say."""
        if not address.startswith("file:"):
            return self._session.read.schema(columns).parquet(address).count()
        return sum(pq.read_metadata(file).num_rows for file in _path(address).glob("part-*"))

    def _point(self, table: str, address: str, columns: StructType | None = None) -> None:
        """From here on the table is the one at the address."""
        before = self._at.get(table)
        pointer = self._folder / f"{table}{_POINTER}"
        beside = pointer.with_suffix(".part")
        said = {"address": address, "columns": columns.jsonValue() if columns else None}
        beside.write_text(json.dumps(said), encoding="utf-8")
        beside.replace(pointer)
        self._drop_copy(table)
        self._know(table, address, columns)
        if before:
            self._files.remove(before)

    def _know(self, table: str, address: str, columns: StructType | None = None) -> None:
        self._view(table, address, columns)
        self._at[table] = address

    def _view(self, table: str, address: str, columns: StructType | None = None) -> None:
        """Where the columns are known, Spark need not open the files to learn them."""
        reader = self._session.read.schema(columns) if columns else self._session.read
        reader.parquet(address).createOrReplaceTempView(_in_backquotes(table))

    def _drop_copy(self, table: str) -> None:
        address = self._lent.pop(table, "")
        if address.startswith(f"{self._place}/lent-"):
            self._files.remove(address)


def _writable(made: DataFrame) -> DataFrame:
    """A column of nothing but NULL has no type on Spark, and Parquet wants one: DuckDB's own."""
    bare = [one.name for one in made.schema.fields if isinstance(one.dataType, NullType)]
    return made.withColumns({name: sf.col(_in_backquotes(name)).cast("int") for name in bare})


def _in_backquotes(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _path(address: str) -> Path:
    return Path(unquote(urlsplit(address).path))


def _reason(refusal: PySparkException) -> str:
    """The engine's word for it. Only a step that could not be planned quotes no row."""
    if isinstance(refusal, AnalysisException):
        return str(refusal).split("\n", 1)[0]
    return refusal.getCondition() or type(refusal).__name__
