"""Who follows which changes over a façade, and how far each has come."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sogoc.named_sql import statements

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sogoc.database.store import Connection

_SQL = statements(files("sogoc.facades") / "followers.sql")
MEDIATOR, DCI = "mediator", "dci"


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """One who follows. `kind` is empty where every kind of change is wanted."""

    id: UUID
    client: str
    event_type: str
    """As the follower calls it."""
    register: str
    object: str
    kind: str
    options: Mapping[str, Any]
    cursor: int
    """The last change that it has had."""
    failures: int = 0
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Followers:
    """The followers of one channel, through one open connection."""

    connection: Connection
    channel: str

    def add(self, follower: Follower, *, now: datetime) -> bool:
        """Keep a new follower; False if it follows the same already."""
        told = {
            "id": follower.id,
            "channel": self.channel,
            "client": follower.client,
            "event_type": follower.event_type,
            "register": follower.register,
            "object": follower.object,
            "kind": follower.kind,
            "options": json.dumps(follower.options, sort_keys=True),
            "cursor": follower.cursor,
            "now": now,
        }
        return self.connection.execute(_SQL["follow"], told).rowcount == 1

    def of(self, client: str, *, event_type: str = "", only: UUID | None = None) -> list[Follower]:
        """Those of a client that follow still."""
        told = {"client": client, "event_type": event_type, "only": only, "channel": self.channel}
        return [_follower(row) for row in self.connection.execute(_SQL["of_client"], told)]

    def wish(self, follower: Follower, options: Mapping[str, Any]) -> None:
        """Other options of the same follower."""
        told = {"id": follower.id, "options": json.dumps(options, sort_keys=True)}
        self.connection.execute(_SQL["change_options"], told)

    def move(self, follower: Follower, cursor: int, *, now: datetime) -> None:
        """It has had everything up to that number."""
        self.connection.execute(_SQL["move"], {"id": follower.id, "cursor": cursor, "now": now})

    def end(self, follower: Follower, *, now: datetime) -> None:
        """It follows no more."""
        self.connection.execute(_SQL["end_following"], {"id": follower.id, "now": now})

    def was(self, client: str, follower: UUID) -> bool:
        """Whether the client followed under this id once."""
        told = {"id": follower, "client": client, "channel": self.channel}
        row = self.connection.execute(_SQL["ended"], told).fetchone()
        return bool(row and row[0])

    def due(self, *, now: datetime, lent_until: datetime, most: int) -> list[Follower]:
        """Followers for whom there is news, lent until a moment: no other process takes them."""
        told = {"channel": self.channel, "now": now, "lent_until": lent_until, "most": most}
        return [_follower(row) for row in self.connection.execute(_SQL["due"], told)]

    def later(self, follower: Follower, *, next_at: datetime) -> None:
        """It could not be told; try again then."""
        self.connection.execute(_SQL["later"], {"id": follower.id, "next_at": next_at})


def new_id() -> UUID:
    """An id that nobody can guess."""
    return uuid4()


def _follower(row: tuple[Any, ...]) -> Follower:
    return Follower(
        id=row[0],
        event_type=row[1],
        register=row[2],
        object=row[3],
        kind=row[4],
        options=row[5],
        cursor=row[6],
        client=row[7],
        failures=row[8],
        created_at=row[9],
    )
