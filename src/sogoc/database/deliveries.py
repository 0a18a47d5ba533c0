"""The life of a delivery: kept, running, merged or refused, perhaps undone."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from sogoc.errors import Sentence, StoreBusy, UnknownThing
from sogoc.named_sql import statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

_SQL = statements(files("sogoc.database") / "deliveries.sql")


class Scope(StrEnum):
    """For what a delivery speaks."""

    PLACES = "places"
    """The whole of each place it brings: a record of the place that is not in it is missing."""
    RECORDS = "records"
    """The records in it, and nothing else."""
    ENDINGS = "endings"
    """The records in it, and of these that they end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What is known of a file when it is handed in. `kept_path` counts from the node's folder."""

    register: str
    contract_version: str
    file_name: str
    sha256: str
    bytes: int
    kept_path: str
    received_at: datetime
    received_by: str
    as_of: date
    form: str = ""
    scope: str = Scope.PLACES


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Arrival):
    """A delivery as the node knows it. `state`: kept, running, merged, refused or undone."""

    id: int
    state: str
    rules_version: str = ""
    population_release: int | None = None
    counts: dict[str, Any] = field(default_factory=dict)
    merged_at: datetime | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a delivery that was merged."""

    counts: Mapping[str, Any]
    rules_version: str = ""
    population_release: int | None = None


@contextmanager
def turn(
    connection: psycopg.Connection, register: str, *, wait_seconds: float = 0.0
) -> Iterator[None]:
    """Wait until no other delivery of this register is at work, and keep the others waiting.

    The lock belongs to the session: a program that is killed gives its turn to the next. Whoever
    has the turn may take it once more. Raises StoreBusy after `wait_seconds`; 0: waits for ever.
    """
    lock = (f"sogoc.register.{register}",)
    _take(connection, lock, milliseconds=int(wait_seconds * 1000))
    try:
        yield
    finally:
        if not connection.closed and not connection.broken:
            connection.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", lock)


def _take(connection: psycopg.Connection, lock: tuple[str], *, milliseconds: int) -> None:
    if not milliseconds:
        connection.execute(_LOCK, lock)
        return
    connection.execute(_PATIENCE, (str(milliseconds),))
    try:
        connection.execute(_LOCK, lock)
    except psycopg.errors.LockNotAvailable as waited:
        raise StoreBusy(
            Sentence(
                vi="Cơ sở dữ liệu này đang nhận một lô khác; hãy gửi lại sau ít phút.",
                en="This register takes in another delivery; send it again in a few minutes.",
            ),
            wait_seconds=_COME_AGAIN_SECONDS,
        ) from waited
    finally:
        connection.execute(_PATIENCE, ("0",))


_LOCK = "select pg_advisory_lock(hashtextextended(%s, 0))"
_PATIENCE = "select set_config('lock_timeout', %s, false)"
_COME_AGAIN_SECONDS = 10.0


class Deliveries:
    """The deliveries of a node, through one open connection."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def keep(self, arrival: Arrival) -> int:
        """Note a file that was handed in; return the delivery's number."""
        row = self._connection.execute(_SQL["keep"], _columns(arrival)).fetchone()
        return int(cast(tuple[Any, ...], row)[0])

    def begin(self, delivery: int, *, form: str = "") -> None:
        """The stages begin, also once more after a crash. Raises UnknownThing."""
        self._move("begin", {"id": delivery, "form": form})

    def merged(self, delivery: int, at: datetime, outcome: Outcome) -> None:
        """Its records stand in the register; call it in the transaction that put them there."""
        self._move(
            "merged",
            {
                "id": delivery,
                "at": at,
                "counts": Jsonb(dict(outcome.counts)),
                "rules_version": outcome.rules_version,
                "population_release": outcome.population_release,
            },
        )

    def refused(self, delivery: int, why: Mapping[str, Any]) -> None:
        """It cannot be taken in; `why` is kept as its counts."""
        self._move("refused", {"id": delivery, "counts": Jsonb(dict(why))})

    def undone(self, delivery: int, at: datetime) -> None:
        """Its records were taken out again, in the same transaction."""
        self._move("undone", {"id": delivery, "at": at})

    def one(self, delivery: int) -> Delivery:
        """The delivery of that number. Raises UnknownThing."""
        found = self._found(id=delivery)
        if not found:
            raise _unknown(delivery)
        return found[0]

    def of_checksum(
        self, register: str, sha256: str, scope: Scope = Scope.PLACES
    ) -> Delivery | None:
        """The merged delivery of this very file that speaks for the same, if there is one."""
        found = self._found(register=register, sha256=sha256, scope=scope, state="merged")
        return found[0] if found else None

    def unfinished(
        self, register: str, sha256: str, scope: Scope = Scope.PLACES
    ) -> Delivery | None:
        """The same that was begun and not ended, to go on with."""
        for state in ("running", "kept"):
            if found := self._found(register=register, sha256=sha256, scope=scope, state=state):
                return found[0]
        return None

    def latest(self, register: str) -> Delivery | None:
        """The delivery that brought the register to where it stands."""
        row = self._connection.execute(_SQL["latest"], {"register": register}).fetchone()
        return self.one(row[0]) if row else None

    def newest(self, register: str | None = None, *, limit: int = 50) -> list[Delivery]:
        """Deliveries of one register, or of all, newest first."""
        return self._found(register=register, at_most=limit)

    def newest_of_places(self, register: str, *, limit: int = 50) -> list[Delivery]:
        """The same without those that speak for single records: they come by the thousand."""
        return self._found(register=register, scope=Scope.PLACES, at_most=limit)

    def merged_later(self, delivery: int) -> list[int]:
        """The deliveries that stand on this one, so that it cannot be taken back."""
        rows = self._connection.execute(_SQL["merged_later"], {"id": delivery})
        return [row[0] for row in rows]

    def keep_contract(self, contract: Mapping[str, Any]) -> None:
        """Keep a contract whole: register, version, sha256, text, at. Known versions stay."""
        self._connection.execute(_SQL["keep_contract"], contract)

    def contract_text(self, register: str, version: str) -> str | None:
        """The contract of that version as it was kept, None if nothing was merged under it."""
        wanted = {"register": register, "version": version}
        row = self._connection.execute(_SQL["contract_text"], wanted).fetchone()
        return str(row[0]) if row else None

    def kept_counts(self, delivery: int) -> list[tuple[str, str, int, int, int]]:
        """Rule code, locality, assessed, failed, unassessed: what scores are computed from."""
        return self._connection.execute(_SQL["kept_counts"], {"delivery": delivery}).fetchall()

    def _found(self, **wanted: object) -> list[Delivery]:
        names = ("id", "register", "sha256", "state", "scope", "at_most")
        anything = dict.fromkeys(names)
        with self._connection.cursor(row_factory=class_row(Delivery)) as cursor:
            return cursor.execute(_SQL["found"], {**anything, **wanted}).fetchall()

    def _move(self, name: str, parameters: Mapping[str, Any]) -> None:
        moved = self._connection.execute(_SQL[name], parameters).rowcount
        if moved != 1:
            raise _unknown(parameters["id"])


def _columns(arrival: Arrival) -> dict[str, object]:
    return {name: getattr(arrival, name) for name in Arrival.__slots__}


def _unknown(delivery: int) -> UnknownThing:
    return UnknownThing(
        Sentence(
            vi=f"Không có lô dữ liệu số {delivery} ở trạng thái cho phép làm việc này.",
            en=f"There is no delivery {delivery} in a state that allows this.",
        ),
    )
