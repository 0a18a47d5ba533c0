"""The text of the kernel for one policy: what the policy says, written out as one loop.

The loop goes through the persons asked for. Each stage gathers positions from the index, compares
those not seen before, and asks whether the best stands alone; then the best few are kept, with the
sums over all. Levels, weights and blocks are the policy's own expressions, put into Python by
`predicates` and `paths`; the rest of the text is fixed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sogoc.link.index.layout import NO_NUMBER, SEX
from sogoc.link.kernel.shapes import Segment, Texts, Words
from sogoc.link.kernel.writing import template
from sogoc.link.kernel.writing.paths import PARTS, TIES, gather_lines
from sogoc.link.kernel.writing.predicates import Text, Translator, UnknownToKernel, Value
from sogoc.link.policy import Block
from sogoc.link.weights import FAR, family_bits, level_bits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sogoc.link.policy import Comparison, Policy
    from sogoc.link.weights import Bits

NONE = -(1 << 31)
"""NULL in a column of the persons asked for; -1 is a name or place that nobody has."""

_AS_IT_IS = ("old_number", "folded", "written", "born")
_CODED = (*_AS_IT_IS, "number", "sex", "commune", "province")
_SPELLED = {
    "folded_text": ("letters", "ends[p_folded]", "ends[p_folded + 1]"),
    "number_text": ("digits", "0", "write_digits(p_number, 12, digits)"),
    "old_number_text": ("digits", "0", "write_digits(p_old_number, 9, digits)"),
}
_GROUPS = {
    "segment": [field for field in Segment._fields if field != "first"],
    "words": Words._fields,
    "asked": ("ints", "longs"),
}
_OF_ASKED = re.compile(r"\ba\.([a-z_]+)\b")
_LEVEL = re.compile(r"\ba\.([a-z_]+)_level\b")


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a kernel, and which columns of the asked it reads, in which order."""

    text: str
    ints: tuple[str, ...]
    longs: tuple[str, ...]
    texts: tuple[str, ...]
    chances: tuple[str, ...]
    """Columns of the one row of chances, in the order of the argument `m`."""


def source(policy: Policy, columns: Mapping[str, str]) -> Source:
    """The kernel of this policy for asked persons with these columns and types.

    A type is `int` (up to 32 bits, or a truth value), `long` (64 bits) or `text`. Raises
    UnknownToKernel where the policy says what the kernel cannot.
    """
    return _Writer(policy, columns).source()


