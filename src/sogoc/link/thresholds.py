"""Where the lines are drawn, held against records whose person is known: the cheapest threshold.

Chow (1970): if a probability is right, the threshold follows from what mistakes cost, and no search
is needed (`policy.Costs`). Whether it is right, a file of truth tells: each threshold that would
decide one of its records otherwise is paid for, mistake by mistake, and the cheapest is told beside
the one that follows from the costs. Three lines, each between two things to do:

| line | on one side | on the other |
|---|---|---|
| `sure` | accept: a wrong person costs a false link | an officer reviews |
| `likely` | propose a person: a wrong one costs a missed link | an officer searches |
| `unlikely` | nobody fits: a person who is there costs a missed link | an officer searches |
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sogoc.link.calibration.applied import doubtful_sql, group_sql, probability_sql
from sogoc.link.columns import answers
from sogoc.tables.engine import Step, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sogoc.link.calibration.model import Calibration
    from sogoc.link.policy import Costs, Policy
    from sogoc.tables.engine import Engine

LINES = ("sure", "likely", "unlikely")
DECIDED = "link_lines"
"""`asked, line, value, number`: which line a record lies at, and the best candidate's number."""

_FINEST = 100_000
"""Values are told to so many parts: thresholds are no finer."""
_SHOWN = {
    "sure": (0.9999, 0.9995, 0.999, 0.998, 0.995, 0.99, 0.98, 0.95, 0.9),
    "likely": (0.995, 0.99, 0.98, 0.95, 0.9, 0.8, 0.7, 0.5),
    "unlikely": (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Records of one value at a line: of how many it was `true` that the person is meant.

    At `unlikely` the value is the chance of anybody, and `true` that somebody is there.
    """

    value: float
    records: int
    true: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A threshold, what it costs in reviews, and how many mistakes are among the records."""

    threshold: float | None
    """None: nothing is decided without an officer."""
    cost: float
    mistakes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the policy beside the cheapest on the truth."""

    name: str
    records: int
    policy: Priced
    """That follows from the costs."""
    least: Priced
    """The cheapest; of several the most careful."""
    curve: tuple[Priced, ...]
    """Some thresholds between which it lies, to show."""

    @property
    def dearer(self) -> float:
        """How much more the policy's threshold costs, as a part of the least."""
        return self.policy.cost / self.least.cost - 1 if self.least.cost else 0.0


def lines_step(name: str, policy: Policy, calibration: Calibration) -> Step:
    """At which line each record without a usable number lies, as `outcomes` draws them."""
    costs, table = policy.costs, answers(name)
    probability = probability_sql(calibration, "a.b_posterior", group_sql(policy, "a.b_"))
    select = f"""
with facts as (
    select a.asked, a.b_number as number, a.anybody, {probability} as probability,
        a.b_person is not null and not {doubtful_sql(policy, "a.b_")}
            and not (a.b_died is not null and a.died is null) as free
    from {quoted(table)} as a
    where a.bearers = 0 and a.folded is not null
        and not coalesce(a.confirmed, false) and not a.judged_absent
        and (a.born is not null or a.number_text is not null or a.old_number is not null
            or a.place is not null)
),
asked as (
    select *, free and probability >= {costs.sure} as accepted,
        coalesce(probability >= {costs.likely}, false) as proposed
    from facts
)
select asked, 'sure' as line, probability as value, number from asked where free
union all
select asked, 'likely' as line, probability as value, number from asked
where number is not null and not accepted
union all
select asked, 'unlikely' as line, coalesce(anybody, 0) as value, number from asked
where not accepted and not proposed
"""
    return Step(DECIDED, (table,), select)


def cases(engine: Engine, truth: str) -> dict[str, list[Case]]:
    """By line the records of `DECIDED` whose person is known; `truth` holds `asked, number`.

    `number` is that of the person meant, NULL where nobody of the population is.
    """
    found: dict[str, list[Case]] = {line: [] for line in LINES}
    rows = engine.rows(f"""
        select d.line,
            case d.line when 'unlikely' then ceil(d.value * {_FINEST} - 1e-6)
                else floor(d.value * {_FINEST} + 1e-6) end / {_FINEST} as value,
            count(*), count(*) filter (where case d.line when 'unlikely' then t.number is not null
                else coalesce(d.number = t.number, false) end)
        from {DECIDED} as d inner join {quoted(truth)} as t on d.asked = t.asked
        group by 1, 2 order by 1, 2
    """)
    for line, value, records, true in rows:
        found[line].append(Case(value=float(value), records=records, true=true))
    return found


def drawn(name: str, known: Iterable[Case], costs: Costs) -> Line:
    """One line: what thresholds would have cost, the cheapest, and that of the costs."""
    held = list(known)
    return Line(
        name=name,
        records=sum(case.records for case in held),
        policy=priced(name, held, costs, threshold=getattr(costs, name)),
        least=_cheapest(name, held, costs),
        curve=tuple(priced(name, held, costs, threshold=one) for one in _SHOWN[name]),
    )


def line_of(told: Mapping[str, Any]) -> Line:
    """A line as a result keeps it."""
    priced_ones = {name: Priced(**told[name]) for name in ("policy", "least")}
    curve = tuple(Priced(**one) for one in told["curve"])
    return Line(name=told["name"], records=told["records"], curve=curve, **priced_ones)


def _cheapest(name: str, known: Iterable[Case], costs: Costs) -> Priced:
    """Of all thresholds that decide something otherwise, from the most careful on."""
    careful_first = sorted(known, key=lambda case: case.value, reverse=name != "unlikely")
    asked, wrong = sum(case.records for case in careful_first), 0
    best = Priced(threshold=None, cost=asked * costs.review, mistakes=0)
    for value, group in groupby(careful_first, key=lambda case: case.value):
        for case in group:
            asked -= case.records
            wrong += _mistakes(name, case)
        cost = wrong * _mistake(name, costs) + asked * costs.review
        if cost < best.cost:
            best = Priced(threshold=value, cost=cost, mistakes=wrong)
    return best


def priced(name: str, known: Sequence[Case], costs: Costs, *, threshold: float) -> Priced:
    """What one threshold costs on these records: mistakes on its far side, reviews on this."""
    beyond = [case for case in known if _beyond(name, case.value, threshold)]
    asked = sum(case.records for case in known) - sum(case.records for case in beyond)
    wrong = sum(_mistakes(name, case) for case in beyond)
    cost = wrong * _mistake(name, costs) + asked * costs.review
    return Priced(threshold=threshold, cost=cost, mistakes=wrong)


def _beyond(name: str, value: float, threshold: float) -> bool:
    return value <= threshold if name == "unlikely" else value >= threshold


def _mistakes(name: str, case: Case) -> int:
    return case.true if name == "unlikely" else case.records - case.true


def _mistake(name: str, costs: Costs) -> float:
    return costs.false_link if name == "sure" else costs.missed_link
