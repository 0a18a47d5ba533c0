"""Rows of a register as they leave: texts of their standard form, and the people they are about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from sogoc.errors import BadQuestion, Sentence, UnknownThing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sogoc.contract.model import RegisterObject
    from sogoc.database.store import Connection

Row = dict[str, "str | None"]


def identity(one: RegisterObject) -> tuple[str, ...]:
    """The fields by which a record is asked for: the object's first identity.

    Raises UnknownThing where nothing names a record but its content.
    """
    if one.identities:
        return one.identities[0]
    raise UnknownThing(
        Sentence(
            vi=f"Bản ghi {one.name} không có khóa nên không hỏi từng bản ghi được.",
            en=f"Nothing names a record of {one.name}; it cannot be asked for one by one.",
        )
    )


def numbers(one: RegisterObject) -> list[str]:
    """The fields that hold personal numbers."""
    return [person.number for person in one.persons if person.number]


def with_people(one: RegisterObject, names: Iterable[str]) -> list[str]:
    """The fields to read so that those asked for can be answered and the people journalled."""
    return list(dict.fromkeys([*names, *numbers(one)]))


def subjects(one: RegisterObject, rows: Iterable[Mapping[str, str | None]]) -> tuple[str, ...]:
    """Everybody whom the records are about: each sees the entry in the journal."""
    columns = numbers(one)
    told = {row[name] for row in rows for name in columns}
    return tuple(sorted(number for number in told if number))


def columns(names: Iterable[str], table: str = "r") -> sql.Composed:
    """The fields of a table in a SELECT."""
    return sql.SQL(", ").join(sql.Identifier(table, name) for name in names)


def rows_of(
    connection: Connection,
    select: sql.Composed,
    values: Sequence[object] | Mapping[str, object],
    *,
    names: Sequence[str],
    wrong: BadQuestion,
) -> list[Row]:
    """What a SELECT gives, each row by name. Raises `wrong` for a value that its field cannot be.

    A connection that waits for its answer in vain is the caller's to give up.
    """
    try:
        found = connection.execute(select, values).fetchall()
    except psycopg.DataError as failed:
        raise wrong from failed
    return [dict(zip(names, map(text, row), strict=True)) for row in found]


def text(value: object) -> str | None:
    """A value as it leaves."""
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def key_of(row: Mapping[str, str | None], names: tuple[str, ...]) -> object:
    """The key of a record: one text, or an object where several fields name it."""
    return row[names[0]] if len(names) == 1 else {name: row[name] for name in names}


def written(told: Any) -> bytes:  # noqa: ANN401 - JSON
    """The body of an answer."""
    return _JSON.encode(told).encode()


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
