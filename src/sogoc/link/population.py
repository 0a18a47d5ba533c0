"""The population as linking sees it: one row a person, all in integers, beside dictionaries.

The tables and their columns stand in `link/columns.py`. Persons are numbered by date of birth,
folded name and number, so those of one day lie together, and the same population gives the same
tables. Nothing here is a decision: counts say only how much an agreement is worth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.errors import PopulationMissing, Sentence
from sogoc.link.columns import (
    BORN,
    COHORTS,
    FOLDED,
    FORMER_HOMES,
    HOMES,
    KIN,
    PLACES,
    REGIONS,
    SPELLED,
    TOTALS,
)
from sogoc.link.names import FAMILY, name_steps
from sogoc.tables.engine import Step, literal, quoted
from sogoc.tables.naming import POPULATION, reference
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from datetime import date

    from sogoc.contract.model import Register, RegisterObject


def population_plan(population: Register, *, as_of: date) -> list[Step]:
    """Steps from the current records of the population register to the tables of linking.

    Reads `reference(...)` of its object with persons, and `locality_units` and
    `locality_changes`. Commune codes without a date of their own are taken as written on `as_of`
    and read forward to today; a commune that was divided counts as unknown, its province not.
    Raises PopulationMissing if no object of the register names a person.
    """
    one = people_of(population)
    source = reference(population.id, one.name)
    return [
        *name_steps(source, one.persons[0]),
        *home_steps(source, one, as_of),
        _persons(source, one),
        *count_steps(),
    ]


def people_of(population: Register) -> RegisterObject:
    """The object of the population register that names persons. Raises PopulationMissing."""
    one = next((each for each in population.objects if each.persons), None)
    if one is None:
        raise PopulationMissing(
            Sentence(
                vi=f"Đặc tả {population.id} chưa nêu trường nào ghi thông tin của người.",
                en=f"The contract {population.id} does not say which fields tell of a person.",
            )
        )
    return one


def home_steps(source: str, one: RegisterObject, as_of: date) -> list[Step]:
    """Steps to the places of today."""
    return [
        _homes(source, one, as_of),
        _former_homes(source, one, as_of),
        Step(PLACES, (HOMES, FORMER_HOMES, "locality_units"), _PLACES),
    ]


def number_of(text: str, length: int) -> str:
    """The digits of a number of this length as an integer; what is no such number is NULL."""
    return (
        f"(case when regexp_matches({text}, '^[0-9]{{{length}}}$') then cast({text} as bigint) end)"
    )


def number_text(number: str, length: int) -> str:
    """The digits of such an integer, leading zeros too."""
    return f"lpad(cast({number} as varchar), {length}, '0')"


def date_of(text: str) -> str:
    """A date with precision as yyyymmdd, 00 for what is not known."""
    return f"try_cast(rpad(replace({text}, '-', ''), 8, '0') as integer)"


def sex_of(text: str) -> str:
    """1 for a man, 2 for a woman, as the population register writes them."""
    return f"cast(case {text} when 'nam' then 1 when 'nữ' then 2 end as tinyint)"


_TODAY = "(select code, parent from locality_units where level = 'commune' and valid_to is null)"

_FORWARD = f"""
    select
        c.old_code as code, max(c.day) as day,
        case when count(distinct c.new_code) = 1 and min(c.extent) = 'whole'
            then max(c.new_code) end as commune,
        case when count(distinct u.parent) = 1 then max(u.parent) end as province
    from locality_changes as c
    inner join {_TODAY} as u on c.new_code = u.code
    group by c.old_code
