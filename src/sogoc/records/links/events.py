"""Events of links: one began, moved to another person, ended; records came together or parted.

A link is what ties a person of a record to a person of the population. Its number stays whatever
later runs say; nothing but the answers themselves is stored, so that what is undone leaves no
event behind. Records of one register that come to mean one person are merged by the event, and
parted by it where one of them leaves; a first link to somebody whom others mean merges nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from psycopg.rows import class_row

from sogoc.errors import Sentence
from sogoc.named_sql import statements

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import psycopg

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


@dataclass(frozen=True, slots=True)
class LinkEvents:
    """The events of a node's links, through one open connection."""

    connection: psycopg.Connection

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
        return {kind: int(links) for kind, links in self.connection.execute(_SQL["counts"], of)}

    def _rows(self, name: str, of: Mapping[str, object]) -> list[LinkEvent]:
        with self.connection.cursor(row_factory=class_row(LinkEvent)) as cursor:
            return cursor.execute(_SQL[name], of).fetchall()
