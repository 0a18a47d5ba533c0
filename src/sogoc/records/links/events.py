"""Events of links: one began, moved to another person, ended; records came together or parted.

A link is what ties a person of a record to a person of the population. Its number stays whatever
later runs say; nothing but the answers themselves is stored, so that what is undone leaves no
event behind. Records of one register that come to mean one person are merged by the event, and
parted by it where one of them leaves; a first link to somebody whom others mean merges nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from sogoc.errors import Sentence
from sogoc.named_sql import statements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

_SQL = statements(files("sogoc.records.links") / "events.sql")

BEGAN, MOVED, ENDED = "began", "moved", "ended"
KINDS: dict[str, Sentence] = {
    BEGAN: Sentence("bắt đầu liên kết", "the link began"),
    MOVED: Sentence("chuyển sang người khác", "it moved to another person"),
    ENDED: Sentence("hết liên kết", "the link ended"),
}
MERGED = Sentence(
    "nay cùng chỉ một người với liên kết số {}", "now means the same person as link {}"
)
PARTED = Sentence(
    "trước cùng chỉ một người với liên kết số {}", "meant the same person as link {} before"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEvent:
    """What happened to one link. Numbers of persons are personal data: mask them on a page."""

    register: str
    delivery: int
    happened_at: datetime
    link: int
    object: str
    record: int
    person: str
    """Which person of the record."""
    kind: str
    number_before: str | None
    number_after: str | None
    merged_with: int | None
    """The lowest other link of the register that means the person now meant."""
    split_from: int | None
    """The lowest other link that still means the person no longer meant."""


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

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""


class Connection(Protocol):
    """The part of a connection that is used here."""

    def execute(self, query: str, params: Mapping[str, object] | None = None) -> Cursor:
        """Run one statement with `%(name)s` parameters."""


@dataclass(frozen=True, slots=True)
class LinkEvents:
    """The events of a node's links, through one open connection."""

    connection: Connection

    def of_register(
        self, register: str, *, after: tuple[int, int] = (0, 0), limit: int
    ) -> list[LinkEvent]:
        """Events in the order of deliveries and links, those after this delivery and link."""
        delivery, link = after
        of = {"register": register, "delivery": delivery, "link": link, "limit": limit}
        return self._rows("of_register", of)

    def of_delivery(self, register: str, delivery: int, *, limit: int) -> list[LinkEvent]:
        """What one delivery did to links, first what moved and ended."""
        of = {"register": register, "delivery": delivery, "limit": limit}
        return self._rows("of_delivery", of)

    def of_person(
        self, register: str, object_name: str, *, record: int, person: str
    ) -> list[LinkEvent]:
        """The history of one link, oldest first."""
        of = {"register": register, "object": object_name, "record": record, "person": person}
        return self._rows("of_person", of)

    def changed_by(self, register: str, delivery: int, *, limit: int) -> list[LinkEvent]:
        """What one delivery did to links that stood: moved and ended, no first ones."""
        of = {"register": register, "delivery": delivery, "limit": limit}
        return self._rows("changed_by", of)

    def counts(self, register: str, delivery: int) -> dict[str, int]:
        """How many links that stood a delivery moved and ended; merged and split count apart."""
        of = {"register": register, "delivery": delivery}
        counted = self.connection.execute(_SQL["counts"], of).fetchall()
        return {kind: int(links) for kind, links in counted}

    def _rows(self, name: str, of: Mapping[str, object]) -> list[LinkEvent]:
        cursor = self.connection.execute(_SQL[name], of)
        names = [column.name for column in cursor.description or ()]
        return [LinkEvent(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
