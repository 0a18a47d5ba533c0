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


def again(name: str) -> str:
    """The records looked at again, as they are."""
    return f"again__{name}"


def was(name: str) -> str:
    """The same and those that went, as they stood."""
    return f"was__{name}"


def turned(name: str) -> str:
    """`_row` of records that are the same and whose answer is not."""
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
    """The tables of the first pass, where `made` is the pass over the records looked at.

    `changeable` are the rules whose answer may change for a record that is the same.
    """
    found = findings_step(laid, made, f"again_findings__{one.name}")
    steps = [found, _findings(one, laid, found), *_card(one, laid, made)]
    steps += _errors(one, laid, found, changeable=changeable)
    return steps if waits_for_linking(one) else [*steps, _judged(one, laid, made)]


def _findings(one: RegisterObject, laid: Layout, found: Step) -> Step:
    words = range(laid.words)
    columns = ", ".join(f"{mask}_{word}" for mask in ("fail", "null") for word in words)
    select = (
        f"select _row, _locality, {columns} from {quoted(earlier_findings(one.name))}"
        f" where _row not in (select _row from {quoted(was(one.name))})"
        f" union all select _row, _locality, {columns} from {quoted(found.makes)}"
    )
    reads = (earlier_findings(one.name), was(one.name), found.makes)
    return Step(naming.findings(one.name), reads, select)


def _card(one: RegisterObject, laid: Layout, made: str) -> list[Step]:
    counts = ("failed", "passed", "unassessed")
    sums = ", ".join(f"cast(sum({count}) as bigint) as {count}" for count in counts)
    less = ", ".join(f"-{count} as {count}" for count in counts)
    columns = f"_locality, rule, {', '.join(counts)}"
    cards = (f"again_card__{one.name}", f"was_card__{one.name}", earlier(first_card(one.name)))
    total = (
        f"select _locality, rule, {sums} from ("
        f"select {columns} from {quoted(cards[2])}"
        f" union all select {columns} from {quoted(cards[0])}"
        f" union all select _locality, rule, {less} from {quoted(cards[1])}) as counted"
        " group by _locality, rule having sum(failed + passed + unassessed) > 0"
    )
    return [
        Step(cards[0], (made,), card(laid, made)),
        Step(cards[1], (unchecked(one.name),), card(laid, unchecked(one.name))),
        Step(first_card(one.name), cards, total),
    ]


def _judged(one: RegisterObject, laid: Layout, made: str) -> Step:
    fails = ", ".join(f"fail_{word}" for word in range(laid.words))
    nulls = ", ".join(f"{number(0)} as null_{word}" for word in range(laid.words))
    tables = (earlier(naming.judged(one.name)), made, unchecked(one.name))
    select = (
        f"select _locality, {fails}, {nulls}, cast(sum(records) as bigint) as records from ("
        f"select _locality, {fails}, records from {quoted(tables[0])}"
        f" union all select _locality, {fails}, records from {quoted(tables[1])}"
        f" union all select _locality, {fails}, -records as records from {quoted(tables[2])}"
        f") as counted group by _locality, {fails} having sum(records) > 0"
    )
    return Step(naming.judged(one.name), tables, select)


def _errors(
    one: RegisterObject, laid: Layout, found: Step, *, changeable: Sequence[int]
) -> list[Step]:
    """Errors of changed records anew; of the same ones only what turned."""
    new = f"changed_errors__{one.name}"
    of_changed = errors(one, laid, found.makes, records=changed(one.name))
    steps = [Step(new, (found.makes, changed(one.name)), of_changed)]
    old = quoted(earlier(first_errors(one)))
    looked_at = f"select _row from {quoted(before(one.name))}"
    looked_at += f" union all select _row from {quoted(turned(one.name))}"
    parts = [f"select * from {old} where _row not in ({looked_at})", f"select * from {quoted(new)}"]
    reads = [earlier(first_errors(one)), before(one.name), new, turned(one.name)]
    if changeable:
        steps += _turned_errors(one, laid, found, changeable=changeable)
        parts.append(f"select * from {quoted(steps[-1].makes)}")
        reads.append(steps[-1].makes)
    return [*steps, Step(first_errors(one), tuple(reads), " union all ".join(parts))]


def _turned_errors(
    one: RegisterObject, laid: Layout, found: Step, *, changeable: Sequence[int]
) -> list[Step]:
    """Errors of the same records with another answer: anew for the rules that may change."""
    table, rows = f"turned_findings__{one.name}", f"select _row from {quoted(turned(one.name))}"
    select = f"select * from {quoted(found.makes)} where _row in ({rows})"
    steps = [Step(table, (found.makes, turned(one.name)), select)]
    rules = replace(laid, rules=tuple(r for r in laid.rules if r.position in changeable))
    kept = ", ".join(map(str, changeable))
    both = (
        f"select * from {quoted(earlier(first_errors(one)))}"
        f" where _row in ({rows}) and rule not in ({kept})"
        f" union all {errors(one, rules, table)}"
    )
    reads = (earlier(first_errors(one)), turned(one.name), table, naming.standard(one.name))
    return [*steps, Step(f"turned_errors__{one.name}", reads, both)]
