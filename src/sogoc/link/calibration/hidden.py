"""Labels that cost nothing: records with a good number, linked again as if they had none.

Whose number agrees beyond doubt is known. Their records are linked once more with the number
hidden, and what the posterior then says is compared with who they are. So that the records look
like those that truly need linking, they are chosen by the dirt that can be seen on them; numbers
are not only left out: some are written with a wrong digit, some exchanged, and some persons are
taken out of reach as if the population lacked them, each as often as the register itself shows.

These labels see every way in which name, date, sex and place mislead. They do not see what only
those with no number at all have in common; where truth is known, it joins them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sogoc.link.calibration.applied import group_sql
from sogoc.link.calibration.bins import position_sql
from sogoc.link.calibration.isotonic import Labels
from sogoc.link.calibration.model import GROUPS, Calibration, weights_of
from sogoc.link.columns import answers, asked, judgements
from sogoc.tables.engine import Step, literal, quoted
from sogoc.tables.naming import candidates, now, proposal, raw, standard
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.contract.model import Person, Register, RegisterObject
    from sogoc.link.policy import Policy

SAMPLE = 50_000
"""Persons labelled at most, taken by a rule over their numbers."""

BEYOND_DOUBT = 0.9999
"""Posterior from which on the bearer of the number is taken to be the person meant."""

_LEFT_OUT, _LEFT_OUT_ABSENT = "left-out", "left-out-absent"
_SLIP = "slip"
_EXCHANGED, _EXCHANGED_ABSENT = "exchanged", "exchanged-absent"

_OUT_OF_REACH = 0.2
"""Share of those without a number who are taken out of reach; of exchanged numbers it is half."""

_SURE = 0.99
"""How many reach this posterior tells how many can be there at all."""

_RESIDUE = f"not (a.bearers = 1 and coalesce(a.h_posterior, 0) >= {BEYOND_DOUBT})"
"""Records whose number proves nothing, or that have none."""

_STRATUM = (
    "concat(case when q.born is null then '-' when q.born // 100 % 100 = 0 then 'y' "
    "when q.born % 100 = 0 then 'm' else 'd' end, "
    "case when q.place is null then '-' else '+' end, "
    "case when q.marked then '+' else '-' end, "
    "case when q.bearers = 0 then '-' else '+' end)"
)
"""Dirt that can be seen: precision of the date, a place or none, marks or none, a name that the
population has or lacks. Offices careless with numbers are careless in everything; so labels are
taken from each stratum as often as it stands among the records that need them."""


def hidden(name: str) -> str:
    """The object that holds the records whose numbers are hidden."""
    return f"{name}__hidden"


def labelled(name: str) -> str:
    """Who is known: `asked`, `_row`, `who`, `person`, `number`, `fate` and the `lot` behind it."""
    return f"link_labelled__{name}"


def labels(name: str) -> str:
    """Counts of labels: `evidence` (the group), `bin`, `seen`, `right_ones`."""
    return f"link_labels__{name}"


def hidden_register(register: Register) -> Register:
    """The register of records with hidden numbers; plan it with `hidden_known` as known tables."""
    objects = tuple(replace(one, name=hidden(one.name)) for one in register.objects if one.persons)
    return replace(register, objects=objects)


def hidden_known(register: Register) -> frozenset[str]:
    """Tables of judgements that `hidden_plan` makes."""
    return frozenset(judgements(hidden(one.name)) for one in register.objects if one.persons)


def hidden_plan(register: Register, policy: Policy) -> list[Step]:
    """Steps from linked records to the same records without their numbers.

    After them the plan of `hidden_register` is run, then `labels_plan`.
    """
    return [
        step
        for one in register.objects
        if one.persons
        for step in (_labelled(one, policy), _standard(one), _judgements(one))
    ]


def labels_plan(register: Register, policy: Policy) -> list[Step]:
    """Steps that count how often the best candidate was the person meant, by bin."""
    return [_labels(one, policy) for one in register.objects if one.persons]


def learned(
    rows: Iterable[tuple[int, int, int, int]], *, policy: Policy, source: str
) -> Calibration:
    """The calibration that rows of `labels` say."""
    groups = tuple(Labels() for _ in GROUPS)
    for group, position, seen, right in rows:
        groups[group].add(position, seen=seen, right=right)
    return Calibration(
        version=policy.version,
        policy=policy.version,
        weights=weights_of(policy),
        source=source,
        labels=groups,
    )


def _labelled(one: RegisterObject, policy: Policy) -> Step:
    """Persons known beyond doubt, each with the fate of its number.

    Numbers are left out, mistyped and exchanged as often as in this register among the records
    whose number proves nothing. Of the persons taken out of reach there are more than enough;
    `labels_plan` counts only as many as the register seems to lack.
    """
    select = f"""
