"""Check a delivery again of which an earlier run knows most records, without reading those whole.

What can change is the answer for a changed record; for a record that was alone with a unique key
and no longer is, or the reverse; for one whose reference led somewhere; and for one that a rule
about the day judges otherwise on another day. Only those are looked at. Everything comes out as
`check.plan` on the same day makes it (a property test holds the two equal). An object with
near-duplicates, or with a reference that could not be looked up then and can now, is checked whole.

Given: `standard(o)` now, `changed(o)` (the records that came since), `before(o)` (those that went,
as they stood), and what the earlier check made, under the names of `earlier`. A record that is
the same bears the same `_row`; a changed one may keep its number or get a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sogoc.check.carried import (
    before,
    bit,
    carried,
    changed,
    earlier_findings,
    turned,
    unchecked,
)
from sogoc.check.coverage import coverage_steps
from sogoc.check.linked import waits_for_linking
from sogoc.check.masks import answered_before, judging, layout, locality, number
from sogoc.check.near import near_rules
from sogoc.check.plan import around, final_steps, whole_object
from sogoc.check.rules import Judged, over_keys, simple_rules, targets
from sogoc.contract.model import RuleForm
from sogoc.tables import naming
from sogoc.tables.engine import Step, quoted

if TYPE_CHECKING:
    from datetime import date

    from sogoc.check.functions import Surroundings
    from sogoc.contract.model import Register, RegisterObject, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Under what the earlier check was made."""

    today: date
    holidays: frozenset[date] = frozenset()
    known: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    """Reference tables that may not be as they were."""


def recheck_plan(
    register: Register,
    then: Earlier,
    *,
    today: date,
    known: frozenset[str] = frozenset(),
    holidays: frozenset[date] = frozenset(),
) -> list[Step]:
    """The tables of `check.plan` for every object, from what the earlier check made."""
    steps: list[Step] = []
    for one in register.objects:
        now = around(register, one, today=today, holidays=holidays, known=known)
        steps += recheck(one, now, then)
    return steps


def recheck(one: RegisterObject, now: Surroundings, then: Earlier) -> list[Step]:
    """The same for one object."""
    known = replace(now, today=then.today, holidays=then.holidays, known=then.known)
    if any(near_rules(one)) or not _as_assessed(one, now, known):
        return whole_object(one, now)
    again = _Again(one, now=now, then=known, moved=then.moved)
    steps = again.turned()
    made = {changed(one.name): f"rechecked__{one.name}", before(one.name): unchecked(one.name)}
    rules = {changed(one.name): again.rules_now(), before(one.name): again.rules_then()}
    for records, judged in rules.items():
        steps += answered_before(judged)
        steps.append(judging(one, layout(one, judged), makes=made[records], records=records))
    laid = layout(one, rules[changed(one.name)])
    steps += carried(one, laid, made[changed(one.name)], changeable=again.changeable)
    steps += coverage_steps(one, now)
    return steps if waits_for_linking(one) else [*steps, *final_steps(one)]


def _as_assessed(one: RegisterObject, now: Surroundings, then: Surroundings) -> bool:
    """Whether every reference that can be looked up could be looked up then, and the reverse."""
    to = [rule.reference for rule in one.rules if rule.form is RuleForm.REFERENCE]
    return all(bool(targets(each, now)) == bool(targets(each, then)) for each in to)


