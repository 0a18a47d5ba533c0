"""Single reads and verifications of one object of a register, several in one query."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from sogoc.access.grant import Operation
from sogoc.errors import Sentence, SogocError, StoreUnreachable, UnknownThing
from sogoc.exchange.answering import Found
from sogoc.exchange.looking.by_triple import by_triples
from sogoc.exchange.registers import RegisterShelf
from sogoc.exchange.shared.together import SharedShelf
from sogoc.records.shape import Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sogoc.contract.model import RegisterObject
    from sogoc.database.store import Connection
    from sogoc.exchange.answering import Asked


@dataclass(frozen=True, slots=True)
class SharedRegisterShelf(SharedShelf):
    """A register's shelf that answers several questions by one statement.

    Verifications always; single keys only where one field of text names a record. Whatever else is
    asked goes the usual way.
    """

    connection: Callable[[], Connection]
    """The connection of the thread that asks."""
    object: RegisterObject
    _selects: dict[tuple[str, tuple[str, ...]], sql.Composed] = field(
        default_factory=dict, repr=False, compare=False
    )

    def look_up(self, asked: Asked) -> Found:
        """Answer one question. Raises UnknownThing, BadQuestion and StoreUnreachable."""
        try:
            return RegisterShelf(self.connection(), self.object).look_up(asked)
        except psycopg.Error as failed:
            raise _unreachable() from failed

    def look_up_all(self, several: Sequence[Asked]) -> list[Found | SogocError]:
        """Answer each; those that ask for the same fields in the same way by one statement."""
        alike: dict[tuple[Operation, str, frozenset[str]], list[int]] = {}
        told: dict[int, Found | SogocError] = {}
        for place, asked in enumerate(several):
            if asked.operation is Operation.VERIFY or self._is_single(asked):
                alike.setdefault((asked.operation, asked.register.id, asked.fields), []).append(
                    place
                )
            else:
                told[place] = self._one(asked)
        for (operation, *_), places in alike.items():
            answer = self._verify if operation is Operation.VERIFY else self._read
            told.update(zip(places, answer([several[place] for place in places]), strict=True))
        return [told[place] for place in range(len(several))]

    def _verify(self, several: Sequence[Asked]) -> list[Found | SogocError]:
        try:
            return list(by_triples(self.connection(), self.object, several))
        except UnknownThing as refused:
            return [refused] * len(several)
        except psycopg.Error as failed:
            raise _unreachable() from failed

    def _is_single(self, asked: Asked) -> bool:
        names = self.object.identities[0] if self.object.identities else ()
        return (
            asked.operation is Operation.READ
            and len(asked.keys) == 1
            and len(names) == 1
            and self.object.field(names[0]).type == "VARCHAR"
            and "\0" not in asked.keys[0]
        )

    def _one(self, asked: Asked) -> Found | SogocError:
        try:
            return self.look_up(asked)
        except SogocError as refused:
            return refused

    def _read(self, several: Sequence[Asked]) -> list[Found | SogocError]:
        keys = [asked.keys[0] for asked in several]
        shape = (register, fields) = several[0].register.id, tuple(sorted(several[0].fields))
        if shape not in self._selects:
            if len(self._selects) >= _MOST_SHAPES:
                self._selects.clear()
            self._selects[shape] = _select(register, self.object, fields)
        try:
            rows = self.connection().execute(self._selects[shape], (keys,), prepare=True).fetchall()
        except psycopg.Error as failed:
            raise _unreachable() from failed
        by_key: dict[str, list[tuple[str | None, ...]]] = {}
        for row in rows:
            by_key.setdefault(row[0], []).append(row)
        return [_told(key, by_key.get(key, []), fields) for key in keys]


_MOST_SHAPES = 1_000


def _select(register: str, one: RegisterObject, fields: tuple[str, ...]) -> sql.Composed:
    """The statement: the key, the fields, and behind them the numbers of those it is about."""
    key = one.identities[0][0]
    numbers = [person.number for person in one.persons if person.number]
    columns = sql.SQL(", ").join(
        sql.SQL("{}::text").format(sql.Identifier("r", name)) for name in (key, *fields, *numbers)
    )
    # At most two of one key, as a single read gives: a register's keys may be dirty.
    return sql.SQL(
        "select f.* from unnest(%s::text[]) as w (key) cross join lateral ("
        "select {columns} from {table} as r "
        "where r.{key} = w.key and r._missing_since is null order by r.id limit 2) as f"
    ).format(columns=columns, table=Tables(register, one).current, key=sql.Identifier(key))


def _told(
    key: str, rows: list[tuple[str | None, ...]], fields: tuple[str, ...]
) -> Found | SogocError:
    if not rows:
        return UnknownThing(
            Sentence(
                vi="Không có bản ghi nào mang mã được hỏi.",
                en="No record bears the key that was asked for.",
            )
        )
    width = 1 + len(fields)
    records = [{"key": key, "fields": dict(zip(fields, row[1:width], strict=True))} for row in rows]
    subjects = {number for row in rows for number in row[width:] if number}
    body = json.dumps({"records": records}, ensure_ascii=False, separators=(",", ":"))
    return Found(body=body.encode(), subjects=tuple(sorted(subjects)))


def _unreachable() -> StoreUnreachable:
    return StoreUnreachable(
        Sentence(
            vi="Cơ sở dữ liệu của nút không trả lời; hãy thử lại sau.",
            en="The node's database does not answer; try again later.",
        )
    )
