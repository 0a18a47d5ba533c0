"""A node that answers others: parts put together once, and a beat that keeps them fresh.

Several worker processes may answer for one node. Each has parts of its own; what must hold for the
node as a whole - each message once, rates, numbers of the journal - they share in the database.

On each beat the directory is fetched (on the hub: signed anew), grants are read again, and what
was journalled since is put under a signed checkpoint; of several workers one does this, the others
take over what it left. Each of these is done whatever became of the others, and what fails is tried
again on the next beat; what holds until then is what held before, and a directory that ran out lets
nobody in.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from shutil import disk_usage
from threading import Lock, local
from typing import TYPE_CHECKING

from sogoc.access.grant import State
from sogoc.access.grant_store import GrantStore
from sogoc.access.journal import GroupCommit
from sogoc.access.log import Log
from sogoc.access.policies import PolicyBook, own_policies
from sogoc.access.postgres_journal import PostgresJournal, forget_messages
from sogoc.clock import SystemClock
from sogoc.contract.shelf import Shelf
from sogoc.database.store import DATABASE_ERROR
from sogoc.errors import (
    DirectoryRefused,
    PolicyRefused,
    Sentence,
    SogocError,
    StoreError,
    StoreUnreachable,
)
from sogoc.exchange.answering import Answering
from sogoc.exchange.directory import read_directory
from sogoc.exchange.hub import Hub
from sogoc.exchange.limits import SeenIds
from sogoc.exchange.monitoring.store import Monitor, monitoring
from sogoc.exchange.protocol import TOLERANCE_SECONDS
from sogoc.exchange.shared.rate import SharedRate
from sogoc.exchange.shared.reading import SharedRegisterShelf
from sogoc.node.figures.measured import MeasuredIds, MeasuredJournal
from sogoc.node.member import current_directory, kept_directory, membership
from sogoc.node.peers import Peers
from sogoc.node.standing.beating import Beat, attempted, beating
from sogoc.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sogoc.access.grant import Grant
    from sogoc.clock import Clock
    from sogoc.contract.model import Register, RegisterObject
    from sogoc.database.store import Connection, Store
    from sogoc.exchange.directory import Directory
    from sogoc.node.figures.counting import Figures
    from sogoc.node.member import Membership
    from sogoc.node.settings import Settings

BEAT_SECONDS = 5.0
GIB = 1 << 30
_THREADS = 8
_LEAD = "select pg_try_advisory_lock(hashtextextended('sogoc.beat', 0))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a worker process opens its parts from: no open file and no connection is in it."""

    folder: Path
    settings: Settings
    store: Store
    password: str = field(default="", repr=False)
    """Of the key's file, if it has one."""

    @property
    def contracts(self) -> Shelf:
        """The contracts: the node's own before those that travel along."""
        return Shelf((self.folder / "registers", shipped("registers")))


class OwnConnections:
    """A connection for each thread, made when it first asks; `made` hears of each."""

    def __init__(self, store: Store, made: Callable[[], None] = lambda: None) -> None:
        self._store, self._made = store, made
        self._own = local()
        self._all: list[Connection] = []
        self._turn = Lock()

    def mine(self) -> Connection:
        """This thread's connection; a broken one is made anew."""
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None or connection.closed or connection.broken:
            connection = self._store.connect()
            self._own.connection = connection
            self._made()
            with self._turn:
                self._all.append(connection)
        return connection

    def count(self) -> int:
        """How many are open."""
        with self._turn:
            self._all = [one for one in self._all if not one.closed]
            return len(self._all)

    def close(self) -> None:
        """Close them all."""
        with self._turn:
            for connection in self._all:
                connection.close()


