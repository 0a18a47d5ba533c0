"""A table of persons linked with itself: by the names, blocks and weights of all linking.

What differs: nobody is settled by finding himself, so every block is looked at; chances are the
policy's own, since pairs with one number here are no pairs of one person by chance; and before any
evidence somebody stands there a second time with the chance `second` of the policy.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sogoc.link.asked import asked_step, judged_step
from sogoc.link.columns import TOTALS, asked, exact, scored, settled
from sogoc.link.pairing.pairs import chances_step, first_step, pairs_step, scored_step
from sogoc.link.population import population_plan
from sogoc.link.weights import double
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import (
    POPULATION,
    candidates,
    flaw,
    now,
    proposal,
    raw,
    reference,
    standard,
)
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from datetime import date

    from sogoc.contract.model import Person, Register, RegisterObject
    from sogoc.link.policy import Policy

HELD = "doubles_held"
"""What the caller lends: the records of the object as `RecordStore.export` writes them."""

OWN = "doubles_own"
"""Who each person asked for is in the table itself: `asked`, `person`, `record`."""

PAIRS = "doubles"
"""`record`, `other` (the higher), `weight` (thousandths of a bit), `posterior`, levels."""


def doubles_plan(
    register: Register, one: RegisterObject, policy: Policy, *, as_of: date
) -> list[Step]:
    """Steps from `HELD`, `locality_units` and `locality_changes` to `PAIRS`.

    `one` names the one person of each record who is compared. Where a person may stand in several
    records (`many-to-one`) those alike in all that tells of them are one, and a pair with one
    personal number is no double: the number already says who it is.
    """
    # Two entries of one person are often of two households: that is how they came about.
    (person,) = one.persons
    one = replace(one, persons=(replace(person, household="", former=""),))
    alone = replace(register, objects=(one,))
    stages = range(1, len(policy.stages) + 1)
    steps = [_reference(register, one), *population_plan(alone, as_of=as_of)]
    steps += [_standard(register, one), judged_step(one, frozenset()), asked_step(one, policy)]
    steps += [pairs_step(one, policy, 1), first_step(one, policy)]
    steps += [_exact(one, policy), chances_step(one, policy)]
    for stage in stages:
        if stage != stages[0]:
            steps.append(pairs_step(one, policy, stage))
        steps.append(scored_step(one, policy, stage))
        if stage != stages[-1]:
            nobody = "select cast(null as bigint) as asked where 1 = 0"
            steps.append(Step(settled(one.name, stage), (), nobody))
    return [*steps, _own(one), _doubles(one, policy)]


def _needed(one: RegisterObject) -> list[str]:
    """The fields that tell of the person, and the day at which a commune's code was written."""
    person = one.persons[0]
    names = _of_person(person)
    dated = one.field(person.commune).as_of if person.commune else ""
    return list(dict.fromkeys([*names, *([dated] if dated else [])]))


def _of_person(person: Person) -> list[str]:
    told = (person.number, person.old_number, person.name, person.born, person.sex)
    more = (person.commune, person.died, person.father, person.mother, person.spouse)
    return [name for name in (*told, *more) if name]


def _reference(register: Register, one: RegisterObject) -> Step:
    """One row a record, or one for all records alike in what tells of the person."""
    columns = ", ".join(quoted(name) for name in _needed(one))
    grouped = (
        f"group by {columns}" if one.link_to != "one-to-one" else f"group by _record, {columns}"
    )
    select = (
        f"select min(_record) as _record, {columns} from {HELD}"
        f" where _missing_since is null {grouped}"
    )
    return Step(reference(register.id, one.name), (HELD,), select)


def _standard(register: Register, one: RegisterObject) -> Step:
    """The same rows as linking reads those of a delivery."""
    source = reference(register.id, one.name)
    columns = []
    for name in _needed(one):
        text = f"cast(s.{quoted(name)} as varchar)"
        columns += [f"s.{quoted(name)}", f"{text} as {quoted(raw(name))}"]
        columns += [f"cast(null as varchar) as {quoted(each(name))}" for each in (flaw, proposal)]
        if one.field(name).kind is Kind.COMMUNE:
            columns += [
                f"u.code as {quoted(now(name))}",
                f"cast(null as varchar) as {quoted(candidates(name))}",
            ]
    place = one.persons[0].commune
    today = "(select code from locality_units where level = 'commune' and valid_to is null)"
    is_unit = place and one.field(place).kind is Kind.COMMUNE
    units = f"left join {today} as u on s.{quoted(place)} = u.code" if is_unit else ""
    select = (
        f"select row_number() over (order by s._record) as _row, s._record, {', '.join(columns)}"
        f" from {quoted(source)} as s {units}"
    )
    return Step(standard(one.name), (source, "locality_units"), select)


