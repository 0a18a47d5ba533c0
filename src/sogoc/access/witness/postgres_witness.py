"""A witness: it keeps each log's last checkpoint, and signs the next only if it grew out of it.

The kept checkpoint is replaced in the transaction in which it was compared, one log at a time, so
that two requests at once cannot roll it back. What does not fit is kept beside it, for good: two
notes under one log's signature are the proof that somebody rewrote history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from importlib.resources import files
from typing import TYPE_CHECKING

from sogoc.access.witness.asked import Submitted
from sogoc.errors import BrokenLog, Sentence, TrustError
from sogoc.named_sql import statements
from sogoc.trust.note import (
    NoteKey,
    believed,
    cosign,
    read_checkpoint,
    read_note,
)
from sogoc.trust.tiles import TiledHashes
from sogoc.trust.tree import check_consistency, consistency_path

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from sogoc.database.store import Connection
    from sogoc.trust.keys import SigningKey
    from sogoc.trust.note import Checkpoint
    from sogoc.trust.tiles import Tile

_SQL = statements(files("sogoc.access.witness") / "witness.sql")
_OTHERS = Sentence(vi="Mốc này thuộc về nhật ký khác.", en="This checkpoint is of another log.")
_SETTLED = timedelta(seconds=60)
"""Before this, a log that serves an older checkpoint may only be slow; after it, it went back."""


class Outcome(Enum):
    """What came of a request, in the words of tlog-witness."""

    COSIGNED = "cosigned"
    UNKNOWN_LOG = "unknown log"
    NOT_SIGNED = "not signed by the log"
    WRONG_SIZES = "the old size is larger than the new"
    ANOTHER_OLD_SIZE = "the witness cosigned another size last"
    ANOTHER_ROOT = "another root for a size that was cosigned"
    NOT_GROWN = "the proof of consistency does not hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """The outcome; with the line of signature, or the size that was cosigned last."""

    outcome: Outcome
    line: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The last checkpoint that was cosigned for a log."""

    checkpoint: Checkpoint
    note: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two notes of one log that do not fit one another."""

    origin: str
    seen_at: datetime
    kept: str
    told: str


@dataclass(frozen=True, slots=True)
class Witness:
    """One node as a witness, through one connection. `name` is the name of its cosignatures."""

    connection: Connection
    name: str
    key: SigningKey

    def add(self, submitted: Submitted, log: Collection[NoteKey], *, now: datetime) -> Witnessed:
        """Cosign a checkpoint if it grew out of the one kept (C2SP tlog-witness).

        `log` are the keys that the directory gives for the note's origin, several while they
        change; empty: no such log.
        """
        if not log:
            return Witnessed(outcome=Outcome.UNKNOWN_LOG)
        try:
            told = _told(submitted.note, log)
        except TrustError:
            return Witnessed(outcome=Outcome.NOT_SIGNED)
        if submitted.old > told.size:
            return Witnessed(outcome=Outcome.WRONG_SIZES)
        with self.connection.transaction():
            self.connection.execute(_SQL["lock"], {"origin": told.origin})
            return self._compared(submitted, told, now=now)

    def look(
        self, fetch: Callable[[str], bytes], log: Collection[NoteKey], *, now: datetime
    ) -> Witnessed:
        """Fetch what a log serves to everybody, and cosign it if it only grew.

        `log` are its keys, at least one. Also a log that submits nothing is seen so. Raises
        BadSeal, BrokenLog, NodeUnreachable.
        """
        note = fetch("checkpoint").decode()
        told = _told(note, log)
        kept = self.last(told.origin)
        if kept is None:
            return self.add(Submitted(old=0, path=(), note=note), log, now=now)
        old = kept.checkpoint
        if told.size < old.size:
            if now - kept.seen_at > _SETTLED:
                self._conflict(kept, note, now=now)
            return Witnessed(outcome=Outcome.WRONG_SIZES, size=old.size)

        def content(tile: Tile) -> bytes:
            return fetch(tile.path)

        path: list[bytes] = []
        if 0 < old.size < told.size:
            path = consistency_path(TiledHashes(told.size, content), old.size, told.size)
        return self.add(Submitted(old=old.size, path=tuple(path), note=note), log, now=now)

    def last(self, origin: str) -> Kept | None:
        """The last checkpoint that was cosigned for a log."""
        row = self.connection.execute(_SQL["last"], {"origin": origin}).fetchone()
        if row is None:
            return None
        told = read_checkpoint(read_note(row[2]).text)
        return Kept(checkpoint=told, note=str(row[2]), seen_at=row[3])

    def conflicts(self, origin: str = "") -> list[Conflict]:
        """What did not fit, oldest first."""
        found = self.connection.execute(_SQL["conflicts"], {"origin": origin}).fetchall()
        return [Conflict(origin=row[0], seen_at=row[1], kept=row[2], told=row[3]) for row in found]

    def seen(self) -> list[tuple[str, int, datetime]]:
        """Each log with the size that was seen last, and when."""
        found = self.connection.execute(_SQL["seen"]).fetchall()
        return [(str(origin), int(size), at) for origin, size, at in found]

    def _compared(self, submitted: Submitted, told: Checkpoint, *, now: datetime) -> Witnessed:
        kept = self.last(told.origin)
        old = (kept.checkpoint.size, kept.checkpoint.root) if kept else (0, b"")
        if submitted.old != old[0]:
            return Witnessed(outcome=Outcome.ANOTHER_OLD_SIZE, size=old[0])
        if kept is not None:
            outcome = _grown(old, told, submitted.path)
            if outcome is not Outcome.COSIGNED:
                self._conflict(kept, submitted.note, now=now)
                return Witnessed(outcome=outcome, size=old[0])
        elif submitted.path:
            return Witnessed(outcome=Outcome.NOT_GROWN)
        return self._cosigned(submitted.note, told, now=now)

    def _cosigned(self, note: str, told: Checkpoint, *, now: datetime) -> Witnessed:
        signed = cosign(read_note(note), self.name, self.key, seconds=int(now.timestamp()))
        values = {
            "origin": told.origin,
            "size": told.size,
            "root": told.root,
            "note": str(signed),
            "moment": now,
            "before": now - timedelta(days=1),
        }
        self.connection.execute(_SQL["keep"], values)
        self.connection.execute(_SQL["thin"], values)
        return Witnessed(outcome=Outcome.COSIGNED, line=str(signed.signatures[-1]), size=told.size)

    def _conflict(self, kept: Kept, told: str, *, now: datetime) -> None:
        origin = kept.checkpoint.origin
        values = {"origin": origin, "moment": now, "kept": kept.note, "told": told}
        self.connection.execute(_SQL["conflict"], values)


def _grown(old: tuple[int, bytes], told: Checkpoint, path: tuple[bytes, ...]) -> Outcome:
    if old[0] == told.size and old[1] != told.root:
        return Outcome.ANOTHER_ROOT
    try:
        check_consistency(old, (told.size, told.root), path)
    except BrokenLog:
        return Outcome.NOT_GROWN
    return Outcome.COSIGNED


def _told(note: str, log: Collection[NoteKey]) -> Checkpoint:
    """The checkpoint, signed by the log under its own name. Raises BadSeal, BrokenLog."""
    read = read_note(note)
    signed = believed(read, log)
    told = read_checkpoint(read.text)
    if any(told.origin != key.name for key in signed):
        raise BrokenLog(_OTHERS)
    return told