"""
"""Old commune codes with the one unit of today, or with the province alone if divided."""


def household_of(text: str) -> str:
    """The digits of the number of a residence file as an integer below 2^31.

    Two numbers in ten thousand million may fall together: it is evidence, never a key.
    """
    digits = f"right(regexp_replace({text}, '[^0-9]', '', 'g'), 18)"
    return f"cast(try_cast(nullif({digits}, '') as bigint) % {HOUSEHOLDS} as integer)"


HOUSEHOLDS = 2_147_483_629
"""The greatest prime below 2^31 - 1: numbers that differ in one digit stay apart."""


def _homes(source: str, one: RegisterObject, as_of: date) -> Step:
    """Each distinct code and day of writing: commune and province of today, and its persons."""
    select = _read(source, one, one.persons[0].commune, as_of=as_of)
    return Step(HOMES, (source, "locality_units", "locality_changes"), select)


def _former_homes(source: str, one: RegisterObject, as_of: date) -> Step:
    """The same of the places that persons lived in before."""
    select = _read(source, one, one.persons[0].former, as_of=as_of)
    return Step(FORMER_HOMES, (source, "locality_units", "locality_changes"), select)


def _read(source: str, one: RegisterObject, name: str, *, as_of: date) -> str:
    items, joins = _read_forward(one, name, as_of)
    code, day = _home(one, name)
    return f"""
with forward as ({_FORWARD}),
r as (
    select {code} as code, {day} as day, count(*) as bearers from {quoted(source)} as r
    group by 1, 2
)
select r.code, r.day, r.bearers, {items}
from r {joins}
where r.code is not null
"""


def home_columns(one: RegisterObject, name: str) -> tuple[str, str]:
    """The field with the written code, and that with its date; empty where there is none."""
    if not name or one.field(name).kind is Kind.ADDRESS:
        return "", ""
    field = one.field(name)
    return name, field.as_of if field.kind is Kind.COMMUNE else ""


def _home(one: RegisterObject, name: str) -> tuple[str, str]:
    """The same as expressions: text, or NULL."""
    code, day = home_columns(one, name)
    return _column(code), _column(day)


def _read_forward(one: RegisterObject, name: str, as_of: date) -> tuple[str, str]:
    field = one.field(name) if name else None
    joins = f"left join {_TODAY} as units on r.code = units.code"
    if field is None or field.kind is not Kind.COMMUNE:
        # Not a unit of the land: compared as it stands, and a province of its own.
        return "r.code as commune, coalesce(units.parent, r.code) as province", joins
    fixed = f"cast({literal(field.as_of_date or as_of.isoformat())} as date)"
    was = f"forward.code is not null and coalesce(try_cast(r.day as date), {fixed}) < forward.day"
    items = (
        f"case when {was} then forward.commune else units.code end as commune, "
        f"case when {was} then forward.province else units.parent end as province"
    )
    return items, f"left join forward on r.code = forward.code {joins}"


_PLACES = f"""
with told as (
    select commune as code, province as parent, sum(bearers) as bearers, 0 as formers from {HOMES}
    where commune is not null group by commune, province
    union all
    select province as code, null as parent, sum(bearers) as bearers, 0 as formers from {HOMES}
    where province is not null and province <> coalesce(commune, '') group by province
    union all
    select commune as code, province as parent, 0 as bearers, sum(bearers) as formers
    from {FORMER_HOMES} where commune is not null group by commune, province
    union all
    select code, case when level = 'commune' then parent end as parent, 0 as bearers, 0 as formers
    from locality_units where level in ('commune', 'province') and valid_to is null
    union all
    select parent as code, null as parent, 0 as bearers, 0 as formers
    from locality_units where level = 'commune' and valid_to is null
),
numbered as (
    select cast(row_number() over (order by code) - 1 as integer) as place,
        code, max(parent) as parent, cast(sum(bearers) as bigint) as bearers,
        cast(sum(formers) as bigint) as formers
    from told where code is not null group by code
)
select n.place, n.code, p.place as parent, n.bearers, n.formers
from numbered as n
left join numbered as p on n.parent = p.code
order by n.place
"""


def _column(name: str) -> str:
    """The field as text, NULL where the register does not record it."""
    return f"cast(r.{quoted(name)} as varchar)" if name else "cast(null as varchar)"


_ORDER = (
    "born nulls last, folded nulls last, number nulls last, old_number nulls last, "
    "written nulls last, commune nulls last, mother nulls last, father nulls last, "
    "sex nulls last, died nulls last, spouse nulls last, province nulls last, "
    "household nulls last, former nulls last"
)


def _persons(source: str, one: RegisterObject) -> Step:
    person = one.persons[0]
    code, day = _home(one, person.commune)
    former, since = _home(one, person.former)
    born, family = date_of(_column(person.born)), " ".join(_relative(person, r) for r in FAMILY)
    select = f"""
