"""Persons by number, name and date of birth: one statement for a batch of ten thousand.

The number alone leads to a bearer, name and date only say whether it is the person meant. Whoever
has no personal number yet is looked for by the old card's number of nine digits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from psycopg import sql

from sogoc.errors import BadQuestion, Sentence, UnknownThing
from sogoc.exchange.answering import Found
from sogoc.exchange.looking.comparing import Bearer, as_given, compare, triple_from
from sogoc.exchange.looking.rows import columns, text, written
from sogoc.records.shape import Tables

if TYPE_CHECKING:
    from sogoc.contract.model import Person, RegisterObject
    from sogoc.database.store import Connection
    from sogoc.exchange.answering import Asked
    from sogoc.exchange.looking.comparing import Triple

_OLD_DIGITS = 9
_UNREADABLE: dict[str, object] = {"outcome": "unreadable"}
Values = tuple["str | None", ...]


def by_triple(connection: Connection, one: RegisterObject, asked: Asked) -> Found:
    """The outcome for each person, in the order asked; granted fields where all three agree.

    Raises UnknownThing where the object holds no such three fields.
    """
    person = _person(one)
    told = [_told(key) for key in asked.keys]
    triples = [as_given(each) or triple_from(each) for each in told]
    fields = sorted(asked.fields)
    wanted = {triple.number for triple in triples if triple}
    bearers = _bearers(connection, (person, Tables(asked.register.id, one)), wanted, fields=fields)
    answers = [
        _answer(triple, each, bearers.get(triple.number, []), fields=fields)
        if triple
        else _UNREADABLE
        for triple, each in zip(triples, told, strict=True)
    ]
    people = {
        number
        for asked_for in wanted
        for number in [values[0] for values, _ in bearers.get(asked_for, [])] or [asked_for]
        if number
    }
    return Found(body=written({"results": answers}), subjects=tuple(sorted(people)))


Held = list[tuple[Values, Bearer]]


def _bearers(
    connection: Connection,
    where: tuple[Person, Tables],
    wanted: set[str],
    *,
    fields: list[str],
) -> dict[str, Held]:
    """Who bears each number, with the values of number and granted fields."""
    person, _ = where
    found: dict[str, Held] = {}
    for column, numbers in (
        (person.number, [each for each in wanted if len(each) != _OLD_DIGITS]),
        (person.old_number, [each for each in wanted if len(each) == _OLD_DIGITS]),
    ):
        if not (column and numbers):
            continue
        for row in _rows(connection, where, (column, numbers), fields=fields):
            by, name, born, died, *values = row
            bearer = Bearer(name=name or "", born=born or "", died=died or "")
            found.setdefault(by or "", []).append((tuple(values), bearer))
    return found


def _rows(
    connection: Connection,
    where: tuple[Person, Tables],
    wanted: tuple[str, list[str]],
    *,
    fields: list[str],
) -> list[Values]:
    person, tables = where
    column, numbers = wanted
    named = (column, person.name, person.born, person.died, person.number, *fields)
    found = connection.execute(_select(tables.name, named), (numbers, 2 * len(numbers))).fetchall()
    return [tuple(map(text, row)) for row in found]


@lru_cache(maxsize=1024)
def _select(table: str, named: tuple[str, ...]) -> bytes:
    """The statement, made once for each set of fields: to put it together costs as much as to run.

    `named` are the column that is gone by, then name, born, died (may be empty) and the others.
    """
    column, name, born, died, *rest = named
    select = sql.SQL(
        "select {head}, {died}, {rest} from {table} as r "
        "where {column} = any(%s) and r._missing_since is null limit %s"
    ).format(
        head=columns([column, name, born]),
        died=sql.Identifier("r", died) if died else sql.SQL("null"),
        rest=columns(rest),
        table=sql.Identifier("register", table),
        column=sql.Identifier("r", column),
    )
    return select.as_bytes()


def _answer(
    triple: Triple, told: Mapping[str, object], held: Held, *, fields: list[str]
) -> dict[str, object]:
    if len(held) != 1 or held[0][1].name != triple.name:
        # Not letter by letter the same: now it must be read as what it should be.
        read = triple_from(told)
        if read is None:
            return _UNREADABLE
        triple = read
    outcome = compare(triple, [bearer for _, bearer in held])
    answer: dict[str, object] = {"outcome": outcome.outcome}
    if outcome.differs:
        answer["differs"] = list(outcome.differs)
    if outcome.released:
        answer["fields"] = dict(zip(fields, held[0][0][1:], strict=True))
    return answer


def _person(one: RegisterObject) -> Person:
    person = next((each for each in one.persons if each.number and each.name), None)
    if person is None or not person.born:
        raise UnknownThing(
            Sentence(
                vi="Cơ sở dữ liệu này không đối soát người: thiếu số, họ tên hoặc ngày sinh.",
                en="This register verifies nobody: it lacks number, name or date of birth.",
            )
        )
    return person


def _told(key: str) -> Mapping[str, object]:
    try:
        told = json.loads(key)
    except ValueError as wrong:
        raise _no_triple() from wrong
    if not isinstance(told, Mapping):
        raise _no_triple()
    return told


def _no_triple() -> BadQuestion:
    return BadQuestion(
        Sentence(
            vi="Mỗi người cần đối soát phải có number, name và born.",
            en="Each person to be verified needs number, name and born.",
        )
    )
