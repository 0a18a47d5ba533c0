"""Two engines that are held to each other: what one makes, the other makes to the row."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Self

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa

    from sogoc.tables.engine import Engine, Step


class BothEngines:
    """Runs every step on both and stops where their rows differ; answers come from the first."""

    def __init__(self, first: Engine, second: Engine) -> None:
        self.first, self.second = first, second
        self.compared: list[str] = []
        """The tables that were made twice and were alike."""

    def run(self, step: Step) -> int:
        """Make the table on both. Raises AssertionError that names columns, never rows."""
        count = self.first.run(step)
        self.second.run(step)
        # Read from what each wrote: to ask Spark for it takes as long as to have it made.
        one, other = (pq.read_table(engine.parquet(step.makes)) for engine in self._engines)
        unlike = differences(one, other)
        if unlike:
            raise AssertionError(f"{step.makes}: {unlike}")
        self.compared.append(step.makes)
        return count

    @property
    def _engines(self) -> tuple[Engine, Engine]:
        return self.first, self.second

    def has(self, table: str) -> bool:
        """Whether both have it."""
        return self.first.has(table) and self.second.has(table)

    def register(self, table: str, rows: pa.Table | Path) -> None:
        """Lend it to both."""
        for engine in self._engines:
            engine.register(table, rows)

    def lend(self, table: str, address: str) -> None:
        """Read by both where it stands."""
        for engine in self._engines:
            engine.lend(table, address)

    def fetch(self, address: str, folder: Path) -> Path:
        """Fetched by the first."""
        return self.first.fetch(address, folder)

    def export(self, table: str, address: str, *, by: Sequence[str] = ()) -> int:
        """Written by the first."""
        return self.first.export(table, address, by=by)

    def adopt(self, table: str, file: Path) -> None:
        """The first takes the file; the second reads it there."""
        self.first.adopt(table, file)
        self.second.register(table, self.first.parquet(table))

    def borrow(self, table: str, owner: Engine) -> None:
        """Each borrows from its like, or both from the one there is."""
        both = owner if isinstance(owner, BothEngines) else BothEngines(owner, owner)
        self.first.borrow(table, both.first)
        self.second.borrow(table, both.second)

    def forget(self, table: str) -> None:
        """Forgotten by both."""
        for engine in self._engines:
            engine.forget(table)

    def rows(self, select: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows as the first has them."""
        return self.first.rows(select, parameters)

    def arrow(self, select: str) -> pa.Table:
        """The table as the first has it."""
        return self.first.arrow(select)

    def parquet(self, table: str) -> Path:
        """The file of the first."""
        return self.first.parquet(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close both."""
        self.first.close()
        self.second.close()


def differences(one: pa.Table, other: pa.Table) -> str:
    """What sets two tables apart, rows in any order; empty if nothing does.

    Numbers are compared by value: engines give a sum or a count types of their own.
    """
    if one.column_names != other.column_names:
        return f"columns {one.column_names} and {other.column_names}"
    if one.num_rows != other.num_rows:
        return f"{one.num_rows} rows and {other.num_rows}"
    pairs = list(zip(_sorted(one), _sorted(other), strict=True))
    unlike = [
        f"{name} in {count} rows"
        for at, name in enumerate(one.column_names)
        if (count := sum(here[at] != there[at] for here, there in pairs))
    ]
    return ", ".join(unlike)


def _sorted(table: pa.Table) -> list[tuple[object, ...]]:
    columns = [[_by_value(one) for one in column.to_pylist()] for column in table.columns]
    return sorted(zip(*columns, strict=True), key=repr)


def _by_value(value: object) -> object:
    if isinstance(value, float):
        if math.isnan(value):
            return "not a number"
        return int(value) if value.is_integer() else value
    return value
