"""Grants in the node's database: each change with who, when and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING

from sogoc.access.grant import Grant, Operation, State, Visibility, check_grant
from sogoc.access.keeping.acts import Acting
from sogoc.access.postgres_journal import append_within
from sogoc.errors import GrantRefused, Sentence, UnknownThing
from sogoc.named_sql import statements

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sogoc.access.entry import Entry
    from sogoc.clock import Clock
    from sogoc.contract.model import Register
    from sogoc.database.store import Connection

_SQL = statements(files("sogoc.access") / "grants.sql")

_NEXT = {
    State.ASKED: frozenset({State.ACCEPTED, State.REFUSED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset({State.WITHDRAWN}),
    State.REFUSED: frozenset[State](),
    State.WITHDRAWN: frozenset[State](),
}
"""What may follow what: a refused or withdrawn grant stays so; who still needs it asks anew."""


@dataclass(frozen=True, slots=True)
class Held:
    """A grant with the state in which it stands."""

    grant: Grant
    state: State


@dataclass(frozen=True, slots=True)
class Taken:
    """One step in the life of a grant."""

    at: datetime
    officer: str
    state: State
    reason: str


class GrantStore:
    """Asks, accepts, refuses, withdraws grants; each step with its record and its journal entry."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def ask(self, grant: Grant, register: Register, *, officer: str) -> None:
        """Keep a grant as asked for. Raises GrantRefused if it could never be accepted."""
        check_grant(grant, register)
        values = {
            "id": grant.id,
            "member": grant.member,
            "register_id": grant.register,
            "fields": sorted(grant.fields),
            "operations": sorted(grant.operations),
            "purpose": grant.purpose,
            "ground": grant.ground,
            "sensitive_ground": grant.sensitive_ground,
            "first_day": grant.first_day,
            "last_day": grant.last_day,
            "rate_per_minute": grant.rate_per_minute,
            "most_keys": grant.most_keys,
            "purpose_title": grant.purpose_title,
            "visibility": grant.visibility,
            "deferred_days": grant.deferred_days,
            "visibility_order": grant.visibility_order,
        }
        with self._connection.transaction():
            if self._connection.execute(_SQL["ask"], values).rowcount != 1:
                raise GrantRefused(
                    Sentence(
                        vi=f"Đã có quyền khai thác mang mã {grant.id}; hãy dùng mã khác.",
                        en=f"There is a grant {grant.id} already; give this one another id.",
                    )
                )
            self._step(grant, State.ASKED, officer=officer, reason="")

    def change(self, grant_id: str, state: State, *, officer: str, reason: str = "") -> None:
        """Accept, refuse or withdraw. Raises UnknownThing, or GrantRefused if it is too late."""
        with self._connection.transaction():
            row = self._connection.execute(_SQL["lock"], {"id": grant_id}).fetchone()
            if row is None:
                raise UnknownThing(
                    Sentence(
                        vi=f"Không có quyền khai thác {grant_id}.",
                        en=f"There is no grant {grant_id}.",
                    )
                )
            if state not in _NEXT[State(row[0])]:
                raise GrantRefused(
                    Sentence(
                        vi=f"Quyền khai thác {grant_id} đang ở trạng thái {row[0]}, "
                        f"không chuyển sang {state} được.",
                        en=f"The grant {grant_id} is {row[0]} and cannot become {state}.",
                    )
                )
            self._connection.execute(_SQL["change"], {"id": grant_id, "state": state})
            changed = next(one.grant for one in self.held(state) if one.grant.id == grant_id)
            self._step(changed, state, officer=officer, reason=reason)

    def held(self, state: State | None = None) -> list[Held]:
        """All grants, or those in one state, by id."""
        found = self._connection.execute(_SQL["all_grants"], {"state": state}).fetchall()
        return [
            Held(
                Grant(
                    id=row[0],
                    member=row[1],
                    register=row[2],
                    fields=frozenset(row[3]),
                    operations=frozenset(map(Operation, row[4])),
                    purpose=row[5],
                    ground=row[6],
                    sensitive_ground=row[7],
                    first_day=row[8],
                    last_day=row[9],
                    rate_per_minute=row[10],
                    most_keys=row[11],
                    purpose_title=row[12],
                    visibility=Visibility(row[13]),
                    deferred_days=row[14],
                    visibility_order=row[15],
                ),
                State(row[16]),
            )
            for row in found
        ]

    def titles(self, purposes: Iterable[str]) -> dict[str, str]:
        """What procedures are for, in words that a citizen understands."""
        asked = {"purposes": sorted(set(purposes))}
        return dict(self._connection.execute(_SQL["titles"], asked).fetchall())

    def waiting(self, member: str) -> int:
        """How many grants of a member wait for the keeper."""
        row = self._connection.execute(_SQL["waiting"], {"member": member}).fetchone()
        return int(row[0]) if row else 0

    def history(self, grant_id: str) -> list[Taken]:
        """Each step of one grant, oldest first."""
        found = self._connection.execute(_SQL["history"], {"id": grant_id}).fetchall()
        return [Taken(row[0], row[1], State(row[2]), row[3]) for row in found]

    def _step(self, grant: Grant, state: State, *, officer: str, reason: str) -> None:
        now = self._clock.now()
        values = {
            "id": grant.id,
            "moment": now,
            "officer": officer,
            "state": state,
            "reason": reason,
        }
        self._connection.execute(_SQL["step"], values)
        acting = Acting(officer=officer, now=now, member=grant.member)
        append_within(self._connection, [_entry(grant, state, acting, reason=reason)])


def _entry(grant: Grant, state: State, acting: Acting, *, reason: str) -> Entry:
    """The step as the journal keeps it: what was asked for or decided, about nobody's data."""
    told = acting.entry(
        f"grant-{state}",
        register=grant.register,
        purpose=grant.purpose,
        ground=grant.ground,
        grant=grant.id,
        reason=reason,
    )
    return replace(told, fields=tuple(sorted(grant.fields)))
