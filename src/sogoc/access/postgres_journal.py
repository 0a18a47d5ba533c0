"""The journal in the node's database.

Numbers, entries and the head that counts them go in by one transaction, so a number is given once
and never lost: a writer that dies before its commit gives its numbers back. `synchronous_commit` is
asked for by name, since a durable journal is what every answer waits for.
"""

from __future__ import annotations

import os
import select
import struct
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from io import BytesIO
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg

from sogoc.access.entry import SALT_BYTES, Alike, alike, commitment_of, entry_from
from sogoc.access.journal import Unit, numbered
from sogoc.database.arrays import Bytes, Integers, Moments, Texts, Uuids, sized, takes_arrays
from sogoc.errors import BrokenLog, Sentence, StoreUnreachable
from sogoc.named_sql import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sogoc.access.entry import Entry
    from sogoc.database.store import Connection, Store

SQL = statements(files("sogoc.access") / "journal.sql")
COPY = (
    "copy node.journal_entry (number, at, subject, visible_from, payload, salt, commitment) "
    "from stdin (format binary)"
)
KEPT_SECONDS = 300
"""How long the mark of a message is kept: longer than two clocks may differ, both ways."""
_MESSAGE, _ENTRIES = attrgetter("mark"), attrgetter("once")
_HEAD, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_COLUMNS = 7
_ROW = struct.Struct("!hiqiq")
"""Columns, then number and moment, each after its length."""
_MARKS = struct.Struct(f"!i{SALT_BYTES}si32s")
_NEVER = ((1 << 63) - 1).to_bytes(8, "big")
"""PostgreSQL's `infinity`: what is withheld shows on no day."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_WHOLE = timedelta(microseconds=1)
GROUP = 20_000
"""Entries about many persons that go in at once."""
_FEW = 100
"""Entries up to here go by one statement; beyond, COPY gains more than its second way costs."""
_NOT_WRITTEN = Sentence(
    vi="Nhật ký không ghi được xuống đĩa; chưa có gì được trả lời.",
    en="The journal could not be written to disk; nothing was answered.",
)
_CHUNK = 500
"""Entries sent at once: while the server takes them in, the next are put into words."""


class PostgresJournal:
    """Appends through a connection of its own; a broken one is made anew for the next group."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Connection | None = None

    def append(self, entries: Sequence[Entry]) -> range:
        """Keep the entries in one durable transaction. Raises StoreUnreachable; then none is."""
        return self.append_once([Unit(entries)])[0] or range(0)

    def append_once(self, units: Sequence[Unit]) -> list[range | None]:
        """Keep units in one durable transaction, and with them the marks of their messages.

        Raises StoreUnreachable; then nothing is kept.
        """
        if not any(unit.entries or unit.mark for unit in units):
            return [range(0) for _ in units]
        try:
            return self._kept(units)
        except psycopg.Error as failed:
            self.close()
            raise StoreUnreachable(_NOT_WRITTEN) from failed

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _kept(self, units: Sequence[Unit]) -> list[range | None]:
        connection = self._open()
        if sum(len(unit.entries) for unit in units) <= _FEW:
            taken, new, start = _kept_at_once(connection, units)
        else:
            with connection.transaction():
                taken = _new(connection, units, _MESSAGE)
                # Only now: what a message says that was taken before must not be marked as said.
                new = _new(connection, taken, _ENTRIES)
                start = _appended(connection, [unit.entries for unit in new]).start
        numbers = dict.fromkeys(map(id, taken), range(0))
        numbers |= dict(zip(map(id, new), numbered(new, start), strict=True))
        return [numbers.get(id(unit)) for unit in units]

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed or _is_lost(self._connection):
            self.close()
            self._connection = self._store.connect()
            self._connection.execute("set synchronous_commit = on")
            # Its few statements are the same for any values: to plan them each time costs more.
            self._connection.execute("set plan_cache_mode = force_generic_plan")
            takes_arrays(self._connection)
        return self._connection