with told as (
    select a.*, {_RESIDUE} as residue, {_STRATUM} as stratum
    from {quoted(answers(one.name))} as a
    inner join {quoted(asked(one.name))} as q on a.asked = q.asked
    where a.folded is not null and a.old_number is null
),
shares as (
    select sum(case when residue and number_text is null then 1 else 0 end) as left_out,
        sum(case when residue and number_text is not null and {_slipped(policy)}
            then 1 else 0 end) as slipped,
        sum(case when residue then 1 else 0 end) as everybody,
        least({SAMPLE}, sum(case when residue then 0 else 0.5 end))
        / greatest(sum(case when residue then 1 else 0 end), 1) as ratio
    from told
),
strata as (
    select stratum, sum(case when residue then 1 else 0 end) as wanted from told group by stratum
),
known as (
    select t.asked, t._row, t.who, t.h_person as person, t.number, s.wanted,
        row_number() over (
            partition by t.stratum order by (t.asked * 104723 + 7) % 1000003, t.asked
        ) as turn,
        (t.asked * 7919 + 104729) % 1000003 as lot
    from told as t
    inner join strata as s on t.stratum = s.stratum
    where not t.residue
),
dealt as (
    select k.*, k.lot * s.everybody / 1000003.0 as place, s.left_out, s.slipped, s.everybody
    from known as k cross join shares as s
    where k.turn <= k.wanted * s.ratio
)
select asked, _row, who, person, number, lot,
    case
        when place < left_out * {1 - _OUT_OF_REACH} then '{_LEFT_OUT}'
        when place < left_out then '{_LEFT_OUT_ABSENT}'
        when place < left_out + slipped then '{_SLIP}'
        when place < (left_out + slipped + everybody) / 2.0 then '{_EXCHANGED}'
        else '{_EXCHANGED_ABSENT}'
    end as fate
from dealt
"""
    return Step(labelled(one.name), (answers(one.name), asked(one.name)), select)


def _slipped(policy: Policy) -> str:
    slips = ", ".join(str(policy.level(code)) for code in ("number:slip", "number:swap"))
    return f"coalesce(b_number_level, 0) in ({slips})"


def _standard(one: RegisterObject) -> Step:
    """The records of those labelled, in the columns that linking reads."""
    joins = " ".join(
        f"left join {quoted(labelled(one.name))} as l{index} on s._row = l{index}._row "
        f"and l{index}.who = {literal(person.id)}"
        for index, person in enumerate(one.persons)
    )
    there = " or ".join(f"l{index}._row is not null" for index, _ in enumerate(one.persons))
    items = {
        column: item
        for index, person in enumerate(one.persons)
        for column, item in _columns(one, person, index).items()
    }
    chosen = ", ".join(f"{item} as {quoted(column)}" for column, item in items.items())
    select = f"select s._row, {chosen} from {quoted(standard(one.name))} as s {joins} where {there}"
    return Step(standard(hidden(one.name)), (standard(one.name), labelled(one.name)), select)


def _columns(one: RegisterObject, person: Person, index: int) -> dict[str, str]:
    """Column and item for each column of a person that linking reads."""
    plain = [
        person.name, person.born, person.sex, person.commune, person.died,
        person.father, person.mother, person.spouse, person.household, person.former,
    ]  # fmt: skip
    columns = [*plain, *(raw(name) for name in (person.name, person.old_number) if name)]
    columns += [person.old_number]
    if person.commune and one.field(person.commune).kind is Kind.COMMUNE:
        columns += [now(person.commune), candidates(person.commune)]
    columns += [now(person.former)] if person.former else []
    items = {column: f"s.{quoted(column)}" for column in columns if column}
    if person.number:
        items[person.number] = items[raw(person.number)] = _number(f"l{index}")
        items[proposal(person.number)] = "cast(null as varchar)"
    return items


def _number(label: str) -> str:
    """The number as its fate has it: one digit off, two groups of digits exchanged, or none."""
    digit = f"cast((cast(substr({label}.number, 9, 1) as integer) + 4) % 10 as varchar)"
    slip = f"concat(substr({label}.number, 1, 8), {digit}, substr({label}.number, 10))"
    exchanged = (
        f"concat(substr({label}.number, 1, 6), substr({label}.number, 10), "
        f"substr({label}.number, 7, 3))"
    )
    return (
        f"case when {label}.fate = '{_SLIP}' then {slip} "
        f"when {label}.fate in ('{_EXCHANGED}', '{_EXCHANGED_ABSENT}') then {exchanged} end"
    )


def _judgements(one: RegisterObject) -> Step:
    """Persons out of reach: the linker is told that it is not the one whom it knows."""
    absent = f"fate in ('{_LEFT_OUT_ABSENT}', '{_EXCHANGED_ABSENT}')"
    select = (
        "select _row, who as person, number, 'other' as decision "
        f"from {quoted(labelled(one.name))} where {absent}"
    )
    return Step(judgements(hidden(one.name)), (labelled(one.name),), select)


def _labels(one: RegisterObject, policy: Policy) -> Step:
    """Labels by bin, of those out of reach as many as the register seems to lack.

    Of persons who are there, a share is found with a posterior of 0.99; among the records of the
    register that share is smaller by those who are not there.
    """
    select = f"""
