"""What a node's registers answer: read one, search by allowed keys, batch, verify.

Only the fields that were asked for leave the database. Records that went missing from their
deliveries are not answered from; every value goes out as the text of its standard form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import sql

from sogoc.access.grant import Operation
from sogoc.errors import BadQuestion, Sentence, UnknownThing
from sogoc.exchange.answering import Found
from sogoc.exchange.verifying import Bearer, compare, triple_from
from sogoc.records.shape import Tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sogoc.contract.model import Person, RegisterObject
    from sogoc.database.store import Connection
    from sogoc.exchange.answering import Asked
    from sogoc.exchange.verifying import Triple

MOST_FOUND = 1000
"""The most records that one search gives."""


@dataclass(frozen=True, slots=True)
class RegisterShelf:
    """The current records of one object of a register."""

    connection: Connection
    object: RegisterObject

    def look_up(self, asked: Asked) -> Found:
        """Answer one question. Raises UnknownThing if a single key names nothing."""
        if asked.operation is Operation.VERIFY:
            return self._verified(asked)
        key = key_field(self.object)
        fields = sorted(asked.fields)
        rows = self._rows(asked, key, asked.keys, fields=fields)
        if len(asked.keys) == 1 and not rows:
            raise UnknownThing(
                Sentence(
                    vi="Không có bản ghi nào mang mã được hỏi.",
                    en="No record bears the key that was asked for.",
                )
            )
        records = [
            {"key": row[key], "fields": {name: row[name] for name in fields}} for row in rows
        ]
        return Found(body=_json({"records": records}), subjects=_subjects(self.object, rows))

    def _verified(self, asked: Asked) -> Found:
        person = self._person()
        told = [_told(key) for key in asked.keys]
        triples = [triple_from(each) for each in told]
        numbers = sorted({triple.number for triple in triples if triple})
        needed = {person.number, person.name, person.born, person.died} - {""}
        rows = self._rows(asked, person.number, numbers, fields=sorted(needed | asked.fields))
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
        self, asked: Asked, key: str, keys: Sequence[str], *, fields: Sequence[str]
    ) -> list[dict[str, Any]]:
        names = list(dict.fromkeys([key, *fields, *_numbers(self.object)]))
        select = sql.SQL(
            "select {} from {} where {} = any(%s) and _missing_since is null "
            "order by {}, id limit %s"
        ).format(
            sql.SQL(", ").join(map(sql.Identifier, names)),
            Tables(asked.register.id, self.object).current,
            sql.Identifier(key),
            sql.Identifier(key),
        )
        most = max(MOST_FOUND, 2 * len(keys))
        found = self.connection.execute(select, (list(keys), most)).fetchall()
        return [dict(zip(names, map(_text, row), strict=True)) for row in found]


def key_field(one: RegisterObject) -> str:
    """The field by which a record is asked for: the first identity of a single field.

    Raises UnknownThing where no single field names a record.
    """
    for fields in one.identities:
        if len(fields) == 1:
            return fields[0]
    raise UnknownThing(
        Sentence(
            vi=f"Bản ghi {one.name} không có khóa gồm một trường nên không hỏi từng bản ghi được.",
            en=f"No single field names a record of {one.name}; it cannot be asked for one by one.",
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
