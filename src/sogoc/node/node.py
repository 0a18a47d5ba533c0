"""One node, opened: the only place that picks adapters and wires parts together."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.clock import SystemClock
from sogoc.contract.shelf import Shelf
from sogoc.database.migrate import migrate
from sogoc.database.store import open_database
from sogoc.link.policy import policy_in
from sogoc.node.engines import open_engines
from sogoc.pipeline.parts import Parts
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sogoc.database.store import Store
    from sogoc.node.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The open parts of one node. Hand over parts, not the node: functions say what they need."""

    parts: Parts
    store: Store
    settings: Settings


@contextmanager
def open_node(folder: Path, settings: Settings) -> Iterator[Node]:
    """Open the node in `folder`, made if it is new; its schema is brought up to this program.

    Raises StoreUnreachable, MigrationFailed, SparkMissing, SettingsError, and RuleFileError for a
    policy of linking that cannot be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    clock = SystemClock()
    link_policy = _link_policy(folder, settings)
    with (
        open_engines(folder, settings) as engine,
        open_database(folder / "state", settings.database_url) as store,
        store.connect() as connection,
    ):
        migrate(connection, clock)
        parts = Parts(
            folder=folder,
            connection=connection,
            shelf=Shelf((folder / "registers", shipped("registers"))),
            clock=clock,
            engine=engine,
            rules=rules_of(folder),
            keep_runs=settings.keep_runs,
            index_from=settings.index_from_persons,
            link_policy=link_policy,
        )
        yield Node(parts=parts, store=store, settings=settings)


def _link_policy(folder: Path, settings: Settings) -> Path | None:
    """The node's own policy of linking, read before anything is begun."""
    if not settings.link_policy:
        return None
    file = folder / settings.link_policy
    policy_in(file)
    return file


def rules_of(folder: Path) -> Path:
    """The node's own rule files, if it has any, instead of those that travel along."""
    own = folder / "rules"
    return own if any(own.glob("*.yaml")) else shipped("rules")