def _new(
    connection: Connection, units: Sequence[Unit], mark_of: Callable[[Unit], bytes]
) -> list[Unit]:
    """Units without such a mark, and of each mark that nobody kept before the first.

    Marks are kept in their order, so that two workers who keep the same ones never wait for each
    other.
    """
    marks = [UUID(bytes=mark) for mark in sorted({mark_of(unit) for unit in units} - {b""})]
    if not marks:
        return list(units)
    asked = {"marks": marks, "seconds": KEPT_SECONDS}
    left = {row[0].bytes for row in connection.execute(SQL["take_messages"], asked)}
    return _first(units, left, mark_of)


def _first(units: Sequence[Unit], new: set[bytes], mark_of: Callable[[Unit], bytes]) -> list[Unit]:
    """Units without such a mark, and of each new mark the first."""
    left, kept = set(new), list[Unit]()
    for unit in units:
        mark = mark_of(unit)
        if not mark or mark in left:
            left.discard(mark)
            kept.append(unit)
    return kept


def _kept_at_once(
    connection: Connection, units: Sequence[Unit]
) -> tuple[list[Unit], list[Unit], int]:
    """Keep a few entries by one statement, a transaction of its own.

    Gives the units whose message is new, those of them whose entries are kept, and from where.
    """
    marks = {unit.mark for unit in units if unit.mark}
    possible = _first(units, marks, _MESSAGE)
    rows = [
        (place, unit, several, subject, payload)
        for place, unit in enumerate(possible)
        for several in alike(unit.entries)
        for subject, payload in zip(several.subjects, several.payloads(), strict=True)
    ]
    drawn = os.urandom(SALT_BYTES * len(rows))
    salts = [drawn[at : at + SALT_BYTES] for at in range(0, len(drawn), SALT_BYTES)]
    asked = {
        "marks": Uuids(sorted(marks)),
        "seconds": KEPT_SECONDS,
        "unit": Integers([place.to_bytes(4, "big") for place, *_ in rows]),
        "of": Uuids([unit.mark or None for _, unit, *_ in rows]),
        "once": Uuids([unit.once or None for _, unit, *_ in rows]),
        "at": Moments([_moment(several.entry.at) for _, _, several, *_ in rows]),
        "subject": Texts([_subject(subject) or None for *_, subject, _ in rows]),
        "visible_from": Moments([_shown_from(several.entry) for _, _, several, *_ in rows]),
        "payload": Bytes([payload for *_, payload in rows]),
        "salt": Bytes(salts),
        "commitment": Bytes(
            [commitment_of(payload, salt) for (*_, payload), salt in zip(rows, salts, strict=True)]
        ),
    }
    told = connection.execute(SQL["keep_at_once"], asked, prepare=True, binary=True).fetchone()
    fresh, kept, start = told or ([], [], None)
    taken = _first(possible, set(fresh), _MESSAGE)
    there = {id(possible[place]) for place in kept}
    return taken, [unit for unit in taken if id(unit) in there], start or 0


def _subject(told: str) -> bytes:
    # A zero byte would be refused, and with it everybody's entries of this group.
    return told.replace("\0", "").encode()


def take_once(connection: Connection, mark: bytes, *, seconds: int) -> bool:
    """Take something for all workers of the node; whether nobody did within `seconds`.

    For what stands in no journal entry, such as a caller's token. Durable once this returns. Raises
    StoreUnreachable: then it may be taken or not, and nothing may be answered.
    """
    asked = {"marks": [UUID(bytes=mark)], "seconds": seconds}
    try:
        return connection.execute(SQL["take_messages"], asked).fetchone() is not None
    except psycopg.Error as failed:
        raise StoreUnreachable(_NOT_WRITTEN) from failed


def forget_messages(connection: Connection) -> int:
    """Let go of marks so old that their messages are refused for their age. Returns how many."""
    return connection.execute(SQL["forget_messages"]).rowcount


def _is_lost(connection: Connection) -> bool:
    """Whether the server hung up while nothing was asked: an idle line has nothing to read."""
    readable, _, _ = select.select([connection.fileno()], [], [], 0)
    return bool(readable)


def append_within(connection: Connection, entries: Sequence[Entry]) -> range:
    """Keep entries as part of the caller's transaction: durable once that one commits.

    For acts that change the node's own tables: act and entry stand or fall together.
    """
    return _appended(connection, [entries])


