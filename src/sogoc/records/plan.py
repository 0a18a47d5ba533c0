"""The steps that compare a delivery with what the register holds: which record is which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.tables import naming
from sogoc.tables.engine import Step, literal, quoted
from sogoc.tables.naming import raw
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from datetime import date, datetime

    from sogoc.contract.model import Field, RegisterObject
    from sogoc.tables.engine import Engine

PLACES = {Kind.COMMUNE, Kind.PROVINCE}
"""Kinds whose unit of today stands in a column of its own."""
_NUL, _CONTROL = "chr(0)", "[\\x00-\\x1f]"
_ESCAPES = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}


def held(name: str) -> str:
    """What the register holds: `id`, `key`, `digest`, `locality`, `missing`."""
    return f"held__{name}"


def standing(name: str) -> str:
    """Records as they stand that are corrected: `_row`, `record`, `_true_from`, fields and more."""
    return f"standing__{name}"


def named(name: str) -> str:
    """Records of the delivery by name: `_row`, `_key`, `_digest`, `_locality`."""
    return f"named__{name}"


def incoming(name: str) -> str:
    """Records that are new or changed, in the columns of the register's table."""
    return f"incoming__{name}"


def naming_step(one: RegisterObject) -> Step:
    """What names each record, and a checksum of its content.

    The first set of identity fields that is all there names it; without one, its content does, so
    that the same row is the same record in the next delivery. Several records of one name are all
    kept: the second in the order of the sheet is named `...#2`, and check reports them.
    """
    source = naming.standard(one.name)
    sets = [_identity(number, fields) for number, fields in enumerate(one.identities, 1)]
    key = f"coalesce({', '.join([*sets, literal('content:') + ' || _digest'])})"
    select = (
        f"select _row, _digest, _locality, case when copy = 1 then _key"
        f" else _key || '#' || cast(copy as varchar) end as _key"
        f" from (select _row, _digest, _locality, _key, row_number() over ("
        f"partition by _key order by _sheet, _line, _part, _row) as copy"
        f" from (select *, {key} as _key from (select *, {_digest(one)} as _digest,"
        f" {locality(one)} as _locality from {quoted(source)}) as content) as keyed) as copies"
    )
    return Step(named(one.name), (source,), select)


def recorded_step(one: RegisterObject, next_id: int) -> Step:
    """Which record of the register each record of the delivery is; new ones are numbered on."""
    select = (
        f"select named._row as _row, named._key as _key, named._digest as _digest,"
        f" named._locality as _locality,"
        f" coalesce(held.id, {next_id} - 1 + row_number() over ("
        f"partition by held.id is null order by named._row)) as record,"
        f" case when held.id is null then 'inserted' when held.digest <> named._digest"
        f" then 'changed' when held.missing then 'returned' else 'unchanged' end as change"
        f" from {quoted(named(one.name))} as named"
        f" left join {quoted(held(one.name))} as held on held.key = named._key"
    )
    return Step(naming.recorded(one.name), (named(one.name), held(one.name)), select)


def corrected_step(one: RegisterObject) -> Step:
    """The corrected records under the numbers that they have, in the columns of `recorded`.

    A correction says what was true all along: the day since when it is true stays. A record whose
    new name another bears is named after its number, until a delivery tells the two apart.
    """
    reads = (named(one.name), standing(one.name), held(one.name))
    select = (
        f"select named._row as _row, case when other.id is null then named._key"
        f" else named._key || '#r' || cast(standing.record as varchar) end as _key,"
        f" named._digest as _digest, named._locality as _locality, standing.record as record,"
        f" standing._true_from as _true_from,"
        f" case when own.digest = named._digest then 'unchanged' else 'changed' end as change"
        f" from {quoted(reads[0])} as named"
        f" inner join {quoted(reads[1])} as standing on standing._row = named._row"
        f" inner join {quoted(reads[2])} as own on own.id = standing.record"
        f" left join {quoted(reads[2])} as other"
        f" on other.key = named._key and other.id <> standing.record"
    )
    return Step(naming.recorded(one.name), reads, select)


def incoming_step(
    one: RegisterObject, change: str, *, delivery: int, as_of: date | None, at: datetime
) -> Step:
    """The records with this change, column by column as they go into the register.

    `as_of` is the day since when they are true where no field says so; None: as `recorded` says.
    """
    fields = ", ".join(f"{_storable(field)} as {quoted(field.name)}" for field in one.fields)
    makes = f"{incoming(one.name)}__{change}"
    reads = (naming.recorded(one.name), naming.standard(one.name))
    inner = (
        f"select recorded.record as id, replace(recorded._key, {_NUL}, '') as key, {fields},"
        f" {_texts_as_they_came(one)} as _texts, _sheet, _line, _part,"
        f" recorded._digest as _digest, recorded._locality as _locality,"
        f" {_true_from(one, as_of)} as _true_from"
        f" from {quoted(reads[0])} as recorded"
        f" inner join {quoted(reads[1])} as record on record._row = recorded._row"
        f" where recorded.change = {literal(change)}"
    )
    names = ", ".join(quoted(field.name) for field in one.fields)
    select = (
        f"select id, key, {names}, {_AS_JSON} as _came, cast({delivery} as bigint) as _delivery,"
        f" _sheet, _line, _part, _digest, _locality, _true_from,"
        f" {literal(at.isoformat())} as _believed_from from ({inner}) as record"
    )
    return Step(makes, reads, select)


