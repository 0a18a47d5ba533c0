"""Writes by a façade become deliveries of single records, one after another in each register.

The file is kept and goes through the stages like every delivery; what it brings is in force, and
journalled, before the caller hears of it. A worker that is killed leaves all of a write or none.
"""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

from sogoc.database.deliveries import Scope, turn
from sogoc.database.store import DATABASE_ERROR
from sogoc.errors import Sentence, StepFailed, StoreBusy, StoreError, UnknownThing
from sogoc.facades.query_shelf import QueryShelf, believed
from sogoc.facades.repeats import Repeats
from sogoc.facades.writing import Kind, Written, bad
from sogoc.node.engines import open_engines
from sogoc.node.node import rules_of
from sogoc.node.offering.accepting import Sent, check_sent, subjects_of
from sogoc.pipeline.deliver import Request, deliver
from sogoc.pipeline.parts import Parts
from sogoc.records.shape import Tables
from sogoc.values.kinds import Kind as FieldKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sogoc.clock import Clock
    from sogoc.database.store import Connection, Store
    from sogoc.facades.queries import Query
    from sogoc.facades.writing import Order, Witness, Write
    from sogoc.node.serving import Served
    from sogoc.pipeline.single.storing import Stored
    from sogoc.tables.engine import Engine

WAIT_SECONDS = 10.0
"""How long a write waits for others in its register; then its caller is told to come again."""
_AT_ONCE = 4
"""Writes under way in one worker: whoever reads must find threads, too."""


@dataclass(slots=True)
class RegisterWriter:
    """Hands writes in as deliveries."""

    store: Store
    parts: Callable[[Connection], Parts]
    """The parts of a delivery, over a connection of its own."""
    wait_seconds: float = WAIT_SECONDS
    _places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_AT_ONCE))

    def hand_in(self, order: Order, witness: Witness, /) -> Written:
        """Write it; see `facades.writing.Writer` for what is promised and raised."""
        with self._place(), self._connection() as connection:
            register = order.write.register.id
            parts = self.parts(connection)
            with turn(connection, register, wait_seconds=self.wait_seconds):
                return _Handing(parts, order, witness).done()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise _full()
        try:
            yield
        finally:
            self._places.release()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """A connection for one write: whatever becomes of it, its turn ends with it."""
        connection = self.store.connect()
        try:
            yield connection
        except (StepFailed, DATABASE_ERROR):
            # Their words may hold what was to be written.
            raise _failed() from None
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class _Handing:
    """One write whose turn it is."""

    parts: Parts
    order: Order
    witness: Witness

    @property
    def write(self) -> Write:
        return self.order.write

    def done(self) -> Written:
        """What stands after it, by this call or by an earlier one of the same request."""
        repeats = Repeats(self.parts.connection)
        known = repeats.found(self.order)
        if known is not None:
            told = self._believed(known.records, at=known.at)
            numbers = subjects_of(self.write.object, told)
            self.witness(numbers)
            return self._told(told)
        sent = self._sent()
        at = self._deliver(sent)
        repeat = repeats.found(self.order)
        return self._told(self._believed(repeat.records if repeat else (), at=at))

    def _sent(self) -> Sent:
        """The records as they are to stand. Raises UnknownThing, BadQuestion."""
        write = self.write
        names = [one.name for one in write.object.fields]
        found = self._found(write.query) if write.query else []
        if not found and write.kind not in {Kind.CREATE, Kind.UPDATE_OR_CREATE}:
            raise UnknownThing(
                Sentence(vi="Không có bản ghi nào như vậy.", en="There is no such record.")
            )
        if not found:
            asked = {
                one.field: one.values[0] for one in (write.query.conditions if write.query else ())
            }
            told = asked | dict(write.values)
            _check_named(write, told)
            over = _as_sent(write)
            return Sent(rows=({name: over.get(name, told.get(name) or None) for name in names},))
        over = _as_sent(write)
        return Sent(
            rows=tuple({**texts, **over} for _, texts in found),
            records=tuple(number for number, _ in found),
            before=tuple(texts for _, texts in found),
        )

    def _found(self, query: Query) -> list[tuple[int, dict[str, str | float | None]]]:
        single = self.write.kind in {Kind.UPDATE, Kind.UPDATE_OR_CREATE}
        most = 1 if self.write.kind is Kind.DELETE else self.order.most
        found = QueryShelf(self.parts.connection, query).to_write(1 if single else most + 1)
        if len(found) > most:
            raise bad(
                f"có nhiều hơn {most} bản ghi như vậy", f"more than {most} such records stand"
            )
        return found

    def _deliver(self, sent: Sent) -> datetime:
        write, caller = self.write, self.order.caller
        self.parts.runs.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=_HANDING, dir=self.parts.runs) as folder:
            file = Path(folder) / f"govstack-{write.kind}.jsonl"
            # With the request in it: the same record written again later is another file.
            asked = f"{caller.client} {write.kind} {caller.request_id}"
            lines = [json.dumps({**row, "_request": asked}) for row in sent.rows]
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")
            request = Request(
                register=write.register.id,
                file=file,
                officer=f"{caller.client} {caller.officer}",
                form=write.object.name,
                scope=Scope.ENDINGS if write.kind is Kind.DELETE else Scope.RECORDS,
            )
            made = deliver(self.parts, request, witness=lambda stored: self._seen(stored, sent))
        if made.known_already:
            # Written and forgotten as a request since: what stands now may be something else.
            raise bad(
                "mã yêu cầu này đã dùng từ lâu; hãy gửi lại với mã mới",
                "this request id was used long ago; send it under a new one",
            )
        return made.delivery.merged_at or self.parts.clock.now()

    def _seen(self, stored: Stored, sent: Sent) -> None:
        """The last before the records hold: what stands against them, the journal, the repeat."""
        records = check_sent(stored, self.write, sent)
        self.witness(subjects_of(self.write.object, [*sent.rows, *sent.before]))
        Repeats(self.parts.connection).keep(
            self.order, delivery=stored.delivery, records=records, now=self.parts.clock.now()
        )

    def _believed(self, records: tuple[int, ...], *, at: datetime) -> list[dict[str, str | None]]:
        if self.write.kind is Kind.DELETE:
            return []
        target = Tables(self.write.register.id, self.write.object)
        return believed(self.parts.connection, target, records, at=at)

    def _told(self, records: list[dict[str, str | None]]) -> Written:
        shown = self.order.shown
        return Written(
            records=tuple(
                {name: value for name, value in one.items() if name in shown} for one in records
            )
        )


