"""What one run states of its own links: how many are right, and a bound of its precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sogoc.link.calibration.applied import group_sql, promised
from sogoc.link.calibration.bins import position_sql
from sogoc.link.columns import answers
from sogoc.tables.engine import Step, quoted
from sogoc.tables.naming import verified

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sogoc.contract.model import RegisterObject
    from sogoc.link.calibration.bound import Promise
    from sogoc.link.calibration.model import Calibration
    from sogoc.link.policy import Policy

_CERTAIN = -1
"""Stands for the group of links that an officer confirmed."""


def accepted(name: str) -> str:
    """Accepted links of an object by evidence and bin: `evidence`, `bin`, `links`."""
    return f"link_accepted__{name}"


def taken(name: str) -> str:
    """Accepted links one by one: `_row`, `person` of the record, `evidence`, `bin`."""
    return f"link_taken__{name}"


def taken_step(one: RegisterObject, policy: Policy) -> Step:
    """The links that the run accepts, after the plan of linking: where each stands."""
    select = f"""
select v._row, v.person,
    case when a.confirmed then {_CERTAIN} when v.outcome = 'found'
        then {group_sql(policy, "a.b_")} else {group_sql(policy, "a.h_")} end as evidence,
    case when v.outcome = 'found' or a.confirmed then {position_sql("a.b_posterior")}
        else {position_sql("a.h_posterior")} end as bin
from {quoted(verified(one.name))} as v
inner join {quoted(answers(one.name))} as a on v._row = a._row and v.person = a.who
where v.outcome in ('verified', 'differs', 'deceased', 'found')
"""
    return Step(taken(one.name), (verified(one.name), answers(one.name)), select)


def accepted_step(one: RegisterObject) -> Step:
    """Count the links that were taken."""
    select = f"""
select evidence, bin, count(*) as links
from {quoted(taken(one.name))}
group by evidence, bin
order by evidence, bin
"""
    return Step(accepted(one.name), (taken(one.name),), select)


def stated(rows: Iterable[tuple[int, int, int]], calibration: Calibration) -> Promise:
    """The promise of a run from the rows of `accepted`; `calibration` is the one it ran with."""
    rows = list(rows)
    certain = sum(links for evidence, _, links in rows if evidence == _CERTAIN)
    return promised(calibration, [row for row in rows if row[0] != _CERTAIN], certain=certain)
