"""The persons of a register's records, each with what is known and how common that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.columns import (
    BORN,
    CANONICAL,
    FOLDED,
    KIN,
    NAMES,
    PLACES,
    TOTALS,
    asked,
    judged,
    judgements,
)
from sogoc.link.population import name_parts
from sogoc.tables.engine import Step, literal, quoted
from sogoc.tables.naming import candidates, now, proposal, raw, standard
from sogoc.values.kinds import Kind
from sogoc.values.sql import canonical_name, folded, year_of

if TYPE_CHECKING:
    from sogoc.contract.model import Person, RegisterObject

_NOTHING = "cast(null as varchar)"


def asked_step(one: RegisterObject) -> Step:
    """One row for each person of a record.

    A person is asked for if a name could be read, or if there is a number and the cell of the
    name is empty. A cell with text but no name held no person: an organisation, a household.
    """
    told = " union all ".join(
        _told(one, person, position) for position, person in enumerate(one.persons)
    )
    select = f"""
with told as ({told}),
spelled as (
    select *, {canonical_name("written")} as canonical, {folded("written")} as folded from told
),
parted as (select *, {name_parts("folded")} from spelled),
turned as (
    select *,
        case when surname <> folded
            then trim(substr(folded, length(surname) + 2)) || ' ' || surname end as turned,
        case when length(born) = 10 and substr(born, 6, 2) <> substr(born, 9)
            and substr(born, 9) <= '12'
            then substr(born, 1, 5) || substr(born, 9) || '-' || substr(born, 6, 2)
        end as swapped
    from parted
)
select {", ".join(_OWN)}, {_FREQUENCIES}
from turned as a
{_JOINS}
"""
    reads = (
        standard(one.name),
        "locality_units",
        *(FOLDED, CANONICAL, NAMES, KIN, BORN, PLACES, TOTALS),
    )
    return Step(asked(one.name), reads, select)


def judged_step(one: RegisterObject, known: frozenset[str]) -> Step:
    """Officers' decisions on persons of this object; an empty table where none are known."""
    table = judgements(one.name)
    if table not in known:
        empty = (
            "select cast(null as bigint) as asked, cast(null as varchar) as number, "
            "cast(null as varchar) as decision where 1 = 0"
        )
        return Step(judged(one.name), (), empty)
    position = " ".join(
        f"when {literal(person.id)} then {index}" for index, person in enumerate(one.persons)
    )
    select = (
        f"select _row * {len(one.persons)} + case person {position} end as asked, "
        f"number, decision from {quoted(table)} where decision in ('same', 'other', 'absent')"
    )
    return Step(judged(one.name), (table,), select)


_OWN = (
    "a.asked",
    "a._row",
    "a.who",
    "a.number",
    "a.number_text",
    "a.number_proposal",
    "a.old_number",
    "a.canonical",
    "a.folded",
    "a.surname",
    "a.middle",
    "a.core",
    "a.given",
    "a.turned",
    "a.born",
    "a.year",
    "a.swapped",
    "a.sex",
    "a.commune",
    "a.communes",
    "coalesce(units.parent, a.province) as province",
    "coalesce(a.commune, a.communes) as place",
    "a.died",
    "a.father",
    "a.mother",
    "a.spouse",
)

_FREQUENCIES = """
    coalesce(f.bearers, 0) as bearers, coalesce(c.bearers, 0) as written_bearers,
    coalesce(t.bearers, 0) as turned_bearers, coalesce(k.bearers, 0) as kin_bearers,
    coalesce(b.bearers, 0) as born_bearers, coalesce(y.bearers, 0) as year_bearers,
    coalesce(o.bearers, 0) as commune_bearers, coalesce(v.bearers, 0) as province_bearers,
    (case when a.sex = 'nữ' then coalesce(f.women, 0)
        else coalesce(f.sexed, 0) - coalesce(f.women, 0) end + 0.5)
    / (coalesce(f.sexed, 0) + 1.0) as sex_share
"""

_JOINS = f"""
left join (
    select code, parent from locality_units where level = 'commune' and valid_to is null
) as units on a.commune = units.code
left join {FOLDED} as f on a.folded = f.folded
left join {CANONICAL} as c on a.canonical = c.canonical
left join {FOLDED} as t on a.turned = t.folded
left join {KIN} as k on a.surname = k.surname and a.given = k.given
left join {BORN} as b on a.born = b.born
left join {BORN} as y on substr(a.born, 1, 4) = y.born
left join {PLACES} as o on a.commune = o.place
left join {PLACES} as v on coalesce(units.parent, a.province) = v.place
"""


def _told(one: RegisterObject, person: Person, position: int) -> str:
    number, loose, proposed, old = _numbers(person)
    name = _value(person.name)
    empty = f"s.{quoted(raw(person.name))} is null" if person.name else "1 = 1"
    born = _value(person.born)
    commune, communes, province = _place(one, person)
    return f"""
    select
        s._row * {len(one.persons)} + {position} as asked, s._row, {literal(person.id)} as who,
        {number} as number, {loose} as number_text, {proposed} as number_proposal,
        {old} as old_number, {name} as written, {born} as born, {year_of(born)} as year,
        {_value(person.sex)} as sex, {commune} as commune, {communes} as communes,
        {province} as province, {_value(person.died)} as died,
        {_name(person.father)} as father, {_name(person.mother)} as mother,
        {_name(person.spouse)} as spouse
    from {quoted(standard(one.name))} as s
    where {name} is not null
        or ({empty} and ({number} is not null or {old} is not null))
"""


def _value(name: str) -> str:
    return f"cast(s.{quoted(name)} as varchar)" if name else _NOTHING


def _name(name: str) -> str:
    return folded(_value(name)) if name else _NOTHING


def _digits(name: str) -> str:
    written = f"s.{quoted(raw(name))}"
    return f"regexp_replace({written}, '[^0-9]', '', 'g')" if name else _NOTHING


def _numbers(person: Person) -> tuple[str, str, str, str]:
    """The number, the digits in its place, its proposal, and the old number.

    Officers write the old 9 digits into the column of the 12 and the other way round, and
    spreadsheets drop leading zeros: what stands there is evidence, though it verifies nobody.
    """
    number, old = _value(person.number), _value(person.old_number)
    proposed = f"s.{quoted(proposal(person.number))}" if person.number else _NOTHING
    seen, seen_old = _digits(person.number), _digits(person.old_number)
    loose = (
        f"coalesce({number}, {proposed}, "
        f"case when length({seen}) between 11 and 13 then {seen} end, "
        f"case when length({seen_old}) = 12 then {seen_old} end)"
    )
    nine = f"coalesce({old}, case when {number} is null and length({seen}) = 9 then {seen} end)"
    misplaced = f"coalesce({proposed}, case when length({seen_old}) = 12 then {seen_old} end)"
    return number, loose, misplaced, nine


def _place(one: RegisterObject, person: Person) -> tuple[str, str, str]:
    """Today's commune, the possible ones between blanks, and the province where it is told.

    An address is no unit: two spellings of one place would look like two places.
    """
    if not person.commune or one.field(person.commune).kind is Kind.ADDRESS:
        return _NOTHING, _NOTHING, _NOTHING
    if one.field(person.commune).kind is not Kind.COMMUNE:
        return _value(person.commune), _NOTHING, _NOTHING
    possible = f"s.{quoted(candidates(person.commune))}"
    several = f"case when {possible} like '% %' then ' ' || {possible} || ' ' end"
    return f"s.{quoted(now(person.commune))}", several, _NOTHING
