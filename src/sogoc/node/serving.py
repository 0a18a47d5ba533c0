"""A node that answers others: parts put together once, and a beat that keeps them fresh.

On each beat the directory is fetched (on the hub: signed anew), grants are read again, and what
was journalled since is put under a signed checkpoint. A beat that fails is tried again on the next;
what holds until then is what held before, and a directory that ran out lets nobody in.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock, Thread, local
from typing import TYPE_CHECKING

from sogoc.access.grant import State
from sogoc.access.grant_store import GrantStore
from sogoc.access.journal import GroupCommit
from sogoc.access.log import Log
from sogoc.access.policies import PolicyBook
from sogoc.access.postgres_journal import PostgresJournal
from sogoc.errors import DirectoryRefused, Sentence, SogocError, StoreError
from sogoc.exchange.answering import TOLERANCE_SECONDS, Answering
from sogoc.exchange.directory import read_directory
from sogoc.exchange.hub import Hub
from sogoc.exchange.limits import Rate, SeenIds
from sogoc.exchange.monitoring.store import Monitor, monitoring
from sogoc.exchange.registers import RegisterShelf
from sogoc.node.member import current_directory, membership

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sogoc.contract.model import Register, RegisterObject
    from sogoc.database.store import Connection, Store
    from sogoc.exchange.directory import Directory
    from sogoc.node.member import Membership
    from sogoc.node.node import Node

BEAT_SECONDS = 5.0
_THREADS = 48


class OwnConnections:
    """A connection for each thread, made when it first asks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._own = local()
        self._all: list[Connection] = []
        self._turn = Lock()

    def mine(self) -> Connection:
        """This thread's connection; a broken one is made anew."""
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None or connection.closed or connection.broken:
            connection = self._store.connect()
            self._own.connection = connection
            with self._turn:
                self._all.append(connection)
        return connection

    def close(self) -> None:
        """Close them all."""
        with self._turn:
            for connection in self._all:
                connection.close()


@dataclass(slots=True, kw_only=True)
class Exchanging:
    """What an answering node holds while it runs; the beat replaces what grows old."""

    node: Node
    who: Membership
    journal: GroupCommit
    connections: OwnConnections
    threads: ThreadPoolExecutor
    seen: SeenIds
    rate: Rate = field(default_factory=Rate)
    held: Directory | None = None
    policies: PolicyBook = field(default_factory=lambda: PolicyBook([]))
    answers: Answering | None = None
    monitor: Monitor = field(init=False)

    def __post_init__(self) -> None:
        settings = self.node.settings
        self.monitor = Monitor(
            connection=self.connections.mine,
            clock=self.node.parts.clock,
            address=self.who.address,
            host=settings.exchange_host,
        )

    @property
    def is_hub(self) -> bool:
        """Whether this node is the hub: it goes by its own directory."""
        return not self.node.settings.hub_address

    def directory(self) -> Directory:
        """The directory in force. Raises DirectoryRefused before the first."""
        if self.held is None:
            raise DirectoryRefused(Sentence(vi="Chưa có danh bạ.", en="There is no directory yet."))
        return self.held

    def answering(self) -> Answering:
        """What answering needs, as of the last beat."""
        if self.answers is None:
            raise DirectoryRefused(
                Sentence(vi="Nút đang khởi động.", en="The node is still starting.")
            )
        return self.answers

    def registers(self) -> dict[str, Register]:
        """The registers that may be asked for."""
        return {one.id: one for one in self.node.parts.shelf.registers()}

    def shelf(self, one: RegisterObject) -> RegisterShelf:
        """Where this thread looks up."""
        return RegisterShelf(self.connections.mine(), one)

    @contextmanager
    def log(self) -> Iterator[Log]:
        """This thread's view of the journal."""
        yield Log(self.connections.mine(), self.who.origin)

    def hub(self) -> Hub:
        """The hub's book, on the hub."""
        clock = self.node.parts.clock
        return Hub(self.connections.mine(), clock, self.who.hub_key.name, self.who.key)

    def beat(self) -> None:
        """Bring everything up to now. Raises what keeps it from that; what held goes on."""
        clock, settings = self.node.parts.clock, self.node.settings
        self._refresh_grants()
        with self.log() as log:
            log.sign_checkpoint(self.who.key, now=clock.now())
        if self.is_hub:
            note = self.hub().publish(self.who.who.instance)
            self.held = read_directory(note, [self.who.hub_key], moment=clock.now())
        else:
            self.held = current_directory(self.node.parts.folder, settings, clock)

    def _refresh_grants(self) -> None:
        clock = self.node.parts.clock
        held = GrantStore(self.connections.mine(), clock).held(State.ACCEPTED)
        grants = {one.grant.id: one.grant for one in held}
        policies = PolicyBook(grants.values(), own_policies(self.node.parts.folder))
        self.answers = Answering(
            journal=self.journal,
            policies=policies,
            grants=grants,
            seen=self.seen,
            rate=self.rate,
            clock=clock,
        )


def own_policies(folder: Path) -> dict[str, str]:
    """The keeper's own policies by file name."""
    return {
        str(file): file.read_text(encoding="utf-8")
        for file in sorted((folder / "policies").glob("*.cedar"))
    }


@contextmanager
def exchanging(node: Node, *, tell: Callable[[SogocError], None]) -> Iterator[Exchanging]:
    """Everything that answering needs, kept fresh by a beat until the block ends.

    The first beat's mistakes in settings, keys and policies are raised: a node does not start with
    them. `tell` hears of later ones.
    """
    who = membership(node.parts.folder, node.settings)
    stop = Event()
    with ExitStack() as stack:
        journal = PostgresJournal(node.store)
        stack.callback(journal.close)
        group = GroupCommit(journal)
        stack.callback(group.close)
        connections = OwnConnections(node.store)
        stack.callback(connections.close)
        threads = stack.enter_context(ThreadPoolExecutor(_THREADS, "exchange"))
        now = int(node.parts.clock.now().timestamp())
        parts = Exchanging(
            node=node,
            who=who,
            journal=group,
            connections=connections,
            threads=threads,
            seen=SeenIds(seconds=2 * TOLERANCE_SECONDS, since=now),
        )
        try:
            parts.beat()
        except DirectoryRefused as refused:
            # The hub may come later; until then nobody is let in.
            tell(refused)
        stack.enter_context(monitoring(parts.monitor, tell=lambda failed: tell(_unseen(failed))))
        beating = Thread(target=_beat, args=(parts, stop, tell), name="beat", daemon=True)
        beating.start()
        stack.callback(beating.join, 2 * BEAT_SECONDS)
        stack.callback(stop.set)
        yield parts


def _unseen(failed: Exception) -> StoreError:
    return StoreError(
        Sentence(
            vi=f"Không ghi được số liệu vận hành ({type(failed).__name__}).",
            en=f"Records of monitoring could not be written ({type(failed).__name__}).",
        )
    )


def _beat(parts: Exchanging, stop: Event, tell: Callable[[SogocError], None]) -> None:
    said = ""
    while not stop.wait(BEAT_SECONDS):
        try:
            parts.beat()
        except SogocError as failed:
            if failed.sentence.en != said:
                tell(failed)
            said = failed.sentence.en
        else:
            said = ""
