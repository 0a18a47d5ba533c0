"""Localities of a delivery: each distinct spelling is resolved once, then joined.

A cell holds a code or a name, and means a unit only together with its day and, for a commune, with
what the record's province field says. A million records have some thousands of such combinations:
SQL gathers them (`asked`), Python reads them by the one rule of `localities.places`, SQL joins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from sogoc.localities.places import Place, Written, read_place
from sogoc.standardise.kinds import LOCALITIES, reading_of
from sogoc.standardise.layers import Layers, day_of, strange_or
from sogoc.standardise.reading import Column
from sogoc.tables import naming
from sogoc.tables.engine import Step, literal, quoted
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sogoc.contract.model import Field, RegisterObject
    from sogoc.localities.units import Units


ASKED = ("field", "text", "province", "era", "cell")
_KEYS = ("text", "province", "era", "cell")
_ANSWERS = ("code", "flaw", "proposal", "now", "candidates")
_OWN = {name: quoted(f"~{name}") for name in (*_KEYS, *_ANSWERS)}


def asked(name: str) -> str:
    """Table: distinct `field, text, province, era, cell` of the locality fields of an object."""
    return f"places_asked__{name}"


def resolved(name: str) -> str:
    """Table: the same with `code, flaw, proposal, now, candidates`; made by `standardise.run`."""
    return f"places__{name}"


def locality_fields(one: RegisterObject) -> list[Field]:
    """The fields that hold a commune or a province."""
    return [field for field in one.fields if field.kind in LOCALITIES]


def province_field(one: RegisterObject, commune: Field) -> Field | None:
    """The province that stands beside a commune: the only one, or the one named alike."""
    provinces = [field for field in one.fields if field.kind is Kind.PROVINCE]
    communes = [field for field in one.fields if field.kind is Kind.COMMUNE]
    if commune.kind is not Kind.COMMUNE:
        return None
    if len(provinces) == len(communes) == 1:
        return provinces[0]
    alike = [field for field in provinces if _stem(field.name) == _stem(commune.name)]
    return alike[0] if len(alike) == 1 else None


_LEVEL_WORDS = frozenset({"xa", "phuong", "tinh", "tp", "thanh", "pho", "commune", "province"})


def _stem(name: str) -> tuple[str, ...]:
    return tuple(word for word in name.split("_") if word not in _LEVEL_WORDS)


def _needed(one: RegisterObject, field: Field) -> tuple[Field, ...]:
    """The fields that must be read to ask for one locality."""
    beside = province_field(one, field)
    dated = [one.field(field.as_of)] if field.as_of else []
    return tuple(dict.fromkeys([field, *([beside] if beside else []), *dated]))


def keys(one: RegisterObject, field: Field, *, as_of: date, days: tuple[date, ...]) -> list[str]:
    """SQL for text, province, era and cell of one locality field, over the layer `read`."""
    column = Column(field.name, one.fields.index(field) + 1)
    beside = province_field(one, field)
    province = Column(beside.name, 0).seen if beside else "''"
    return [
        column.seen,
        f"coalesce({province}, '')",
        _era(_day(one, field, as_of), days),
        f"case when {column.cell} = 'n' then 'n' else 't' end",
    ]


def _day(one: RegisterObject, field: Field, as_of: date) -> str:
    promised = field.as_of_date or as_of.isoformat()
    day = f"cast({literal(promised)} as date)"
    if not field.as_of:
        return day
    dated = one.field(field.as_of)
    reading = reading_of(dated, Column(dated.name, one.fields.index(dated) + 1))
    return f"coalesce({day_of(dated, reading)}, {day})"


def _era(day: str, days: tuple[date, ...]) -> str:
    """How many changes of the map lie behind the day (`localities.places.era_of`)."""
    terms = [
        f"case when {day} >= cast({literal(change.isoformat())} as date) then 1 else 0 end"
        for change in days
    ]
    return " + ".join(terms) or "0"


def asking(one: RegisterObject, *, as_of: date, days: tuple[date, ...]) -> Step:
    """The step that gathers what has to be resolved."""
    parts = []
    for field in locality_fields(one):
        text, province, era, cell = keys(one, field, as_of=as_of, days=days)
        parts.append(
            f"select distinct {literal(field.name)} as field, {text} as text, "
            f"{province} as province, {era} as era, {cell} as cell from "
            f"({Layers(one, _needed(one, field)).ctes()} select * from read) as read "
            f"where {text} is not null"
        )
    return Step(asked(one.name), (naming.taken(one.name),), " union all ".join(parts))


def answers(
    one: RegisterObject, rows: Iterable[tuple[str, str, str, int, str]], units: Units
) -> pa.Table:
    """The Arrow table of `resolved`: each row asked, read by the rule for one value."""
    levels = {
        field.name: "commune" if field.kind is Kind.COMMUNE else "province"
        for field in locality_fields(one)
    }
    listed = list(rows)
    eras = units.eras()
    found = [
        read_place(
            Written(text=text, level=levels[field], day=eras[era], province=province, cell=cell),
            units,
        )
        for field, text, province, era, cell in listed
    ]
    return _table(listed, found)


def _table(rows: list[tuple[str, str, str, int, str]], found: list[Place]) -> pa.Table:
    columns = {
        name: pa.array([row[at] for row in rows], pa.int32() if name == "era" else pa.string())
        for at, name in enumerate(ASKED)
    }
    for name in ("code", "flaw", "proposal", "now"):
        columns[name] = pa.array([getattr(place, name) for place in found], pa.string())
    columns["candidates"] = pa.array([" ".join(p.candidates) or None for p in found], pa.string())
    return pa.table(columns)


def joins(one: RegisterObject, *, as_of: date, days: tuple[date, ...]) -> str:
    """The joins of every locality field to what was resolved."""
    source = quoted(resolved(one.name))
    # Under names that no field can have.
    renamed = ", ".join(f"{name} as {quoted('~' + name)}" for name in (*_KEYS, *_ANSWERS))
    parts = []
    for field in locality_fields(one):
        table = quoted(f"{field.name}~place")
        pairs = zip(_KEYS, keys(one, field, as_of=as_of, days=days), strict=True)
        conditions = " and ".join(f"{key} = {table}.{quoted('~' + name)}" for name, key in pairs)
        parts.append(
            f"left join (select {renamed} from {source} "
            f"where field = {literal(field.name)}) as {table} "
            f"on {conditions}"
        )
    return " ".join(parts)


def standard_columns(one: RegisterObject, field: Field) -> list[str]:
    """The six columns of a locality."""
    column = Column(field.name, one.fields.index(field) + 1)
    table = quoted(f"{field.name}~place")
    flaw = strange_or(column, f"{table}.{_OWN['flaw']}")
    written = f"coalesce(nullif({column.text}, ''), {column.seen})"
    raw = f"case when {column.seen} is not null then {written} end"
    name = field.name
    return [
        f"case when ({flaw}) is null then {table}.{_OWN['code']} end as {quoted(name)}",
        f"{raw} as {quoted(naming.raw(name))}",
        f"{flaw} as {quoted(naming.flaw(name))}",
        f"{table}.{_OWN['proposal']} as {quoted(naming.proposal(name))}",
        f"{table}.{_OWN['now']} as {quoted(naming.now(name))}",
        f"{table}.{_OWN['candidates']} as {quoted(naming.candidates(name))}",
    ]
