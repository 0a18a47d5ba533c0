"""Reads what a worklist holds: open findings, and the records of their rows.

Table and column names come from the contract through `quoted`; everything asked for is a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sogoc.named_sql import statements
from sogoc.tables.engine import quoted
from sogoc.worklists.connection import rows
from sogoc.worklists.place import ELSEWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sogoc.contract.model import RegisterObject
    from sogoc.worklists.desk import Desk
    from sogoc.worklists.place import Place

SQL = statements(files("sogoc.worklists") / "statements.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFinding:
    """One rule broken by one record, to be repaired."""

    id: int
    object: str
    record: int
    rule: str
    field: str
    flaw: str | None
    proposal: str | None
    due: date | None
    differs: str | None = None
    """What linking found to differ, for findings about persons."""


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """Where a record stands in the file it came in; records of one line share a row."""

    delivery: int
    sheet: str
    line: int
    part: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A record as the register holds it, and its texts as they came."""

    object: str
    id: int
    digest: str
    at: Line
    values: dict[str, Any]
    came: dict[str, str]


def open_findings(desk: Desk, place: Place) -> list[OpenFinding]:
    """What a place has to repair, by record."""
    return rows(
        desk.connection,
        SQL["open_findings"],
        OpenFinding,
        register=desk.register.id,
        locality=place.locality,
        hamlet=place.hamlet,
        elsewhere=ELSEWHERE,
    )


def by_id(desk: Desk, one: RegisterObject, ids: Iterable[int]) -> list[Kept]:
    """Records by their ids."""
    return _kept(desk, one, "r.id = any(%(ids)s)", ids=sorted(set(ids)))


def by_line(desk: Desk, one: RegisterObject, lines: Iterable[Line]) -> list[Kept]:
    """The records of an object that came in these lines."""
    asked = sorted({(line.delivery, line.sheet, line.line) for line in lines})
    condition = (
        "(r._delivery, r._sheet, r._line) in (select * from unnest("
        "%(deliveries)s::bigint[], %(sheets)s::text[], %(lines)s::int[]))"
    )
    parameters: dict[str, object] = {
        "deliveries": [delivery for delivery, _, _ in asked],
        "sheets": [sheet for _, sheet, _ in asked],
        "lines": [line for _, _, line in asked],
    }
    return _kept(desk, one, condition, **parameters)


def by_value(desk: Desk, one: RegisterObject, *, field: str, values: Iterable[Any]) -> list[Kept]:
    """Records whose field has one of these values: those that a foreign key names."""
    wanted = sorted({str(value) for value in values if value is not None})
    return _kept(desk, one, f"r.{quoted(field)}::text = any(%(values)s)", values=wanted)


def _kept(desk: Desk, one: RegisterObject, condition: str, **parameters: object) -> list[Kept]:
    names = [field.name for field in one.fields]
    columns = ", ".join(f"r.{quoted(name)}" for name in names)
    table = "register." + quoted(f"{desk.register.id}__{one.name}")
    select = (
        f"select r.id, r._digest, r._delivery, r._sheet, r._line, r._part, r._came, {columns} "
        f"from {table} as r where {condition} order by r.id"
    )
    return [
        Kept(
            object=one.name,
            id=row[0],
            digest=str(row[1]),
            at=Line(row[2], row[3] or "", row[4] or 0, row[5] or 1),
            values=dict(zip(names, row[7:], strict=True)),
            came=row[6] or {},
        )
        for row in desk.connection.execute(select, parameters).fetchall()
    ]
