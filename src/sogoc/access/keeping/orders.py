"""Orders on what a subject sees: display deferred to a day, or a hold that is lifted.

Nothing is hidden by hand: a deferral has an end, an order, and an entry in the journal. On that day
the entries show by themselves. What was withheld by its grant shows once an order lifts it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sogoc.access.keeping.retention import SQL
from sogoc.access.postgres_journal import append_within
from sogoc.errors import GrantRefused, Sentence

if TYPE_CHECKING:
    from datetime import datetime

    from sogoc.access.grant import Grant
    from sogoc.access.keeping.acts import Acting
    from sogoc.access.keeping.rule_file import JournalRules
    from sogoc.database.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """By whose order the entries of one case show from when on."""

    purpose: str
    case: str
    since: datetime
    """Entries from here on,"""
    until: datetime
    """and before this."""
    shown: datetime
    """From when on they show; a moment that has passed lifts what hid them."""
    order: str


def carry_out(connection: Connection, order: Order, acting: Acting, *, rules: JournalRules) -> int:
    """Let the order hold for entries that are there. Returns how many it concerns.

    Raises GrantRefused without an order, or for a deferral longer than the rules let.
    """
    latest = acting.now + timedelta(days=rules.longest_deferral_days)
    if not order.order.strip() or order.shown > latest:
        raise _too_long(rules)
    values = {
        "purpose": order.purpose,
        "case": order.case,
        "since": order.since,
        "until": order.until,
        "shown": order.shown,
    }
    with connection.transaction():
        count = connection.execute(SQL["show_from"], values).rowcount
        told = acting.entry(
            "visibility",
            purpose=order.purpose,
            issue=order.case,
            ground=order.order,
            reason=f"{count} entries show from {order.shown.isoformat()}",
        )
        append_within(connection, [told])
    return count


def check_deferral(grant: Grant, rules: JournalRules) -> None:
    """Raise GrantRefused for a grant that defers longer than the rules let."""
    if grant.deferred_days > rules.longest_deferral_days:
        raise _too_long(rules)


def _too_long(rules: JournalRules) -> GrantRefused:
    most = rules.longest_deferral_days
    return GrantRefused(
        Sentence(
            vi=f"Hoãn hiển thị cần lệnh của người có thẩm quyền và tối đa {most} ngày "
            f"(quy tắc {rules.version}).",
            en=f"A deferral needs an order and lasts {most} days at most (rules {rules.version}).",
        )
    )
