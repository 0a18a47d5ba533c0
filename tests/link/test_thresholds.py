"""On a file of truth the threshold that is chosen costs least, whatever the mistakes cost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sogoc.link.policy import Costs
from sogoc.link.thresholds import LINES, Case, drawn, priced

COSTS = Costs(review=1, false_link=1000, missed_link=20)
# 10,000 records: probabilities that say what is so, but for the last.
KNOWN = [
    Case(value=0.9998, records=9000, true=8999),
    Case(value=0.999, records=500, true=500),
    Case(value=0.99, records=400, true=396),
    Case(value=0.6, records=100, true=60),
]

SHARES = st.integers(0, 20).map(lambda part: part / 20)


@st.composite
def known(draw: st.DrawFn) -> list[Case]:
    records = draw(st.lists(st.tuples(SHARES, st.integers(1, 3000), SHARES), max_size=8))
    return [Case(value=value, records=n, true=round(n * true)) for value, n, true in records]


def test_what_a_threshold_costs_is_counted_mistake_by_mistake() -> None:
    line = drawn("sure", KNOWN, COSTS)
    assert (line.policy.threshold, line.policy.mistakes, line.policy.cost) == (0.999, 1, 1500)
    assert (line.least.threshold, line.least.cost, line.dearer) == (0.999, 1500, 0.0)
    dear = drawn("sure", KNOWN, Costs(review=1, false_link=20_000, missed_link=20))
    assert (dear.least.threshold, dear.least.cost, dear.least.mistakes) == (None, 10_000, 0)
    cheap = drawn("sure", KNOWN, Costs(review=1, false_link=10, missed_link=2))
    assert cheap.least.threshold == 0.99


def test_nobody_is_ruled_out_where_that_costs_more_than_looking() -> None:
    there = [Case(value=0.01, records=1000, true=1), Case(value=0.04, records=100, true=30)]
    line = drawn("unlikely", there, COSTS)
    assert (line.policy.threshold, line.policy.cost) == (0.05, 31 * 20)
    assert (line.least.threshold, line.least.cost) == (0.01, 120)
    assert line.dearer > 4


@given(known(), st.sampled_from(LINES), st.integers(2, 5000), st.integers(2, 5000))
def test_no_other_threshold_costs_less(
    cases: list[Case], name: str, false_link: int, missed_link: int
) -> None:
    costs = Costs(review=1, false_link=false_link, missed_link=missed_link)
    line = drawn(name, cases, costs)
    others = [priced(name, cases, costs, threshold=part / 40).cost for part in range(-1, 42)]
    assert line.least.cost == min(others)
    assert line.least.cost <= line.policy.cost
    if line.least.threshold is not None:
        assert priced(name, cases, costs, threshold=line.least.threshold) == line.least
