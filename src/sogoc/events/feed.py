"""Changes of a node's registers in one order: gathered from what deliveries left in the history.

Numbers grow with the order in which changes are told, under a lock, so whoever has read up to a
number has missed none below it - also where a delivery that came first was merged last. A feed
tells what happens after it was opened; what was there before is read, not told. A delivery that is
taken back is told too: each record it touched is `taken-back`, and stands as before.

What a change says is where it happened and of which kind. The record itself is asked for, under a
grant, like everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from sogoc.errors import Sentence, UnknownThing
from sogoc.events.telling import tell_delivery
from sogoc.named_sql import statements

if TYPE_CHECKING:
    from datetime import datetime

    from sogoc.contract.model import Register
    from sogoc.database.store import Connection

_SQL = statements(files("sogoc.events") / "changes.sql")
LARGEST_PAGE = 1000
KINDS = (
    "created",
    "changed",
    "died",
    "renamed",
    "renumbered",
    "moved",
    "gone",
    "returned",
    "taken-back",
)
"""What may have happened to a record. `changed` is what none of the closer words says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. `record` is the record's number on this node."""

    number: int
    register: str
    object: str
    record: int
    kind: str
    delivery: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Which changes are wanted: those of one object, of one kind or (empty) of any."""

    register: str
    object: str
    kind: str = ""
    since: datetime | None = None
    """None: of any age."""


@dataclass(frozen=True, slots=True)
class Feed:
    """The feed of a node, through one open connection."""

    connection: Connection

    def open(self, register: str, *, now: datetime) -> int:
        """Tell the changes of a register from now on; return the last number given.

        One that is open already stays as it is.
        """
        told = {"register": register, "now": now}
        with self.connection.transaction():
            self.connection.execute(_SQL["lock"])
            if self.connection.execute(_SQL["open"], told).rowcount:
                self.connection.execute(_SQL["pass_over"], told)
            return self._bounds(register)[1]

    def opened(self) -> list[str]:
        """The registers whose changes are told."""
        return [str(row[0]) for row in self.connection.execute(_SQL["feeds"]).fetchall()]

    def gather(self, register: Register) -> None:
        """Tell what deliveries did since the last time; each delivery whole or not at all."""
        told = {"register": register.id}
        with self.connection.transaction():
            self.connection.execute(_SQL["lock"])
            for delivery, merged_at in self.connection.execute(_SQL["untold"], told).fetchall():
                for one in register.objects:
                    tell_delivery(
                        self.connection, register, one, delivery=delivery, moment=merged_at
                    )
                self.connection.execute(_SQL["told"], {**told, "delivery": delivery})
            for delivery, moment in self.connection.execute(_SQL["undone"], told).fetchall():
                values = {"delivery": delivery, "moment": moment}
                self.connection.execute(_SQL["take_back"], values)
                self.connection.execute(_SQL["is_taken_back"], values)

    def after(self, number: int, stretch: Stretch, *, most: int = LARGEST_PAGE) -> list[Change]:
        """Changes after a number, at most a page.

        Raises UnknownThing, which says where the feed begins, for a number that was never given or
        whose successors are no longer kept.
        """
        begins, last = self._bounds(stretch.register)
        if not begins - 1 <= number <= last:
            raise UnknownThing(
                Sentence(
                    vi=f"Dòng biến động không có mốc {number}: hiện bắt đầu sau {begins - 1} và "
                    f"đến {last}. Hãy đọc lại bản ghi rồi theo dõi từ đó.",
                    en=f"The feed has no number {number}: it begins after {begins - 1} now and "
                    f"reaches {last}. Read the records anew and follow from there.",
                )
            )
        asked = {
            "register": stretch.register,
            "object": stretch.object,
            "kind": stretch.kind,
            "since": stretch.since,
            "after": number,
            "most": min(most, LARGEST_PAGE),
        }
        found = self.connection.execute(_SQL["page"], asked).fetchall()
        return [_change(stretch.register, row) for row in found]

    def one(self, register: str, number: int) -> Change | None:
        """The change of that number, if it is this register's."""
        told = {"register": register, "number": number}
        row = self.connection.execute(_SQL["one"], told).fetchone()
        return _change(register, row) if row else None

    def prune(self, register: str, *, before: datetime) -> int:
        """Forget changes older than `before`; return how many."""
        told = {"register": register, "before": before}
        with self.connection.transaction():
            self.connection.execute(_SQL["lock"])
            count = self.connection.execute(_SQL["prune"], told).rowcount
            self.connection.execute(_SQL["begin_later"], told)
        return count

    def _bounds(self, register: str) -> tuple[int, int]:
        row = self.connection.execute(_SQL["bounds"], {"register": register}).fetchone()
        if row is None:
            raise UnknownThing(
                Sentence(
                    vi=f"Biến động của {register} chưa được theo dõi.",
                    en=f"The changes of {register} are not told.",
                )
            )
        return int(row[0]), int(row[1])


def _change(register: str, row: tuple[object, ...]) -> Change:
    number, name, record, kind, delivery, at = row
    return Change(
        number=int(str(number)),
        register=register,
        object=str(name),
        record=int(str(record)),
        kind=str(kind),
        delivery=int(str(delivery)),
        at=at,  # type: ignore[arg-type]  # the column is a moment
    )
