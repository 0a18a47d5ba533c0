"""The index of every level as one SELECT over the counts of rules; `dqi` says the same for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.tables.engine import literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sogoc.contract.model import Register
    from sogoc.score.rule_file import RuleFile

_SUMS = "sum(assessed) as assessed, sum(failed) as failed, sum(unassessed) as unassessed"


def levels_select(register: Register, rules: RuleFile, counts: str) -> str:
    """Rules, then fields and criteria, fields, objects and the register, each from the one below.

    A field weighs in its register as it does in its object, so the register's index is the mean
    of all its fields, as the formula has it.
    """
    lines = ", ".join(_lines(register, rules)) or "('', '', '', '', 0, 0, 0, 0)"
    per_criterion = f"select locality, object, field, criterion, {_SUMS}, {_mean('rule_weight')}"
    whole = literal(register.id)
    return f"""
with weighed as (
    select counts.locality, counts.name, counts.assessed, counts.failed, counts.unassessed,
        rules.object, rules.field, rules.criterion, rules.rule_weight, rules.criterion_weight,
        rules.field_weight, rules.is_key,
        case when counts.assessed > 0
            then (counts.assessed - counts.failed) * 100.0 / counts.assessed end as dqi
    from {counts} as counts
    inner join (values {lines}) as rules
        (name, object, field, criterion, rule_weight, criterion_weight, field_weight, is_key)
        on counts.name = rules.name
),
criteria as (
    {per_criterion}, max(criterion_weight) as criterion_weight,
        max(field_weight) as field_weight, max(is_key) as is_key
    from weighed group by locality, object, field, criterion
),
fields as (
    select locality, object, field, {_SUMS}, {_mean("criterion_weight")},
        max(field_weight) as field_weight,
        min(case when is_key = 1 then dqi end) as key_dqi
    from criteria group by locality, object, field
),
levels as (
    select 'rule' as level, name, criterion, locality, assessed, failed, unassessed, dqi,
        case when is_key = 1 then dqi end as key_dqi from weighed
    union all
    select 'criterion' as level, field || '/' || criterion as name, criterion, locality,
        assessed, failed, unassessed, dqi, case when is_key = 1 then dqi end as key_dqi
    from criteria
    union all
    select 'criterion' as level, object || '/' || criterion as name, criterion, locality,
        {_SUMS}, {_mean("field_weight")}, cast(null as double) as key_dqi
    from criteria group by locality, object, criterion
    union all
    select 'criterion' as level, {whole} || '/' || criterion as name, criterion, locality,
        {_SUMS}, {_mean("field_weight")}, cast(null as double) as key_dqi
    from criteria group by locality, criterion
    union all
    select 'field' as level, field as name, '' as criterion, locality,
        assessed, failed, unassessed, dqi, key_dqi from fields
    union all
    select 'object' as level, object as name, '' as criterion, locality,
        {_SUMS}, {_mean("field_weight")}, cast(null as double) as key_dqi
    from fields group by locality, object
    union all
    select 'register' as level, {whole} as name, '' as criterion, locality,
        {_SUMS}, {_mean("field_weight")}, cast(null as double) as key_dqi
    from fields group by locality
)
select {literal(rules.version)} as rules_version, {whole} as register, level, name, criterion,
    locality, cast(assessed as bigint) as assessed, cast(failed as bigint) as failed,
    cast(unassessed as bigint) as unassessed, cast(dqi as double) as dqi,
    {_colour(rules)} as colour
from levels
"""


def _mean(weight: str) -> str:
    """The weighted mean of those that have an index; NULL where none has, or all weigh nothing."""
    return (
        f"sum(dqi * {weight}) / nullif(sum(case when dqi is not null then {weight} end), 0) as dqi"
    )


def _colour(rules: RuleFile) -> str:
    """An identity key below its mark is red, whatever its share."""
    return (
        f"case when dqi is null then '' when key_dqi < {rules.must_be!r} then 'red'"
        f" when dqi >= {rules.levels.green!r} then 'green'"
        f" when dqi >= {rules.levels.yellow!r} then 'yellow' else 'red' end"
    )


def _lines(register: Register, rules: RuleFile) -> Iterator[str]:
    """One line a rule: where it counts, and how much."""
    weights = rules.weights
    for one in register.objects:
        for rule in one.rules:
            field = one.field(rule.fields[0])
            criterion = rules.criterion(rule)
            is_key = field.critical and criterion in rules.must_be_criteria
            words = (rule.code, one.name, f"{one.name}.{field.name}", criterion.value)
            numbers = (
                weights.of_rule(rule),
                weights.of_criterion(criterion),
                weights.of_field(one, field),
                int(is_key),
            )
            line = [literal(word) for word in words]
            line += [f"cast({weight} as double)" for weight in numbers]
            yield f"({', '.join(line)})"
