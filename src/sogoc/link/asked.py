"""The persons of a register's records, each with what is known and how common that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.columns import (
    BORN,
    COHORTS,
    FOLDED,
    KIN,
    NAMES,
    PLACES,
    REGIONS,
    TOKENS,
    TOTALS,
    asked,
    judged,
    judgements,
)
from sogoc.link.names import FAMILY, NAME_PARTS, name_parts
from sogoc.link.population import date_of, household_of, number_of, sex_of
from sogoc.link.weights import asked_bits
from sogoc.tables.engine import Step, literal, quoted
from sogoc.tables.naming import candidates, now, proposal, raw, standard
from sogoc.values.kinds import Kind
from sogoc.values.sql import canonical_name, folded

if TYPE_CHECKING:
    from sogoc.contract.model import Person, RegisterObject
    from sogoc.link.policy import Policy

_NOTHING = "cast(null as varchar)"


def asked_step(one: RegisterObject, policy: Policy) -> Step:
    """One row for each person of a record, with all that weights need to know of the population.

    A person is asked for if a name could be read, or if there is a number and the cell of the
    name is empty. A cell with text but no name held no person: an organisation, a household.
    """
    told = " union all ".join(
        _told(one, person, position) for position, person in enumerate(one.persons)
    )
    family = tuple(role for role in FAMILY if any(getattr(each, role) for each in one.persons))
    select = f"""
with told as ({told}),
possible as ({_POSSIBLE}),
{_NAMED},
coded as (
    select {", ".join([*_OWN, *(_relative(role, family) for role in FAMILY)])}, {_FREQUENCIES}
    from turned as a
    cross join {TOTALS} as n
    {_JOINS}
    {" ".join(f"left join {FOLDED} as {role} on a.{role} = {role}.text" for role in family)}
)
select a.*, {", ".join(f"{bits} as {name}" for name, bits in asked_bits(policy).items())}
from coded as a
cross join {TOTALS} as n
"""
    reads = (
        standard(one.name),
        "locality_units",
        *(FOLDED, NAMES, TOKENS, KIN, BORN, COHORTS, REGIONS, PLACES, TOTALS),
    )
    return Step(asked(one.name), reads, select)


def judged_step(one: RegisterObject, known: frozenset[str]) -> Step:
    """Officers' decisions on persons of this object; an empty table where none are known."""
    table = judgements(one.name)
    if table not in known:
        empty = (
            "select cast(null as bigint) as asked, cast(null as bigint) as number, "
            "cast(null as varchar) as decision where 1 = 0"
        )
        return Step(judged(one.name), (), empty)
    position = " ".join(
        f"when {literal(person.id)} then {index}" for index, person in enumerate(one.persons)
    )
    select = (
        f"select _row * {len(one.persons)} + case person {position} end as asked, "
        f"{number_of('number', 12)} as number, decision from {quoted(table)} "
        "where decision in ('same', 'other', 'absent')"
    )
    return Step(judged(one.name), (table,), select)


def _known(item: str, told: str, name: str) -> str:
    """The id of what was told; -1 where nobody in the population bears it."""
    return f"case when {told} is not null then coalesce({item}, -1) end as {name}"


def _relative(role: str, family: tuple[str, ...]) -> str:
    if role in family:
        known = _known(f"{role}.folded", f"a.{role}", role)
        return f"{known}, coalesce({role}.bearers, 0) as {role}_bearers"
    return f"cast(null as integer) as {role}, 0 as {role}_bearers"


_OF_NAME = (
    *("canonical", "folded_text", "turned", "written", "written_bearers", "folded", "bearers"),
    *("women", "sexed", "turned_folded", "turned_bearers"),
)
_BORNE = ("borne_middle", "borne_given")
"""Parts of a name that somebody bears: only of such a name it is known when it is given."""


def _part(part: str) -> str:
    """The id of a part of the name: the name's own, else that of the text, else -1."""
    return (
        f"coalesce(a.{part}, {part}.token, case when a.strange_{part} is not null then -1 end) "
        f"as {part}"
    )


def _token(part: str) -> str:
    return f"left join {TOKENS} as {part} on a.strange_{part} = {part}.text"


_NAMED = f"""
small as (select *, lower(spelling) as small from told),
spelled as (
    select s.small, {canonical_name("s.small")} as canonical, {folded("s.small")} as folded_text
    from (select distinct small from small where small is not null) as s
),
turnable as (
    select *, case when folded_text like '% %' then trim(substr(folded_text,
        length(split_part(folded_text, ' ', 1)) + 2)) || ' ' || split_part(folded_text, ' ', 1)
        end as turned
    from spelled
),
wanted as (
    select folded_text as text from turnable
    union
    select turned as text from turnable where turned is not null
),
borne as (
    select f.* from {FOLDED} as f inner join wanted as w on f.text = w.text
),
written_so as (
    select n.* from {NAMES} as n
    inner join (select distinct canonical from spelled) as s on n.text = s.canonical
),
named as (
    select s.small, s.canonical, s.folded_text, s.turned, n.written,
        n.bearers as written_bearers, f.folded, f.surname, f.middle, f.core, f.given,
        f.bearers, f.women, f.sexed, t.folded as turned_folded, t.bearers as turned_bearers,
        case when f.folded is null then s.folded_text end as strange
    from turnable as s
    left join written_so as n on s.canonical = n.text
    left join borne as f on s.folded_text = f.text
    left join borne as t on s.turned = t.text
),
parted as (
    select a.*, {name_parts("strange").replace(" as ", " as strange_")} from named as a
),
coded_names as (
    select a.small, {", ".join(f"a.{name}" for name in _OF_NAME)},
        a.middle as borne_middle, a.given as borne_given,
        {", ".join(_part(part) for part in NAME_PARTS)}
    from parted as a
    {" ".join(_token(part) for part in NAME_PARTS)}
),
turned as (
    select a.*, {", ".join(f"n.{name}" for name in (*_OF_NAME, *_BORNE, *NAME_PARTS))},
        k.surname as kin_surname, k.given as kin_given, k.bearers as kin_bearers,
        case when a.born % 100 between 1 and 12 and a.born % 100 <> a.born // 100 % 100
            then a.born // 10000 * 10000 + a.born % 100 * 100 + a.born // 100 % 100 end as swapped
    from small as a
    left join coded_names as n on a.small = n.small
    left join {KIN} as k on n.surname = k.surname and n.given = k.given
)
"""
"""Each name that is told is looked up once, however many bear it. The dictionaries are long: one
reading of each finds all that is wanted, and joins go on with no more than that."""


