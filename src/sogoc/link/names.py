"""Dictionaries of the names that the population bears: each spelling is folded and parted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.columns import FOLDED, NAMES, PARTS, SPELLED, SPELLINGS, TOKENS
from sogoc.tables.engine import Step, quoted
from sogoc.values.sql import canonical_name, folded

if TYPE_CHECKING:
    from sogoc.contract.model import Person

FAMILY = ("father", "mother", "spouse")
TIES = (*FAMILY, "household", "former")
"""What ties a person to others and to places; many registers record none of it."""
NAME_PARTS = ("surname", "middle", "core", "given")
"""The parts of a folded name that are known by a number of their own."""


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


def name_steps(source: str, person: Person) -> list[Step]:
    """Steps from the population's records to `link_spelled`, which gives each spelling its ids."""
    return [
        _spellings(source, person),
        *dictionary_steps(),
        Step(SPELLED, (SPELLINGS, NAMES, FOLDED), _SPELLED),
    ]


def dictionary_steps() -> list[Step]:
    """Steps from `link_spellings` to the dictionaries of names."""
    return [
        Step(PARTS, (SPELLINGS,), _PARTED),
        Step(TOKENS, (PARTS,), _TOKENS),
        Step(FOLDED, (PARTS, TOKENS), _folded()),
        Step(NAMES, (SPELLINGS, FOLDED), _NAMES),
    ]


def spellings_step(told: str) -> Step:
    """`link_spellings` from distinct spellings that were counted already, each with an `id`."""
    select = (
        f"select id, spelling, {canonical_name('spelling')} as canonical, "
        f"{folded('spelling')} as folded, bearers, women, sexed from {quoted(told)}"
    )
    return Step(SPELLINGS, (told,), select)


def _spellings(source: str, person: Person) -> Step:
    """Each distinct spelling with its bearers; relatives bear a name only on their own record."""
    sex = f"r.{quoted(person.sex)}" if person.sex else "cast(null as varchar)"
    columns = [getattr(person, role) for role in FAMILY if getattr(person, role)]
    relatives = "".join(
        f" union all select {quoted(column)} as spelling, 0 as bearers, 0 as women, 0 as sexed "
        f"from {quoted(source)} group by {quoted(column)}"
        for column in columns
    )
    select = f"""
select spelling, {canonical_name("spelling")} as canonical, {folded("spelling")} as folded,
    cast(sum(bearers) as bigint) as bearers, cast(sum(women) as bigint) as women,
    cast(sum(sexed) as bigint) as sexed
from (
    select r.{quoted(person.name)} as spelling, count(*) as bearers,
        sum(case when {sex} = 'nữ' then 1 else 0 end) as women, count({sex}) as sexed
    from {quoted(source)} as r group by r.{quoted(person.name)}
    {relatives}
) as told
where spelling is not null
group by spelling
"""
    return Step(SPELLINGS, (source,), select)


_PARTED = f"""
select folded, {name_parts("folded")}, bearers, women, sexed
from (
    select folded, cast(sum(bearers) as bigint) as bearers, cast(sum(women) as bigint) as women,
        cast(sum(sexed) as bigint) as sexed
    from {SPELLINGS} group by folded
) as distinct_names
"""

_TOKENS = f"""
select cast(row_number() over (order by text) - 1 as integer) as token, text
from ({" union ".join(f"select {part} as text from {PARTS}" for part in NAME_PARTS)}) as told
where text is not null
order by token
"""


def _folded() -> str:
    ids = ", ".join(f"{part}.token as {part}" for part in NAME_PARTS)
    joins = " ".join(
        f"left join {TOKENS} as {part} on parts.{part} = {part}.text" for part in NAME_PARTS
    )
    return f"""
select cast(row_number() over (
        order by given, surname, middle nulls first, text
    ) - 1 as integer) as folded, *
from (
    select parts.folded as text, {ids}, bearers, women, sexed from {PARTS} as parts {joins}
) as coded
order by folded
"""


_NAMES = f"""
select cast(row_number() over (order by folded, text) - 1 as integer) as written,
    text, folded, bearers
from (
    select s.canonical as text, min(f.folded) as folded, cast(sum(s.bearers) as bigint) as bearers
    from {SPELLINGS} as s
    inner join {FOLDED} as f on s.folded = f.text
    group by s.canonical
) as told
order by written
"""

_SPELLED = f"""
select s.spelling, n.written, f.folded, f.surname, f.middle, f.core, f.given
from {SPELLINGS} as s
inner join {NAMES} as n on s.canonical = n.text
inner join {FOLDED} as f on s.folded = f.text
"""
