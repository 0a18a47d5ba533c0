"""The journal in the node's database, as the subject's view reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from sogoc.access.entry import entry_from
from sogoc.access.keeping.retention import kept_since
from sogoc.access.postgres_journal import SQL, usages
from sogoc.errors import Sentence, StoreUnreachable
from sogoc.trust.proof import written

if TYPE_CHECKING:
    from datetime import datetime

    from sogoc.access.entry import Entry
    from sogoc.access.grant_store import GrantStore
    from sogoc.access.log import Log
    from sogoc.database.store import Connection


@dataclass(frozen=True, slots=True)
class PostgresBook:
    """Reads through one connection; each thread has its own."""

    connection: Connection
    grants: GrantStore
    log: Log

    def about(
        self,
        subject: str,
        *,
        now: datetime,
        register: str = "",
        period: tuple[datetime | None, datetime | None] = (None, None),
        page: tuple[int, int] = (0, 1000),
    ) -> tuple[int, list[tuple[int, Entry]]]:
        """How many entries about a person show, and a page of them, newest first."""
        return usages(
            self.connection, subject, now=now, period=period, page=page, register=register
        )

    def titles(self, purposes: set[str]) -> dict[str, str]:
        """What procedures are for, in words."""
        return self.grants.titles(purposes)

    def kept_since(self) -> datetime | None:
        """The moment of the oldest entry that says something. Raises StoreUnreachable."""
        try:
            return kept_since(self.connection)
        except psycopg.Error as failed:
            raise StoreUnreachable(
                Sentence(vi="Không đọc được nhật ký.", en="The journal cannot be read.")
            ) from failed

    def entry(self, number: int, subject: str, *, now: datetime) -> Entry | None:
        """One entry, if it is about this person and may be shown."""
        asked = {"number": number, "subject": subject, "now": now}
        row = self.connection.execute(SQL["one_about_subject"], asked).fetchone()
        return entry_from(bytes(row[0])) if row else None

    def proof(self, number: int) -> str:
        """The proof of one entry, as a file."""
        return written(self.log.proof(number))