with judged as (
    select l.fate, l.lot, a.b_person, coalesce(a.b_posterior, 0) as posterior,
        {group_sql(policy, "a.b_")} as evidence,
        case when a.b_person = l.person then 1 else 0 end as correct
    from {quoted(answers(hidden(one.name)))} as a
    inner join {quoted(labelled(one.name))} as l on a.asked = l.asked
),
residue as (
    select number_text is null as left_out,
        avg(case when b_posterior >= {_SURE} then 1.0 else 0.0 end) as found
    from {quoted(answers(one.name))} as a
    where folded is not null and old_number is null and {_RESIDUE}
        and (number_text is null or not {_slipped(policy)})
    group by number_text is null
),
samples as (
    select fate in ('{_LEFT_OUT}', '{_LEFT_OUT_ABSENT}') as left_out,
        sum(case when fate in ('{_LEFT_OUT}', '{_EXCHANGED}') then 1.0 else 0.0 end) as present,
        sum(case when fate in ('{_LEFT_OUT}', '{_EXCHANGED}') and posterior >= {_SURE}
            then 1.0 else 0.0 end) as found,
        sum(case when fate in ('{_LEFT_OUT_ABSENT}', '{_EXCHANGED_ABSENT}')
            then 1.0 else 0.0 end) as absent,
        sum(case when fate in ('{_LEFT_OUT_ABSENT}', '{_EXCHANGED_ABSENT}')
            and posterior >= {_SURE} then 1.0 else 0.0 end) as mistaken
    from judged where fate <> '{_SLIP}'
    group by fate in ('{_LEFT_OUT}', '{_LEFT_OUT_ABSENT}')
),
rates as (
    select s.left_out, s.present, s.absent, r.found as residue,
        s.found / greatest(s.present, 1) as found, s.mistaken / greatest(s.absent, 1) as mistaken
    from samples as s inner join residue as r on s.left_out = r.left_out
),
kept as (
    select left_out,
        present * greatest(found - residue, 0) / greatest(residue - mistaken, 0.01)
        / greatest(absent, 1) as share
    from rates
)
select j.evidence, {position_sql("j.posterior")} as bin, count(*) as seen,
    sum(j.correct) as right_ones
from judged as j
left join kept as k on k.left_out = (j.fate in ('{_LEFT_OUT}', '{_LEFT_OUT_ABSENT}'))
where j.b_person is not null and (
    j.fate in ('{_LEFT_OUT}', '{_EXCHANGED}', '{_SLIP}')
    or j.lot * 31 % 1000 < coalesce(k.share, 1) * 1000
)
group by j.evidence, bin
order by j.evidence, bin
"""
    reads = (answers(hidden(one.name)), labelled(one.name), answers(one.name))
    return Step(labels(one.name), reads, select)
