"""The rounds of this node in its database: numbers, states, counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sogoc.errors import RoundRefused, Sentence, UnknownThing
from sogoc.named_sql import statements

if TYPE_CHECKING:
    from datetime import datetime

    from sogoc.clock import Clock
    from sogoc.database.store import Connection

SQL = statements(files("sogoc.rounds") / "rounds.sql")


class Choice(StrEnum):
    """Which records of a register go into a round."""

    ALL = "all"
    UNVERIFIED = "unverified"
    """Those of which a person has no answer that stands."""
    CHANGED = "changed"
    """Those that no round brought an answer for, as they stand now."""


class State(StrEnum):
    """How far a round is."""

    OPENING = "opening"
    """Its list is being packed; opening it again goes on."""
    OPEN = "open"
    """Packed; the other node does not have it whole."""
    SENT = "sent"
    """The other node has it whole, or a medium does."""
    REFUSED = "refused"
    """The other node will not answer it; `reason` says why."""
    RECEIVED = "received"
    """Its answer stands in the register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an officer wants of a round."""

    register: str
    choice: Choice
    service: str
    """The service that answers: `VN/GOV/01/POP/population`."""
    fields: tuple[str, ...]
    officer: str
    issue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round as it stands."""

    number: int
    wish: Wish
    package: str
    state: State
    persons: int
    records: int
    opened_at: datetime
    sent_at: datetime | None
    received_at: datetime | None
    delivery: int | None
    counts: dict[str, int]
    reason: str


@dataclass(frozen=True, slots=True)
class Rounds:
    """The rounds of a node, through one open connection."""

    connection: Connection
    clock: Clock

    def begin(self, wish: Wish, *, package: str, by: str) -> int:
        """Give a round its number; one of this register that was never packed keeps its own."""
        values = {
            "register": wish.register,
            "choice": str(wish.choice),
            "service": wish.service,
            "fields": list(wish.fields),
            "officer": wish.officer,
            "issue": wish.issue,
            "package": package,
            "moment": self.clock.now(),
            "opened_by": by,
        }
        with self.connection.transaction():
            begun = self._execute("unfinished", values).fetchone()
            name = "begin_again" if begun else "begin"
            number = begun[0] if begun else None
            row = self._execute(name, {**values, "number": number}).fetchone()
            return int(row[0]) if row else 0

    def forget(self, number: int) -> None:
        """Let a round go that has nobody in it."""
        self._execute("forget", {"number": number})

    def packed(self, number: int, *, persons: int, records: int) -> None:
        """Its package lies whole on the disk."""
        values = {"number": number, "persons": persons, "records": records}
        self._move("packed", values)

    def sent(self, number: int) -> None:
        """The other side has it whole."""
        self._move("sent", {"number": number, "moment": self.clock.now()})

    def refused(self, number: int, reason: str) -> None:
        """The other node will not answer."""
        self._move("refused", {"number": number, "reason": reason})

    def received(self, number: int, *, delivery: int, counts: dict[str, int]) -> None:
        """Its answer stands; call it in the transaction that put it there."""
        values = {"number": number, "delivery": delivery, "counts": json.dumps(counts)}
        self._move("received", {**values, "moment": self.clock.now()})

    def one(self, number: int) -> Round:
        """The round of that number. Raises UnknownThing."""
        found = self._found(number=number)
        if not found:
            raise UnknownThing(
                Sentence(
                    vi=f"Không có đợt đối soát số {number}.", en=f"There is no round {number}."
                )
            )
        return found[0]

    def all(self, register: str | None = None) -> list[Round]:
        """Rounds of a register, or all, newest first."""
        return self._found(register=register)

    def _found(self, **wanted: object) -> list[Round]:
        values = {"number": None, "register": None, **wanted}
        return [_round(row) for row in self._execute("rounds", values).fetchall()]

    def _move(self, name: str, values: dict[str, Any]) -> None:
        if self._execute(name, values).rowcount != 1:
            raise RoundRefused(
                Sentence(
                    vi=f"Đợt đối soát số {values['number']} không ở trạng thái cho phép việc này; "
                    "xem sogoc round show.",
                    en=f"The round {values['number']} does not stand where this can be done; "
                    "see sogoc round show.",
                )
            )

    def _execute(self, name: str, values: dict[str, Any]) -> Any:  # noqa: ANN401 - the driver's cursor
        return self.connection.execute(SQL[name], values)


def _round(row: tuple[Any, ...]) -> Round:
    number, register, choice, service, fields, officer, issue, *rest = row
    wish = Wish(
        register=register,
        choice=Choice(choice),
        service=service,
        fields=tuple(fields),
        officer=officer,
        issue=issue,
    )
    names = (
        *("package", "state", "persons", "records", "opened_at", "sent_at", "received_at"),
        *("delivery", "counts", "reason"),
    )
    told = dict(zip(names, rest, strict=True))
    return Round(number=number, wish=wish, **{**told, "state": State(told["state"])})