class Lead:
    """Which of a node's workers does what must be done once: whoever holds the lock.

    It is the lock of a connection: a worker that dies hands it on by that.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Connection | None = None
        self._is_ours = False
        self._turn = Lock()

    def is_ours(self) -> bool:
        """Whether this worker leads, from now on if nobody else does."""
        # Two threads that both made the line anew would leave the lock with the one that is lost.
        with self._turn:
            return self._looked()

    def _looked(self) -> bool:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection, self._is_ours = self._store.connect(), False
        if not self._is_ours:
            self._is_ours = self._connection.execute(_LEAD).fetchone() == (True,)
        else:
            # A dead connection holds no lock: look before leading on.
            self._connection.execute("select 1")
        return self._is_ours

    def close(self) -> None:
        """Let another lead."""
        if self._connection is not None:
            self._connection.close()


@dataclass(slots=True, kw_only=True)
class Exchanging:
    """What an answering node holds while it runs; the beat replaces what grows old."""

    served: Served
    who: Membership
    clock: Clock
    journal: GroupCommit
    connections: OwnConnections
    lead: Lead
    threads: ThreadPoolExecutor
    rate: SharedRate
    seen: SeenIds
    figures: Figures | None = None
    """Where this worker counts, if its operator looks."""
    held: Directory | None = None
    answers: Answering | None = None
    _leads: bool = False
    """Whether this worker does what one must do, as of the last beat."""
    _files: dict[str, str] = field(default_factory=dict)
    """The keeper's own policies in force, by file."""
    _shelves: dict[str, SharedRegisterShelf] = field(default_factory=dict)
    monitor: Monitor = field(init=False)
    peers: Peers = field(init=False)
    """Those whom this worker asks."""

    def __post_init__(self) -> None:
        figures = self.figures.peers if self.figures else None
        self.peers = Peers(directory=self.directory, clock=self.clock, figures=figures)
        self.monitor = Monitor(
            connection=self.connections.mine,
            clock=self.clock,
            address=self.who.address,
            host=self.served.settings.exchange_host,
        )

    @property
    def is_hub(self) -> bool:
        """Whether this node is the hub: it goes by its own directory."""
        return not self.served.settings.hub_address

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
        return {one.id: one for one in self.served.contracts.registers()}

    def shelf(self, one: RegisterObject) -> SharedRegisterShelf:
        """Where an object is looked up, each thread by its own connection."""
        known = self._shelves.get(one.name)
        if known is None or known.object is not one:
            known = self._shelves[one.name] = SharedRegisterShelf(self.connections.mine, one)
        return known

    @contextmanager
    def log(self) -> Iterator[Log]:
        """This thread's view of the journal."""
        yield Log(self.connections.mine(), self.who.origin)

    def hub(self) -> Hub:
        """The hub's book, on the hub."""
        life = timedelta(seconds=self.served.settings.directory_seconds)
        return Hub(self.connections.mine(), self.clock, self.who.hub_key.name, self.who.key, life)

    def missing(self) -> dict[str, str]:
        """What keeps this node from answering, by a short name; empty if nothing does."""
        told = dict[str, str]()
        try:
            self.connections.mine().execute("select 1")
        except (StoreUnreachable, DATABASE_ERROR):
            told["database"] = "The node's database does not answer."
        try:
            self.directory().at(self.clock.now())
        except DirectoryRefused as refused:
            told["directory"] = refused.sentence.en
        free = disk_usage(self.served.folder).free
        if free < self.served.settings.least_free_gib * GIB:
            told["disk"] = "The disk is nearly full: the journal would soon have no room."
        return told

    def beat(self) -> list[SogocError]:
        """Bring everything up to now, each thing whatever became of the others; give what failed.

        A policy file that is being written must not keep the directory from being fetched, nor the
        directory a grant from being withdrawn.
        """
        self._leads = False
        return attempted(
            self._refresh_lead,
            self._refresh_directory,
            self._refresh_grants,
            self._refresh_journal,
        )

    def _refresh_lead(self) -> None:
        self._leads = self.lead.is_ours()

    def _refresh_directory(self) -> None:
        now = self.clock.now()
        if self.is_hub:
            hub = self.hub()
            note = hub.publish(self.who.who.instance) if self._leads else hub.latest()
            self.held = read_directory(note, [self.who.hub_key], moment=now)
            return
        folder, settings = self.served.folder, self.served.settings
        kept = None if self._leads else kept_directory(folder, settings, self.clock)
        self.held = kept or current_directory(folder, settings, self.clock)

    def _refresh_journal(self) -> None:
        if self._leads:
            forget_messages(self.connections.mine())
            with self.log() as log:
                log.sign_checkpoint(self.who.key, now=self.clock.now())

    def _refresh_grants(self) -> None:
        """Take in grants and policies. Raises PolicyRefused for a file that cannot be used.

        Then the files go on holding as they were, over the grants as they are now: what was
        withdrawn is withdrawn.
        """
        held = GrantStore(self.connections.mine(), self.clock).held(State.ACCEPTED)
        grants = {one.grant.id: one.grant for one in held}
        refused = None
        try:
            files = own_policies(self.served.folder)
            book = self._policies(grants, files)
        except PolicyRefused as failed:
            if self.answers is None:
                raise
            refused, files = failed, self._files
            book = self._policies(grants, files)
        self._files = files
        self.answers = Answering(
            journal=self.journal,
            policies=book,
            grants=grants,
            seen=self.seen,
            rate=self.rate,
            clock=self.clock,
        )
        if refused is not None:
            raise refused

    def _policies(self, grants: dict[str, Grant], files: dict[str, str]) -> PolicyBook:
        """The book that is in use, unless grants or files changed: what it decided stays known."""
        if self.answers is not None and self.answers.policies.is_of(grants.values(), files):
            return self.answers.policies
        return PolicyBook(grants.values(), files)


