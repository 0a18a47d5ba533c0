"""What the pages and worklists ask of the node's database: run a statement, read its rows."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Column(Protocol):
    """One column of an answer."""

    @property
    def name(self) -> str:
        """Its name."""


class Cursor(Protocol):
    """The answer to one statement."""

    @property
    def description(self) -> Sequence[Column] | None:
        """The columns, None if the statement gives none."""

    @property
    def rowcount(self) -> int:
        """Rows given or changed."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""


class Connection(Protocol):
    """The part of a psycopg connection that is used here.

    The caller opens and closes the transaction; nothing here commits.
    """

    def execute(self, query: str, params: Mapping[str, object] | None = None) -> Cursor:
        """Run one statement with `%(name)s` parameters."""


Row = TypeVar("Row")


def rows(
    connection: Connection, statement: str, shape: type[Row], **parameters: object
) -> list[Row]:
    """The rows as `shape`, a dataclass whose field names are the statement's columns."""
    cursor = connection.execute(statement, parameters)
    names = [column.name for column in cursor.description or ()]
    wanted = {field.name for field in fields(shape)}  # type: ignore[arg-type]  # shapes are dataclasses
    kept = [position for position, name in enumerate(names) if name in wanted]
    return [
        shape(**{names[position]: row[position] for position in kept}) for row in cursor.fetchall()
    ]


def number(connection: Connection, statement: str, **parameters: object) -> int:
    """The single number of a statement that counts."""
    return int(connection.execute(statement, parameters).fetchall()[0][0])
