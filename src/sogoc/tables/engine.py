"""The port to an engine: a step is one named SELECT, and an engine makes its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Step:
    """`makes` is the table this step leaves behind; `reads` must exist before it runs.

    `select` is one SELECT in DuckDB's dialect. Names stand in it through `quoted`, constants of
    the contract through `literal`; values of rows never.
    """

    makes: str
    reads: tuple[str, ...]
    select: str


class Engine(Protocol):
    """Makes tables out of steps and of files.

    Promises every engine keeps:

    - `run` leaves the whole table or none; an older table of that name is replaced whole;
    - `has` is true only of tables that are whole;
    - the same step on the same tables gives the same rows.
    """

    def run(self, step: Step) -> int:
        """Make the step's table; return its number of rows. Raises StepFailed."""

    def has(self, table: str) -> bool:
        """Whether the table is there, whole."""

    def register(self, table: str, rows: pa.Table | Path) -> None:
        """Let an Arrow table or a Parquet file be read under this name."""

    def lend(self, table: str, address: str) -> None:
        """Let Parquet be read where it stands: a file, a folder of files, or one that is parted.

        A parted folder holds folders `column=value`; its columns are read as text, so that the
        code 01 stays 01. Raises AddressRefused where this engine cannot reach the address.
        """

    def fetch(self, address: str, folder: Path) -> Path:
        """The file or the folder at an address, on this machine: where it stands, or copied.

        A copy lies in `folder`. Raises AddressRefused where nothing stands there.
        """

    def export(self, table: str, address: str, *, by: Sequence[str] = ()) -> int:
        """Write a table as a folder of Parquet at the address, parted by columns.

        Returns the rows. What stands there already is never touched: raises AddressRefused.
        """

    def adopt(self, table: str, file: Path) -> None:
        """Make a finished Parquet file the table of this name: moved into place, never copied."""

    def borrow(self, table: str, owner: Engine) -> None:
        """Let a table of another engine be read here, where it stands."""

    def forget(self, table: str) -> None:
        """Undo `register`: the name means nothing any more, what it stood for stays."""

    def rows(self, select: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a SELECT, read to the end."""

    def arrow(self, select: str) -> pa.Table:
        """The same as one Arrow table."""

    def parquet(self, table: str) -> Path:
        """The Parquet file in which the table stands, or the folder of such files.

        Writes it if it was only in memory.
        """

    def __enter__(self) -> Self:
        """Open already; `with` sees to it that it is closed."""

    def __exit__(self, *_: object) -> None:
        """Close it."""

    def close(self) -> None:
        """Let go of memory and spill; the tables stay."""


def quoted(name: str) -> str:
    """A table or column name, safe to stand in SQL. The only place names are quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A constant of the contract, safe to stand in SQL. Values of rows never come this way."""
    return "'" + text.replace("'", "''") + "'"
