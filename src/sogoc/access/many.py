"""Entries of the journal by the hundred thousand, which say the same of one person each.

They go in by groups, each in the caller's transaction with whatever remembers how far it is: a
program that is killed goes on behind the last group, and nobody is entered twice. Between two
groups single questions have their turn at the journal.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from sogoc.access.entry import SALT_BYTES, payload_of
from sogoc.access.postgres_journal import COPY, SQL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.access.entry import Entry
    from sogoc.database.store import Connection

GROUP = 20_000
_MARK = "\x00"


def append_about(connection: Connection, entry: Entry, subjects: Sequence[str]) -> range:
    """Append one such entry for each subject, in the caller's transaction; return their numbers.

    The caller sees to `synchronous_commit`. An empty subject is an entry about nobody known.
    """
    lines = _lines(entry, subjects)
    row = connection.execute(SQL["next_numbers"], {"count": len(lines)}).fetchone()
    start = int(row[0]) if row else 0
    with connection.cursor().copy(COPY) as copy:
        copy.write("".join(f"{number}{line}" for number, line in enumerate(lines, start)))
    return range(start, start + len(lines))


def _lines(entry: Entry, subjects: Sequence[str]) -> list[str]:
    """The rows without their numbers: all that can be worked out before the journal is held."""
    seen = entry.visible_from.isoformat() if entry.visible_from else "\\N"
    at = entry.at.isoformat()
    salts = os.urandom(SALT_BYTES * len(subjects))
    lines = []
    for index, payload in enumerate(payloads(entry, subjects)):
        salt = salts[index * SALT_BYTES : (index + 1) * SALT_BYTES]
        mark = sha256(salt + payload).hexdigest()
        lines.append(
            f"\t{at}\t{subjects[index] or _NULL}\t{seen}\t\\\\x{payload.hex()}\t\\\\x{salt.hex()}\t"
            f"\\\\x{mark}\n"
        )
    return lines


_NULL = "\\N"


def payloads(entry: Entry, subjects: Sequence[str]) -> list[bytes]:
    """The bytes of the entry about each subject, as `payload_of` gives them."""
    before, after = _around(entry)
    nobody = payload_of(replace(entry, subject=""))
    return [before + each.encode() + after if each else nobody for each in subjects]


def _around(entry: Entry) -> tuple[bytes, bytes]:
    """What stands before and behind the subject in the entry's bytes.

    Personal numbers are digits, which JSON writes as they are.
    """
    told = payload_of(replace(entry, subject=_MARK))
    before, after = told.split(json.dumps(_MARK)[1:-1].encode())
    return before, after
