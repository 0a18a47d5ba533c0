"""The one pass: every rule of an object over every record, into two masks of bits.

The pass makes one row a record that fails, with every reason in `fail_0`, `fail_1` ..., and one
row a combination of (place, what is empty) for all the others together, counted in `records`. So
findings and scorecard come out of the same reading, and neither reads the records again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from sogoc.check.rules import touched_column
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import now, standard
from sogoc.values.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sogoc.check.rules import Judged
    from sogoc.contract.model import Field, RegisterObject

BITS = 62
"""Rules in one mask: sums of powers of two stay below the largest BIGINT on every engine."""

_HALF = 30


@dataclass(frozen=True, slots=True)
class Layout:
    """The rules of one pass, and the conditions (`slots`) that say that something is empty."""

    rules: tuple[Judged, ...]
    words: int
    slots: tuple[str, ...]

    def slot_masks(self, rule: Judged) -> list[int]:
        """The bits of `blank_0`, `blank_1` ... of which any leaves the rule unassessed."""
        masks = [0] * self.blank_words
        for unknown in rule.condition.unknown:
            word, bit = divmod(self.slots.index(unknown), BITS)
            masks[word] |= 1 << bit
        return masks

    @property
    def blank_words(self) -> int:
        """How many masks the slots need."""
        return max(1, -(-len(self.slots) // BITS))


def layout(one: RegisterObject, rules: Sequence[Judged]) -> Layout:
    """The masks of a pass over these rules; the bit of a rule is its place in the contract."""
    slots = dict.fromkeys(slot for rule in rules for slot in rule.condition.unknown)
    words = max(1, -(-len(one.rules) // BITS))
    return Layout(tuple(rules), words, tuple(slots))


def checked(name: str) -> str:
    """What the pass makes: `_row` (NULL for those that pass), `_locality`, masks, `records`."""
    return f"checked__{name}"


def masks_of(plan: Layout, prefix: str = "") -> list[str]:
    """The names of the columns of masks, those of failing first."""
    fails = [f"{prefix}fail_{word}" for word in range(plan.words)]
    return fails + [f"{prefix}blank_{word}" for word in range(plan.blank_words)]


def pass_step(one: RegisterObject, plan: Layout, makes: str) -> Step:
    """The pass over the standard records, joined to what was answered before."""
    return judging(one, plan, makes=makes, records=standard(one.name))


def judging(one: RegisterObject, plan: Layout, *, makes: str, records: str) -> Step:
    """The same over any table with the columns of the standard record."""
    joins = _join_struck(plan) + "".join(_join_touched(rule) for rule in plan.rules)
    tables = tuple(step.makes for step in answered_before(plan.rules))
    failing = " or ".join(f"fail_{word} <> 0" for word in range(plan.words))
    masks = ", ".join(masks_of(plan))
    select = (
        f"select case when {failing} then _row end as _row, _locality, {masks},"
        f" count(*) as records from (select _row, {locality(one)} as _locality,"
        f" {', '.join(mask_columns(plan))} from {quoted(records)} as record{joins}) as judged"
        f" group by case when {failing} then _row end, _locality, {masks}"
    )
    return Step(makes, (records, *tables), select)


def locality(one: RegisterObject, table: str = "") -> str:
    """The place by which a record is scored: today's unit, NULL where it is not known."""
    field = one.locality
    return "cast(null as varchar)" if field is None else f"{table}{place(field)}"


def place(field: Field) -> str:
    """The column of today's unit; of a field that holds no unit, its value."""
    is_unit = field.kind in {Kind.COMMUNE, Kind.PROVINCE}
    return quoted(now(field.name) if is_unit else field.name)


def bits(terms: Iterable[tuple[int, str]], words: int) -> list[str]:
    """Sums of powers of two, one a word: added, not joined by `|`, which not every engine knows.

    Halves of 30 bits are summed as 32-bit numbers, which takes a fifth less time.
    """
    sums: list[list[list[str]]] = [[[] for _ in range(-(-BITS // _HALF))] for _ in range(words)]
    for position, condition in terms:
        word, bit = divmod(position, BITS)
        half, place = divmod(bit, _HALF)
        sums[word][half].append(f"case when {condition} then {1 << place} else 0 end")
    return [_word(halves) for halves in sums]


def _word(halves: list[list[str]]) -> str:
    parts = [
        f"cast({' + '.join(terms)} as bigint) * {number(1 << _HALF * half)}"
        for half, terms in enumerate(halves)
        if terms
    ]
    return " + ".join(parts) or number(0)


def number(value: int) -> str:
    """A constant of 64 bits, whatever its size."""
    return f"cast({value} as bigint)"


def mask_columns(plan: Layout) -> list[str]:
    """The masks themselves, named."""
    asked = [rule for rule in plan.rules if rule.struck is None]
    fails = bits([(rule.position, rule.condition.fails) for rule in asked], plan.words)
    if len(asked) < len(plan.rules):
        fails = [f"{fail} + coalesce(_struck_{n}, {number(0)})" for n, fail in enumerate(fails)]
    blanks = bits(enumerate(plan.slots), plan.blank_words)
    named = zip(fails + blanks, masks_of(plan), strict=True)
    return [f"{mask} as {name}" for mask, name in named]


def columns_read(one: RegisterObject, plan: Layout) -> list[str]:
    """The columns of the standard record that a pass reads, of many: few, and so decoded fast."""
    asked = [*mask_columns(plan), locality(one)]
    trees = sqlglot.parse_one(f"select {', '.join(asked)}", read="duckdb")
    names = {column.name for column in trees.find_all(exp.Column)}
    made = {f"_struck_{word}" for word in range(plan.words)}
    return ["_row", *sorted(names - made)]


def answered_before(rules: Iterable[Judged]) -> list[Step]:
    """What must be made before the pass."""
    both = [step for rule in rules for step in (rule.struck, rule.touched)]
    return [step for step in both if step is not None]


def _join_struck(plan: Layout) -> str:
    """All lists of struck records as one, a record once, its bits added as in the masks."""
    lists = [
        f"select _row as _struck_row, {_lone_bit(rule.position, plan.words)}"
        f" from {quoted(rule.struck.makes)}"
        for rule in plan.rules
        if rule.struck is not None
    ]
    if not lists:
        return ""
    sums = ", ".join(
        f"cast(sum(_struck_{word}) as bigint) as _struck_{word}" for word in range(plan.words)
    )
    return (
        f" left join (select _struck_row, {sums} from ({' union all '.join(lists)}) as lists"
        " group by _struck_row) as struck on struck._struck_row = record._row"
    )


def _lone_bit(position: int, words: int) -> str:
    word, bit = divmod(position, BITS)
    return ", ".join(
        f"{number(1 << bit if word == here else 0)} as _struck_{here}" for here in range(words)
    )


def _join_touched(rule: Judged) -> str:
    if rule.touched is None:
        return ""
    alias, row = f"touched_{rule.position}", quoted(touched_column(rule.position, 0))
    return f" left join {quoted(rule.touched.makes)} as {alias} on {alias}.{row} = record._row"
