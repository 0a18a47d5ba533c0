"""The persons of a package against the population: read, standardised, linked, answered.

The same stages as for a register of this node, over an object that has nothing but persons. What
goes back is decided here, row by row (`answers_step`): the outcome, what differs, how sure it is,
the number where the grant has it, and other granted fields only of somebody of whom number, name
and date of birth all agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from sogoc.clock import today
from sogoc.contract.model import Field, Person, Register, RegisterObject
from sogoc.localities.tables import unit_tables
from sogoc.pipeline.linking.models import Policies
from sogoc.pipeline.linking.ways import Ways
from sogoc.pipeline.population.people import People
from sogoc.records.store import RecordStore
from sogoc.rounds.minimum import AS_OF, PAYLOAD, ROLES
from sogoc.rounds.package import refused
from sogoc.standardise.run import standardise
from sogoc.tables.engine import Step, literal, quoted
from sogoc.tables.naming import standard, taken, verified
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sogoc.contract.model import Register as Population
    from sogoc.database.deliveries import Delivery
    from sogoc.link.policy import Costs
    from sogoc.pipeline.parts import Parts
    from sogoc.rounds.package import Manifest
    from sogoc.tables.engine import Engine

ANSWERS = "round_answers"
"""What goes back: `row`, `outcome`, `certainty`, `differs`, `number`, `field__<name>`...; and what
the journal needs: `subject`, `bearer` (whose number it was, where that is another), `released`
(names of fields, joined by commas)."""
_PAYLOAD = "payload"
_OBJECT = "asked"
_KINDS = {
    "number": Kind.PERSONAL_ID,
    "old_number": Kind.OLD_ID,
    "born": Kind.PARTIAL_DATE,
    "sex": Kind.SEX,
    "commune": Kind.COMMUNE,
    "died": Kind.PARTIAL_DATE,
}
_INDEX_PAYS = 100_000
"""Persons of a round for which an index is made of a small population too."""
_LONGEST_TEXT = 4 * 200


def check_payload(payload: Path, manifest: Manifest) -> None:
    """Raise PackageRefused unless the payload is a list of persons as documented."""
    try:
        with pq.ParquetFile(payload) as file:
            names, types = file.schema_arrow.names, file.schema_arrow.types
            form = tuple(names) == PAYLOAD and types == [
                pa.int64(),
                *[pa.string()] * len(types[1:]),
            ]
            rows = file.metadata.num_rows
    except (pa.ArrowException, OSError) as wrong:
        raise _no_list() from wrong
    if not form or rows != manifest.rows:
        raise _no_list()


def list_step(payload: str) -> Step:
    """The list as intake leaves a delivery."""
    roles = ", ".join(f"left({name}, {_LONGEST_TEXT}) as {name}" for name in (*ROLES, AS_OF))
    letters = literal("t" * len((*ROLES, AS_OF)))
    select = (
        "select row as _row, '' as _sheet, cast(row as integer) as _line,"
        f" cast(1 as integer) as _part, {letters} as _types, {roles} from {quoted(payload)}"
    )
    return Step(taken(_OBJECT), (payload,), select)


def asked_register(*, once: bool) -> Register:
    """A register of persons with nothing else to tell."""
    fields = [
        Field(
            name=role,
            kind=_KINDS.get(role, Kind.PERSON_NAME),
            as_of=AS_OF if role == "commune" else "",
        )
        for role in ROLES
    ]
    one = RegisterObject(
        name=_OBJECT,
        fields=(*fields, Field(name=AS_OF, kind=Kind.DATE)),
        persons=(Person(**{role: role for role in ROLES}),),
        link_to="one-to-one" if once else "many-to-one",
    )
    return Register(id="round", name="round", version="1", objects=(one,))


def link_list(
    parts: Parts,
    found: tuple[Population, Delivery],
    payload: Path,
    *,
    manifest: Manifest,
    folder: Path,
) -> Path:
    """Make the table of answers, one row for each of the payload; return its file.

    Tables that an interrupted run left whole in `folder` are used again. Raises PackageRefused for
    a payload that is no such list.
    """
    check_payload(payload, manifest)
    register = asked_register(once=manifest.once)
    with parts.engine(folder) as engine:
        engine.register(_PAYLOAD, payload)
        _check_rows(engine, manifest)
        if not engine.has(taken(_OBJECT)):
            engine.run(list_step(_PAYLOAD))
        for name, table in unit_tables().items():
            engine.register(name, table)
        standardise(engine, register, as_of=today(parts.clock))
        _link(parts, engine, register, found=found, manifest=manifest, folder=folder)
        people = _people(parts, found, engine, fields=manifest.fields)
        engine.run(answers_step(people, manifest.fields, found[0], costs=parts.policy.costs))
        return engine.parquet(ANSWERS)


def _link(
    parts: Parts,
    engine: Engine,
    register: Register,
    *,
    found: tuple[Population, Delivery],
    manifest: Manifest,
    folder: Path,
) -> None:
    people = People(parts, found)
    index = people.index_at_once if manifest.rows >= _INDEX_PAYS else people.index
    own = Policies(by_object={}, used={}, policy=parts.policy)
    ways = Ways(people=people, index=index, by=own, machine_code=parts.machine_code)
    ways.link(engine, register, folder=folder, known=frozenset())


def _check_rows(engine: Engine, manifest: Manifest) -> None:
    told = engine.rows(
        f"select count(distinct row), coalesce(min(row), 1), coalesce(max(row), 0) from {_PAYLOAD}"
    )
    if told != [(manifest.rows, 1, manifest.rows)]:
        raise _no_list()


def _people(
    parts: Parts, found: tuple[Population, Delivery], engine: Engine, *, fields: Sequence[str]
) -> str:
    """The population's records where granted fields are looked up; empty where none are."""
    register, release = found
    one = next(each for each in register.objects if each.persons)
    if set(fields) <= {one.persons[0].number}:
        return ""
    folder = parts.population / str(release.id)
    file = folder / f"{register.id}__{one.name}.parquet"
    if not file.is_file():
        file = RecordStore(parts.connection).export(register, one.name, folder)
    engine.register("people", file)
    return "people"