class _Writer:
    """Collects the columns that are read while it writes."""

    def __init__(self, policy: Policy, columns: Mapping[str, str]) -> None:
        self._policy = policy
        self._columns = columns
        self._read: dict[str, dict[str, None]] = {"int": {}, "long": {}, "text": {}}
        self._chances: dict[str, None] = {"absent": None, "cap": None}
        self._translator = Translator(self._column, self._text)
        self._asked_value("asked")
        self._asked_value("bearers")
        self._asked_value("folded")
        self._asked_value("unseen")

    def source(self) -> Source:
        policy = self._policy
        gathers = [
            self._gather(f"gather_{number}", stage.blocks)
            for number, stage in enumerate(policy.stages)
        ]
        gathers.append(self._gather_exact())
        compared = self._compared()
        weighed, weights = self._weighed()
        name = policy.level("name:equal")
        unseen = self._value(f"m.w_name_{name} - a.u_name_{name} + a.unseen")
        text = template.MODULE.format(
            version=policy.version,
            furthest=self._translator.furthest,
            far=FAR,
            none=NONE,
            kept=policy.kept,
            equal=policy.level("name:equal"),
            born=policy.level("born:equal"),
            number=policy.level("number:equal"),
            comparisons=len(policy.comparisons),
            name_at=_position(policy, "name"),
            born_at=_position(policy, "born"),
            number_at=_position(policy, "number"),
            settled=", ".join(repr(float(stage.settled)) for stage in policy.stages),
            gathers="\n\n".join(gathers),
            loads=_indented(self._loads(), 2),
            heads=_indented(self._heads(), 1),
            weighed=_indented(weighed, 2),
            stages=_indented(self._stages(), 3),
            compared=_indented(compared, 4),
            compared_exact=_indented(compared, 3),
            weights=_indented(weights, 4),
            unseen=unseen,
            entries=max(len(weighed), 1),
            absent=self._chance("absent"),
            cap=self._chance("cap"),
        )
        return Source(
            text=text,
            ints=tuple(self._read["int"]),
            longs=tuple(self._read["long"]),
            texts=tuple(self._read["text"]),
            chances=tuple(self._chances),
        )

    def _stages(self) -> list[str]:
        lines: list[str] = []
        for number, _ in enumerate(self._policy.stages):
            lines.append(f"{'el' if number else ''}if stage == {number}:")
            for segment in ("base", "added"):
                lines.append(f"    if found >= 0 and len({segment}_persons) > 0:")
                lines.append(
                    f"        found = gather_{number}({segment}, words, asked, i, queue, found)"
                )
        return lines

    def _gather(self, name: str, blocks: Iterable[Block]) -> str:
        used = {asked for block in blocks for asked, _ in block.same}
        used |= {column for block in blocks for column in _OF_ASKED.findall(block.where)}
        lines = [f"a_{column} = {self._asked_value(column)}" for column in sorted(used)]
        for block in blocks:
            told = " and ".join(f"a_{asked} >= 0" for asked, _ in block.same)
            lines.append(f"if {told} and {self._translator.true(block.where)}:")
            lines += [f"    {line}" for line in gather_lines(block)]
        return _function(name, lines)

    def _gather_exact(self) -> str:
        lines = [f"a_number = {self._asked_value('number')}"]
        lines += ["if a_number >= 0:"]
        lines += [f"    {line}" for line in gather_lines(Block(same=(("number", "number"),)))]
        return _function("gather_exact", lines)

    def _loads(self) -> list[str]:
        """Each column that comparing and weighing read, once a person."""
        both = (*self._read["int"], *self._read["long"])
        return [f"a_{column} = {self._asked_value(column)}" for column in both]

    def _heads(self) -> list[str]:
        """The texts that comparing reads, as plain arrays, once a call."""
        return [
            f"t_{column}_{array} = asked.texts[{at}].{array}"
            for at, column in enumerate(self._read["text"])
            for array in Texts._fields
        ]

    def _asked_value(self, column: str) -> str:
        kind = self._columns.get(column)
        if kind not in ("int", "long"):
            raise UnknownToKernel(f"a.{column}")
        known = self._read[kind]
        known.setdefault(column)
        return f"{kind}s[i, {list(known).index(column)}]"

    def _compared(self) -> list[str]:
        lines: list[str] = []
        for at, comparison in enumerate(self._policy.comparisons):
            lines += self._levels(comparison)
            lines.append(f"levels[n, {at}] = level_{comparison.id}")
        unknown = [f"far[{at}] = -1" for at in self._translator.distances.values()]
        return [*_loaded(), *unknown, *lines]

    def _levels(self, comparison: Comparison) -> Iterator[str]:
        there = " and ".join(
            f"a.{left} is not null and p.{right} is not null" for left, right in comparison.needs
        )
        # SQL leaves a level missing where `not (condition)` is true: where the condition is false.
        missing = self._translator.false(f"({there}) and ({comparison.only_when})")
        yield f"level_{comparison.id} = 0"
        yield f"if not {missing}:"
        for number, level in enumerate(comparison.levels, 1):
            test = self._translator.true(level.when)
            word = "if" if number == 1 else "elif"
            yield f"    {word} {test}:"
            yield f"        level_{comparison.id} = {number}"

    def _weighed(self) -> tuple[list[str], list[str]]:
        """Weights of all levels of one person, and the sum for one pair."""
        entries: list[str] = []
        sums = self._summed("weight", level_bits, entries)
        if self._policy.family is None:
            return entries, sums
        sums += ["family = 0", *self._summed("family", family_bits, entries)]
        return entries, [*sums, f"weight = min(weight, {self._chance('family')} + family)"]

    def _summed(self, total: str, weigh: Bits, entries: list[str]) -> list[str]:
        """Lines that add up what a pair weighs; the weights they read go to `entries`."""
        sums: list[str] = []
        for comparison in self._policy.comparisons:
            bits = [
                weigh(self._policy, comparison, number)
                for number, _ in enumerate(comparison.levels, 1)
            ]
            if any(_LEVEL.search(one) for one in bits):
                sums += self._by_other_level(comparison, bits, total)
            elif set(bits) != {"0"}:
                first = len(entries)
                entries.append(f"weigh[{first}] = 0")
                entries += [
                    f"weigh[{first + number}] = {self._value(one)}"
                    for number, one in enumerate(bits, 1)
                ]
                sums.append(f"{total} += weigh[{first} + level_{comparison.id}]")
        return sums

    def _by_other_level(
        self, comparison: Comparison, bits: Iterable[str], total: str
    ) -> Iterator[str]:
        """Weights that depend on the level of another comparison of the same pair."""
        for number, one in enumerate(bits, 1):
            yield f"{'if' if number == 1 else 'elif'} level_{comparison.id} == {number}:"
            yield f"    {total} += {self._value(one)}"

    def _value(self, expression: str) -> str:
        return self._translator.value(expression)

    def _column(self, table: str, name: str) -> Value | None:
        if table == "m":
            return Value(self._chance(name))
        if table == "a" and (level := name.removesuffix("_level")) != name:
            return Value(f"level_{level}")
        if table == "a" and name.startswith(("u_", "unseen")):
            self._asked_value(name)
            return Value(f"a_{name}")
        if table == "a" and self._columns.get(name) in ("int", "long"):
            self._asked_value(name)
            return Value(f"a_{name}", (f"a_{name} == {NONE}",))
        return _person(name) if table == "p" else None

    def _chance(self, name: str) -> str:
        self._chances.setdefault(name)
        return f"m[{list(self._chances).index(name)}]"

    def _text(self, table: str, name: str) -> Text | None:
        if table == "a" and self._columns.get(name) == "text":
            self._read["text"].setdefault(name)
            column = f"t_{name}"
            return Text(
                f"{column}_letters",
                f"{column}_ends[i]",
                f"{column}_ends[i + 1]",
                (f"{column}_known[i] == 0",),
            )
        if table == "p" and name in _SPELLED:
            return Text(*_SPELLED[name], (f"p_{name.removesuffix('_text')} < 0",))
        return None


