"""Questions answered by a call-back: kept durably before they are acknowledged, told until taken.

What was asked is kept only until it is answered; then nothing stays but which part succeeded. The
answer itself is never kept: it is looked up, journalled and told anew with each try.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sogoc.exchange.protocol import Envelope
from sogoc.named_sql import statements

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sogoc.database.store import Connection

_SQL = statements(files("sogoc.facades.dci") / "later.sql")
MOST_TRIES = 12
LENT = timedelta(seconds=120)
"""How long a question is one process's: longer than any call takes."""
_FIRST, _LONGEST = timedelta(seconds=5), timedelta(hours=1)


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many failures: doubled each time, up to an hour."""
    return min(_LONGEST, _FIRST * (1 << min(failures, 20)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question to be answered later. `body` is the message as it came."""

    register: str
    action: str
    transaction_id: str
    body: Mapping[str, Any]
    caller: Envelope
    callback: str
    reference_ids: tuple[str, ...] = ()
    correlation_id: str = ""
    id: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What became of a question."""

    transaction_id: str
    correlation_id: str
    state: str
    outcome: Mapping[str, Any]
    reference_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """The questions of a node, through one open connection."""

    connection: Connection

    def keep(self, question: Question, *, now: datetime) -> str:
        """Keep a question durably; return the id by which it is told later."""
        correlation_id = uuid4().hex
        request = {"body": question.body, "caller": asdict(question.caller)}
        told = {
            "client": question.caller.client,
            "register": question.register,
            "action": question.action,
            "transaction_id": question.transaction_id,
            "correlation_id": correlation_id,
            "reference_ids": list(question.reference_ids),
            "request": json.dumps(request).replace("\\u0000", ""),
            "callback": question.callback,
            "now": now,
        }
        self.connection.execute(_SQL["keep"], told)
        return correlation_id

    def due(self, *, now: datetime, busy: frozenset[str], most: int) -> list[Question]:
        """Questions whose turn it is, lent to this process for a while.

        Of a client in `busy` none is taken: who is slow waits for itself.
        """
        told = {"now": now, "lent_until": now + LENT, "busy": list(busy), "most": most}
        return [
            Question(
                id=row[0],
                register=row[2],
                action=row[3],
                transaction_id=row[4],
                correlation_id=row[5],
                body=row[6]["body"],
                caller=Envelope(**row[6]["caller"]),
                callback=row[7],
                failures=row[8],
            )
            for row in self.connection.execute(_SQL["due"], told).fetchall()
        ]

    def again(self, question: Question, *, now: datetime) -> None:
        """It could not be told; it comes again, or is given up after too many tries."""
        if question.failures + 1 >= MOST_TRIES:
            self.settle(question, "rjct", {})
            return
        next_at = now + wait_after(question.failures)
        self.connection.execute(_SQL["later"], {"id": question.id, "next_at": next_at})

    def settle(self, question: Question, state: str, outcome: Mapping[str, Any]) -> None:
        """It was told, or given up: what was asked is forgotten."""
        told = {"id": question.id, "state": state, "outcome": json.dumps(outcome)}
        self.connection.execute(_SQL["settle"], told)

    def status(self, client: str, register: str, action: str, **by: object) -> Status | None:
        """The newest question of a client by one of its ids, or None."""
        told = {
            "client": client,
            "register": register,
            "action": action,
            "transaction_id": None,
            "correlation_id": None,
            "reference_ids": None,
            **by,
        }
        row = self.connection.execute(_SQL["status"], told).fetchone()
        if row is None:
            return None
        return Status(
            transaction_id=row[0],
            correlation_id=row[1],
            state=row[3],
            outcome=row[4],
            reference_ids=tuple(row[5]),
        )
