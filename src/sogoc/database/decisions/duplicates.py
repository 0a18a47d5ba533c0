"""Persons who may stand twice in a register: the last search, and what people decided.

Nothing here merges two records. "The same" is what a person said; the office then mends its own
register, and the next delivery brings one record where there were two.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from psycopg.rows import class_row

from sogoc.named_sql import statements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import psycopg

SAME, DIFFERENT = "same", "different"
_SQL = statements(files("sogoc.database.decisions") / "duplicates.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One search of an object: how many records, pairs and clusters."""

    id: int
    register: str
    object: str
    made_at: datetime
    made_by: str
    policy_version: str
    records: int
    pairs: int
    clusters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Double:
    """Two records that may be one person, and what was decided about them."""

    cluster: int
    record: int
    other: int
    posterior: float
    weight: int
    evidence: str
    decision: str | None
    officer: str | None
    decided_at: datetime | None
    why: str | None


class Duplicates:
    """The searches of a node, through one open connection."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def keep(self, search: Mapping[str, object], pairs: Sequence[Mapping[str, object]]) -> int:
        """Keep a search with its pairs in place of the one before; return its number."""
        row = self._connection.execute(_SQL["search"], search).fetchone()
        number = int(cast(tuple[Any, ...], row)[0])
        with self._connection.cursor() as cursor:
            cursor.executemany(_SQL["pair"], [{**pair, "search": number} for pair in pairs])
        self._connection.execute(_SQL["forget_older"], {**search, "search": number})
        return number

    def newest(self, register: str) -> list[Search]:
        """The last search of each object."""
        with self._connection.cursor(row_factory=class_row(Search)) as cursor:
            return cursor.execute(_SQL["newest"], {"register": register}).fetchall()

    def pairs(self, search: int, *, limit: int, offset: int = 0) -> list[Double]:
        """One page of the pairs, those nobody decided about first."""
        given = {"search": search, "limit": limit, "offset": offset}
        with self._connection.cursor(row_factory=class_row(Double)) as cursor:
            return cursor.execute(_SQL["pairs"], given).fetchall()

    def undecided(self, search: int) -> int:
        """How many pairs wait for a person."""
        row = self._connection.execute(_SQL["undecided"], {"search": search}).fetchone()
        return int(cast(tuple[Any, ...], row)[0])

    def judge(self, verdict: Mapping[str, object]) -> None:
        """Keep what a person decided about two records; an earlier decision counts no longer."""
        self._connection.execute(_SQL["withdraw"], verdict)
        self._connection.execute(_SQL["judge"], verdict)