def _exact(one: RegisterObject, policy: Policy) -> Step:
    """No pair is measured on: everybody would agree with himself."""
    levels = ", ".join(f"cast(null as tinyint) as {each.id}_level" for each in policy.comparisons)
    return Step(exact(one.name), (), f"select cast(null as bigint) as asked, {levels} where 1 = 0")


_ALIKE = ("number", "old_number", "written", "folded", "born", "sex", "father", "mother", "spouse")


def _own(one: RegisterObject) -> Step:
    """Rows alike in every code are told apart by their order on both sides: each is itself once."""
    columns = ", ".join(f"{{0}}.{name}" for name in _ALIKE)
    turn = "row_number() over (partition by {1} order by {0}.{2})"
    mine = turn.format("a", columns.format("a"), "asked")
    theirs = turn.format("p", columns.format("p"), "person")
    same = " and ".join(f"a.{name} is not distinct from p.{name}" for name in _ALIKE)
    select = f"""
        select a.asked, p.person, s._record as record
        from (select a.*, {mine} as turn from {quoted(asked(one.name))} as a) as a
        inner join (select p.*, {theirs} as turn from {POPULATION} as p) as p
            on {same} and a.turn = p.turn
        inner join {quoted(standard(one.name))} as s on a._row = s._row
    """
    return Step(OWN, (asked(one.name), POPULATION, standard(one.name)), select)


def _twins(policy: Policy) -> str:
    """Two of one birth: one mother, one date, a number each, and names that are not one.

    Without this, a list from a population is a list of twins. Who was entered twice under a name
    that differs by no more than a letter, marks or "Thị" is still found.
    """
    own = ", ".join(str(policy.level(f"name:{code}")) for code in ("middle", "slips", "other"))
    return (
        f"s.mother_level = {policy.level('mother:equal')}"
        f" and s.born_level = {policy.level('born:equal')}"
        f" and s.number_level = {policy.level('number:other')} and s.name_level in ({own})"
    )


def _doubles(one: RegisterObject, policy: Policy) -> Step:
    tables = [scored(one.name, number) for number, _ in enumerate(policy.stages, 1)]
    pairs = " union all ".join(f"select * from {quoted(table)}" for table in tables)
    levels = [f"{each.id}_level" for each in policy.comparisons]
    by_number = f"and s.number_level <> {policy.level('number:equal')}"
    other = by_number if one.link_to != "one-to-one" else ""
    mass = f"{double(policy.second)} * power(2e0, s.weight / 1000e0) / greatest(n.persons, 1)"
    select = f"""
with pairs as ({pairs}),
others as (
    select me.record as mine, them.record as theirs, s.*, {mass} as mass
    from pairs as s
    inner join {OWN} as me on s.asked = me.asked
    inner join {OWN} as them on s.person = them.person
    cross join {TOTALS} as n
    where me.record <> them.record {other} and not ({_twins(policy)})
),
shared as (
    select o.*, o.mass / (sum(o.mass) over (partition by o.mine) + {double(1 - policy.second)})
        as posterior
    from others as o
),
ranked as (
    select least(mine, theirs) as record, greatest(mine, theirs) as other, weight, posterior,
        {", ".join(levels)},
        row_number() over (
            partition by least(mine, theirs), greatest(mine, theirs)
            order by posterior desc, weight desc, mine
        ) as turn
    from shared
)
select record, other, weight, round(posterior, 6) as posterior, {", ".join(levels)}
from ranked
where turn = 1 and posterior > {double(policy.costs.unlikely)}
order by posterior desc, weight desc, record, other
"""
    return Step(PAIRS, (*tables, OWN, TOTALS), select)
