"""Grants in the node's database: each change with who, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from sogoc.access.grant import Grant, Operation, State, check_grant
from sogoc.errors import GrantRefused, Sentence, UnknownThing
from sogoc.named_sql import statements

if TYPE_CHECKING:
    from datetime import datetime

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
    """Asks, accepts, refuses and withdraws grants; each in one transaction with its record."""

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
        }
        with self._connection.transaction():
            if self._connection.execute(_SQL["ask"], values).rowcount != 1:
                raise GrantRefused(
                    Sentence(
                        vi=f"Đã có quyền khai thác mang mã {grant.id}; hãy dùng mã khác.",
                        en=f"There is a grant {grant.id} already; give this one another id.",
                    )
                )
            self._step(grant.id, State.ASKED, officer=officer, reason="")

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
            self._step(grant_id, state, officer=officer, reason=reason)

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
                ),
                State(row[12]),
            )
            for row in found
        ]

    def history(self, grant_id: str) -> list[Taken]:
        """Each step of one grant, oldest first."""
        found = self._connection.execute(_SQL["history"], {"id": grant_id}).fetchall()
        return [Taken(row[0], row[1], State(row[2]), row[3]) for row in found]

    def _step(self, grant_id: str, state: State, *, officer: str, reason: str) -> None:
        values = {
            "id": grant_id,
            "moment": self._clock.now(),
            "officer": officer,
            "state": state,
            "reason": reason,
        }
        self._connection.execute(_SQL["step"], values)
