"""Single fields of known records are corrected; all else about them stays as it stands.

A record is read once more only where an officer wrote: what stands in its other fields was read
from the file it came in, with more to go by than one text, and is not read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from psycopg import sql

from sogoc.database.bulk import copy_out
from sogoc.records.plan import PLACES, standing
from sogoc.records.readings import arrow_type
from sogoc.tables import naming
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import candidates, flaw, now, proposal, raw

if TYPE_CHECKING:
    import psycopg

    from sogoc.contract.model import Field, RegisterObject
    from sogoc.records.shape import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a correction stands in the file that brought it."""

    sheet: str
    line: int
    fields: frozenset[str]
    """The fields that were corrected."""


Places = Mapping[str, Mapping[int, Place]]
"""By object, by record."""


def standing_records(
    connection: psycopg.Connection, target: Tables, corrected: Mapping[int, Place]
) -> pa.Table:
    """The records by number, `_row` counted in the order of `corrected`.

    Beside each field `f` stand `f__came`, the text as it came where it was written differently,
    and `f__changed`, whether it is corrected.
    """
    one = target.object
    types = {
        "record": pa.int64(),
        "_locality": pa.string(),
        "_true_from": pa.date32(),
        **{field.name: arrow_type(field) for field in one.fields},
        **{_came(field): pa.string() for field in one.fields},
    }
    names = [sql.Identifier(name) for name in ("id", "_locality", "_true_from")]
    names += [sql.Identifier(field.name) for field in one.fields]
    came = [sql.SQL("_came ->> {}").format(sql.Literal(field.name)) for field in one.fields]
    select = sql.SQL("select {} from {} where id = any({})").format(
        sql.SQL(", ").join([*names, *came]), target.current, sql.Literal(list(corrected))
    )
    rows = copy_out(connection, select, types)
    places = [corrected[record] for record in rows.column("record").to_pylist()]
    numbers = {record: number for number, record in enumerate(corrected, 1)}
    own = {
        "_row": [numbers[record] for record in rows.column("record").to_pylist()],
        "_sheet": [place.sheet for place in places],
        "_line": [place.line for place in places],
        **{_changed(field): [field.name in one.fields for one in places] for field in one.fields},
    }
    kinds = {"_row": pa.int64(), "_sheet": pa.string(), "_line": pa.int32()}
    for name, values in own.items():
        rows = rows.append_column(name, pa.array(values, kinds.get(name, pa.bool_())))
    return rows


def corrected_step(one: RegisterObject) -> Step:
    """`standard` of the corrected records: new where an officer wrote, else as the register has it.

    Where the value of another field is read differently now, what the register holds is kept.
    """
    columns = [part for field in one.fields for part in _columns(one, field)]
    table = naming.standard(one.name)
    select = (
        f"select held._row as _row, held._sheet as _sheet, held._line as _line,"
        f" cast(1 as integer) as _part, {', '.join(columns)}"
        f" from {quoted(standing(one.name))} as held"
        f" inner join {quoted(table)} as read on read._row = held._row"
    )
    return Step(table, (table, standing(one.name)), select)


def _columns(one: RegisterObject, field: Field) -> list[str]:
    name = quoted(field.name)
    value, changed = f"held.{name}", f"held.{quoted(_changed(field))}"
    other = f"not {changed} and {value} is not null and {value} is distinct from read.{name}"
    came = f"coalesce(held.{quoted(_came(field))}, cast({value} as varchar))"
    columns = [_chosen(field.name, changed, value), _chosen(raw(field.name), changed, came)]
    columns += [
        f"case when {other} then null else read.{column} end as {column}"
        for column in (quoted(flaw(field.name)), quoted(proposal(field.name)))
    ]
    if field.kind in PLACES:
        if one.locality == field:
            columns.append(_chosen(now(field.name), changed, "held._locality"))
        else:
            columns.append(f"read.{quoted(now(field.name))} as {quoted(now(field.name))}")
        given = quoted(candidates(field.name))
        columns.append(f"read.{given} as {given}")
    return columns


def _chosen(column: str, changed: str, kept: str) -> str:
    return f"case when {changed} then read.{quoted(column)} else {kept} end as {quoted(column)}"


def _came(field: Field) -> str:
    return f"{field.name}__came"


def _changed(field: Field) -> str:
    return f"{field.name}__changed"
