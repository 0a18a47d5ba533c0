"""Looks a façade's query up: the current records of one object, a page of them, fields as asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from sogoc.errors import BadQuestion, Sentence, UnknownThing
from sogoc.exchange.answering import Found
from sogoc.facades.queries import OPERATORS
from sogoc.records.readings import AsBelieved, select_of
from sogoc.records.shape import Tables, postgres_type
from sogoc.values.identifiers import persons
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from sogoc.contract.model import RegisterObject
    from sogoc.database.store import Connection
    from sogoc.exchange.answering import Asked
    from sogoc.facades.queries import Condition, Query


_STANDING = sql.SQL("r._missing_since is null")
Values = Mapping[str, "str | float | None"]
"""A record by its fields, as it is handed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a query found: a page of records, and how many there are in all."""

    total: int
    records: tuple[dict[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class QueryShelf:
    """The current records that fulfil one query."""

    connection: Connection
    query: Query

    def look_up(self, asked: Asked) -> Found:
        """A page of records, `{"total", "records"}`. Raises BadQuestion for values in no form."""
        fields = sorted(asked.fields)
        numbers = _numbers(self.query.object)
        names = list(dict.fromkeys([*fields, *numbers]))
        try:
            total = self._count()
            rows = self._rows(names) if total else []
        except psycopg.DataError as wrong:
            raise _no_value() from wrong
        except psycopg.errors.UndefinedTable as missing:
            raise _no_records() from missing
        records = [{name: row[name] for name in fields} for row in rows]
        told = {value for row in rows for name in numbers if (value := row[name])}
        subjects = told | set(self._asked_numbers(numbers))
        body = json.dumps({"total": total, "records": records}, ensure_ascii=False)
        return Found(body=body.encode(), subjects=tuple(sorted(subjects)))

    def fitting(self, records: Sequence[int]) -> frozenset[int]:
        """Which of these records, by number, fulfil the query now, gone ones included."""
        where, values = self._where(sql.SQL("r.id = any(%s)"), [list(records)])
        select = sql.SQL("select r.id from {} as r where {}").format(self._table, where)
        found = self.connection.execute(select, values).fetchall()
        return frozenset(int(row[0]) for row in found)

    def to_write(self, most: int) -> list[tuple[int, dict[str, str | float | None]]]:
        """Number and fields of the records that stand, as what says them again.

        That is a text, and a number where a text could be read in two ways (12.345). Where a value
        could not be read, it is the text that came. Raises BadQuestion.
        """
        fields = self.query.object.fields
        names = [field.name for field in fields]
        columns = [
            sql.SQL("coalesce({}, to_jsonb(r._came ->> {}))").format(
                sql.SQL("to_jsonb({}{})").format(
                    sql.Identifier("r", field.name),
                    sql.SQL("" if field.kind is Kind.NUMBER else "::text"),
                ),
                sql.Literal(field.name),
            )
            for field in fields
        ]
        where, values = self._where()
        select = sql.SQL("select r.id, {} from {} as r where {} order by r.id limit {}").format(
            sql.SQL(", ").join(columns), self._table, where, sql.Literal(most)
        )
        try:
            found = self.connection.execute(select, values).fetchall()
        except psycopg.DataError as wrong:
            raise _no_value() from wrong
        except psycopg.errors.UndefinedTable:
            return []
        return [(int(row[0]), dict(zip(names, row[1:], strict=True))) for row in found]

    def _count(self) -> int:
        where, values = self._where()
        select = sql.SQL("select count(*) from {} as r where {}").format(self._table, where)
        row = self.connection.execute(select, values).fetchone()
        return int(row[0]) if row else 0

    def _rows(self, names: Sequence[str]) -> list[dict[str, str | None]]:
        where, values = self._where()
        query = self.query
        columns = sql.SQL(", ").join(sql.Identifier("r", name) for name in names)
        order = [
            sql.SQL("{} {}").format(
                sql.Identifier("r", one.field), sql.SQL("desc" if one.descending else "asc")
            )
            for one in query.order
        ]
        select = sql.SQL("select {} from {} as r where {} order by {} limit {} offset {}").format(
            columns,
            self._table,
            where,
            sql.SQL(", ").join([*order, sql.SQL("r.id")]),
            sql.Literal(query.size),
            sql.Literal((query.page - 1) * query.size),
        )
        found = self.connection.execute(select, values).fetchall()
        return [dict(zip(names, map(_text, row), strict=True)) for row in found]

    def _where(
        self, here: sql.SQL = _STANDING, given: Sequence[object] = ()
    ) -> tuple[sql.Composed, list[object]]:
        values = list(given)
        parts = [self._one(one, values) for one in self.query.conditions]
        parts += [
            sql.SQL("({})").format(sql.SQL(" or ").join(self._one(one, values) for one in group))
            for group in self.query.either
        ]
        return sql.SQL(" and ").join([here, *parts]), values

    def _one(self, one: Condition, values: list[object]) -> sql.Composed:
        column = sql.Identifier("r", one.field)
        kind = sql.SQL(postgres_type(self.query.object.field(one.field)))
        if one.operator == "in":
            values.append(list(one.values))
            return sql.SQL("{} = any(%s::{}[])").format(column, kind)
        values.append(one.values[0])
        operator = sql.SQL(OPERATORS[one.operator])
        return sql.SQL("{} {} %s::{}").format(column, operator, kind)

    @property
    def _table(self) -> sql.Identifier:
        return Tables(self.query.register.id, self.query.object).current

    def _asked_numbers(self, numbers: list[str]) -> list[str]:
        """Whom the question named: they see it in the journal, found or not."""
        told = [
            persons.read(value).value
            for one in self.query.conditions
            if one.field in numbers and one.operator in {"eq", "in"}
            for value in one.values
        ]
        return [number for number in told if number]


def believed(
    connection: Connection, target: Tables, records: Sequence[int], *, at: datetime
) -> list[dict[str, str | None]]:
    """These records as the node believed them at that moment, in the order given; every field."""
    names = [field.name for field in target.object.fields]
    columns = sql.SQL(", ").join(sql.Identifier("r", name) for name in names)
    select = sql.SQL("select r._record, {} from ({}) as r where r._record = any(%s)").format(
        columns, select_of(target, AsBelieved(at))
    )
    rows = {row[0]: row[1:] for row in connection.execute(select, [list(records)]).fetchall()}
    return [dict(zip(names, map(_text, rows[one]), strict=True)) for one in records if one in rows]


def page_of(found: Found) -> Page:
    """What was found, as the façades read it."""
    told: dict[str, Any] = json.loads(found.body)
    return Page(total=int(told["total"]), records=tuple(told["records"]))


def _numbers(one: RegisterObject) -> list[str]:
    return [person.number for person in one.persons if person.number]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _no_value() -> BadQuestion:
    return BadQuestion(
        Sentence(
            vi="Một giá trị trong câu hỏi không đúng kiểu của trường.",
            en="A value in the question is not in the form of its field.",
        )
    )


def _no_records() -> UnknownThing:
    return UnknownThing(
        Sentence(
            vi="Cơ sở dữ liệu này chưa có bản ghi nào trên nút.",
            en="The register has no records on this node yet.",
        )
    )
