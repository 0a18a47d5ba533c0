"""The population as linking sees it: one row a person, dictionaries of names, counts.

The tables are `population` and those named in `link/columns.py`; their columns stand there too.
Persons are numbered by date of birth, folded name and number, so those of one day lie together
and the same population gives the same tables. Names are folded once for each distinct spelling.
Nothing here is a decision: counts say only how much an agreement is worth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.errors import PopulationMissing, Sentence
from sogoc.link.columns import BORN, CANONICAL, FOLDED, KIN, NAMES, PLACES, TOTALS
from sogoc.tables.engine import Step, literal, quoted
from sogoc.tables.naming import POPULATION, reference
from sogoc.values.kinds import Kind
from sogoc.values.sql import canonical_name, folded, year_of

if TYPE_CHECKING:
    from datetime import date

    from sogoc.contract.model import Person, Register, RegisterObject


def population_plan(population: Register, *, as_of: date) -> list[Step]:
    """Steps from the current records of the population register to the tables of linking.

    Reads `reference(...)` of its object with persons, and `locality_units` and
    `locality_changes`. Commune codes without a date of their own are taken as written on `as_of`
    and read forward to today; a commune that was divided counts as unknown, its province not.
    Raises PopulationMissing if no object of the register names a person.
    """
    one = next((each for each in population.objects if each.persons), None)
    if one is None:
        raise PopulationMissing(
            Sentence(
                vi=f"Đặc tả {population.id} chưa nêu trường nào ghi thông tin của người.",
                en=f"The contract {population.id} does not say which fields tell of a person.",
            )
        )
    source = reference(population.id, one.name)
    person = one.persons[0]
    return [
        _names(source, person),
        _persons(source, one, as_of),
        *_counts(),
    ]


def name_parts(name: str) -> str:
    """Select items for the parts of a folded name, `name` being an expression over it."""
    first, last = f"split_part({name}, ' ', 1)", f"split_part({name}, ' ', -1)"
    between = (
        f"trim(substr({name}, length({first}) + 1, "
        f"greatest(length({name}) - length({first}) - length({last}), 0)))"
    )
    # Twice: "thi van" shares the blank between.
    core = f"' ' || {between} || ' '"
    for _ in range(2):
        core = f"regexp_replace({core}, ' (thi|van) ', ' ', 'g')"
    return (
        f"{first} as surname, nullif({between}, '') as middle, "
        f"trim({core}) as core, {last} as given"
    )


def _names(source: str, person: Person) -> Step:
    name = quoted(person.name)
    select = f"""
select written, canonical, folded, {name_parts("folded")}, bearers
from (
    select written, {canonical_name("written")} as canonical, {folded("written")} as folded, bearers
    from (
        select {name} as written, count(*) as bearers
        from {quoted(source)} where {name} is not null group by {name}
    ) as distinct_names
) as spelled
"""
    return Step(NAMES, (source,), select)


def _persons(source: str, one: RegisterObject, as_of: date) -> Step:
    person = one.persons[0]
    place, joins = _place(one, as_of)
    born = _column(person.born)
    family, family_joins = _family(source, person)
    select = f"""
with forward as ({_forward()}),
{family}
told as (
    select
        {_column(person.number)} as number, {_column(person.old_number)} as old_number,
        names.canonical, names.folded, names.surname, names.middle, names.core, names.given,
        {born} as born, {year_of(born)} as year, {_column(person.sex)} as sex,
        {place},
        {_column(person.died)} as died,
        {", ".join(f"{role}_name.folded as {role}" for role in _FAMILY)}
    from {quoted(source)} as r
    left join {NAMES} as names on r.{quoted(person.name)} = names.written
    {joins}
    {family_joins}
)
select
    row_number() over (
        order by born nulls last, folded nulls last, number nulls last, old_number nulls last,
        canonical nulls last, commune nulls last, mother nulls last, father nulls last
    ) as person,
    number, old_number, canonical, folded, surname, middle, core, given, born, year, sex,
    commune, province, coalesce(commune, province) as place, died, father, mother, spouse