def _as_sent(write: Write) -> dict[str, str | float | None]:
    """The new values; a number of a field that holds any number stays one."""
    kinds = {field.name: field.kind for field in write.object.fields}
    return {
        name: float(value)
        if name in write.numbers and kinds[name] is FieldKind.NUMBER
        else value or None
        for name, value in write.values.items()
    }


def _check_named(write: Write, told: dict[str, str]) -> None:
    """A new record bears a whole name, where its contract knows what names one."""
    identities = write.object.identities
    if identities and not any(all(told.get(name) for name in each) for each in identities):
        listed = "; ".join(" + ".join(each) for each in identities)
        raise bad(f"cần đủ một trong các khóa: {listed}", f"it needs one of these keys: {listed}")


@contextmanager
def writing(served: Served, clock: Clock) -> Iterator[RegisterWriter]:
    """The writer of one worker; its engine is opened by the first write."""
    _forget_cut_off(served.folder, clock)
    with ExitStack() as stack:
        engines = _Engines(served, stack)

        def parts(connection: Connection) -> Parts:
            return Parts(
                folder=served.folder,
                connection=connection,
                shelf=served.contracts,
                clock=clock,
                engine=engines.open,
                rules=rules_of(served.folder),
                keep_runs=served.settings.keep_runs,
            )

        yield RegisterWriter(served.store, parts)


def _forget_cut_off(folder: Path, clock: Clock) -> None:
    """Remove what a worker that was killed had yet to hand in; its caller asks again."""
    before = clock.now().timestamp() - _CUT_OFF_SECONDS
    for left in (folder / "var" / "runs").glob(f"{_HANDING}*"):
        with suppress(FileNotFoundError):  # another worker begins as well
            if left.stat().st_mtime < before:
                shutil.rmtree(left, ignore_errors=True)


_HANDING, _CUT_OFF_SECONDS = ".writing-", 3600.0


@dataclass(slots=True)
class _Engines:
    """What opens engines: most workers never write, and wait for no engine to start."""

    served: Served
    stack: ExitStack
    _turn: Lock = field(default_factory=Lock)
    _opens: Callable[[Path], Engine] | None = None

    def open(self, folder: Path) -> Engine:
        with self._turn:
            if self._opens is None:
                told = open_engines(self.served.folder, self.served.settings)
                self._opens = self.stack.enter_context(told)
        return self._opens(folder)


def _full() -> StoreBusy:
    return StoreBusy(
        Sentence(
            vi="Nút đang ghi nhiều yêu cầu khác; hãy gửi lại sau ít giây.",
            en="The node is busy with other writes; send it again in a few seconds.",
        ),
        wait_seconds=2.0,
    )


def _failed() -> StoreError:
    return StoreError(
        Sentence(
            vi="Không ghi được; chưa có gì thay đổi. Hãy gửi lại với cùng mã yêu cầu.",
            en="It could not be written, and nothing changed. Send it again under the same id.",
        )
    )