@contextmanager
def opened(served: Served, figures: Figures | None = None) -> Iterator[Exchanging]:
    """The parts of one worker, closed at the end: what waits for the journal is kept first.

    Raises mistakes in settings and keys.
    """
    who = membership(served.folder, served.settings, password=served.password)
    with ExitStack() as stack:
        connections = (
            OwnConnections(served.store, figures.lines_opened.inc)
            if figures
            else OwnConnections(served.store)
        )
        stack.callback(connections.close)
        lead = Lead(served.store)
        stack.callback(lead.close)
        journal = PostgresJournal(served.store)
        stack.callback(journal.close)
        group = GroupCommit(MeasuredJournal(journal, figures) if figures else journal)
        stack.callback(group.close)
        threads = stack.enter_context(ThreadPoolExecutor(_THREADS, "exchange"))
        clock = SystemClock()
        span = {"seconds": 2 * TOLERANCE_SECONDS, "since": int(clock.now().timestamp())}
        yield Exchanging(
            served=served,
            who=who,
            clock=clock,
            journal=group,
            connections=connections,
            lead=lead,
            threads=threads,
            rate=SharedRate(connections.mine),
            seen=MeasuredIds(figures, **span) if figures else SeenIds(**span),
            figures=figures,
        )


def check_start(served: Served, *, tell: Callable[[SogocError], None]) -> Membership:
    """Raise what keeps a node from serving: settings, key, policies, an altered journal.

    `tell` hears of a hub that does not answer: it may come later; until then nobody is let in.
    """
    with opened(served) as parts:
        for failed in parts.beat():
            if not isinstance(failed, DirectoryRefused):
                raise failed
            tell(failed)
        return parts.who


@contextmanager
def exchanging(
    served: Served, *, tell: Callable[[SogocError], None], figures: Figures | None = None
) -> Iterator[Exchanging]:
    """One worker's parts, kept fresh by a beat until the block ends. `tell` hears what fails."""
    with (
        opened(served, figures) as parts,
        monitoring(parts.monitor, tell=lambda failed: tell(_unseen(failed))),
    ):

        def step(once: Callable[[SogocError], None]) -> None:
            for failed in parts.beat():
                once(failed)

        step(tell)
        beat = Beat(name="beat", step=step, seconds=BEAT_SECONDS, patience_seconds=2 * BEAT_SECONDS)
        with beating(beat, tell=tell):
            yield parts


def _unseen(failed: Exception) -> StoreError:
    return StoreError(
        Sentence(
            vi=f"Không ghi được số liệu vận hành ({type(failed).__name__}).",
            en=f"Records of monitoring could not be written ({type(failed).__name__}).",
        )
    )