from told
"""
    return Step(POPULATION, (source, NAMES, "locality_units", "locality_changes"), select)


_FAMILY = ("father", "mother", "spouse")


def _family(source: str, person: Person) -> tuple[str, str]:
    """A dictionary of the names of relatives, folded once each, and the joins that read it."""
    columns = {role: getattr(person, role) for role in _FAMILY}
    distinct = " union ".join(
        f"select r.{quoted(column)} as written from {quoted(source)} as r"
        for column in columns.values()
        if column
    )
    empty = "select cast(null as varchar) as written"
    joins = " ".join(
        f"left join relatives as {role}_name on {_column(column)} = {role}_name.written"
        for role, column in columns.items()
    )
    table = (
        f"relatives as (select written, {folded('written')} as folded "
        f"from ({distinct or empty}) as told_names where written is not null),"
    )
    return table, joins


def _column(name: str) -> str:
    """The field as text, NULL where the register does not record it."""
    return f"cast(r.{quoted(name)} as varchar)" if name else "cast(null as varchar)"


def _place(one: RegisterObject, as_of: date) -> tuple[str, str]:
    """Select items `commune` and `province`, and the joins they need."""
    name = one.persons[0].commune
    if not name or one.field(name).kind is Kind.ADDRESS:
        return "cast(null as varchar) as commune, cast(null as varchar) as province", ""
    code, field = _column(name), one.field(name)
    if field.kind is not Kind.COMMUNE:
        # Not a unit of the land: compared as it stands.
        items = f"{code} as commune, units.parent as province"
        return items, f"left join {_today()} as units on {code} = units.code"
    written = _written(field.as_of, field.as_of_date, as_of)
    was = f"forward.code is not null and {written} < forward.day"
    items = (
        f"case when {was} then forward.commune else units.code end as commune, "
        f"case when {was} then forward.province else units.parent end as province"
    )
    joins = (
        f"left join forward on {code} = forward.code "
        f"left join {_today()} as units on {code} = units.code"
    )
    return items, joins


def _written(field: str, day: str, as_of: date) -> str:
    """The date at which a code was written."""
    fixed = f"cast({literal(day or as_of.isoformat())} as date)"
    return f"coalesce(try_cast(r.{quoted(field)} as date), {fixed})" if field else fixed


def _today() -> str:
    return "(select code, parent from locality_units where level = 'commune' and valid_to is null)"


def _forward() -> str:
    """Old commune codes with the one unit of today, or with the province alone if divided."""
    return f"""
    select
        c.old_code as code, max(c.day) as day,
        case when count(distinct c.new_code) = 1 and min(c.extent) = 'whole'
            then max(c.new_code) end as commune,
        case when count(distinct u.parent) = 1 then max(u.parent) end as province
    from locality_changes as c
    inner join {_today()} as u on c.new_code = u.code
    group by c.old_code
"""


def _counts() -> list[Step]:
    people = quoted(POPULATION)
    return [
        Step(
            FOLDED,
            (POPULATION,),
            "select folded, count(*) as bearers, "
            "sum(case when sex = 'nữ' then 1 else 0 end) as women, count(sex) as sexed "
            f"from {people} where folded is not null group by folded",
        ),
        Step(
            CANONICAL,
            (NAMES,),
            f"select canonical, sum(bearers) as bearers from {NAMES} group by canonical",
        ),
        Step(
            KIN,
            (NAMES,),
            f"select surname, given, sum(bearers) as bearers from {NAMES} group by surname, given",
        ),
        Step(
            BORN,
            (POPULATION,),
            f"select born, count(*) as bearers from {people} where length(born) > 4 group by born "
            "union all select substr(born, 1, 4) as born, count(*) as bearers "
            f"from {people} where born is not null group by substr(born, 1, 4)",
        ),
        Step(
            PLACES,
            (POPULATION,),
            f"select commune as place, count(*) as bearers from {people} "
            "where commune is not null group by commune "
            "union all select province as place, count(*) as bearers "
            f"from {people} where province is not null and province <> coalesce(commune, '') "
            "group by province",
        ),
        Step(TOTALS, (POPULATION,), f"select count(*) as persons from {people}"),
    ]
