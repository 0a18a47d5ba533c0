"""How a node stands, for whoever runs it: figures and names, nobody's data."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from importlib.resources import files
from shutil import disk_usage
from typing import TYPE_CHECKING

from sogoc.access.grant import State
from sogoc.access.grant_store import GrantStore
from sogoc.database.migrate import migrations, reached
from sogoc.errors import DirectoryRefused, SogocError, TrustError
from sogoc.exchange.directory import read_directory
from sogoc.exchange.hub import Hub
from sogoc.named_sql import statements
from sogoc.node.member import hub_key, kept_directory, membership

if TYPE_CHECKING:
    from datetime import datetime

    from sogoc.exchange.directory import Directory
    from sogoc.node.member import Membership
    from sogoc.node.node import Node

_SQL = statements(files("sogoc.node.standing") / "status.sql")
_PATIENCE_SECONDS = 1.0
_GIB = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStands:
    """One of this node's keys as the directory tells it."""

    id: str
    since: datetime
    until: datetime
    ours: bool
    """Whether it is the one that this node signs with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryStands:
    """The directory that this node goes by."""

    version: int
    issued: datetime
    expires: datetime
    members: int
    keys: tuple[KeyStands, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a node stands."""

    member: str
    address: str
    answers: bool
    """Whether something listens where other nodes ask."""
    database: str
    migration: int
    newest_migration: int
    free_gib: float
    directory: DirectoryStands | None
    problems: tuple[str, ...]
    """What keeps it from taking part, in one sentence each."""
    grants: dict[str, int]
    journal_entries: int
    checkpoint_entries: int
    checkpoint_at: datetime | None
    registers: tuple[str, ...]
    hub_key: str = ""
    """The hub's key, where another followed the one in the settings: to be set there."""


def status_of(node: Node, *, password: str = "") -> Status:
    """Look at everything once. What is missing is told, not raised."""
    connection, settings = node.parts.connection, node.settings
    problems = list[str]()
    who = _membership(node, problems, password)
    journal = connection.execute(_SQL["journal"]).fetchone() or (0, 0, None)
    held = GrantStore(connection, node.parts.clock).held()
    return Status(
        member=settings.member,
        address=settings.address,
        answers=_listens(settings.exchange_host, settings.exchange_port),
        database=f"PostgreSQL {connection.info.server_version // 10000}"
        + ("" if settings.database_url else ", own server"),
        migration=reached(connection),
        newest_migration=migrations()[-1].number,
        free_gib=round(disk_usage(node.parts.folder).free / _GIB, 1),
        directory=_directory(node, who, problems) if who is not None else None,
        problems=tuple(problems),
        grants={
            str(state): sum(one.state is state for one in held)
            for state in State
            if any(one.state is state for one in held)
        },
        journal_entries=int(journal[0]),
        checkpoint_entries=int(journal[1]),
        checkpoint_at=journal[2],
        registers=tuple(node.parts.shelf.ids()),
        hub_key=_new_hub_key(node),
    )


def _new_hub_key(node: Node) -> str:
    try:
        told = str(hub_key(node.parts.folder, node.settings))
    except TrustError:
        return ""
    return "" if told == node.settings.hub_key.strip() else told


def _membership(node: Node, problems: list[str], password: str) -> Membership | None:
    try:
        return membership(node.parts.folder, node.settings, password=password)
    except (SogocError, TrustError) as refused:
        problems.append(refused.sentence.en)
        return None


def _directory(node: Node, who: Membership, problems: list[str]) -> DirectoryStands | None:
    found = _found(node, who)
    if found is None:
        problems.append("There is no directory that still holds: the node lets nobody in.")
        return None
    member = found.member(who.who)
    keys = tuple(
        KeyStands(id=key.id, since=key.since, until=key.until, ours=key.id == who.key_id)
        for key in (member.keys if member else ())
    )
    if not any(key.ours for key in keys):
        problems.append(
            "The directory does not name this node's key: hand the request to join to the hub."
        )
    return DirectoryStands(
        version=found.version,
        issued=found.issued,
        expires=found.expires,
        members=len(found.members),
        keys=keys,
    )


def _found(node: Node, who: Membership) -> Directory | None:
    clock = node.parts.clock
    if node.settings.hub_address:
        return kept_directory(node.parts.folder, node.settings, clock)
    try:
        hub = Hub(node.parts.connection, clock, who.hub_key.name, who.key)
        return read_directory(hub.latest(), [who.hub_key], moment=clock.now())
    except (DirectoryRefused, SogocError):
        return None


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=_PATIENCE_SECONDS):
            return True
    except OSError:
        return False