class _Again:
    """The steps that find which records to look at, and the rules they are judged by."""

    def __init__(
        self,
        one: RegisterObject,
        *,
        now: Surroundings,
        then: Surroundings,
        moved: frozenset[str],
    ) -> None:
        self._one = one
        self._now = simple_rules(one, now)
        self._then = simple_rules(one, then)
        self._around = now
        self._unique = [r for r in self._now if self._form(r) is RuleForm.UNIQUE]
        self._moved = [r for r in self._now if r.struck and self._leads_elsewhere(r, moved)]
        pairs = zip(self._now, self._then, strict=True)
        self._of_the_day = [(a, b) for a, b in pairs if a.condition != b.condition]

    @property
    def changeable(self) -> list[int]:
        """The rules whose answer may change for a record that is the same."""
        rules = [*self._unique, *self._moved, *(now for now, _ in self._of_the_day)]
        return sorted(rule.position for rule in rules)

    def turned(self) -> list[Step]:
        """The same records with another answer: `_row`, `_locality`, `rule`, `was` and `is_now`.

        1 fails, 0 passes, 2 is not assessed.
        """
        one = self._one
        steps = [self._shared(rule) for rule in self._unique]
        steps += [rule.struck for rule in self._moved if rule.struck]
        steps += [self._day_step(now, then) for now, then in self._of_the_day]
        parts = [self._turned_key(rule) for rule in self._unique]
        parts += [self._turned_reference(rule) for rule in self._moved]
        parts += [f"select * from {quoted(self._day(now))}" for now, _ in self._of_the_day]
        nothing = f"select {number(0)} as _row, 0 as rule, 0 as was, 0 as is_now where 1 = 0"
        new, gone = quoted(changed(one.name)), quoted(before(one.name))
        select = (
            f"select turned._row as _row, {locality(one, 'record.')} as _locality,"
            f" rule, was, is_now from ({' union all '.join(parts) or nothing}) as turned"
            f" inner join {quoted(naming.standard(one.name))} as record"
            f" on record._row = turned._row where turned._row not in (select _row from {new})"
            f" and turned._row not in (select _row from {gone})"
        )
        tables = (naming.standard(one.name), changed(one.name), before(one.name))
        reads = (*(step.makes for step in steps), *tables)
        return [*steps, Step(turned(one.name), reads, select)]

    def rules_now(self) -> list[Judged]:
        """The rules as they are, those over keys answered for the changed records."""
        return [self._answered(rule) if rule.struck else rule for rule in self._now]

    def rules_then(self) -> list[Judged]:
        """The rules as they were, those over keys answered as they were."""
        return [self._as_it_was(rule) if rule.struck else rule for rule in self._then]

    def _form(self, rule: Judged) -> RuleForm:
        return self._one.rules[rule.position].form

    def _leads_elsewhere(self, rule: Judged, moved: frozenset[str]) -> bool:
        """Whether the records referred to may be others; those of this delivery always may."""
        if self._form(rule) is not RuleForm.REFERENCE:
            return False
        tables = targets(self._one.rules[rule.position].reference, self._around)
        return any(table in moved or table == _own(table) for table in tables)

    def _day(self, rule: Judged) -> str:
        return f"turned_by_the_day__{self._one.name}__{rule.position}"

    def _day_step(self, now: Judged, then: Judged) -> Step:
        """Records that a rule about the day judges otherwise on the other day."""
        table = naming.standard(self._one.name)
        select = (
            f"select _row, {now.position} as rule, was, is_now from ("
            f"select _row, {_state(then)} as was, {_state(now)} as is_now from {quoted(table)}"
            ") as judged where was <> is_now"
        )
        return Step(self._day(now), (table,), select)

    def _shared(self, rule: Judged) -> Step:
        """Every record with a key that a changed one has or had, and whether it repeats now."""
        one = self._one
        columns = [quoted(field) for field in one.rules[rule.position].fields]
        there = " and ".join(f"{column} is not null" for column in columns)
        names = ", ".join(columns)
        keys = " union ".join(
            f"select {names} from {quoted(table)} where {there}"
            for table in (changed(one.name), before(one.name))
        )
        same = " and ".join(f"record.{column} = key.{column}" for column in columns)
        of_key = ", ".join(f"record.{column}" for column in columns)
        table = naming.standard(one.name)
        select = (
            f"select record._row as _row,"
            f" case when count(*) over (partition by {of_key}) > 1 then 1 else 0 end as broken"
            f" from {quoted(table)} as record inner join ({keys}) as key on {same}"
        )
        return Step(self._share(rule), (table, changed(one.name), before(one.name)), select)

    def _turned_key(self, rule: Judged) -> str:
        """Records with a key of a changed one that break the rule now or before, not both."""
        return (
            f"select share._row as _row, {rule.position} as rule, 1 - share.broken as was,"
            f" share.broken as is_now from {quoted(self._share(rule))} as share"
            f" left join {quoted(earlier_findings(self._one.name))} as earlier"
            f" on earlier._row = share._row"
            f" where share.broken <> case when {bit(rule.position)} then 1 else 0 end"
        )

    def _turned_reference(self, rule: Judged) -> str:
        """Records whose reference leads nowhere now or led nowhere before, not both."""
        now, then = self._struck(rule), self._struck_before(rule)
        return (
            f"select _row, {rule.position} as rule, 0 as was, 1 as is_now"
            f" from ({now}) as now_broken where _row not in ({then})"
            f" union all select _row, {rule.position} as rule, 1 as was, 0 as is_now"
            f" from ({then}) as then_broken where _row not in ({now})"
        )

    def _struck(self, rule: Judged) -> str:
        return f"select _row from {quoted(rule.struck.makes)}" if rule.struck else ""

    def _struck_before(self, rule: Judged) -> str:
        found = quoted(earlier_findings(self._one.name))
        return f"select _row from {found} where {bit(rule.position)}"

    def _answered(self, rule: Judged) -> Judged:
        """A rule over keys, answered for the changed records."""
        one = self._one
        if rule in self._moved:
            return rule
        reads: tuple[str, ...]
        if rule in self._unique:
            share = self._share(rule)
            broken, reads = f"select _row from {quoted(share)} where broken = 1", (share,)
        else:
            broken, reads = self._dangling(one.rules[rule.position])
        makes = f"struck_now__{one.name}__{rule.position}"
        return self._by_row(rule, Step(makes, (*reads, changed(one.name)), broken))

    def _as_it_was(self, rule: Judged) -> Judged:
        makes = f"struck_then__{self._one.name}__{rule.position}"
        reads = (earlier_findings(self._one.name),)
        return self._by_row(rule, Step(makes, reads, self._struck_before(rule)))

    def _by_row(self, rule: Judged, step: Step) -> Judged:
        return over_keys(self._one.rules[rule.position], rule.position, step)

    def _dangling(self, rule: Rule) -> tuple[str, tuple[str, ...]]:
        """Changed records whose reference leads nowhere; the large register is only probed."""
        tables = targets(rule.reference, self._around)
        far = rule.reference.fields if rule.reference else ()
        new = quoted(changed(self._one.name))
        pairs = list(zip(rule.fields, far, strict=True))
        same = " and ".join(f"there.{quoted(to)} = here.{quoted(near)}" for near, to in pairs)
        there = " and ".join(f"{quoted(near)} is not null" for near, _ in pairs)
        found = " union all ".join(
            f"select here._row from {quoted(to)} as there inner join {new} as here on {same}"
            for to in tables
        )
        return f"select _row from {new} where {there} and _row not in ({found})", tables

    def _share(self, rule: Judged) -> str:
        return f"shared__{self._one.name}__{rule.position}"


def _own(table: str) -> str:
    """The table itself if it is one of this delivery."""
    return table if table.startswith(naming.standard("")) else ""


def _state(rule: Judged) -> str:
    """How a rule judges a record, as a number without NULL."""
    unknown = " or ".join(rule.condition.unknown) or "1 = 0"
    return f"case when {rule.condition.fails} then 1 when {unknown} then 2 else 0 end"
