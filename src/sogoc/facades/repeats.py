"""Writes that were made, by request: who asks again is told the same, and nothing is written twice.

What is kept is which records a request wrote and when, not the answer: people's data stands in one
place. The same answer is what was believed of these records at that moment.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING
from uuid import UUID

from sogoc.exchange.shared.together import mark_of
from sogoc.facades.writing import bad
from sogoc.named_sql import statements

if TYPE_CHECKING:
    from datetime import datetime

    from sogoc.database.store import Connection
    from sogoc.facades.writing import Order, Write

_SQL = statements(files("sogoc.facades") / "repeats.sql")
KEPT = timedelta(days=7)
"""How long a request may be asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """What a request wrote."""

    object: str
    records: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Repeats:
    """The writes of one node, through one open connection."""

    connection: Connection

    def found(self, order: Order) -> Repeat | None:
        """What came of this request before. Raises BadQuestion if it wanted something else then."""
        row = self.connection.execute(_SQL["found"], {"mark": _mark(order)}).fetchone()
        if row is None:
            return None
        asked, name, records, at = row
        if asked != _checksum(order.write):
            raise bad("mã yêu cầu này đã dùng cho việc khác", "this id was used for another write")
        return Repeat(object=name, records=tuple(records), at=at)

    def keep(self, order: Order, *, delivery: int, records: tuple[int, ...], now: datetime) -> None:
        """Keep what a request wrote, in the transaction that wrote it."""
        self.connection.execute(_SQL["forget"], {"before": now - KEPT})
        values = {
            "mark": _mark(order),
            "asked": _checksum(order.write),
            "delivery": delivery,
            "object": order.write.object.name,
            "records": list(records),
        }
        self.connection.execute(_SQL["keep"], values)


def _mark(order: Order) -> UUID:
    return UUID(bytes=mark_of(order.caller.client, order.caller.request_id))


def _checksum(write: Write) -> UUID:
    query = write.query
    conditions = (
        [(one.field, one.operator, one.values) for one in query.conditions] if query else []
    )
    told = [str(write.kind), write.register.id, write.object.name, conditions]
    words = json.dumps([told, sorted(write.values.items())])
    return UUID(bytes=sha256(words.encode()).digest()[:16])
