"""Persons by number, name and date of birth: one statement for a batch of ten thousand.

The number alone leads to a bearer, name and date only say whether it is the person meant. Whoever
has no personal number yet is looked for by the old card's number of nine digits.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from psycopg import sql

from sogoc.errors import Sentence, UnknownThing
from sogoc.exchange.answering import Found
from sogoc.exchange.looking.comparing import Bearer, as_given, compare, triple_from
from sogoc.exchange.looking.rows import text, written
from sogoc.records.shape import Tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sogoc.contract.model import Person, RegisterObject
    from sogoc.database.store import Connection
    from sogoc.exchange.answering import Asked
    from sogoc.exchange.looking.comparing import Triple

_OLD_DIGITS = 9
_UNREADABLE: dict[str, object] = {"outcome": "unreadable"}
Values = tuple["str | None", ...]
_Read = tuple["Mapping[str, str]", "Triple | None"]
"""A person as told, and the triple in it; None where one of the three cannot be read."""


def by_triple(connection: Connection, one: RegisterObject, asked: Asked) -> Found:
    """The outcome for each person, in the order asked; granted fields where all three agree.

    Raises UnknownThing where the object holds no such three fields.
    """
    return by_triples(connection, one, [asked])[0]


def by_triples(
    connection: Connection, one: RegisterObject, several: Sequence[Asked]
) -> list[Found]:
    """The same for questions of one register that ask for the same fields, by one statement."""
    person = _person(one)
    read: list[list[_Read]] = [
        [(each, as_given(each) or triple_from(each)) for each in asked.people] for asked in several
    ]
    wanted = {triple.number for people in read for _, triple in people if triple}
    fields = sorted(several[0].fields)
    where = (person, Tables(several[0].register.id, one))
    bearers = _bearers(connection, where, wanted, fields=fields)
    return [_found(people, bearers, fields=fields) for people in read]


def _found(people: list[_Read], bearers: Mapping[str, Held], *, fields: list[str]) -> Found:
    answers = [
        _answer(triple, told, bearers.get(triple.number, []), fields=fields)
        if triple
        else _UNREADABLE
        for told, triple in people
    ]
    about = {
        number
        for asked_for in {triple.number for _, triple in people if triple}
        for number in [values[0] for values, _ in bearers.get(asked_for, [])] or [asked_for]
        if number
    }
    return Found(body=written({"results": answers}), subjects=tuple(sorted(about)))


Held = list[tuple[Values, Bearer]]


def _bearers(
    connection: Connection,
    where: tuple[Person, Tables],
    wanted: set[str],
    *,
    fields: list[str],
) -> dict[str, Held]:
    """Who bears each number, with the values of number and granted fields."""
    person, tables = where
    found: dict[str, Held] = {}
    for column, numbers in (
        (person.number, [each for each in wanted if len(each) != _OLD_DIGITS]),
        (person.old_number, [each for each in wanted if len(each) == _OLD_DIGITS]),
    ):
        if not (column and numbers):
            continue
        named = (column, person.name, person.born, person.died, person.number, *fields)
        rows = connection.execute(_select(tables.name, named), (numbers,), prepare=True)
        for row in rows.fetchall():
            by, name, born, died, *values = map(text, row)
            bearer = Bearer(name=name or "", born=born or "", died=died or "")
            found.setdefault(by or "", []).append((tuple(values), bearer))
    return found


@lru_cache(maxsize=1024)
def _select(table: str, named: tuple[str, ...]) -> bytes:
    """The statement, made once for each set of fields: to put it together costs as much as to run.

    `named` are the column that is gone by, then name, born, died (may be empty) and the others. At
    most two bearers of a number are read, for two are too many: so a number that a dirty register
    gives to hundreds never crowds out those of others.
    """
    column, name, born, died, *rest = named
    select = sql.SQL(
        "select f.* from unnest(%s::text[]) as w (number) cross join lateral ("
        "select {head}, {died}, {rest} from {table} as r "
        "where {column} = w.number and r._missing_since is null order by r.id limit 2) as f"
    ).format(
        head=_as_named([column, name, born], start=0),
        died=sql.SQL("{} as c3").format(sql.Identifier("r", died) if died else sql.SQL("null")),
        rest=_as_named(rest, start=4),
        table=sql.Identifier("register", table),
        column=sql.Identifier("r", column),
    )
    return select.as_bytes()


def _as_named(names: Sequence[str], *, start: int) -> sql.Composed:
    """Columns, each under its place: one field may be asked for that is gone by as well."""
    return sql.SQL(", ").join(
        sql.SQL("{} as {}").format(sql.Identifier("r", name), sql.Identifier(f"c{place}"))
        for place, name in enumerate(names, start)
    )


def _answer(
    triple: Triple, told: Mapping[str, str], held: Held, *, fields: list[str]
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
