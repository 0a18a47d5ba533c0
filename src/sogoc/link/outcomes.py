"""The outcome for each person of a record, and the table `verified__<object>`.

| column | type | what it holds |
|---|---|---|
| `_row` | BIGINT | the record's ordinal within its object in this delivery |
| `person` | VARCHAR | id of the person group in the contract |
| `outcome` | VARCHAR | one of `OUTCOMES` |
| `number` | VARCHAR | number of the person of the population who is meant or proposed; else NULL |
| `probability` | DOUBLE | that this is the person, calibrated on labels; NULL without a number |
| `margin` | DOUBLE | bits between the best and the next candidate; NULL without a second |
| `differs` | VARCHAR | of `number name name.marks born sex`, joined by a blank; NULL: none |
| `evidence` | VARCHAR | `comparison:level` and remarks, joined by a blank; see `link/words.py` |

One row a person asked for; a record that names none has no row. `name.marks` alone is the
sub-case "only the marks of the name differ".

The outcomes `verified`, `differs` and `deceased` rest on the number and what the population
register says of its bearer, never on a score alone. A person found without a number whom the
population register records as dead needs a person; so does a bearer of another name whose date is
not known, who may be a brother or a father. Where the record itself tells of the death, as the book
of deaths does, `deceased` says that the population register tells of it too, and `verified` that it
does not yet. Nothing here corrects a record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.calibration.applied import (
    doubtful_sql,
    group_sql,
    probability_sql,
    reviewed_sql,
)
from sogoc.link.columns import answers
from sogoc.tables.engine import Step, literal, quoted
from sogoc.tables.naming import verified

if TYPE_CHECKING:
    from sogoc.contract.model import RegisterObject
    from sogoc.link.calibration.model import Calibration
    from sogoc.link.policy import Comparison, Policy

OUTCOMES = {
    "verified": "number, name with its marks and all that is known of the date agree",
    "differs": "the right person; `differs` names what is not as in the population register",
    "found": "no usable number, and exactly one person fits",
    "ambiguous": "several persons fit, none stands out",
    "mismatch": "the number is somebody else's; `number` is the right one where it was found",
    "not_found": "nobody in the population register fits",
    "deceased": "the right person, whose death the population register records",
    "needs_a_person": "too little or contradictory evidence: an officer decides",
}

_OF_THE_BEARER = "(bearers = 1 and not coalesce(confirmed, false))"
"""Rows whose evidence is about the bearer of the number, not about the best candidate."""


def verified_step(one: RegisterObject, policy: Policy, calibration: Calibration) -> Step:
    """The table of outcomes, in the order of records and of their persons."""
    select = f"""
with facts as ({_facts(one, policy, calibration)}),
decided as (select f.*, {_outcome(policy)} as outcome from facts as f),
meant as (
    select d.*,
        case
            when outcome in ('verified', 'differs', 'deceased')
                then case when confirmed then b_number else number end
            when outcome = 'found' then b_number
            when outcome = 'mismatch' and b_person <> h_person and not b_review
                and b_probability >= {policy.costs.sure} then b_number
            when outcome = 'needs_a_person' and b_probability >= {policy.costs.likely}
                and b_name_level <> {policy.level("name:other")} then b_number
        end as meant_number,
        case
            when confirmed then 1.0
            when outcome in ('verified', 'differs', 'deceased') then h_probability
            else b_probability
        end as probability
    from decided as d
),
claimed as (
    select m.*,
        row_number() over (
            partition by who, case when {_claims(one)} then meant_number end
            order by case when {_claims(one)} then 0 else 1 end,
                case outcome when 'verified' then 0 when 'deceased' then 1 when 'differs' then 2
                    else 3 end,
                probability desc nulls last, weight desc nulls last, _row
        ) > 1 and {_claims(one)} as second
    from meant as m
)
select
    _row, who as person,
    case when second and outcome = 'found' then 'needs_a_person' else outcome end as outcome,
    meant_number as number,
    case when meant_number is not null then probability end as probability,
    margin,
    nullif(case when outcome in ('verified', 'differs', 'deceased', 'found')
        or (outcome = 'needs_a_person' and meant_number is not null)
        then differs else '' end, '') as differs,
    {_evidence()} as evidence
