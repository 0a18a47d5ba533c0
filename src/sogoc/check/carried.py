"""What an earlier check made, carried on: less what went, plus what came.

Counts are taken back and added, findings and errors are kept but for the records looked at again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sogoc.check.linked import waits_for_linking
from sogoc.check.masks import BITS, number
from sogoc.check.plan import first_card, first_errors
from sogoc.check.results import card, errors, findings_step
from sogoc.tables import naming
from sogoc.tables.engine import Step, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sogoc.check.masks import Layout
    from sogoc.contract.model import RegisterObject


def changed(name: str) -> str:
    """Standard records that came since: new, or no longer as they were."""
    return f"changed__{name}"


def before(name: str) -> str:
    """Standard records that went, or changed, as they stood."""
    return f"before__{name}"


def turned(name: str) -> str:
    """Answers that are other for a record that is the same: `_row`, `_locality`, `rule`, `was`,
    `is_now`; 1 fails, 0 passes, 2 is not assessed.
    """
    return f"turned__{name}"


def unchecked(name: str) -> str:
    """What the pass made of the records as they stood."""
    return f"unchecked__{name}"


def earlier(table: str) -> str:
    """A table of the earlier check."""
    return f"earlier__{table}"


def earlier_findings(name: str) -> str:
    """Its findings."""
    return earlier(naming.findings(name))


def kept_tables(one: RegisterObject) -> tuple[str, ...]:
    """The tables of a check that the next one begins with."""
    tables = (naming.findings(one.name), first_card(one.name), first_errors(one))
    return tables if waits_for_linking(one) else (*tables, naming.judged(one.name))


def bit(position: int) -> str:
    """Whether the rule is broken, of a table with masks."""
    word, place = divmod(position, BITS)
    return f"(fail_{word} & {number(1 << place)}) <> 0"


def carried(
    one: RegisterObject, laid: Layout, made: str, *, changeable: Sequence[int]
) -> list[Step]:
    """The tables of the first pass, where `made` is the pass over the changed records.

    `changeable` are the rules whose answer may change for a record that is the same.
    """
    found = findings_step(laid, made, f"changed_findings__{one.name}")
    steps = [_turned_masks(one, laid, changeable), found, _findings(one, laid, found)]
    steps += _card(one, laid, made)
    steps += _errors(one, laid, found, changeable=changeable)
    return steps if waits_for_linking(one) else [*steps, _judged(one, laid, made)]


def _turned_masks(one: RegisterObject, laid: Layout, changeable: Sequence[int]) -> Step:
    """The masks of the turned records: `was_i` as they were found, `fail_i` as they are."""
    words = range(laid.words)
    tables = (turned(one.name), earlier_findings(one.name))
    kept = ", ".join(f"fail_{word} as was_{word}, {number(0)} as more_{word}" for word in words)
    more = ", ".join(
        f"{number(0)} as was_{word}, (is_now % 2 - was % 2) * {_bit_of(changeable, word)}"
        f" as more_{word}"
        for word in words
    )
    sums = ", ".join(
        f"cast(sum(was_{word}) as bigint) as was_{word},"
        f" cast(sum(was_{word}) + sum(more_{word}) as bigint) as fail_{word}"
        for word in words
    )
    select = (
        f"select _row, _locality, {sums} from ("
        f"select _row, _locality, {kept} from {quoted(tables[1])}"
        f" where _row in (select _row from {quoted(tables[0])})"
        f" union all select _row, _locality, {more} from {quoted(tables[0])}"
        ") as masks group by _row, _locality"
    )
    return Step(_masks(one.name), tables, select)


def _masks(name: str) -> str:
    return f"turned_masks__{name}"


def _bit_of(changeable: Sequence[int], word: int) -> str:
    """The bit of the row's `rule` in this mask."""
    cases = " ".join(
        f"when {rule} then {number(1 << rule % BITS)}"
        for rule in changeable
        if rule // BITS == word
    )
    return f"case rule {cases} else {number(0)} end" if cases else number(0)


def _findings(one: RegisterObject, laid: Layout, found: Step) -> Step:
    fails = [f"fail_{word}" for word in range(laid.words)]
    columns = f"_row, _locality, {', '.join(fails)}"
    failing = " or ".join(f"{fail} <> 0" for fail in fails)
    gone = f"select _row from {quoted(before(one.name))}"
    again = f"select _row from {quoted(_masks(one.name))}"
    select = (
        f"select {columns} from {quoted(earlier_findings(one.name))}"
        f" where _row not in ({gone} union all {again})"
        f" union all select {columns} from {quoted(_masks(one.name))} where {failing}"
        f" union all select {columns} from {quoted(found.makes)}"
    )
    reads = (earlier_findings(one.name), before(one.name), _masks(one.name), found.makes)
    return Step(naming.findings(one.name), reads, select)