def missing_select(one: RegisterObject) -> str:
    """Records of the localities that were delivered which are not among those delivered."""
    here = quoted(naming.recorded(one.name))
    return (
        f"select id from {quoted(held(one.name))} where not missing"
        f" and locality in (select _locality from {here})"
        f" and id not in (select record from {here})"
    )


def ended_select(one: RegisterObject) -> str:
    """Records that stand and that are among those of the delivery."""
    return (
        f"select held.id as id from {quoted(held(one.name))} as held where not missing"
        f" and key in (select _key from {quoted(named(one.name))})"
    )


def unknown_select(one: RegisterObject) -> str:
    """Where in the file records stand that the register does not hold: `_sheet`, `_line`."""
    return (
        f"select record._sheet, record._line from {quoted(named(one.name))} as named"
        f" inner join {quoted(naming.standard(one.name))} as record on record._row = named._row"
        f" where named._key not in (select key from {quoted(held(one.name))} where not missing)"
        f" order by record._row"
    )


_FEW = 1000


def few(tables: Engine, name: str) -> list[int] | None:
    """The records of a delivery that brings few; of others None, and everything is looked at."""
    rows = tables.rows(f"select record from {quoted(naming.recorded(name))} limit {_FEW + 1}")
    return [int(row[0]) for row in rows] if len(rows) <= _FEW else None


def locality(one: RegisterObject) -> str:
    """Today's unit of a record, NULL where it is not known; one place where the object has none."""
    field = one.locality
    if field is None:
        return "''"
    name = naming.now(field.name) if field.kind in PLACES else field.name
    return f"cast({quoted(name)} as varchar)"


def _identity(number: int, fields: tuple[str, ...]) -> str:
    """Values joined by a bar; a bar, a backslash or a number sign in a value is escaped."""
    texts = [f"cast({quoted(name)} as varchar)" for name in fields]
    escaped = [
        f"replace(replace(replace({text}, '\\', '\\\\'), '|', '\\|'), '#', '\\#')" for text in texts
    ]
    # NULL as soon as one of the fields is: then this set names nothing.
    return f"'{number}:' || " + " || '|' || ".join(escaped)


def _digest(one: RegisterObject) -> str:
    """Values by name, and texts that could not be read.

    Empty fields leave no trace, so a field that a later contract adds changes no record until it
    holds something. Another spelling of the same value is no change.
    """
    parts = [
        f"coalesce({literal(field.name + '=')} || cast({quoted(field.name)} as varchar),"
        f" {literal(field.name + '?')} || {quoted(raw(field.name))})"
        for field in one.fields
    ]
    return f"md5(concat_ws(chr(31), {', '.join(parts)}))"


def _storable(field: Field) -> str:
    """PostgreSQL takes no NUL in a text; the text as it came says where one stood."""
    column = f"record.{quoted(field.name)}"
    return f"replace({column}, {_NUL}, '')" if field.type == "VARCHAR" else column


def _texts_as_they_came(one: RegisterObject) -> str:
    """Members of a JSON object: texts whose value is empty or was written differently."""
    parts = []
    for field in one.fields:
        text = f"record.{quoted(raw(field.name))}"
        value = f"cast(record.{quoted(field.name)} as varchar)"
        member = literal(f'"{field.name}":"')
        escaped = f"replace(replace({text}, '\\', '\\\\'), '\"', '\\\"')"
        other = f"{value} is null or {text} <> {value}"
        parts.append(f"case when {other} then {member} || {escaped} || '\"' end")
    return f"nullif(concat_ws(',', {', '.join(parts)}), '')"


def _without_control_characters(text: str) -> str:
    """Control characters written as JSON demands; they are rare, so looked for first."""
    written = text
    for number in range(32):
        # PostgreSQL's JSON holds no NUL: the sign for it stands in its place.
        escape = "\\u2400" if number == 0 else _ESCAPES.get(number, f"\\u{number:04x}")
        written = f"replace({written}, chr({number}), {literal(escape)})"
    return f"case when regexp_matches({text}, '{_CONTROL}') then {written} else {text} end"


_AS_JSON = "'{' || " + _without_control_characters("_texts") + " || '}'"


def _true_from(one: RegisterObject, as_of: date | None) -> str:
    """The day written in the field that says so, where it is a whole day; else the delivery's."""
    day = f"date {literal(as_of.isoformat())}" if as_of else "recorded._true_from"
    if not one.true_from:
        return day
    return f"coalesce(try_cast(record.{quoted(one.true_from)} as date), {day})"