_OWN = (
    *("a.asked", "a._row", "a.who", f"{number_of('a.number', 12)} as number", "a.number_text"),
    f"{number_of('a.number_proposal', 12)} as number_proposal",
    f"{number_of('a.old_number', 9)} as old_number",
    "a.old_number as old_number_text",
    *("a.folded_text", "a.canonical <> a.folded_text as marked"),
    _known("a.written", "a.canonical", "written"),
    _known("a.folded", "a.folded_text", "folded"),
    *(f"a.{part}" for part in NAME_PARTS),
    _known("a.turned_folded", "a.turned", "turned"),
    *("a.born", "cast(a.born // 10000 as smallint) as year", "a.swapped", "a.sex"),
    _known("o.place", "a.commune", "commune"),
    "possible.places as communes",
    _known("coalesce(o.parent, v.place)", "coalesce(a.commune, a.province)", "province"),
    (
        "case when a.commune is not null then coalesce(o.place, -1) "
        "when a.communes is not null then -1 end as place"
    ),
    "a.died",
    "a.household",
    _known("fp.place", "a.former", "former"),
)

_PRIOR = "20e0"
"""Bearers that the country as a whole is worth against those of a name."""

_FREQUENCIES = f"""
    coalesce(a.bearers, 0) as bearers, coalesce(a.written_bearers, 0) as written_bearers,
    coalesce(a.turned_bearers, 0) as turned_bearers, coalesce(a.kin_bearers, 0) as kin_bearers,
    coalesce(b.bearers, 0) as born_bearers, coalesce(y.bearers, 0) as year_bearers,
    coalesce(o.bearers, 0) as commune_bearers, coalesce(o.formers, 0) as commune_formers,
    coalesce(fp.formers, 0) as former_formers,
    coalesce(op.bearers, v.bearers, 0) as province_bearers,
    (case when a.sex = 2 then coalesce(a.women, 0)
        else coalesce(a.sexed, 0) - coalesce(a.women, 0) end + 0.5e0)
    / (coalesce(a.sexed, 0) + 1e0) as sex_share,
    case when a.born is null or a.borne_given is null or cd.bearers is null then 1e0 else
        (greatest(coalesce(cb.bearers, 0) - 1, 0) * 1e0 * n.persons / cd.bearers + {_PRIOR})
        / (greatest(coalesce(ca.bearers, 0) - 1, 0) + {_PRIOR}) end as cohort,
    case when coalesce(op.bearers, v.bearers, 0) = 0 then 1e0 else
        (greatest(coalesce(rg.bearers, 0) - 1, 0) * 1e0 * n.persons
            / coalesce(op.bearers, v.bearers) + {_PRIOR})
        / (greatest(coalesce(a.kin_bearers, 0) - 1, 0) + {_PRIOR}) end as region
"""
"""Counts. When and where a name is borne is told by the others who bear it, not by the one meant;
of a name that few bear, the country as a whole tells it."""

_JOINS = f"""
left join possible on a.communes = possible.communes
left join {COHORTS} as cb on coalesce(a.borne_middle, -2) = cb.middle and a.borne_given = cb.given
    and a.born // 100000 = cb.decade
left join {COHORTS} as ca on coalesce(a.borne_middle, -2) = ca.middle and a.borne_given = ca.given
    and ca.decade = -1
left join {COHORTS} as cd on cd.middle = -1 and cd.given = -1 and a.born // 100000 = cd.decade
left join {BORN} as b on a.born = b.born
left join {BORN} as y on a.born // 10000 * 10000 = y.born
left join {PLACES} as o on a.commune = o.code
left join {PLACES} as op on o.parent = op.place
left join {PLACES} as v on a.province = v.code
left join {PLACES} as fp on a.former = fp.code
left join {REGIONS} as rg on a.kin_surname = rg.surname and a.kin_given = rg.given
    and coalesce(o.parent, v.place) = rg.province
"""

_POSSIBLE = f"""
    select d.communes, ' ' || string_agg(cast(p.place as varchar), ' ' order by p.place) || ' '
        as places
    from (select distinct communes from told where communes is not null) as d
    inner join {PLACES} as p on d.communes like concat('% ', p.code, ' %')
    group by d.communes
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
        {old} as old_number, {name} as spelling, {date_of(born)} as born,
        {sex_of(_value(person.sex))} as sex, {commune} as commune, {communes} as communes,
        {province} as province, {date_of(_value(person.died))} as died,
        {_name(person.father)} as father, {_name(person.mother)} as mother,
        {_name(person.spouse)} as spouse,
        {household_of(_value(person.household))} as household, {_former(person)} as former
    from {quoted(standard(one.name))} as s
    where {name} is not null
        or ({empty} and ({number} is not null or {old} is not null))
"""


def _former(person: Person) -> str:
    """Today's commune of the place lived in before."""
    return f"s.{quoted(now(person.former))}" if person.former else _NOTHING


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
