"""A calibration in SQL: posteriors become probabilities, links are counted by tread.

The staircase is a constant of the run, so it stands in the statement itself: comparisons of whole
parts of a billion, without a join, equal on every engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.calibration.bins import BILLION, position_sql
from sogoc.link.calibration.bound import Promise, promise
from sogoc.link.calibration.isotonic import tread_at
from sogoc.link.calibration.model import GROUPS, NUMBERED, UNNUMBERED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.link.calibration.isotonic import Tread
    from sogoc.link.calibration.model import Calibration
    from sogoc.link.policy import Policy


def probability_sql(calibration: Calibration, posterior: str, numbered: str) -> str:
    """The calibrated probability of a posterior; NULL of NULL. `numbered` is a condition.

    Where nothing was labelled, posteriors stand as they are.
    """
    parts = f"cast(round({posterior} * {BILLION}) as bigint)"
    by_group = {
        group: f"cast({_climbed(parts, calibration.treads(group))} as double) / {BILLION}"
        if any(calibration.labels(group).seen)
        else posterior
        for group in GROUPS
    }
    return (
        f"case when {posterior} is null then null "
        f"when {numbered} then {by_group[NUMBERED]} else {by_group[UNNUMBERED]} end"
    )


def numbered_sql(policy: Policy, side: str = "") -> str:
    """Whether a number speaks for the candidate whose levels stand under this prefix."""
    number = ", ".join(
        str(policy.level(code)) for code in ("number:equal", "number:slip", "number:swap")
    )
    return (
        f"(coalesce({side}number_level, 0) in ({number}) "
        f"or coalesce({side}old_number_level, 0) = {policy.level('old_number:equal')})"
    )


def counts_sql(source: str, posterior: str, numbered: str) -> str:
    """How many rows of a source stand in which bin: `numbered`, `bin`, `links`."""
    return (
        f"select numbered, bin, count(*) as links from (select {numbered} as numbered, "
        f"{position_sql(posterior)} as bin from {source}) as binned "
        "group by numbered, bin order by numbered, bin"
    )


def promised(
    calibration: Calibration, counted: Iterable[tuple[bool, int, int]], *, certain: int = 0
) -> Promise:
    """The promise for the links that `counts_sql` counted."""
    staircases = {group: calibration.treads(group) for group in GROUPS}
    links: dict[tuple[str, Tread], int] = {}
    for numbered, position, number in counted:
        group = NUMBERED if numbered else UNNUMBERED
        key = (group, tread_at(staircases[group], position))
        links[key] = links.get(key, 0) + number
    return promise([(tread, number) for (_, tread), number in links.items()], certain=certain)


def _climbed(parts: str, treads: tuple[Tread, ...]) -> str:
    if len(treads) == 1:
        return str(treads[0].parts)
    half = len(treads) // 2
    return (
        f"case when {parts} < {treads[half].low} then {_climbed(parts, treads[:half])} "
        f"else {_climbed(parts, treads[half:])} end"
    )
