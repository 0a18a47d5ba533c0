"""Rates of grants that the workers of a node share.

What a grant has left stands in the database. A worker takes a part of it at a time - half a
second's worth, or one question where a grant has few - and uses that up by itself: so a node keeps
the rate however many workers it has, and a busy grant does not cost a statement for each question.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING

from sogoc.named_sql import statements

if TYPE_CHECKING:
    from collections.abc import Callable

    from sogoc.database.store import Connection

_SQL = statements(files("sogoc.exchange.shared") / "rate.sql")
_PARTS_OF_A_MINUTE = 120
_MINUTE = 60.0
_MOST_KNOWN = 10_000


@dataclass(slots=True)
class _Part:
    """What this worker has of a grant, and until when it is worth anything."""

    left: int = 0
    until: float = 0.0


class SharedRate:
    """So many questions a minute for each grant, over all workers.

    Kept by the clock of the database, which all workers have in common.
    """

    def __init__(self, connection: Callable[[], Connection]) -> None:
        self._connection = connection
        self._parts: dict[str, _Part] = {}
        self._turn = Lock()

    def wait(self, grant: str, per_minute: int, *, now: float) -> float:
        """Take one question; 0 if it may be asked now, else the seconds to wait."""
        with self._turn:
            if len(self._parts) > _MOST_KNOWN:
                self._parts.clear()
            part = self._parts.setdefault(grant, _Part())
            # What was taken long ago would come on top of what the grant has by now.
            if part.left < 1 or now >= part.until:
                part.left = 0
                wait = self._take(part, grant, per_minute)
                if wait:
                    return wait
                part.until = now + _MINUTE / _PARTS_OF_A_MINUTE
            part.left -= 1
            return 0.0

    def _take(self, part: _Part, grant: str, per_minute: int) -> float:
        asked = {
            "grant_id": grant,
            "per_minute": float(per_minute),
            "part": float(max(1, per_minute // _PARTS_OF_A_MINUTE)),
        }
        connection = self._connection()
        connection.execute(_SQL["begin"], asked)
        row = connection.execute(_SQL["take"], asked).fetchone()
        if row is not None:
            part.left = int(row[0])
            return 0.0
        row = connection.execute(_SQL["wait"], asked).fetchone()
        return max(float(row[0]), 0.001) if row else 1.0
