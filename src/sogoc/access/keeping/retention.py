"""Lawful erasure: what an entry said is forgotten, its mark stays, and the tree still verifies.

Salt and payload go together: without the salt nobody can try a number out against the mark. Each
erasing is itself an entry of the journal, in the same transaction, with the rule or the order it
follows. An entry whose display was deferred is kept until it was shown for a while: else deferral
and retention together would hide it for ever.
"""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from typing import TYPE_CHECKING

from sogoc.access.postgres_journal import append_within
from sogoc.errors import Sentence, UnknownThing
from sogoc.named_sql import statements

if TYPE_CHECKING:
    from datetime import datetime

    from sogoc.access.keeping.acts import Acting
    from sogoc.access.keeping.rule_file import JournalRules
    from sogoc.database.store import Connection

SQL = statements(files("sogoc.access.keeping") / "keeping.sql")
_AT_ONCE = 50_000
"""Entries erased by one act: a transaction that stays short."""


def erase_due(connection: Connection, rules: JournalRules, acting: Acting) -> int:
    """Erase all that has been kept for as long as the rules say. Returns how many entries."""
    erased, last = 0, _AT_ONCE
    while last == _AT_ONCE:
        with connection.transaction():
            found = connection.execute(SQL["due"], _cuts(rules, acting.now)).fetchall()
            numbers = [int(number) for (number,) in found]
            last = _forget(connection, numbers, acting, ground=rules.version)
        erased += last
    return erased


def erase_one(connection: Connection, number: int, acting: Acting, *, order: str) -> None:
    """Erase one entry by an order. Raises UnknownThing if it says nothing (any more)."""
    with connection.transaction():
        if not _forget(connection, [number], acting, ground=order):
            raise UnknownThing(
                Sentence(
                    vi=f"Nhật ký không có mục {number}, hoặc nội dung đã được xóa.",
                    en=f"The journal has no entry {number}, or it was erased already.",
                )
            )


def _forget(connection: Connection, numbers: list[int], acting: Acting, *, ground: str) -> int:
    count = connection.execute(SQL["forget"], {"numbers": numbers}).rowcount if numbers else 0
    if count:
        said = f"{count} entries, {numbers[0]} to {numbers[-1]}"
        append_within(connection, [acting.entry("erase", ground=ground, reason=said)])
    return count


def _cuts(rules: JournalRules, now: datetime) -> dict[str, object]:
    cuts = {register: years_before(now, years) for register, years in rules.registers.items()}
    before = years_before(now, rules.years)
    return {
        "registers": list(cuts),
        "earlier": list(cuts.values()),
        "before": before,
        "latest": max([before, *cuts.values()]),
        "withheld": years_before(now, rules.withheld_years),
        "shown": now - timedelta(days=rules.shown_at_least_days),
        "most": _AT_ONCE,
    }


def years_before(moment: datetime, years: int) -> datetime:
    """The same day so many years earlier; the 28th for a 29 February that was not."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)


def kept_since(connection: Connection) -> datetime | None:
    """The moment of the oldest entry that still says something; None if there is none."""
    row = connection.execute(SQL["first_kept"]).fetchone()
    return row[0] if row else None
