"""What a follower gets of a change: the granted fields of the record, decided and journalled.

An event says nothing that the follower's grant does not cover. Reading it is asking for a
difference: it is decided, journalled for everybody in the record, and only then told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import sql

from sogoc.access.grant import Operation
from sogoc.clock import today
from sogoc.exchange.answering import Asked, Found, answer
from sogoc.facades.queries import fits, widest
from sogoc.records.shape import Tables

if TYPE_CHECKING:
    from sogoc.contract.model import Register, RegisterObject
    from sogoc.database.store import Connection
    from sogoc.events.feed import Change
    from sogoc.exchange.answering import Answering
    from sogoc.exchange.protocol import Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A change as one follower may see it. `fields` are empty if the record is no more."""

    change: Change
    fields: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class ChangedShelf:
    """The records of changes, as they stand now."""

    connection: Connection
    register: Register
    object: RegisterObject

    def look_up(self, asked: Asked) -> Found:
        """The records by their numbers, also those that went missing: `{number: fields}`."""
        fields = sorted(asked.fields)
        numbers = [person.number for person in self.object.persons if person.number]
        names = list(dict.fromkeys([*fields, *numbers]))
        select = sql.SQL("select id, {} from {} where id = any(%s)").format(
            sql.SQL(", ").join(map(sql.Identifier, names)),
            Tables(self.register.id, self.object).current,
        )
        wanted = [int(key) for key in asked.keys]
        found: dict[int, dict[str, str | None]] = {}
        for number, *values in self.connection.execute(select, (wanted,)).fetchall():
            found[number] = dict(zip(names, map(_text, values), strict=True))
        subjects = {value for row in found.values() for name in numbers if (value := row[name])}
        told = {number: {name: row[name] for name in fields} for number, row in found.items()}
        body = json.dumps(told, ensure_ascii=False)
        return Found(body=body.encode(), subjects=tuple(sorted(subjects)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Whose changes are asked for, by whom."""

    register: Register
    object: RegisterObject
    caller: Envelope
    answering: Answering

    def may(self, needed: frozenset[str] = frozenset()) -> Asked:
        """The question that following puts: the widest fields that one grant allows."""
        day = today(self.answering.clock)
        held = [
            grant
            for grant in self.answering.grants.values()
            if fits(grant, self.caller, self.register.id, operation=Operation.DIFFERENCE, on=day)
        ]
        fields = widest(self.register, self.object, held, needed=needed)
        return Asked(
            register=self.register, operation=Operation.DIFFERENCE, fields=fields, keys=("0",)
        )

    def check(self, needed: frozenset[str] = frozenset()) -> None:
        """Raise AccessDenied unless a grant covers it: asked of nobody's data, and journalled."""
        answer(self.caller, self.may(needed), _Nothing(), by=self.answering)

    def told(self, changes: list[Change], connection: Connection) -> list[Told]:
        """The changes with what may be seen of them. Raises AccessDenied, TooManyQuestions."""
        asked = self.may()
        keys = tuple(dict.fromkeys(str(one.record) for one in changes))
        whole = Asked(
            register=asked.register, operation=asked.operation, fields=asked.fields, keys=keys
        )
        shelf = ChangedShelf(connection, self.register, self.object)
        found: dict[str, Any] = json.loads(
            answer(self.caller, whole, shelf, by=self.answering).body
        )
        return [Told(change=one, fields=found.get(str(one.record), {})) for one in changes]


class _Nothing:
    """A question that only wants to know whether it may be asked."""

    def look_up(self, asked: Asked) -> Found:
        """Nothing about anybody."""
        del asked
        return Found(body=b"{}")


def _text(value: object) -> str | None:
    return None if value is None else str(value)