def append_about(connection: Connection, entry: Entry, subjects: Sequence[str]) -> range:
    """Keep one such entry for each subject, in the caller's transaction; return their numbers.

    By groups of `GROUP`, each with whatever remembers how far it is: a program that is killed goes
    on behind the last group, and between two groups single questions have their turn. The caller
    sees to `synchronous_commit`. An empty subject is an entry about nobody known.
    """
    return append_within(connection, Alike(entry, subjects))


def _appended(connection: Connection, parts: Sequence[Sequence[Entry]]) -> range:
    count = sum(map(len, parts))
    if not count:
        return range(0)
    row = connection.execute(SQL["next_numbers"], {"count": count}).fetchone()
    start = int(row[0]) if row else 0
    with connection.cursor().copy(COPY) as copy:
        copy.write(_HEAD)
        for chunk in _chunks(parts, start, count):
            copy.write(chunk)
        copy.write(_END)
    return range(start, start + count)


def _chunks(parts: Sequence[Sequence[Entry]], start: int, count: int) -> Iterator[bytes]:
    numbers = iter(range(start, start + count))
    salts = BytesIO(os.urandom(SALT_BYTES * count))
    rows = (row for part in parts for each in alike(part) for row in _rows(each, numbers, salts))
    while chunk := b"".join(islice(rows, _CHUNK)):
        yield chunk


def _rows(several: Alike, numbers: Iterator[int], salts: BytesIO) -> Iterator[bytes]:
    """Rows as COPY takes them; what they share is made once."""
    entry = several.entry
    at, shown = (entry.at - _EPOCH) // _WHOLE, sized(_shown_from(entry))
    subjects = several.subjects
    # Not strict: the numbers go on behind these, which stand first so that none is lost.
    for subject, payload, number in zip(subjects, several.payloads(), numbers, strict=False):
        salt = salts.read(SALT_BYTES)
        told = _subject(subject)
        yield b"".join(
            (
                _ROW.pack(_COLUMNS, 8, number, 8, at),
                sized(told or None),
                shown,
                sized(payload),
                _MARKS.pack(SALT_BYTES, salt, SALT_BYTES, commitment_of(payload, salt)),
            )
        )


def _moment(told: datetime) -> bytes:
    return ((told - _EPOCH) // _WHOLE).to_bytes(8, "big", signed=True)


def _shown_from(entry: Entry) -> bytes | None:
    if entry.visible_from is not None:
        return _moment(entry.visible_from)
    return _NEVER if entry.withheld_by else None


def usages(
    connection: Connection,
    subject: str,
    *,
    now: datetime,
    period: tuple[datetime | None, datetime | None] = (None, None),
    page: tuple[int, int] = (0, 1000),
    register: str = "",
) -> tuple[int, list[tuple[int, Entry]]]:
    """How many entries about a person may be shown, and a page of them, newest first.

    `period` is from (included) until (not included), `page` offset and limit. What is deferred by
    lawful order is not among them before its date. `register` empty: all of them.
    """
    asked = {
        "subject": subject,
        "now": now,
        "since": period[0],
        "until": period[1],
        "page_start": page[0],
        "page_size": page[1],
        "register": register,
    }
    row = connection.execute(SQL["count_about_subject"], asked).fetchone()
    found = connection.execute(SQL["about_subject"], asked).fetchall()
    return int(row[0]) if row else 0, [
        (int(number), entry_from(bytes(payload))) for number, payload in found
    ]


def entry_with_proof(connection: Connection, number: int) -> tuple[bytes, bytes, bytes]:
    """Payload, salt and mark of one entry. Raises BrokenLog if it is not there or was erased."""
    row = connection.execute(SQL["entry"], {"number": number}).fetchone()
    if row is None or row[0] is None:
        raise BrokenLog(
            Sentence(
                vi=f"Nhật ký không có mục {number}, hoặc nội dung đã được xóa theo luật.",
                en=f"The journal has no entry {number}, or what it said was lawfully erased.",
            )
        )
    return bytes(row[0]), bytes(row[1]), bytes(row[2])
