"""What a node's registers answer: read one, search by allowed keys, batch, verify.

Only the fields that were asked for leave the database. Records that went missing from their
deliveries are not answered from; every value goes out as the text of its standard form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from sogoc.access.grant import Operation
from sogoc.errors import BadQuestion, Sentence, UnknownThing
from sogoc.exchange.answering import Found
from sogoc.exchange.verifying import Bearer, compare, triple_from
from sogoc.records.shape import Tables, postgres_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sogoc.contract.model import Person, RegisterObject
    from sogoc.database.store import Connection
    from sogoc.exchange.answering import Asked
    from sogoc.exchange.verifying import Triple


@dataclass(frozen=True, slots=True)
class RegisterShelf:
    """The current records of one object of a register."""

    connection: Connection
    object: RegisterObject

    def look_up(self, asked: Asked) -> Found:
        """Answer one question. Raises UnknownThing if a single key names nothing."""
        if asked.operation is Operation.VERIFY:
            return self._verified(asked)
        names = identity(self.object)
        wanted = [_parts(key, names) for key in asked.keys]
        fields = sorted(asked.fields)
        rows = self._rows(asked, names, wanted, fields=fields)
        if len(asked.keys) == 1 and not rows:
            raise UnknownThing(
                Sentence(
                    vi="Không có bản ghi nào mang mã được hỏi.",
                    en="No record bears the key that was asked for.",
                )
            )
        records = [
            {"key": _key(row, names), "fields": {name: row[name] for name in fields}}
            for row in rows
        ]
        return Found(body=_json({"records": records}), subjects=_subjects(self.object, rows))

    def _verified(self, asked: Asked) -> Found:
        person = self._person()
        told = [_told(key) for key in asked.keys]
        triples = [triple_from(each) for each in told]
        numbers = sorted({triple.number for triple in triples if triple})
        needed = {person.number, person.name, person.born, person.died} - {""}
        rows = self._rows(
            asked,
            (person.number,),
            [(number,) for number in numbers],
            fields=sorted(needed | asked.fields),
        )
        by_number: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            by_number.setdefault(row[person.number], []).append(row)
        answers = [
            _answer(triple, by_number.get(triple.number, []), person, fields=asked.fields)
            if triple
            else {"outcome": "unreadable"}
            for triple in triples
        ]
        return Found(body=_json({"results": answers}), subjects=tuple(numbers))

    def _person(self) -> Person:
        person = next((one for one in self.object.persons if one.number and one.name), None)
        if person is None or not person.born:
            raise UnknownThing(
                Sentence(
                    vi="Cơ sở dữ liệu này không đối soát người: thiếu số, họ tên hoặc ngày sinh.",
                    en="This register verifies nobody: it lacks number, name or date of birth.",
                )
            )
        return person

    def _rows(
        self,
        asked: Asked,
        keys: tuple[str, ...],
        wanted: Sequence[tuple[str, ...]],
        *,
        fields: Sequence[str],
    ) -> list[dict[str, Any]]:
        """Rows whose `keys` are among `wanted`, at most twice as many as were asked for."""
        names = list(dict.fromkeys([*keys, *fields, *_numbers(self.object)]))
        columns = sql.SQL(", ").join(sql.Identifier("r", name) for name in names)
        given = sql.SQL(", ").join(
            sql.SQL("%s::{}[]").format(sql.SQL(postgres_type(self.object.field(key))))
            for key in keys
        )
        same = sql.SQL(" and ").join(
            sql.SQL("{} = {}").format(sql.Identifier("r", key), sql.Identifier("w", key))
            for key in keys
        )
        select = sql.SQL(
            "select {columns} from {table} as r inner join unnest({given}) as w ({keys}) on {same} "
            "where r._missing_since is null order by r.id limit %s"
        ).format(
            columns=columns,
            table=Tables(asked.register.id, self.object).current,
            given=given,
            keys=sql.SQL(", ").join(map(sql.Identifier, keys)),
            same=same,
        )
        lists = [list(each) for each in zip(*wanted, strict=True)] or [[] for _ in keys]
        try:
            found = self.connection.execute(select, (*lists, 2 * len(wanted))).fetchall()
        except psycopg.DataError as wrong:
            raise _no_key(keys) from wrong
        return [dict(zip(names, map(_text, row), strict=True)) for row in found]


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


def _parts(key: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The key's values in the order of its fields: a text, or an object where there are several."""
    if len(names) == 1:
        return (key,)
    try:
        told = json.loads(key)
        values = tuple(told[name] for name in names)
    except (ValueError, KeyError, TypeError) as wrong:
        raise _no_key(names) from wrong
    if not all(isinstance(value, str) for value in values) or len(told) != len(names):
        raise _no_key(names)
    return values


def _key(row: Mapping[str, Any], names: tuple[str, ...]) -> object:
    return row[names[0]] if len(names) == 1 else {name: row[name] for name in names}


def _no_key(names: tuple[str, ...]) -> BadQuestion:
    listed = ", ".join(names)
    return BadQuestion(
        Sentence(
            vi=f"Khóa của bản ghi phải gồm {listed}, đúng kiểu.",
            en=f"The key of a record is {listed}, each in its form.",
        )
    )


def _told(key: str) -> Mapping[str, object]:
    try:
        told = json.loads(key)
    except ValueError as wrong:
        raise _no_triple() from wrong
    if not isinstance(told, dict):
        raise _no_triple()
    return told


def _no_triple() -> BadQuestion:
    return BadQuestion(
        Sentence(
            vi="Mỗi người cần đối soát phải có number, name và born.",
            en="Each person to be verified needs number, name and born.",
        )
    )


def _answer(
    triple: Triple, rows: list[dict[str, Any]], person: Person, *, fields: Iterable[str]
) -> dict[str, object]:
    outcome = compare(
        triple,
        [
            Bearer(
                name=row[person.name] or "",
                born=row[person.born] or "",
                died=(row[person.died] or "") if person.died else "",
            )
            for row in rows
        ],
    )
    told: dict[str, object] = {"outcome": outcome.outcome}
    if outcome.differs:
        told["differs"] = list(outcome.differs)
    if outcome.released:
        told["fields"] = {name: rows[0][name] for name in sorted(fields)}
    return told


def _numbers(one: RegisterObject) -> list[str]:
    return [person.number for person in one.persons if person.number]


def _subjects(one: RegisterObject, rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """Everybody whom the records are about: each sees the entry in the journal."""
    told = {row[name] for row in rows for name in _numbers(one) if row[name]}
    return tuple(sorted(told))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _json(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
