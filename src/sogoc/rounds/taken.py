"""Rounds of others in this node's database: how far each is."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sogoc.errors import Sentence, UnknownThing
from sogoc.rounds.chunks import Chunks
from sogoc.rounds.package import refused
from sogoc.rounds.rounds import SQL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from sogoc.clock import Clock
    from sogoc.database.store import Connection
    from sogoc.rounds.package import Manifest

_LOCK = "select pg_try_advisory_lock(hashtextextended('sogoc.rounds.answering', 0))"
_UNLOCK = "select pg_advisory_unlock(hashtextextended('sogoc.rounds.answering', 0))"


class Stand(StrEnum):
    """How far the answer to a round is."""

    COMING = "coming"
    """Chunks are still missing."""
    WHOLE = "whole"
    """All of it is here; it waits for the worker."""
    LINKED = "linked"
    """Linked; the journal takes in whom it is about."""
    ANSWERED = "answered"
    """The journal holds everybody, and the answer may be fetched."""
    COLLECTED = "collected"
    """It was fetched whole."""
    REFUSED = "refused"
    """It cannot be answered; `reason` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One round of another member as it stands here."""

    package: str
    member: str
    round: int
    register: str
    state: Stand
    persons: int
    grant: str
    ground: str
    officer: str
    issue: str
    begun_at: datetime
    answered_at: datetime | None
    journalled: int
    answer: str | None
    counts: dict[str, int]
    reason: str


@dataclass(frozen=True, slots=True)
class TakenRounds:
    """The rounds of others, through one open connection."""

    connection: Connection
    clock: Clock

    def take(self, manifest: Manifest, *, grant: str, ground: str) -> None:
        """Note a package; one that came before stays as it stands.

        Raises PackageRefused if this round of the member came before as another package.
        """
        values = {
            "package": manifest.package,
            "member": manifest.sender,
            "round": manifest.round,
            "register": manifest.register,
            "state": str(Stand.COMING),
            "persons": manifest.rows,
            "held": grant,
            "ground": ground,
            "officer": manifest.officer,
            "issue": manifest.issue,
            "moment": self.clock.now(),
            "reason": "",
        }
        if self._execute("other_package", values).fetchone() is None:
            self._execute("take", values)
        if self.find(manifest.package) is None:
            raise refused(
                f"đợt {manifest.round} của cơ quan này đã đến trước trong một gói khác",
                f"the round {manifest.round} of this member came before as another package",
            )

    def find(self, package: str) -> Taken | None:
        """The package, if it came."""
        found = self._found(package=package)
        return found[0] if found else None

    def one(self, package: str, *, member: str) -> Taken:
        """A package of this member; that of another is as if it were not there."""
        found = self.find(package)
        if found is None or found.member != member:
            raise UnknownThing(
                Sentence(vi="Không có gói đối soát này.", en="There is no such package.")
            )
        return found

    def all(self, *states: Stand) -> list[Taken]:
        """Those that stand so, or all, newest first."""
        return self._found(state=list(map(str, states)) or None)

    def move(self, package: str, step: tuple[Stand, Stand]) -> bool:
        """From one state to the next; False if it stood elsewhere."""
        values = {"package": package, "earlier_state": str(step[0]), "next_state": str(step[1])}
        return bool(self._execute("move", values).rowcount == 1)

    def refuse(self, package: str, reason: Sentence) -> None:
        """It cannot be answered."""
        self.connection.execute(
            SQL["refuse_taken"], {"package": package, "reason": f"{reason.vi} {reason.en}"}
        )

    def journalled(self, package: str, count: int) -> bool:
        """So many entries are durable; in the transaction that appended the last of them."""
        values = {"package": package, "journalled": count}
        return bool(self._execute("journalled", values).rowcount == 1)

    def answered(self, package: str, *, answer: str, counts: dict[str, int]) -> None:
        """The answer may be fetched from now on."""
        values = {"package": package, "answer": answer, "counts": json.dumps(counts)}
        self._execute("answered", {**values, "moment": self.clock.now()})

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether this program is the one that answers; the lock goes with its session."""
        row = self.connection.execute(_LOCK).fetchone()
        mine = row == (True,)
        try:
            yield mine
        finally:
            if mine and not self.connection.closed and not self.connection.broken:
                self.connection.execute(_UNLOCK)

    def _found(self, **wanted: object) -> list[Taken]:
        rows = self._execute("taken", {"package": None, "state": None, **wanted}).fetchall()
        return [_taken(row) for row in rows]

    def _execute(self, name: str, values: dict[str, Any]) -> Any:  # noqa: ANN401 - the driver's cursor
        return self.connection.execute(SQL[name], values)


def _taken(row: Sequence[Any]) -> Taken:
    told = dict(zip(Taken.__slots__, row, strict=True))
    return Taken(**{**told, "state": Stand(told["state"])})


def question_of(folder: Path, package: str) -> Chunks:
    """Where the chunks of a question come in; `folder` is the node's."""
    return Chunks(folder / "var" / "rounds" / "taken" / package / "question")


def answer_to(folder: Path, package: str) -> Chunks:
    """Where the answer lies once it is packed."""
    return Chunks(folder / "var" / "rounds" / "taken" / package / "answer")


def work_on(folder: Path, package: str) -> Path:
    """Where it is linked; nothing of it stays once it is answered."""
    return folder / "var" / "rounds" / "taken" / package / "work"
