"""Entries of the journal by the hundred thousand, which say the same of one person each.

They go in by groups, each in the caller's transaction with whatever remembers how far it is: a
program that is killed goes on behind the last group, and nobody is entered twice. Between two
groups single questions have their turn at the journal.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sogoc.access.postgres_journal import append_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.access.entry import Entry
    from sogoc.database.store import Connection

GROUP = 20_000


def append_about(connection: Connection, entry: Entry, subjects: Sequence[str]) -> range:
    """Append one such entry for each subject, in the caller's transaction; return their numbers.

    The caller sees to `synchronous_commit`. An empty subject is an entry about nobody known.
    """
    return append_within(connection, [replace(entry, subject=each) for each in subjects])
