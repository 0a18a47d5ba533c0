"""From pairs to one answer a person: posteriors with "absent" included, ties by rule.

Candidate i with weight w has the mass present * 2^w / N, "absent" has 1 - present, and bearers of
the name whom no block brought up have a mass too: a common name never looks certain because its
bearers were not looked at. Two equally good candidates get one half each. Masses are whole numbers
relative to the greatest of them, and are divided once, at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.columns import answers, asked, candidates, chances, judged, mutual, scored
from sogoc.link.population import number_text
from sogoc.link.weights import level_bits, mass
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
    select c.*, greatest(a.bearers - c.namesakes - coalesce(r.namesakes, 0), 0) as others,
        {level_bits(policy, policy.comparison("name"), name)} + a.unseen as other_weight
    from (
        select asked, max(weight) as best, {_tally(f"name_level = {name}")} as namesakes,
            {_tally(f"number_level = {number}")} as bearers, {_tally(rival)} as rivals
        from pairs group by asked
    ) as c
    inner join {quoted(asked(one.name))} as a on c.asked = a.asked
    left join ({_refused_namesakes(one)}) as r on c.asked = r.asked
    cross join {quoted(chances(one.name))} as m
"""


def _refused_namesakes(one: RegisterObject) -> str:
    """How many bearers of the name an officer ruled out: they are no more to be reckoned with."""
    return f"""
    select j.asked, count(distinct p.person) as namesakes
    from {quoted(judged(one.name))} as j
    inner join {quoted(asked(one.name))} as a on j.asked = a.asked
    inner join {POPULATION} as p on j.number = p.number and a.folded = p.folded
    where j.decision = 'other'
    group by j.asked
    """


def _tally(condition: str) -> str:
    return f"cast(sum(case when {condition} then 1 else 0 end) as integer)"


_SCALE = 2**20
"""Odds are whole parts of this."""

_MOST = 2**44
"""Odds are capped here, so that no sum of them leaves 64 bits."""


def mutual_step(one: RegisterObject, policy: Policy) -> Step:
    """The candidates of an object in which a person may stand once: both directions count.

    Whom a record means depends on whom the others mean. Each record claims each candidate with
    the odds it would have if nobody else claimed anybody; a candidate's mass is divided by one
    plus the odds of all other claims on that person; then claims are weighed once more from these
    masses, and masses divided by them. These are two rounds of belief propagation over all ways to
    give each person to one record (Bayati, Shah and Sharma, 2008). That two records of one object
    are of one person is a mistake, but one that happens: `second` in the policy is its chance, and
    so much of the mass stays whoever else claims the person.
    """
    levels = ", ".join(f"p.{c.id}_level" for c in policy.comparisons)
    others = "total - sum(mass) over (partition by asked) + sum(shared) over (partition by asked)"
    select = f"""
with claims as (
    select p.*, {_odds("p.seen + p.unseen + p.absent - p.mass")} as claim,
        p.seen + p.unseen + p.absent as total
    from {quoted(candidates(one.name))} as p
),
contested as (select p.*, {_by_others("claim")} as rival from claims as p),
shared as (select p.*, {_divided("rival", policy)} as shared from contested as p),
reclaimed as (select p.*, {_odds(f"{others} - shared")} as claim_again from shared as p),
contested_again as (select p.*, {_by_others("claim_again")} as rival_again from reclaimed as p),
divided as (select p.*, {_divided("rival_again", policy)} as left_over from contested_again as p),
placed as (
    select p.*, cast(row_number() over ({_AMONG}) as integer) as new_place,
        lead(p.weight) over ({_AMONG}) as after,
        cast(seen - sum(mass) over (partition by asked)
            + sum(left_over) over (partition by asked) as bigint) as new_seen
    from divided as p
)
select p.asked, p.person, p.new_place as place, p.confirmed, {levels}, p.weight,
    case when p.after < p.weight then p.after when p.after is not null then p.weight
        end as next_weight,
    p.left_over as mass, p.new_seen as seen, p.unseen, p.absent, p.namesakes, p.bearers, p.rivals
from placed as p
"""
    return Step(mutual(one.name), (candidates(one.name),), select)


_AMONG = "partition by p.asked order by p.confirmed desc, p.left_over desc, p.weight desc, p.person"


def _odds(others: str) -> str:
    """The odds of a pair against all else that its record may mean; an officer's word is final."""
    odds = f"least(mass * {_SCALE} // greatest({others}, 1), {_MOST})"
    return f"cast(case when confirmed = 1 then {_MOST} else {odds} end as bigint)"


def _by_others(claim: str) -> str:
    return f"cast(sum({claim}) over (partition by person) - {claim} as bigint)"


def _divided(rival: str, policy: Policy) -> str:
    """What is left of a mass when others claim the person with these odds."""
    second = round(policy.second * 1024)
    taken = f"({rival} * 1024 // ({_SCALE} + {rival}))"
    return (
        "cast(case when confirmed = 1 then mass else "
        f"mass * {_SCALE} // ({_SCALE} + {rival}) + mass * {second} // 1024 * {taken} // 1024 "
        "end as bigint)"
    )


def _resolved(one: RegisterObject) -> str:
    """Where the final candidates of this object stand."""
    return mutual(one.name) if one.link_to == "one-to-one" else candidates(one.name)


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
with bearers as (
    select * from {quoted(_resolved(one))} where number_level = {number}
),
held as (
    select * from bearers where bearers = 1
    union all
    select * exclude (turn) from (
        select b.*, row_number() over (partition by b.asked order by b.place) as turn
        from bearers as b where b.bearers > 1
    ) as several where turn = 1
),
best as (select c.* from {quoted(_resolved(one))} as c where c.place = 1),
meant as (
    select p.person, {", ".join(f"p.{column}" for column in _OF_BEST)}
    from {POPULATION} as p
    inner join (
        select person from best union select person from held
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
left join held as h on a.asked = h.asked
left join (
    select distinct asked from {quoted(judged(one.name))} where decision = 'absent'
) as j on a.asked = j.asked
left join meant as bp on b.person = bp.person
left join meant as hp on h.person = hp.person
"""
    reads = (_resolved(one), asked(one.name), judged(one.name), POPULATION)
    return Step(answers(one.name), reads, select)


def _share(part: str, row: str) -> str:
    return f"({part} * {_SHARES} // ({row}.seen + {row}.unseen + {row}.absent)) / 1e9"
