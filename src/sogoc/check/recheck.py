"""Check again after a few records changed, without reading the others whole.

What can change is the answer for a changed record, for a record that was alone with a unique key
and no longer is, or the reverse, and for those alone: a reference is looked up again for changed
records, and where the register referred to changed, its followers are handed in as changed.
Findings and scorecard come out as a full check on the same day would give them; on another day, or
under other rules, the full check is run. Near-duplicates and coverage are not kept up here.

Given: `standard(o)` now, `changed(o)` (the standard records that are new or different),
`before(o)` (how changed and removed ones stood), and findings and scorecard of before under
`earlier_findings(o)` and `earlier_scorecard(o)`. A record keeps its `_row`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.check.masks import (
    BITS,
    Layout,
    answered_before,
    columns_read,
    judging,
    layout,
    number,
)
from sogoc.check.results import card, findings_step
from sogoc.check.rules import Judged, over_keys, simple_rules, targets
from sogoc.contract.model import RuleForm
from sogoc.tables import naming
from sogoc.tables.engine import Step, quoted

if TYPE_CHECKING:
    from sogoc.check.functions import Surroundings
    from sogoc.contract.model import RegisterObject, Rule


def changed(name: str) -> str:
    """Standard records that are new or no longer as they were."""
    return f"changed__{name}"


def before(name: str) -> str:
    """The same records, and those that are gone, as they stood."""
    return f"before__{name}"


def earlier_findings(name: str) -> str:
    """The findings of before."""
    return f"earlier_findings__{name}"


def earlier_scorecard(name: str) -> str:
    """The scorecard of before."""
    return f"earlier_scorecard__{name}"


def recheck(one: RegisterObject, around: Surroundings) -> list[Step]:
    """The steps that make `findings(o)` and `scorecard(o)` of now."""
    rules = simple_rules(one, around)
    unique = [rule for rule in rules if one.rules[rule.position].form is RuleForm.UNIQUE]
    steps = [_shared(one, rule) for rule in unique]
    columns = columns_read(one, layout(one, rules))
    steps += [_again(one, unique, columns), _was(one, columns)]
    now_rules = [_now(one, rule, around) if rule.struck else rule for rule in rules]
    was_rules = [_then(one, rule) if rule.struck else rule for rule in rules]
    for made, passing, records in (
        (f"rechecked__{one.name}", layout(one, now_rules), f"again__{one.name}"),
        (f"unchecked__{one.name}", layout(one, was_rules), f"was__{one.name}"),
    ):
        steps += answered_before(passing.rules)
        steps.append(judging(one, passing, makes=made, records=records))
    return steps + _results(one, layout(one, now_rules))


def _shared(one: RegisterObject, rule: Judged) -> Step:
    """Every record with a key that a changed one has or had, and whether it repeats now."""
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
    return Step(_share(one, rule), (table, changed(one.name), before(one.name)), select)


def _again(one: RegisterObject, unique: list[Judged], columns: list[str]) -> Step:
    """The records to look at again: the changed ones, and others whose key is now alone or not.

    Whoever shares a key with a changed record, but did so before, has the answer of before.
    """
    tables = (changed(one.name), naming.standard(one.name), earlier_findings(one.name))
    new, read = quoted(tables[0]), ", ".join(map(quoted, columns))
    rows = " union ".join(_turned(one, rule) for rule in unique)
    others = (
        f" union all select {read} from {quoted(tables[1])} where _row in"
        f" (select _row from ({rows}) as turned where _row not in (select _row from {new}))"
    )
    select = f"select {read} from {new}{others if unique else ''}"
    shared = (_share(one, rule) for rule in unique)
    return Step(f"again__{one.name}", (*tables, *shared), select)


def _turned(one: RegisterObject, rule: Judged) -> str:
    """Records that share a key with a changed one and break the rule now or before, not both."""
    return (
        f"select share._row from {quoted(_share(one, rule))} as share"
        f" left join {quoted(earlier_findings(one.name))} as earlier on earlier._row = share._row"
        f" where share.broken <> case when {_bit(rule.position)} then 1 else 0 end"
    )


def _was(one: RegisterObject, columns: list[str]) -> Step:
    """The same records as they stood, so that what they counted can be taken back."""
    again, new, old = f"again__{one.name}", changed(one.name), before(one.name)
    read = ", ".join(map(quoted, columns))
    select = (
        f"select {read} from {quoted(old)} union all select {read} from {quoted(again)}"
        f" where _row not in (select _row from {quoted(new)})"
    )
    return Step(f"was__{one.name}", (old, again, new), select)


def _now(one: RegisterObject, rule: Judged, around: Surroundings) -> Judged:
    """A rule over keys for the records looked at again: answered anew, or as it was."""
    definition = one.rules[rule.position]
    new, found = quoted(changed(one.name)), quoted(earlier_findings(one.name))
    source: tuple[str, ...]
    if definition.form is RuleForm.UNIQUE:
        share = _share(one, rule)
        answered, source = f"select _row from {quoted(share)}", (share,)
        broken = f"select _row from {quoted(share)} where broken = 1"
    else:
        answered, source = f"select _row from {new}", (changed(one.name),)
        broken, read = _dangling(one, definition, around)
        source += read
    kept = (
        f"select _row from {found} where {_bit(rule.position)}"
        f" and _row not in ({answered}) and _row not in (select _row from {new})"
    )
    return _by_row(one, rule, f"now_{one.name}", broken=(f"{broken} union {kept}", source))


def _then(one: RegisterObject, rule: Judged) -> Judged:
    found = quoted(earlier_findings(one.name))
    broken = f"select _row from {found} where {_bit(rule.position)}"
    return _by_row(one, rule, f"then_{one.name}", broken=(broken, ()))


def _dangling(one: RegisterObject, rule: Rule, around: Surroundings) -> tuple[str, tuple[str, ...]]:
    """Changed records whose reference leads nowhere; the large register is only probed."""
    tables = targets(rule.reference, around)
    if not tables or rule.reference is None:
        return "select cast(null as bigint) as _row where 1 = 0", ()
    new = quoted(changed(one.name))
    pairs = list(zip(rule.fields, rule.reference.fields, strict=True))
    same = " and ".join(f"there.{quoted(far)} = here.{quoted(near)}" for near, far in pairs)
    there = " and ".join(f"{quoted(near)} is not null" for near, _ in pairs)
    found = " union all ".join(
        f"select here._row from {quoted(to)} as there inner join {new} as here on {same}"
        for to in tables
    )
    return f"select _row from {new} where {there} and _row not in ({found})", tables


def _by_row(
    one: RegisterObject, rule: Judged, made_for: str, *, broken: tuple[str, tuple[str, ...]]
) -> Judged:
    select, reads = broken
    step = Step(
        f"struck__{made_for}__{rule.position}",
        (earlier_findings(one.name), *reads),
        f"select _row from ({select}) as broken",
    )
    return over_keys(one.rules[rule.position], rule.position, step)


def _results(one: RegisterObject, laid: Layout) -> list[Step]:
    name, words = one.name, range(laid.words)
    again, made = findings_step(laid, f"rechecked__{name}", f"again_findings__{name}"), quoted
    columns = ", ".join(f"{mask}_{word}" for mask in ("fail", "null") for word in words)
    kept = (
        f"select _row, _locality, {columns} from {made(earlier_findings(name))}"
        f" where _row not in (select _row from {made(f'was__{name}')})"
        f" union all select _row, _locality, {columns} from {made(again.makes)}"
    )
    counts = ("failed", "passed", "unassessed")
    sums = ", ".join(f"cast(sum({count}) as bigint) as {count}" for count in counts)
    less = ", ".join(f"-{count} as {count}" for count in counts)
    cards = (f"again_card__{name}", f"was_card__{name}")
    total = (
        f"select _locality, rule, {sums} from ("
        f"select _locality, rule, failed, passed, unassessed"
        f" from {made(earlier_scorecard(name))}"
        f" union all select _locality, rule, failed, passed, unassessed from {made(cards[0])}"
        f" union all select _locality, rule, {less} from {made(cards[1])}) as counted"
        " group by _locality, rule having sum(failed + passed + unassessed) > 0"
    )
    return [
        again,
        Step(naming.findings(name), (earlier_findings(name), f"was__{name}", again.makes), kept),
        Step(cards[0], (f"rechecked__{name}",), card(laid, f"rechecked__{name}")),
        Step(cards[1], (f"unchecked__{name}",), card(laid, f"unchecked__{name}")),
        Step(naming.scorecard(name), (earlier_scorecard(name), *cards), total),
    ]


def _share(one: RegisterObject, rule: Judged) -> str:
    return f"shared__{one.name}__{rule.position}"


def _bit(position: int) -> str:
    word, bit = divmod(position, BITS)
    return f"(fail_{word} & {number(1 << bit)}) <> 0"
