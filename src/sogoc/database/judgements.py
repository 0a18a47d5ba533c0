"""What people decided about who is meant: it outranks every score, and is never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from psycopg.rows import class_row

from sogoc.named_sql import statements

if TYPE_CHECKING:
    from datetime import datetime

    import psycopg

SAME, OTHER, ABSENT = "same", "other", "absent"
"""This very person; not this person; nobody of the population."""
DECISIONS = (SAME, OTHER, ABSENT)

_SQL = statements(files("sogoc.database") / "judgements.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A decision about one person of one record, as an officer gives it."""

    object: str
    record: int
    person: str
    decision: str
    number: str | None = None
    """Whom of the population it is about; None for `absent`."""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A decision that was kept."""

    id: int
    register: str
    object: str
    record: int
    person: str
    number: str | None
    decision: str
    officer: str
    decided_at: datetime
    evidence: str
    delivery: int | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who decides or withdraws, when, and under which delivery."""

    officer: str
    at: datetime
    delivery: int


class Judgements:
    """The judgements of a node, through one open connection."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def keep(self, register: str, verdict: Verdict, act: Act) -> int:
        """Keep a decision; what stood and contradicts it is withdrawn. Return its number.

        A record means one person or nobody: "same" and "absent" take the place of each other.
        "Other" rules one person out and leaves every other judgement.
        """
        given = {
            "register": register,
            "object": verdict.object,
            "record": verdict.record,
            "person": verdict.person,
            "decision": verdict.decision,
            "number": verdict.number,
            "evidence": verdict.evidence,
            "officer": act.officer,
            "at": act.at,
            "delivery": act.delivery,
        }
        self._connection.execute(_SQL["supersede"], given)
        row = self._connection.execute(_SQL["keep"], given).fetchone()
        return int(cast(tuple[Any, ...], row)[0])

    def withdraw(self, judgement: int, act: Act, *, why: str = "") -> bool:
        """Let a decision count no longer; False if it does not stand."""
        given = {
            "id": judgement,
            "officer": act.officer,
            "at": act.at,
            "delivery": act.delivery,
            "why": why,
        }
        return self._connection.execute(_SQL["withdraw"], given).rowcount > 0

    def one(self, judgement: int) -> Judgement | None:
        """The judgement of that number, None if there is none."""
        return next(iter(self._found(id=judgement)), None)

    def of_record(self, register: str, name: str, record: int) -> list[Judgement]:
        """All that was ever decided about a record, what stands first."""
        return self._found(register=register, object=name, record=record)

    def newest(self, register: str | None, *, limit: int = 50) -> list[Judgement]:
        """The last judgements of a register or of all."""
        return self._found(register=register, limit=limit)

    def standing(self, register: str, name: str) -> list[tuple[int, str, str | None, str]]:
        """Record, person, number and decision of all that count in one object."""
        of = {"register": register, "object": name}
        return self._connection.execute(_SQL["standing"], of).fetchall()

    def mark(self, register: str) -> tuple[int, int, int]:
        """Other figures after every judgement made or withdrawn: what was linked is then stale."""
        row = self._connection.execute(_SQL["mark"], {"register": register}).fetchone()
        return cast(tuple[int, int, int], row)

    def _found(self, *, limit: int = 1000, **wanted: object) -> list[Judgement]:
        none = dict.fromkeys(("id", "register", "object", "record"))
        with self._connection.cursor(row_factory=class_row(Judgement)) as cursor:
            return cursor.execute(_SQL["found"], {**none, **wanted, "limit": limit}).fetchall()