from claimed
order by _row, asked
"""
    return Step(verified(one.name), (answers(one.name),), select)


def _claims(one: RegisterObject) -> str:
    """Where a person may stand once in the object, two records must not mean the same one."""
    if one.link_to != "one-to-one":
        return "1 = 0"
    claiming = "'verified', 'deceased', 'differs', 'found', 'needs_a_person'"
    return f"meant_number is not null and outcome in ({claiming})"


def _facts(one: RegisterObject, policy: Policy, calibration: Calibration) -> str:
    """What the outcome is decided from: levels of the row that counts, and tests on them."""
    picked = ", ".join(
        f"case when {_OF_THE_BEARER} then h_{c.id}_level else b_{c.id}_level end as {c.id}_level"
        for c in policy.comparisons
    )
    probable = ", ".join(
        probability_sql(calibration, f"s.{side}posterior", group_sql(policy, f"s.{side}"))
        + f" as {side}probability"
        for side in ("b_", "h_")
    )
    return f"""
    select l.*, {_codes(policy)} as codes, {_differing(policy)} as differs,
        {_agrees(policy, "name")} and {_agrees(policy, "marks")} as name_agrees,
        {_agrees(policy, "name")} as folded_agrees,
        coalesce(born_level, 0) = 0 or {_agrees(policy, "born")} as born_agrees,
        number_level = {policy.level("number:equal")} as number_agrees,
        case when {_OF_THE_BEARER} then h_died else b_died end is not null
            and died is null as dead,
        case when {_OF_THE_BEARER} then h_died end is not null and died is not null as told_dead,
        case when {_OF_THE_BEARER} then h_weight else b_weight end as weight,
        {doubtful_sql(policy, "b_")} as b_review,
        (born is not null or number_text is not null or old_number is not null
            or place is not null) as usable
    from (
        select s.*, {picked}, {probable} from {quoted(answers(one.name))} as s
    ) as l
"""


def _codes(policy: Policy) -> str:
    each = ", ".join(
        f"case {c.id}_level "
        + " ".join(
            f"when {number} then {literal(f'{c.id}:{level.code}')}"
            for number, level in enumerate(c.levels, 1)
        )
        + " end"
        for c in policy.comparisons
    )
    return f"concat_ws(' ', {each})"


def _differing(policy: Policy) -> str:
    each = ", ".join(
        f"case when {c.id}_level > 0 and not {_agreeing(c, '')} then {literal(c.differs)} end"
        for c in policy.comparisons
        if c.differs
    )
    return f"concat_ws(' ', {each})"


def _agrees(policy: Policy, name: str) -> str:
    return f"coalesce({_agreeing(policy.comparison(name), '')}, false)"


def _agreeing(comparison: Comparison, side: str) -> str:
    numbers = ", ".join(str(comparison.number(code)) for code in comparison.agrees)
    return f"{side}{comparison.id}_level in ({numbers})"


def _outcome(policy: Policy) -> str:
    """The first line that holds decides. Thresholds are those of the policy's costs."""
    costs = policy.costs
    another = f"h_name_level = {policy.level('name:other')} and rival"
    return f"""case
    when judged_absent then 'not_found'
    when confirmed and dead then 'deceased'
    when confirmed and number_level = 0 then 'found'
    when confirmed and differs = '' then 'verified'
    when confirmed then 'differs'
    when folded is null then 'needs_a_person'
    when bearers > 1 then 'ambiguous'
    when bearers = 1 and name_agrees and born_agrees and dead then 'deceased'
    when bearers = 1 and name_agrees and born_agrees and differs = '' and told_dead then 'deceased'
    when bearers = 1 and name_agrees and born_agrees and differs = '' then 'verified'
    when bearers = 1 and name_agrees and born_agrees then 'differs'
    when bearers = 1 and (h_probability <= {costs.unlikely} or ({another})) then 'mismatch'
    when bearers = 1 and {reviewed_sql(policy.comparison("name"), "always", "b_")}
        and h_person = b_person and coalesce(born_level, 0) = 0 then 'needs_a_person'
    when bearers = 1 and h_probability >= {costs.likely} and h_person = b_person
        then case when dead and folded_agrees and born_agrees then 'deceased' else 'differs' end
    when bearers = 1 then 'needs_a_person'
    when not usable then 'needs_a_person'
    when b_person is null then 'not_found'
    when b_probability >= {costs.sure} and not b_review and not dead then 'found'
    when b_probability >= {costs.likely} then 'needs_a_person'
    when anybody >= 0.5 and anybody - b_posterior >= 1 - anybody then 'ambiguous'
    when anybody <= {costs.unlikely} then 'not_found'
    else 'needs_a_person'
end"""


def _evidence() -> str:
    """Codes of the comparisons that counted, then the remarks."""
    return """nullif(concat_ws(' ',
        case when outcome = 'not_found' then null else nullif(codes, '') end,
        case when judged_absent then 'judged:absent' when confirmed then 'judged:same' end,
        case when outcome = 'mismatch' then
            case
                when h_spouse = folded or (b_person <> h_person and b_spouse = h_folded)
                    then 'bearer:spouse'
                when folded in (h_father, h_mother) then 'bearer:child'
                when b_person <> h_person and h_folded in (b_father, b_mother)
                    then 'bearer:parent'
                else 'bearer:other'
            end
        end,
        case when bearers > 1 then 'bearers:several' end,
        case when outcome = 'mismatch' and (rival or meant_number is not null)
            then 'rival:fits' end,
        case when dead and outcome in ('deceased', 'differs', 'needs_a_person')
            then 'died:recorded' end,
        case when second then 'claim:second' end,
        case when outcome = 'ambiguous' and bearers <= 1 then 'candidates:several' end,
        case when outcome = 'not_found' and not judged_absent then 'candidates:none' end,
        case when folded is null or (not usable and outcome = 'needs_a_person')
            then 'evidence:none' end
    ), '')"""
