"""Blocks of a stage as joins with the population: each reading of everybody is dear, so few."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sogoc.link.policy import Block

_IN_ONE_SCAN = tuple(
    frozenset((column, column) for column in columns)
    for columns in (("born", "given"), ("born", "surname"), ("folded", "year"))
)
"""Columns that few persons share: of their pairs it costs little to test what else blocks ask."""


def scans(blocks: Iterable[Block]) -> Iterator[tuple[Iterable[tuple[str, str]], str]]:
    """What to join `a` with the population `p` on, and where; one for blocks that share enough.

    Together they find the pairs of all these blocks, some of them more than once.
    """
    groups: dict[frozenset[tuple[str, str]], list[Block]] = {}
    for block in blocks:
        same = frozenset(block.same)
        shared = next((columns for columns in _IN_ONE_SCAN if columns <= same), same)
        groups.setdefault(shared, []).append(block)
    for shared, several in groups.items():
        if len(several) == 1:
            yield several[0].same, several[0].where
            continue
        every = " or ".join(
            f"({equal(sorted(set(block.same) - shared))} and ({block.where}))" for block in several
        )
        # What tells of the asked alone stands by itself: an engine leaves them out before it joins.
        asked_so = " or ".join(f"({block.where})" for block in several)
        yield sorted(shared), f"({asked_so}) and ({every})"


def equal(same: Iterable[tuple[str, str]]) -> str:
    """All these columns agree, of the asked and of the population."""
    return " and ".join(f"a.{left} = p.{right}" for left, right in same) or "true"
