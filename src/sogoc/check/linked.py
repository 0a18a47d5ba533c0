"""The rules that read the result of linking, in a second pass over the records.

Their conditions may name `verification` and `probability`, or, where an object names several
persons, `verification_<person>`. A record that names nobody has no verification and is not
assessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from sogoc.check.conditions import Condition, condition, parsed
from sogoc.check.masks import BITS, locality, mask_columns, masks_of
from sogoc.check.rules import Judged
from sogoc.contract.model import RuleForm
from sogoc.tables import naming
from sogoc.tables.engine import Step, literal, quoted

if TYPE_CHECKING:
    from sogoc.check.functions import Surroundings
    from sogoc.check.masks import Layout
    from sogoc.contract.model import RegisterObject, Rule

_OF_ONE_PERSON = ("verification", "probability")


def verdicts(name: str) -> str:
    """What linking said, one row a record: `_verdict_row`, then three columns a person."""
    return f"verdicts__{name}"


def linked_checked(name: str) -> str:
    """What the second pass makes; `found_0` ... are the masks of the first, with `records`."""
    return f"linked_checked__{name}"


def waits_for_linking(one: RegisterObject) -> bool:
    """Whether a rule of the object reads the result of linking."""
    return any(rule.form is RuleForm.VERIFICATION for rule in one.rules)


def verdicts_step(one: RegisterObject) -> Step:
    """One row a record out of one row a person."""
    columns = [
        f"max(case when person = {literal(person.id)} then {column} end)"
        f" as {quoted(f'{name}_{person.id}')}"
        for person in one.persons
        for name, column in (
            ("verification", "outcome"),
            ("probability", "probability"),
            ("number", "number"),
        )
    ]
    table = naming.verified(one.name)
    select = f"select _row as _verdict_row, {', '.join(columns)} from {quoted(table)} group by _row"
    return Step(verdicts(one.name), (table,), select)


def nothing_verified(one: RegisterObject) -> Step:
    """The same table where no population register is at hand: empty, so nothing is assessed."""
    columns = [
        f"cast(null as {kind}) as {quoted(f'{name}_{person.id}')}"
        for person in one.persons
        for name, kind in (
            ("verification", "varchar"),
            ("probability", "double"),
            ("number", "varchar"),
        )
    ]
    columns = ["cast(null as bigint) as _verdict_row", *columns]
    return Step(verdicts(one.name), (), f"select {', '.join(columns)} where 1 = 0")


def nothing_found(one: RegisterObject, plan: Layout) -> Step:
    """The findings of the first pass where only the second is run: none."""
    words = ", ".join(f"cast(null as bigint) as fail_{word}" for word in range(plan.words))
    select = f"select cast(null as bigint) as _row, {words} where 1 = 0"
    return Step(naming.findings(one.name), (), select)


def linked_rules(one: RegisterObject, around: Surroundings) -> list[Judged]:
    """The rules that wait for linking, ready for the pass."""
    return [
        Judged(position=position, condition=_condition(one, rule, around))
        for position, rule in enumerate(one.rules)
        if rule.form is RuleForm.VERIFICATION
    ]


def linked_pass(one: RegisterObject, plan: Layout) -> Step:
    """The pass over records, joined to what linking said and to what was found before."""
    tables = (naming.standard(one.name), verdicts(one.name), naming.findings(one.name))
    records, said, found = (quoted(table) for table in tables)
    before = [f"found_{word}" for word in range(plan.words)]
    earlier = ", ".join(
        f"coalesce(found.fail_{word}, cast(0 as bigint)) as found_{word}"
        for word in range(plan.words)
    )
    failing = " or ".join(f"fail_{word} <> 0" for word in range(plan.words))
    masks = ", ".join([*masks_of(plan), *before])
    select = (
        f"select case when {failing} then _row end as _row, _locality, {masks},"
        f" count(*) as records from (select record._row as _row,"
        f" {locality(one, 'record.')} as _locality, {', '.join(mask_columns(plan))}, {earlier}"
        f" from {records} as record"
        f" left join {said} as said on said._verdict_row = record._row"
        f" left join {found} as found on found._row = record._row) as judged"
        f" group by case when {failing} then _row end, _locality, {masks}"
    )
    return Step(linked_checked(one.name), tables, select)


def linked_errors(one: RegisterObject, plan: Layout) -> str:
    """The errors of these rules: the flaw is the outcome, the proposal the number found."""
    lines = []
    for rule in plan.rules:
        field = one.rules[rule.position].fields[0]
        outcome, proposed = _said(one, one.rules[rule.position])
        lines.append(
            f"select found._row as _row, found._locality as _locality, {rule.position} as rule,"
            f" {literal(field)} as field, {outcome} as flaw,"
            f" record.{quoted(naming.raw(field))} as text, {proposed} as proposal"
            f" from {quoted(naming.linked_findings(one.name))} as found"
            f" inner join {quoted(naming.standard(one.name))} as record on record._row = found._row"
            f" left join {quoted(verdicts(one.name))} as said on said._verdict_row = found._row"
            f" where {_is_set(rule.position)}"
        )
    return " union all ".join(lines)


def _is_set(position: int) -> str:
    word, bit = divmod(position, BITS)
    return f"(found.fail_{word} & cast({1 << bit} as bigint)) <> 0"


def _persons(one: RegisterObject, rule: Rule) -> list[str]:
    return [person.id for person in one.persons if rule.person in {"", person.id}]


def _said(one: RegisterObject, rule: Rule) -> tuple[str, str]:
    """What was said of the person that broke the rule: the first who is not simply verified."""
    outcomes, numbers = [], []
    for person in _persons(one, rule):
        outcome, number = (
            f"said.{quoted(f'{name}_{person}')}" for name in ("verification", "number")
        )
        outcomes.append(f"when {outcome} <> 'verified' then {outcome}")
        numbers.append(f"when {outcome} in ('found', 'mismatch') then {number}")
    return f"case {' '.join(outcomes)} end", f"case {' '.join(numbers)} end"


def _condition(one: RegisterObject, rule: Rule, around: Surroundings) -> Condition:
    """A rule about nobody in particular is about each person that the record names."""
    each = [_of_person(rule, person, around) for person in _persons(one, rule)]
    if len(each) == 1:
        return each[0]
    broken = " or ".join(f"({one.fails})" for one in each)
    answered = " or ".join(f"({one.fails}) is not null" for one in each)
    fails = f"case when {broken} then true when {answered} then false end"
    return Condition(fails, (f"({fails}) is null",))


def _of_person(rule: Rule, person: str, around: Surroundings) -> Condition:
    fail_when, skip_when = (
        _about(text, person) if text else "" for text in (rule.fail_when, rule.not_assessed_when)
    )
    return condition(fail_when, around, not_assessed_when=skip_when)


def _about(text: str, person: str) -> str:
    def named(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.name in _OF_ONE_PERSON:
            return exp.column(f"{node.name}_{person}", quoted=True)
        return node

    return parsed(text).transform(named).sql("duckdb")
