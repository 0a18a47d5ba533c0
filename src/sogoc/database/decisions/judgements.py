"""What people decided about who is meant: it outranks every score, and is never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from psycopg import sql
from psycopg.rows import class_row

from sogoc.named_sql import statements

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import psycopg

SAME, OTHER, ABSENT = "same", "other", "absent"
"""This very person; not this person; nobody of the population."""
DECISIONS = (SAME, OTHER, ABSENT)

_SQL = statements(files("sogoc.database.decisions") / "judgements.sql")


Standing = tuple[int, str, str | None, str]
"""Record, person, number and decision of a judgement that counts."""


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

    @property
    def standing(self) -> Standing:
        """As it counts from now on."""
        return self.record, self.person, self.number, self.decision


def in_force(given: Sequence[Standing]) -> list[Standing]:
    """What counts of decisions in the order in which they were made, as `supersede` leaves them.

    A record means one person or nobody: "same" and "absent" take the place of each other, and the
    last word on one person of the population counts.
    """
    counts: list[Standing] = []
    for one in given:
        counts = [held for held in counts if not _superseded(held, one)]
        counts.append(one)
    return counts


def _superseded(held: Standing, by: Standing) -> bool:
    if held[:2] != by[:2]:
        return False
    settles = {SAME, ABSENT}
    return (held[3] in settles and by[3] in settles) or (held[2] is not None and held[2] == by[2])


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

    def standing(self, register: str, name: str) -> list[Standing]:
        """All that count in one object, in the order in which they were made."""
        of = {"register": register, "object": name}
        return self._connection.execute(_SQL["standing"], of).fetchall()

    def by_key(
        self, register: str, name: str, table: sql.Composable
    ) -> list[tuple[str, str, str | None, str]]:
        """The same with the record's key in `table`, which names it in every delivery."""
        if not self.standing(register, name):
            return []
        select = sql.SQL(
            "select held.key, j.person, j.number, j.decision from node.judgement as j"
            " inner join {} as held on held.id = j.record where j.register = %(register)s"
            " and j.object = %(object)s and j.withdrawn_at is null order by j.id"
        ).format(table)
        return self._connection.execute(select, {"register": register, "object": name}).fetchall()

    def mark(self, register: str) -> tuple[int, int, int]:
        """Other figures after every judgement made or withdrawn: what was linked is then stale."""
        row = self._connection.execute(_SQL["mark"], {"register": register}).fetchone()
        return cast(tuple[int, int, int], row)

    def _found(self, *, limit: int = 1000, **wanted: object) -> list[Judgement]:
        none = dict.fromkeys(("id", "register", "object", "record"))
        with self._connection.cursor(row_factory=class_row(Judgement)) as cursor:
            return cursor.execute(_SQL["found"], {**none, **wanted, "limit": limit}).fetchall()
