"""From pairs to one answer a person: posteriors with "absent" included, ties by rule.

Candidate i with weight w has the mass present * 2^w / N, "absent" has 1 - present, and bearers of
the name whom no block brought up have a mass too: a common name never looks certain because its
bearers were not looked at. Two equally good candidates get one half each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.columns import TOTALS, answers, asked, candidates, chances, judged, scored
from sogoc.link.pairs import mass
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import POPULATION

if TYPE_CHECKING:
    from sogoc.contract.model import RegisterObject
    from sogoc.link.policy import Policy

_ORDER = "partition by w.asked order by w.confirmed desc, w.weight desc, w.person"


def candidates_step(one: RegisterObject, policy: Policy) -> Step:
    """All pairs with their posterior and place; ties go to the lower person number, always."""
    tables = [scored(one.name, number) for number, _ in enumerate(policy.stages, 1)]
    pairs = " union all ".join(f"select * from {quoted(table)}" for table in tables)
    name = policy.level("name:equal")
    select = f"""
with pairs as ({pairs}),
confirmed as (
    select j.asked, p.person from {quoted(judged(one.name))} as j
    inner join {POPULATION} as p on j.number = p.number where j.decision = 'same'
),
weighed as (
    select p.*, {mass(policy)} as mass,
        case when c.person is not null then 1 else 0 end as confirmed
    from pairs as p
    left join confirmed as c on p.asked = c.asked and p.person = c.person
    cross join {TOTALS} as n
),
summed as (
    select w.*,
        sum(w.mass) over (partition by w.asked) as seen,
        sum(case when w.name_level = {name} then 1 else 0 end) over (partition by w.asked)
            as namesakes,
        row_number() over ({_ORDER}) as place,
        lead(w.weight) over ({_ORDER}) as next_weight
    from weighed as w
),
whole as (
    select s.*, {_unseen(policy)} as unseen
    from summed as s
    inner join {quoted(asked(one.name))} as a on s.asked = a.asked
    cross join {quoted(chances(one.name))} as m
)
select asked, person, place, confirmed,
    {", ".join(f"{c.id}_level" for c in policy.comparisons)}, weight,
    round(mass / (seen + unseen + {1 - policy.present}), 9) as posterior,
    round((seen + unseen) / (seen + unseen + {1 - policy.present}), 9) as anybody,
    round(weight - next_weight, 3) as margin
from whole
"""
    reads = (*tables, TOTALS, POPULATION, asked(one.name), judged(one.name), chances(one.name))
    return Step(candidates(one.name), reads, select)


def _unseen(policy: Policy) -> str:
    """Mass of the bearers of the name that no block brought up."""
    position = policy.level("name:equal")
    factors = "".join(
        f" * case when {one.when} then {one.factor} else 1 end" for one in policy.unseen
    )
    # For a bearer m / u is m * N / bearers, and mass divides by N again.
    return (
        f"{policy.present} * greatest(a.bearers - s.namesakes, 0) "
        f"* m.m_name_{position} / greatest(a.bearers, 1){factors}"
    )


def answers_step(one: RegisterObject, policy: Policy) -> Step:
    """One row a person asked for: best candidate `b_`, the number's bearer `h_`, a rival.

    `rival` says that another person than the bearer bears the name and was born that day;
    `bearers` is how many persons of the population have the number.
    """
    levels = [f"{c.id}_level" for c in policy.comparisons]
    best = ", ".join(f"b.{column} as b_{column}" for column in levels)
    bearer = ", ".join(f"h.{column} as h_{column}" for column in levels)
    number, name, born = (
        policy.level(code) for code in ("number:equal", "name:equal", "born:equal")
    )
    select = f"""
with marked as (
    select c.*,
        sum(case when c.number_level = {number} then 1 else 0 end) over (partition by c.asked)
            as bearers,
        sum(case when c.number_level <> {number} and c.name_level = {name}
            and c.born_level = {born} then 1 else 0 end) over (partition by c.asked) as rivals,
        row_number() over (
            partition by c.asked, case when c.number_level = {number} then 1 else 0 end
            order by c.place
        ) as turn
    from {quoted(candidates(one.name))} as c
)
select a.asked, a._row, a.who, a.folded, a.canonical, a.number, a.number_text, a.old_number,
    a.born, a.place, a.died, a.bearers as name_bearers,
    b.person as b_person, b.confirmed = 1 as confirmed, j.asked is not null as judged_absent,
    b.posterior as b_posterior, b.anybody, b.margin, b.weight as b_weight,
    h.person as h_person, h.posterior as h_posterior, h.weight as h_weight,
    coalesce(b.bearers, 0) as bearers, coalesce(b.rivals, 0) > 0 as rival,
    {best}, {bearer},
    bp.number as b_number, bp.canonical as b_canonical, bp.folded as b_folded, bp.died as b_died,
    bp.father as b_father, bp.mother as b_mother, bp.spouse as b_spouse,
    hp.canonical as h_canonical, hp.folded as h_folded, hp.died as h_died,
    hp.father as h_father, hp.mother as h_mother, hp.spouse as h_spouse
from {quoted(asked(one.name))} as a
left join marked as b on a.asked = b.asked and b.place = 1
left join marked as h on a.asked = h.asked and h.number_level = {number} and h.turn = 1
left join (
    select distinct asked from {quoted(judged(one.name))} where decision = 'absent'
) as j on a.asked = j.asked
left join {POPULATION} as bp on b.person = bp.person
left join {POPULATION} as hp on h.person = hp.person
"""
    reads = (candidates(one.name), asked(one.name), judged(one.name), POPULATION)
    return Step(answers(one.name), reads, select)