def _person(name: str) -> Value | None:
    """A column of a person of the population."""
    if name in TIES:
        # Read only where the record tells of it: most candidates are dropped without.
        tie = f"tied(base_{name}, added_{name}, first_added, person)"
        return Value(tie, (f"{tie} < 0",))
    if name in _CODED:
        return Value(f"p_{name}", (f"p_{name} < 0",))
    if name in PARTS:
        part = f"parts[p_folded, {PARTS.index(name)}]"
        return Value(part, ("p_folded < 0", f"{part} < 0"))
    return {"year": Value("(p_born // 10000)", ("p_born < 0",)), "person": Value("person")}.get(
        name
    )


def _loaded() -> Iterator[str]:
    """Lines that read the person's record."""
    for test, segment, row in (
        ("if person < first_added:", "base", "person"),
        ("else:", "added", "person - first_added"),
    ):
        yield test
        yield f"    record = {segment}_persons[{row}]"
        for name in _AS_IT_IS:
            yield f'    p_{name} = record["{name}"]'
        yield '    high = np.int64(record["number_high"])'
        yield f'    p_number = (high << 32) + record["number_low"] if high < {NO_NUMBER} else -1'
        yield f'    p_sex = np.int64(record["marks"] & {SEX}) - 1'
        yield '    home = record["home"]'
        yield f"    p_commune = {segment}_homes[home, 0] if home >= 0 else -1"
        yield f"    p_province = {segment}_homes[home, 1] if home >= 0 else -1"


def _position(policy: Policy, name: str) -> int:
    return [comparison.id for comparison in policy.comparisons].index(name)


def _function(name: str, lines: list[str]) -> str:
    """A function that gathers from one segment; of its arrays it takes out those it reads."""
    text = "\n".join(lines)
    taken = [
        f"{field} = {group}.{field}"
        for group, fields in _GROUPS.items()
        for field in fields
        if re.search(rf"\b{field}\b", text)
    ]
    head = f"@njit(nogil=True)\ndef {name}(segment, words, asked, i, queue, found):"
    every = [*taken, "start = segment.first", *lines, "return found"]
    return "\n".join([head, *(f"    {line}" for line in every)])


def _indented(lines: list[str], depth: int) -> str:
    return "\n".join(f"{'    ' * depth}{line}" for line in lines)
