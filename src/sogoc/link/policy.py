"""The linking policy: what is compared, how much it weighs, what a mistake costs.

It is a table in `policy.yaml` that an official can read and change; this module reads it and
names every mistake in it at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import sqlglot
import yaml
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sogoc.contract.reading.lines import lines_of
from sogoc.errors import RuleFileError, Sentence
from sogoc.link.columns import ASKED_COLUMNS, PERSON_COLUMNS, PERSON_TEXTS, TOTAL_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

MISSING = 0
"""The level of a comparison whose values are not there on both sides."""

_REVIEW = ("never", "without-number", "always")


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One way in which two values can agree: a chance for the same person, one for others."""

    code: str
    when: str
    vi: str
    en: str
    m: float | None = None
    u: str = ""
    u_where: str = ""
    """`comparison:level` where u holds; elsewhere it is `u_else`."""
    u_else: float = 1.0
    ratio: float | None = None
    """m / u at once, where neither can be counted."""
    family: float | None = None
    """Chance of the level for another member of the family; None: the same as for a stranger."""
    measured: bool = False
    review: str = "never"
    """Whether a link without a number that rests on this level needs a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One kind of evidence; its first level that holds counts."""

    id: str
    needs: tuple[tuple[str, str], ...]
    """(column of the person asked for, column of the population): all must be there."""
    levels: tuple[Level, ...]
    only_when: str = "true"
    differs: str = ""
    """The word for the outcome `differs`; empty: a difference here is no fault of the record."""
    agrees: tuple[str, ...] = ()
    """The levels at which the record does not differ."""
    measured_where: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def number(self, code: str) -> int:
        """The number by which a level stands in tables, from 1. Raises KeyError."""
        for position, level in enumerate(self.levels, 1):
            if level.code == code:
                return position
        raise KeyError(f"{self.id}:{code}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Pairs of equal values worth comparing, `where` the person asked for satisfies more."""

    same: tuple[tuple[str, str], ...]
    where: str = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Blocks tried together for all who are not yet settled."""

    settled: float
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a mistake costs, in reviews; every threshold follows from it (Chow's rule, 1970)."""

    review: float
    false_link: float
    missed_link: float

    @property
    def sure(self) -> float:
        """From this posterior on, accepting costs less than asking a person."""
        return 1 - self.review / self.false_link

    @property
    def likely(self) -> float:
        """From this posterior on, an officer is told who it is, to say what differs."""
        return 1 - self.review / self.missed_link

    @property
    def unlikely(self) -> float:
        """Up to this posterior, saying that it is not the person costs less than asking."""
        return self.review / self.missed_link


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A code of the evidence that is no comparison, and what it says."""

    code: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """What a bearer of the name whom no block brought up weighs, beyond the name."""

    when: str
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Whom else of the family the record may mean: brothers, sisters, parents, twins.

    A pair that does not belong together is either of two strangers, or of two members of one
    family. `shared` are the comparisons in which members agree as the person himself would; how
    often they agree in others is told by the levels' own `family`.
    """

    members: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The whole policy, checked."""

    version: str
    costs: Costs
    present: float
    strength: float
    cap_bits: float
    kept: int
    second: float
    unseen: tuple[Unseen, ...]
    comparisons: tuple[Comparison, ...]
    stages: tuple[Stage, ...]
    remarks: tuple[Remark, ...]
    family: Family | None = None

    def comparison(self, name: str) -> Comparison:
        """The comparison of that id. Raises KeyError."""
        for one in self.comparisons:
            if one.id == name:
                return one
        raise KeyError(name)

    def level(self, code: str) -> int:
        """The number of a level written `comparison:level`. Raises KeyError."""
        name, _, level = code.partition(":")
        return self.comparison(name).number(level)


@cache
def shipped_policy() -> Policy:
    """The policy that travels with the package; read once."""
    return load(files("sogoc.link") / "policy.yaml")


@cache
def policy_in(file: Path) -> Policy:
    """The policy in this file, read once: a change of the file holds from the next start on."""
    return load(file)


def load(file: Traversable) -> Policy:
    """The policy in this file. Raises RuleFileError with every mistake and its line."""
    try:
        text = file.read_text(encoding="utf-8")
        raw = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as unreadable:
        # What YAML cannot read it tells with the line.
        raise _refused(str(file), [(0, f"cannot be read: {unreadable}")]) from unreadable
    try:
        policy = _policy(raw)
    except (TypeError, KeyError, ValueError, AttributeError) as unreadable:
        raise _refused(str(file), lines_of(text, [f"cannot be read: {unreadable}"])) from unreadable
    mistakes = [*_mistakes(policy)]
    if mistakes:
        raise _refused(str(file), lines_of(text, mistakes))
    return policy


def _refused(name: str, mistakes: list[tuple[int, str]]) -> RuleFileError:
    vi, en = (
        "\n".join(f"  {word} {line}: {said}" if line else f"  {said}" for line, said in mistakes)
        for word in ("dòng", "line")
    )
    return RuleFileError(
        Sentence(
            vi=f"Tệp quy tắc đối soát {name} có lỗi, cần sửa trong tệp:\n{vi}",
            en=f"The linking policy {name} has mistakes, to mend there:\n{en}",
        )
    )


def _policy(raw: dict[str, Any]) -> Policy:
    given = dict(raw)
    return Policy(
        costs=Costs(**given.pop("costs")),
        unseen=tuple(Unseen(**one) for one in given.pop("unseen")),
        comparisons=tuple(_comparison(one) for one in given.pop("comparisons")),
        stages=tuple(_stage(one) for one in given.pop("stages")),
        remarks=tuple(Remark(**one) for one in given.pop("remarks")),
        family=_family(given.pop("family", None)),
        **given,
    )


def _family(raw: dict[str, Any] | None) -> Family | None:
    return Family(members=raw["members"], shared=tuple(raw["shared"])) if raw else None


def _comparison(raw: dict[str, Any]) -> Comparison:
    given = dict(raw)
    where = given.pop("measured_where", {})
    return Comparison(
        needs=_columns(given.pop("needs")),
        levels=tuple(Level(**level) for level in given.pop("levels")),
        agrees=tuple(given.pop("agrees", ())),
        measured_where=tuple((name, tuple(codes)) for name, codes in where.items()),
        **given,
    )


def _stage(raw: dict[str, Any]) -> Stage:
    given = dict(raw)
    blocks = [dict(block) for block in given.pop("blocks")]
    return Stage(
        blocks=tuple(Block(same=_columns(block.pop("same")), **block) for block in blocks), **given
    )


def _columns(texts: list[str]) -> tuple[tuple[str, str], ...]:
    """`x` or `x=y`: column x of the person asked for, column y (else x) of the population."""
    split = [text.partition("=") for text in texts]
    return tuple((asked, person or asked) for asked, _, person in split)


def _mistakes(policy: Policy) -> Iterator[str]:
    if not (0 < policy.present < 1 and 0 < policy.second < 1):
        yield "present, second: must lie between 0 and 1"
    if policy.strength <= 0 or policy.cap_bits <= 0 or policy.kept < 1:
        yield "strength, cap_bits, kept: must be more than 0"
    costs = policy.costs
    if not 0 < costs.review < min(costs.false_link, costs.missed_link):
        yield "costs: a review must cost something, and less than either mistake"
    for one in policy.unseen:
        yield from _predicate_mistakes("unseen", one.when)
    yield from _family_mistakes(policy)
    for comparison in policy.comparisons:
        yield from _comparison_mistakes(policy, comparison)
    for position, stage in enumerate(policy.stages, 1):
        for block in stage.blocks:
            yield from _pair_mistakes(f"stages.{position}", block.same)
            yield from _predicate_mistakes(f"stages.{position}", block.where)


def _family_mistakes(policy: Policy) -> Iterator[str]:
    if policy.family is None:
        return
    if policy.family.members < 1:
        yield "family.members: a family has at least one member"
    known = {comparison.id for comparison in policy.comparisons}
    if unknown := set(policy.family.shared) - known:
        yield f"family.shared: no comparison {', '.join(sorted(unknown))}"


def _comparison_mistakes(policy: Policy, comparison: Comparison) -> Iterator[str]:
    yield from _pair_mistakes(comparison.id, comparison.needs)
    yield from _predicate_mistakes(comparison.id, comparison.only_when)
    if not comparison.levels or comparison.levels[-1].when != "true":
        yield f"{comparison.id}: the last level must take what is left (when: true)"
    for level in comparison.levels:
        yield from _level_mistakes(f"{comparison.id}:{level.code}", level)
    if unknown := set(comparison.agrees) - {level.code for level in comparison.levels}:
        yield f"{comparison.id}.agrees: no level {', '.join(sorted(unknown))}"
    for name, codes in comparison.measured_where:
        known = {level.code for one in policy.comparisons if one.id == name for level in one.levels}
        if unknown := set(codes) - known:
            yield f"{comparison.id}.measured_where.{name}: no level {', '.join(sorted(unknown))}"


def _level_mistakes(place: str, level: Level) -> Iterator[str]:
    yield from _predicate_mistakes(place, level.when)
    if (level.ratio is None) == (level.m is None) or (level.m is None) != (not level.u):
        yield f"{place}: give either m and u, or ratio"
    if level.m is not None and not 0 < level.m <= 1:
        yield f"{place}: m must be more than 0 and at most 1"
    if level.ratio is not None and level.ratio <= 0:
        yield f"{place}: ratio must be more than 0"
    if level.review not in _REVIEW:
        yield f"{place}: review is one of {', '.join(_REVIEW)}"
    if level.family is not None and (level.m is None or not 0 < level.family <= 1):
        yield f"{place}: family must be more than 0 and at most 1, beside an m"
    if level.u:
        yield from _predicate_mistakes(place, level.u)
    if level.u_where and not 0 < level.u_else <= 1:
        yield f"{place}: u_else must be more than 0 and at most 1"


def _pair_mistakes(place: str, pairs: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for asked, person in pairs:
        if asked not in ASKED_COLUMNS:
            yield f"{place}: a person asked for has no column {asked}"
        if person not in PERSON_COLUMNS:
            yield f"{place}: the population has no column {person}"


def _predicate_mistakes(place: str, text: str) -> Iterator[str]:
    known = {"a": ASKED_COLUMNS, "p": PERSON_COLUMNS | PERSON_TEXTS, "n": TOTAL_COLUMNS}
    try:
        parsed = sqlglot.parse_one(f"select {text}", read="duckdb")
    except SqlglotError:
        yield f"{place}: cannot be read as SQL: {text}"
        return
    if parsed.find(exp.From, exp.Subquery):
        yield f"{place}: must not look into other tables: {text}"
    for column in parsed.find_all(exp.Column):
        if column.name not in known.get(column.table, ()):
            yield f"{place}: no column {column.sql()}"
