"""From pairs to one answer a person: posteriors with "absent" included, ties by rule.

Candidate i with weight w has the mass present * 2^w / N, "absent" has 1 - present, and bearers of
the name whom no block brought up have a mass too: a common name never looks certain because its
bearers were not looked at. Two equally good candidates get one half each. Masses are whole numbers
relative to the greatest of them, and are divided once, at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.columns import answers, asked, candidates, chances, judged, scored
from sogoc.link.population import number_text
from sogoc.link.weights import mass
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import POPULATION

if TYPE_CHECKING:
    from sogoc.contract.model import RegisterObject
    from sogoc.link.policy import Policy

_ORDER = "partition by p.asked order by p.confirmed desc, p.weight desc, p.person"
_SHARES = 1_000_000_000
"""Posteriors are whole billionths, rounded down."""


def candidates_step(one: RegisterObject, policy: Policy) -> Step:
    """The best pairs with their place; ties go to the lower person number, always.

    Masses are summed over all pairs; only the first few are kept, and all bearers of the number.
    """
    tables = [scored(one.name, number) for number, _ in enumerate(policy.stages, 1)]
    pairs = " union all ".join(f"select * from {quoted(table)}" for table in tables)
    select = f"""
with pairs as ({pairs}),
confirmed as (
    select j.asked, p.person from {quoted(judged(one.name))} as j
    inner join {POPULATION} as p on j.number = p.number where j.decision = 'same'
),
known as (
    select p.*, cast(case when c.person is not null then 1 else 0 end as tinyint) as confirmed
    from pairs as p
    left join confirmed as c on p.asked = c.asked and p.person = c.person
),
placed as (
    select p.*, cast(row_number() over ({_ORDER}) as integer) as place,
        lead(p.weight) over ({_ORDER}) as next_weight
    from known as p
),
counted as ({_counted(one, policy)}),
topped as (
    select c.*, m.absent as absent_weight, greatest(c.best, m.absent,
        case when c.others > 0 then c.other_weight else c.best end) as top
    from counted as c
    cross join {quoted(chances(one.name))} as m
),
summed as (
    select p.asked, cast(sum({mass("t.top - p.weight")}) as bigint) as seen
    from pairs as p
    inner join topped as t on p.asked = t.asked
    group by p.asked
)
select p.asked, p.person, p.place, p.confirmed,
    {", ".join(f"p.{c.id}_level" for c in policy.comparisons)},
    p.weight, p.next_weight, cast({mass("t.top - p.weight")} as bigint) as mass, s.seen,
    cast(case when t.others > 0 then t.others * {mass("t.top - t.other_weight")} else 0 end
        as bigint) as unseen,
    cast({mass("t.top - t.absent_weight")} as bigint) as absent,
    t.namesakes, t.bearers, t.rivals
from placed as p
inner join topped as t on p.asked = t.asked
inner join summed as s on p.asked = s.asked
where p.place <= {policy.kept} or p.number_level = {policy.level("number:equal")}
"""
    reads = (*tables, POPULATION, asked(one.name), judged(one.name), chances(one.name))
    return Step(candidates(one.name), reads, select)


def _counted(one: RegisterObject, policy: Policy) -> str:
    """What all pairs of one person asked for say together, and the bearers not brought up."""
    number, name, born = (
        policy.level(code) for code in ("number:equal", "name:equal", "born:equal")
    )
    rival = f"number_level <> {number} and name_level = {name} and born_level = {born}"
    return f"""
    select c.*, greatest(a.bearers - c.namesakes, 0) as others,
        m.w_name_{name} - a.u_name_{name} + a.unseen as other_weight
    from (
        select asked, max(weight) as best, {_tally(f"name_level = {name}")} as namesakes,
            {_tally(f"number_level = {number}")} as bearers, {_tally(rival)} as rivals
        from pairs group by asked
    ) as c
    inner join {quoted(asked(one.name))} as a on c.asked = a.asked
    cross join {quoted(chances(one.name))} as m
"""


def _tally(condition: str) -> str:
    return f"cast(sum(case when {condition} then 1 else 0 end) as integer)"


_OF_BEST = ("number", "folded", "died", "father", "mother", "spouse")
_OF_BEARER = ("folded", "died", "father", "mother", "spouse")


def answers_step(one: RegisterObject, policy: Policy) -> Step:
    """One row a person asked for: best candidate `b_`, the number's bearer `h_`, a rival.

    `rival` says that another person than the bearer bears the name and was born that day;
    `bearers` is how many persons of the population have the number. What the population says of
    them is read here and not before, for these few.
    """
    levels = [f"{c.id}_level" for c in policy.comparisons]
    best = ", ".join(f"b.{column} as b_{column}" for column in levels)
    bearer = ", ".join(f"h.{column} as h_{column}" for column in levels)
    number = policy.level("number:equal")
    select = f"""
with held as (
    select c.*, row_number() over (partition by c.asked order by c.place) as turn
    from {quoted(candidates(one.name))} as c where c.number_level = {number}
),
best as (select c.* from {quoted(candidates(one.name))} as c where c.place = 1),
meant as (
    select p.person, {", ".join(f"p.{column}" for column in _OF_BEST)}
    from {POPULATION} as p
    inner join (
        select person from best union select person from held where turn = 1
    ) as few on p.person = few.person
)
select a.asked, a._row, a.who, a.folded, {number_text("a.number", 12)} as number,
    a.number_text, a.old_number, a.born, a.place, a.died, a.bearers as name_bearers,
    b.person as b_person, b.confirmed = 1 as confirmed, j.asked is not null as judged_absent,
    {_share("b.mass", "b")} as b_posterior,
    ({_SHARES} - b.absent * {_SHARES} // (b.seen + b.unseen + b.absent)) / 1e9 as anybody,
    (b.weight - b.next_weight) / 1e3 as margin, b.weight as b_weight,
    h.person as h_person, {_share("h.mass", "h")} as h_posterior, h.weight as h_weight,
    coalesce(b.bearers, 0) as bearers, coalesce(b.rivals, 0) > 0 as rival,
    {best}, {bearer},
    {number_text("bp.number", 12)} as b_number,
    {", ".join(f"bp.{column} as b_{column}" for column in _OF_BEST[1:])},
    {", ".join(f"hp.{column} as h_{column}" for column in _OF_BEARER)}
from {quoted(asked(one.name))} as a
left join best as b on a.asked = b.asked
left join held as h on a.asked = h.asked and h.turn = 1
left join (
    select distinct asked from {quoted(judged(one.name))} where decision = 'absent'
) as j on a.asked = j.asked
left join meant as bp on b.person = bp.person
left join meant as hp on h.person = hp.person
"""
    reads = (candidates(one.name), asked(one.name), judged(one.name), POPULATION)
    return Step(answers(one.name), reads, select)


def _share(part: str, row: str) -> str:
    return f"({part} * {_SHARES} // ({row}.seen + {row}.unseen + {row}.absent)) / 1e9"
