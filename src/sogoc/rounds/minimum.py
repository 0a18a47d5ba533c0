"""The minimum of a register: of each person what their contract names, and nothing else.

One row a person: the values as the register holds them, or the text as it came where no value
could be read. What joins a row to its record again stays with this node (`SENT`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.records.store import RecordStore
from sogoc.tables.engine import Step, literal, quoted
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from sogoc.contract.model import Person, Register, RegisterObject
    from sogoc.database.store import Connection
    from sogoc.tables.engine import Engine

ROLES = (
    *("number", "old_number", "name", "born", "sex", "commune", "died"),
    *("father", "mother", "spouse"),
)
AS_OF = "commune_as_of"
"""The day at which the commune's code was written: units are dated."""
PAYLOAD = ("row", *ROLES, AS_OF)
"""Columns of the payload: `row` a number that means nothing elsewhere, the others text."""
MINIMUM = "round_minimum"
_LONGEST = 200
"""Letters of one text: what is longer is no name or number, and is cut."""


def with_persons(register: Register) -> list[RegisterObject]:
    """The objects whose persons can be verified."""
    return [one for one in register.objects if one.persons]


def make_minimum(
    engine: Engine, register: Register, connection: Connection, *, folder: Path
) -> None:
    """Make `round_minimum`: `object`, `record`, `person`, `digest` of the record, and the roles.

    The digest is over what would be sent of all persons of a record: equal as long as an answer
    still is about what stands in the register.
    """
    lines = []
    for one in with_persons(register):
        fields = _fields(one)
        file = folder / f"texts__{one.name}.parquet"
        RecordStore(connection).export_texts(register, one.name, fields, file=file)
        engine.register(f"texts__{one.name}", file)
        lines += [_line(one, person) for person in one.persons]
    persons = " union all ".join(lines)
    told = ", ".join(f"coalesce({name}, '')" for name in (*ROLES, AS_OF))
    select = (
        f"with persons as ({persons}), marked as (select *,"
        f" md5(concat_ws(chr(31), person, {told})) as mark from persons"
        " where name is not null or number is not null or old_number is not null),"
        " whole as (select object as o, record as r, md5(string_agg(mark, '' order by person))"
        " as digest from marked group by object, record)"
        f" select object, record, person, digest, {', '.join((*ROLES, AS_OF))}"
        " from marked inner join whole on object = o and record = r"
    )
    engine.run(Step(MINIMUM, (), select))


def _fields(one: RegisterObject) -> list[str]:
    named = [
        getattr(person, role) for person in one.persons for role in ROLES if getattr(person, role)
    ]
    dated = [one.field(p.commune).as_of for p in one.persons if p.commune]
    return list(dict.fromkeys(name for name in (*named, *dated) if name))


def _line(one: RegisterObject, person: Person) -> str:
    roles = ", ".join(f"{_role(one, person, role)} as {role}" for role in ROLES)
    return (
        f"select {literal(one.name)} as object, _record as record,"
        f" {literal(person.id)} as person, {roles}, {_as_of(one, person)} as {AS_OF}"
        f" from {quoted(f'texts__{one.name}')}"
    )


def _role(one: RegisterObject, person: Person, role: str) -> str:
    name = getattr(person, role)
    if not name or (role == "commune" and one.field(name).kind is Kind.ADDRESS):
        # An address is no unit, and more than linking asks for.
        return "cast(null as varchar)"
    came = quoted(f"came__{name}")
    return f"nullif(trim(left(coalesce({quoted(name)}, {came}), {_LONGEST})), '')"


def _as_of(one: RegisterObject, person: Person) -> str:
    if not person.commune or one.field(person.commune).kind is not Kind.COMMUNE:
        return "cast(null as varchar)"
    field = one.field(person.commune)
    if field.as_of:
        return f"coalesce({quoted(field.as_of)}, _as_of)"
    return literal(field.as_of_date) if field.as_of_date else "_as_of"