def _card(one: RegisterObject, laid: Layout, made: str) -> list[Step]:
    counts = {"failed": 1, "passed": 0, "unassessed": 2}
    sums = ", ".join(f"cast(sum({count}) as bigint) as {count}" for count in counts)
    less = ", ".join(f"-{count} as {count}" for count in counts)
    other = ", ".join(
        f"case when is_now = {state} then 1 else 0 end - case when was = {state} then 1 else 0 end"
        f" as {count}"
        for count, state in counts.items()
    )
    columns = f"_locality, rule, {', '.join(counts)}"
    cards = (f"changed_card__{one.name}", f"gone_card__{one.name}", earlier(first_card(one.name)))
    total = (
        f"select _locality, rule, {sums} from ("
        f"select {columns} from {quoted(cards[2])}"
        f" union all select {columns} from {quoted(cards[0])}"
        f" union all select _locality, rule, {less} from {quoted(cards[1])}"
        f" union all select _locality, rule, {other} from {quoted(turned(one.name))}) as counted"
        " group by _locality, rule having sum(failed + passed + unassessed) > 0"
    )
    return [
        Step(cards[0], (made,), card(laid, made)),
        Step(cards[1], (unchecked(one.name),), card(laid, unchecked(one.name))),
        Step(first_card(one.name), (*cards, turned(one.name)), total),
    ]


def _judged(one: RegisterObject, laid: Layout, made: str) -> Step:
    words = range(laid.words)
    fails = ", ".join(f"fail_{word}" for word in words)
    stood = ", ".join(f"was_{word} as fail_{word}" for word in words)
    nulls = ", ".join(f"{number(0)} as null_{word}" for word in words)
    tables = (earlier(naming.judged(one.name)), made, unchecked(one.name), _masks(one.name))
    select = (
        f"select _locality, {fails}, {nulls}, cast(sum(records) as bigint) as records from ("
        f"select _locality, {fails}, records from {quoted(tables[0])}"
        f" union all select _locality, {fails}, records from {quoted(tables[1])}"
        f" union all select _locality, {fails}, -records as records from {quoted(tables[2])}"
        f" union all select _locality, {fails}, 1 as records from {quoted(tables[3])}"
        f" union all select _locality, {stood}, -1 as records from {quoted(tables[3])}"
        f") as counted group by _locality, {fails} having sum(records) > 0"
    )
    return Step(naming.judged(one.name), tables, select)


def _errors(
    one: RegisterObject, laid: Layout, found: Step, *, changeable: Sequence[int]
) -> list[Step]:
    """Errors of changed records anew; of the same ones only what turned."""
    new, broken = f"changed_errors__{one.name}", f"turned_findings__{one.name}"
    of_changed = errors(one, laid, found.makes, records=changed(one.name))
    bits = ", ".join(
        f"cast(sum({_bit_of(changeable, word)}) as bigint) as fail_{word}"
        for word in range(laid.words)
    )
    turned_to_fail = (
        f"select _row, _locality, {bits} from {quoted(turned(one.name))} where is_now = 1"
        " group by _row, _locality"
    )
    rules = replace(laid, rules=tuple(r for r in laid.rules if r.position in changeable))
    of_turned = f"turned_errors__{one.name}"
    old, gone = earlier(first_errors(one)), f"select _row from {quoted(before(one.name))}"
    kept = (
        f"select * from {quoted(old)} as kept where _row not in ({gone}) and not exists"
        f" (select 1 from {quoted(turned(one.name))} as turned"
        f" where turned._row = kept._row and turned.rule = kept.rule)"
    )
    both = [kept, *(f"select * from {quoted(table)}" for table in (new, of_turned))]
    return [
        Step(new, (found.makes, changed(one.name)), of_changed),
        Step(broken, (turned(one.name),), turned_to_fail),
        Step(of_turned, (broken, naming.standard(one.name)), errors(one, rules, broken)),
        Step(
            first_errors(one),
            (old, before(one.name), turned(one.name), new, of_turned),
            " union all ".join(both),
        ),
    ]