def answers_step(people: str, fields: Sequence[str], register: Population, *, costs: Costs) -> Step:
    """One row for each row of the payload, with those whom the journal must name (`subject`)."""
    person = next(one for one in register.objects if one.persons).persons[0]
    number = f"case when v.outcome in {_RIGHT} then v.number end"
    others = [name for name in fields if name != person.number]
    agree = "v.outcome in ('verified', 'deceased')"
    looked_up = "".join(
        f", case when {agree} then cast(p.{quoted(name)} as varchar) end as"
        f" {quoted(f'field__{name}')}"
        for name in others
    )
    joined = (
        f" left join {quoted(people)} as p on {agree} and p.{quoted(person.number)} = v.number"
        " and p._missing_since is null"
        if others
        else ""
    )
    granted = f"case when {agree} then {literal(','.join(sorted(fields)))}"
    if person.number in fields:
        granted += f" when {number} is not null then {literal(person.number)}"
    select = f"""
select t._row as row, coalesce(v.outcome, 'needs_a_person') as outcome,
    case when v.probability >= {costs.sure} then 'sure'
        when v.probability >= {costs.likely} then 'likely'
        when v.probability is not null then 'doubtful' end as certainty,
    v.differs as differs,
    {number if person.number in fields else "cast(null as varchar)"} as number{looked_up},
    coalesce({number}, s.number) as subject,
    case when v.outcome = 'mismatch' and v.number is not null and v.number <> s.number
        then s.number end as bearer,
    {granted} else '' end as released
from {quoted(taken(_OBJECT))} as t
inner join {quoted(standard(_OBJECT))} as s on s._row = t._row
left join {quoted(verified(_OBJECT))} as v on v._row = t._row
{joined}
order by t._row
"""
    return Step(ANSWERS, (taken(_OBJECT), standard(_OBJECT), verified(_OBJECT)), select)


_RIGHT = "('verified', 'differs', 'deceased', 'found', 'mismatch')"
"""Outcomes that are sure of a person, whose number may go out. Where a person must decide, the
number of somebody who may be another stays here."""


def _no_list() -> Exception:
    return refused(
        "nội dung không phải danh sách người theo mẫu đã công bố",
        "its payload is no list of persons in the documented form",
    )