with homes as (
    select h.code, h.day, c.place as commune, p.place as province
    from {HOMES} as h
    left join {PLACES} as c on h.commune = c.code
    left join {PLACES} as p on h.province = p.code
),
former_homes as (
    select h.code, h.day, c.place as commune
    from {FORMER_HOMES} as h
    inner join {PLACES} as c on h.commune = c.code
),
told as (
    select
        {number_of(_column(person.number), 12)} as number,
        {number_of(_column(person.old_number), 9)} as old_number,
        names.written, names.folded, names.surname, names.middle, names.core, names.given,
        {born} as born, {sex_of(_column(person.sex))} as sex, homes.commune, homes.province,
        {date_of(_column(person.died))} as died,
        {", ".join(f"{role}_name.folded as {role}" for role in FAMILY)},
        {household_of(_column(person.household))} as household, former_homes.commune as former
    from {quoted(source)} as r
    left join {SPELLED} as names on r.{quoted(person.name)} = names.spelling
    left join homes on {code} = homes.code and coalesce({day}, '') = coalesce(homes.day, '')
    left join former_homes on {former} = former_homes.code
        and coalesce({since}, '') = coalesce(former_homes.day, '')
    {family}
)
select
    cast(row_number() over (order by {_ORDER}) - 1 as bigint) as person,
    number, old_number, written, folded, surname, middle, core, given,
    born, cast(born // 10000 as smallint) as year, sex, commune, province, died,
    father, mother, spouse, household, former
from told
order by person
"""
    return Step(POPULATION, (source, SPELLED, HOMES, FORMER_HOMES, PLACES), select)


def _relative(person: object, role: str) -> str:
    column = _column(getattr(person, role))
    return f"left join {SPELLED} as {role}_name on {column} = {role}_name.spelling"


_COHORTS = f"""
with told as (
    select coalesce(middle, -2) as middle, given, cast(year // 10 as integer) as decade,
        count(*) as bearers
    from {POPULATION} where given is not null and year is not null group by 1, 2, 3
)
select middle, given, decade, cast(sum(bearers) as bigint) as bearers
from (
    select middle, given, decade, bearers from told
    union all select middle, given, -1 as decade, bearers from told
    union all select -1 as middle, -1 as given, decade, bearers from told
) as summed
group by middle, given, decade
order by middle, given, decade
"""


def count_steps() -> list[Step]:
    """Steps that count over `population` and its names."""
    people = quoted(POPULATION)
    return [
        Step(
            KIN,
            (FOLDED,),
            "select surname, given, cast(sum(bearers) as bigint) as bearers "
            f"from {FOLDED} group by surname, given order by surname, given",
        ),
        Step(
            BORN,
            (POPULATION,),
            "select born, cast(sum(bearers) as bigint) as bearers from ("
            f"select born, count(*) as bearers from {people} "
            "where born % 10000 > 0 group by born union all "
            "select born - born % 10000 as born, count(*) as bearers "
            f"from {people} where born is not null group by 1"
            ") as told group by born order by born",
        ),
        Step(COHORTS, (POPULATION,), _COHORTS),
        Step(
            REGIONS,
            (POPULATION,),
            "select surname, given, province, count(*) as bearers "
            f"from {people} where given is not null and province is not null "
            "group by surname, given, province order by surname, given, province",
        ),
        Step(
            TOTALS,
            (POPULATION,),
            f"select count(*) as persons, count(former) as formers from {people}",
        ),
    ]
