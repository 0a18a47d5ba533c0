"""The engine for one machine, from a commune's laptop to a national centre: DuckDB.

No extension is loaded: nodes stand in closed networks. What is kept is Parquet, never a
`.duckdb` file, which another version may not open.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb

from sogoc.errors import StepFailed
from sogoc.tables.addresses import here, standing, taken, unreadable
from sogoc.tables.engine import Engine, Step, literal, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa


_SWAPPED_SIDES = "build_side_probe_side"
"""DuckDB 2.0.0 stops a few joins by an assertion of its own (`dict-surviving cache: global
dictionary column 63 changed identity`), where this pass had swapped the sides of the join."""


class DuckDBEngine:
    """Keeps each table as one Parquet file in `folder`: written beside, then renamed into place."""

    def __init__(
        self, folder: Path, *, memory_gib: float = 4, threads: int = 2, spill_gib: int = 40
    ) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._spill = tempfile.TemporaryDirectory(dir=folder, prefix=".spill-")
        self._connection = duckdb.connect(
            config={
                "memory_limit": f"{memory_gib}GiB",
                "threads": threads,
                "temp_directory": self._spill.name,
                # Nothing stands in the database but views: after an error of the engine's own the
                # next statement may run.
                "disable_database_invalidation": True,
                # An unlimited spill once filled a whole disk.
                "max_temp_directory_size": f"{spill_gib}GiB",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                # Rows are numbered by us; the engine may work in any order and in less memory.
                "preserve_insertion_order": False,
            },
        )
        for file in sorted(folder.glob("*.parquet")):
            self._view(file.stem, file)

    def run(self, step: Step) -> int:
        """Make the step's table; return its number of rows. Raises StepFailed."""
        target = self._folder / f"{step.makes}.parquet"
        beside = target.with_suffix(".part")
        copy = (
            f"copy ({step.select}) to {literal(str(beside))} "
            "(format parquet, compression zstd, compression_level 1)"
        )
        try:
            made = self._made(copy)
        except duckdb.Error as refusal:
            beside.unlink(missing_ok=True)
            raise StepFailed(step.makes, step.select, _reason(refusal)) from None
        beside.replace(target)
        self._view(step.makes, target)
        return int(made[0][0])

    def view(self, step: Step) -> None:
        """Let the step's table be read without making it: its rows are worked out each time."""
        self._connection.execute(f"create or replace view {quoted(step.makes)} as {step.select}")

    def has(self, table: str) -> bool:
        """Whether the table is there, whole."""
        found = self.rows("select 1 from duckdb_views() where view_name = ?", [table])
        return bool(found)

    def register(self, table: str, rows: pa.Table | Path) -> None:
        """Let an Arrow table or a Parquet file be read under this name."""
        if isinstance(rows, Path):
            self._view(table, rows)
        else:
            self._connection.register(table, rows)

    def lend(self, table: str, address: str) -> None:
        """Let Parquet be read where it stands: a file, a folder of files, or one that is parted."""
        place = here(address)
        parted = place.is_dir()
        files = str(place / "**" / "*.parquet") if parted else str(place)
        options = ", hive_partitioning = true, hive_types_autocast = false" if parted else ""
        view = f"select * from read_parquet({literal(files)}{options})"
        try:
            self._connection.execute(f"create or replace view {quoted(table)} as {view}")
        except duckdb.Error as refusal:
            raise unreadable(address) from refusal

    def fetch(self, address: str, folder: Path) -> Path:
        """Where it stands: this engine reaches no other machine."""
        del folder
        return standing(address)

    def export(self, table: str, address: str, *, by: Sequence[str] = ()) -> int:
        """Write a table as a folder of Parquet at the address, parted by columns."""
        place = here(address)
        if place.exists():
            raise taken(address)
        beside = place.with_name(f"{place.name}.part")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        columns = ", ".join(quoted(name) for name in by)
        where = beside if by else beside / "part-0.parquet"
        parted = f", partition_by ({columns})" if by else ""
        rows, file = f"select * from {quoted(table)}", literal(str(where))
        copy = f"copy ({rows}) to {file} (format parquet{parted})"
        try:
            made = self._made(copy)
        except duckdb.Error as refusal:
            shutil.rmtree(beside, ignore_errors=True)
            raise StepFailed(table, copy, _reason(refusal)) from None
        beside.rename(place)
        return int(made[0][0])

    def adopt(self, table: str, file: Path) -> None:
        """Make a finished Parquet file the table of this name: moved into place, never copied."""
        target = self._folder / f"{table}.parquet"
        beside = target.with_suffix(".part")
        # From another disk a move is a copy: so beside first, and the name last.
        shutil.move(file, beside)
        beside.replace(target)
        self._view(table, target)

    def borrow(self, table: str, owner: Engine) -> None:
        """Let a table of another engine be read here, where it stands."""
        self.register(table, owner.parquet(table))

    def forget(self, table: str) -> None:
        """Undo `register`: the name means nothing any more, what it stood for stays."""
        with suppress(duckdb.CatalogException):
            self._connection.execute(f"drop view if exists {quoted(table)}")
        self._connection.unregister(table)

    def rows(self, select: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a SELECT, read to the end."""
        return self._connection.execute(select, list(parameters)).fetchall()

    def arrow(self, select: str) -> pa.Table:
        """The same as one Arrow table."""
        return self._connection.sql(select).to_arrow_table()

    def parquet(self, table: str) -> Path:
        """The Parquet file in which the table stands; writes it if it was only in memory."""
        file = self._folder / f"{table}.parquet"
        if not file.exists():
            # An Arrow table stays readable while it is copied; the view then takes its name.
            self.run(Step(table, (table,), f"select * from {quoted(table)}"))
        return file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of memory and spill; the tables stay."""
        self._connection.close()
        self._spill.cleanup()

    def _made(self, copy: str) -> list[tuple[Any, ...]]:
        """Run it; if a fault of the engine's planner stops it, once more by a plainer plan."""
        try:
            return self._connection.execute(copy).fetchall()
        except duckdb.InternalException:
            self._connection.execute(f"set disabled_optimizers = {literal(_SWAPPED_SIDES)}")
            try:
                return self._connection.execute(copy).fetchall()
            finally:
                self._connection.execute("reset disabled_optimizers")

    def _view(self, table: str, file: Path) -> None:
        view = f"select * from read_parquet({literal(str(file))})"
        self._connection.execute(f"create or replace view {quoted(table)} as {view}")


def _reason(refusal: duckdb.Error) -> str:
    """The engine's word for it, without what it quotes.

    Where a value cannot be read its words hold the value, in the first line; elsewhere the lines
    after the first may quote a row.
    """
    if isinstance(refusal, duckdb.DataError | duckdb.InvalidInputException):
        return type(refusal).__name__
    return str(refusal).split("\n", 1)[0]
