"""A calibration in SQL: posteriors become probabilities, links are counted by tread.

The staircase is a constant of the run, so it stands in the statement itself: comparisons of whole
parts of a billion, without a join, equal on every engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.calibration.bins import BILLION, position_sql
from sogoc.link.calibration.bound import Promise, promise
from sogoc.link.calibration.isotonic import tread_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.link.calibration.isotonic import Tread
    from sogoc.link.calibration.model import Calibration
    from sogoc.link.policy import Comparison, Policy


def probability_sql(calibration: Calibration, posterior: str, group: str) -> str:
    """The calibrated probability of a posterior; NULL of NULL. `group` is `group_sql`.

    Where nothing was labelled, posteriors stand as they are.
    """
    parts = f"cast(round({posterior} * {BILLION}) as bigint)"
    groups = zip(calibration.labels, calibration.treads(), strict=True)
    by_group = " ".join(
        f"when {position} then "
        + (
            f"cast({_climbed(parts, treads)} as double) / {BILLION}"
            if any(labels.seen)
            else posterior
        )
        for position, (labels, treads) in enumerate(groups)
    )
    return f"case when {posterior} is null then null else case {group} {by_group} end end"


def group_sql(policy: Policy, side: str = "") -> str:
    """The position in `GROUPS` of the candidate whose levels stand under this prefix."""
    return (
        f"case when {numbered_sql(policy, side)} then 0 "
        f"when {doubtful_sql(policy, side)} then 2 else 1 end"
    )


def numbered_sql(policy: Policy, side: str = "") -> str:
    """Whether a number speaks for the candidate: equal, or a slip away."""
    number = ", ".join(
        str(policy.level(code)) for code in ("number:equal", "number:slip", "number:swap")
    )
    return (
        f"(coalesce({side}number_level, 0) in ({number}) "
        f"or coalesce({side}old_number_level, 0) = {policy.level('old_number:equal')})"
    )


def doubtful_sql(policy: Policy, side: str = "") -> str:
    """Whether the candidate rests on a level that the machine must not accept."""
    always, unless = (
        " or ".join(reviewed_sql(comparison, review, side) for comparison in policy.comparisons)
        for review in ("always", "without-number")
    )
    return (
        f"(coalesce({always}, true) "
        f"or (not {numbered_sql(policy, side)} and coalesce({unless}, true)))"
    )


def reviewed_sql(comparison: Comparison, review: str, side: str = "") -> str:
    """Whether the comparison has a level that calls for this review."""
    numbers = [
        str(number) for number, level in enumerate(comparison.levels, 1) if level.review == review
    ]
    return f"{side}{comparison.id}_level in ({', '.join(numbers)})" if numbers else "false"


def counts_sql(source: str, posterior: str, group: str) -> str:
    """How many rows of a source stand in which bin: `evidence` (the group), `bin`, `links`."""
    return (
        f"select evidence, bin, count(*) as links from (select {group} as evidence, "
        f"{position_sql(posterior)} as bin from {source}) as binned "
        "group by evidence, bin order by evidence, bin"
    )


def promised(
    calibration: Calibration, counted: Iterable[tuple[int, int, int]], *, certain: int = 0
) -> Promise:
    """The promise for the links that `counts_sql` counted."""
    staircases = calibration.treads()
    links: dict[tuple[int, Tread], int] = {}
    for group, position, number in counted:
        key = (group, tread_at(staircases[group], position))
        links[key] = links.get(key, 0) + number
    return promise(
        [(tread, number) for (_, tread), number in links.items()],
        certain=certain,
        between=calibration.between,
    )


def _climbed(parts: str, treads: tuple[Tread, ...]) -> str:
    if len(treads) == 1:
        return str(treads[0].parts)
    half = len(treads) // 2
    return (
        f"case when {parts} < {treads[half].low} then {_climbed(parts, treads[:half])} "
        f"else {_climbed(parts, treads[half:])} end"
    )
