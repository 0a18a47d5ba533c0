"""Witnessing among nodes: every so often each node looks at others' journals and shows its own.

A thread of its own, since others may be slow, and the beat must not wait for them. Of several
processes on one database one does it. A peer that cannot be reached is tried again the next time,
after several failures less often; one whose journal does not grow out of what was kept is told to
the operator, and the proof is kept.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from sogoc.access.witness.asked import witness_key, witnesses_of
from sogoc.access.witness.postgres_witness import Outcome, Witness
from sogoc.access.witness.submitting import submit
from sogoc.errors import BrokenLog, NodeUnreachable, Sentence, SogocError
from sogoc.exchange.client import posted, public_bytes
from sogoc.node.peers import WITNESS
from sogoc.node.stamping import stamp_if_due
from sogoc.node.standing.beating import Beat, beating

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sogoc.exchange.directory import Member
    from sogoc.node.serving import Exchanging
    from sogoc.trust.note import NoteKey

    LogKeys = tuple[NoteKey, ...]

_LOCK = "select pg_try_advisory_lock(hashtextextended('sogoc.witnessing', 0))"
_UNLOCK = "select pg_advisory_unlock(hashtextextended('sogoc.witnessing', 0))"
_LOST = {Outcome.ANOTHER_ROOT, Outcome.NOT_GROWN}
_TIMEOUT_SECONDS = 5.0
Told = TypeVar("Told")


@dataclass(slots=True)
class Watch:
    """What one node does as a witness and to be witnessed."""

    parts: Exchanging
    known: dict[str, int] = field(default_factory=dict)
    """The size that each witness saw last of our own journal, as far as we remember."""

    def logs(self) -> dict[str, LogKeys]:
        """The keys of all members' journals by their origin. Raises DirectoryRefused."""
        return {keys[0].name: keys for keys, _ in self._members()}

    def witness(self) -> Witness:
        """This node as a witness, through this thread's connection."""
        who = self.parts.who
        name = witness_key(who.log_key).name
        return Witness(self.parts.connections.mine(), name, who.key)

    def step(self, tell: Callable[[SogocError], None]) -> None:
        """Look at each journal that is ours to look after, and show our own to its witnesses."""
        connection = self.parts.connections.mine()
        row = connection.execute(_LOCK).fetchone()
        if row is None or not row[0]:
            return
        try:
            members = self._members()
            self._look(members, tell)
            self._show(members, tell)
            self._stamp(tell)
        finally:
            connection.execute(_UNLOCK)

    def _members(self) -> list[tuple[LogKeys, Member]]:
        """Each journal's keys of now, newest first: while a key changes there are two."""
        now = self.parts.clock.now()
        return [
            (tuple(key for key in keys if key.name == keys[0].name), member)
            for member in self.parts.directory().members
            if (keys := member.log_keys(now))
        ]

    def _look(
        self, members: list[tuple[LogKeys, Member]], tell: Callable[[SogocError], None]
    ) -> None:
        logs = [keys[0] for keys, _ in members]
        own = self.parts.who.origin
        for keys, member in members:
            if own not in {each.name for each in witnesses_of(keys[0].name, logs)}:
                continue
            try:
                told = self._looked(keys, member)
            except NodeUnreachable:
                continue
            except SogocError as failed:
                tell(failed)
                continue
            if told in _LOST:
                tell(_rewritten(keys[0].name))

    def _looked(self, keys: LogKeys, member: Member) -> Outcome:
        now = self.parts.clock.now()

        def fetch(path: str) -> bytes:
            return self._asked(
                member,
                lambda: public_bytes(
                    f"{member.address}/journal/{path}", timeout_seconds=_TIMEOUT_SECONDS
                ),
            )

        return self.witness().look(fetch, keys, now=now).outcome

    def _show(
        self, members: list[tuple[LogKeys, Member]], tell: Callable[[SogocError], None]
    ) -> None:
        own = self.parts.who.origin
        known = {keys[0].name: (keys, member) for keys, member in members}
        if own not in known:
            return
        for key in witnesses_of(own, [keys[0] for keys, _ in members]):
            try:
                self.known[key.name] = self._shown(*known[key.name])
            except NodeUnreachable:
                continue
            except SogocError as failed:
                tell(failed)

    def _stamp(self, tell: Callable[[SogocError], None]) -> None:
        served = self.parts.served
        try:
            with self.parts.log() as log:
                now = self.parts.clock.now()
                stamp_if_due(log, served.folder, served.settings, now=now)
        except SogocError as failed:
            tell(failed)

    def _asked(self, member: Member, ask: Callable[[], Told]) -> Told:
        """What a member gives, unless it failed so often that it is left in peace."""
        return self.parts.peers.asked(WITNESS, str(member.id), ask)

    def _shown(self, keys: LogKeys, member: Member) -> int:
        def post(body: str) -> tuple[int, str]:
            status, told = self._asked(
                member,
                lambda: posted(
                    f"{member.address}/witness/add-checkpoint",
                    body.encode(),
                    timeout_seconds=_TIMEOUT_SECONDS,
                ),
            )
            return status, told.decode(errors="replace")

        with self.parts.log() as log:
            return submit(
                log,
                post,
                [witness_key(key) for key in keys],
                known=self.known.get(keys[0].name, 0),
                now=self.parts.clock.now(),
            )


@contextmanager
def watching(parts: Exchanging, *, tell: Callable[[SogocError], None]) -> Iterator[Watch]:
    """Witness and be witnessed until the block ends."""
    watch = Watch(parts)
    beat = Beat(
        name="witness",
        step=watch.step,
        seconds=parts.served.settings.witness_seconds,
        patience_seconds=2 * _TIMEOUT_SECONDS,
    )
    with beating(beat, tell=tell):
        yield watch


def _rewritten(origin: str) -> BrokenLog:
    return BrokenLog(
        Sentence(
            vi=f"Nhật ký {origin} không nối tiếp mốc đã thấy: lịch sử của họ đã bị thay đổi. "
            "Hai mốc mâu thuẫn được giữ làm chứng cứ; báo ngay cho trung tâm.",
            en=f"The journal {origin} does not grow out of what was seen of it: its history was "
            "altered. Both notes are kept as proof; tell the hub at once.",
        )
    )
