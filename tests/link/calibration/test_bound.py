"""The promise a run makes about its links."""

from __future__ import annotations

import random

from sogoc.link.calibration.bound import promise
from sogoc.link.calibration.isotonic import Tread


def tread(labels: float, wrong: float) -> Tread:
    share = (labels - wrong + 0.5) / (labels + 1)
    return Tread(first=0, labels=labels, wrong=wrong, parts=round(share * 1e9))


def test_no_links_promise_nothing() -> None:
    assert promise([]).low == 0.0


def test_links_that_officers_judged_are_certain() -> None:
    assert promise([], certain=10).low == 1.0


def test_no_error_in_a_hundred_labels_is_no_proof_for_a_million_links() -> None:
    assert promise([(tread(100, 0), 1_000_000)]).low < 0.97


def test_more_labels_of_the_same_kind_promise_more() -> None:
    few = promise([(tread(1_000, 1), 10_000)])
    many = promise([(tread(100_000, 100), 10_000)])
    assert few.low < many.low < many.expected


def test_offices_that_are_not_alike_make_the_promise_smaller() -> None:
    links = [(tread(100_000, 100), 10_000)]
    assert promise(links, between=0.5).low < promise(links).low


def test_the_promise_holds_in_19_of_20_registers_when_labels_are_like_links() -> None:
    draw = random.Random(20261122)  # noqa: S311 - a simulation, no secret
    rates, links = (0.0005, 0.01, 0.08), (4_000, 300, 50)
    kept = 0
    for _ in range(400):
        treads = [
            tread(labels, sum(draw.random() < rate for _ in range(labels)))
            for rate, labels in zip(rates, (2_000, 150, 40), strict=True)
        ]
        wrong = sum(
            sum(draw.random() < rate for _ in range(number))
            for rate, number in zip(rates, links, strict=True)
        )
        stated = promise(list(zip(treads, links, strict=True)))
        kept += 1 - wrong / sum(links) >= stated.low
    assert kept >= 380
