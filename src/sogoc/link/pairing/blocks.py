"""Blocks of a stage as joins with the population: each reading of everybody is dear, so few."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sogoc.link.policy import Block

_IN_ONE_SCAN = tuple(map(frozenset, (("born", "given"), ("born", "surname"), ("folded", "year"))))
"""Columns that few persons share: of their pairs it costs little to test what else blocks ask."""
_OF_ASKED = re.compile(r"\ba\.([a-z_]+)\b")


@dataclass(frozen=True, slots=True)
class Scan:
    """One reading of the population, to be joined as `p` with a source of the asked as `a`."""

    source: str
    on: str
    where: str


def scans(blocks: Iterable[Block], *, todo: str) -> Iterator[Scan]:
    """Readings that together find the pairs of all these blocks, some of them more than once.

    Blocks are read together where they hold the same two columns of a person and these are rare
    enough, whatever they are compared with: a date of birth as it is told and with day and month
    swapped are sought at once. `todo` names the asked.
    """
    groups: dict[frozenset[object], list[Block]] = {}
    for block in blocks:
        theirs = {column for _, column in block.same}
        rare = next((columns for columns in _IN_ONE_SCAN if columns <= theirs), None)
        groups.setdefault(rare or frozenset(block.same), []).append(block)
    for columns, several in groups.items():
        if len(several) == 1:
            yield Scan(todo, _equal(several[0].same), several[0].where)
        else:
            yield _together(several, sorted(map(str, columns)), todo)


def _together(blocks: Sequence[Block], columns: Sequence[str], todo: str) -> Scan:
    """One reading for blocks that all hold these columns of a person."""
    ways: dict[tuple[str, ...], list[Block]] = {}
    for block in blocks:
        told = {theirs: mine for mine, theirs in block.same}
        ways.setdefault(tuple(told[column] for column in columns), []).append(block)
    rests = {way: _rest(those, columns) for way, those in ways.items()}
    if len(ways) == 1:
        ((way, rest),) = rests.items()
        # What tells of the asked alone stands by itself: an engine leaves them out at once.
        return Scan(todo, _equal(zip(way, columns, strict=True)), f"({_told(blocks)}) and ({rest})")
    needed = sorted({"asked", *_OF_ASKED.findall(" ".join(rests.values()))})
    own = ", ".join(f"a.{name}" for name in needed)
    branches = []
    for number, way in enumerate(ways):
        sought = ", ".join(
            f"a.{mine} as sought_{column}" for mine, column in zip(way, columns, strict=True)
        )
        branches.append(
            f"select {own}, {sought}, {number} as way from {todo} as a where {_told(ways[way])}"
        )
    numbered = enumerate(rests.values())
    tests = " or ".join(f"(a.way = {number} and ({rest}))" for number, rest in numbered)
    on = " and ".join(f"a.sought_{column} = p.{column}" for column in columns)
    return Scan(f"({' union all '.join(branches)})", on, tests)


def _rest(blocks: Iterable[Block], columns: Sequence[str]) -> str:
    """What these blocks ask beyond the columns: one of them must be content."""
    tests = []
    for block in blocks:
        left = _equal((mine, theirs) for mine, theirs in block.same if theirs not in columns)
        tests.append(f"({left} and ({block.where}))")
    return " or ".join(tests)


def _told(blocks: Iterable[Block]) -> str:
    """Whom of the asked any of these blocks looks for."""
    return " or ".join(f"({block.where})" for block in blocks)


def _equal(same: Iterable[tuple[str, str]]) -> str:
    return " and ".join(f"a.{mine} = p.{theirs}" for mine, theirs in same) or "true"
