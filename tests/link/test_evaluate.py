"""Precision, recall, recall at a precision, calibration: by hand and by law."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sogoc.link.evaluate import (
    Link,
    Quality,
    Truth,
    by_kind,
    calibration,
    quality,
    recall_at,
    worse_served,
)

TRUTH = {
    1: Truth(person="a", kinds=("clean",)),
    2: Truth(person="b", kinds=("name.slip", "born.year")),
    3: Truth(person=None, kinds=("record.absent",)),
    4: Truth(person="d", kinds=("name.slip",)),
}


def _link(record: int, person: str | None, probability: float = 1.0) -> Link:
    return Link(record=record, person=person, probability=probability, accepted=True)


def test_precision_is_of_links_recall_of_those_who_are_there() -> None:
    one = quality([_link(1, "a"), _link(2, "x"), _link(3, "c"), _link(4, None)], TRUTH)
    assert (one.linked, one.correct, one.present) == (3, 1, 3)
    assert (round(one.precision, 3), round(one.recall, 3)) == (0.333, 0.333)


def test_nothing_linked_is_no_false_link() -> None:
    assert quality([], TRUTH).precision == 1.0
    assert quality([], TRUTH).f1 == 0.0


def test_each_kind_of_damage_has_its_own_figures() -> None:
    kinds = by_kind([_link(1, "a"), _link(2, "b")], TRUTH)
    assert kinds["name.slip"].recall == 0.5
    assert kinds["clean"].recall == 1.0


def test_recall_at_a_precision_takes_equal_posteriors_together() -> None:
    links = [_link(1, "a", 0.99), _link(2, "b", 0.9), _link(3, "c", 0.9), _link(4, "d", 0.5)]
    assert recall_at(links, TRUTH, precision=1.0) == 1 / 3
    assert recall_at(links, TRUTH, precision=0.75) == 1.0


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from("abcd"), st.floats(0, 1)), max_size=8))
def test_asking_for_more_precision_never_gains_recall(rows: list[tuple[int, str, float]]) -> None:
    links = [_link(*row) for row in {row[0]: row for row in rows}.values()]
    loose, strict = (recall_at(links, TRUTH, precision=p) for p in (0.5, 0.99))
    assert strict <= loose


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_every_posterior_falls_into_one_bin(posteriors: list[float]) -> None:
    links = [_link(1, "a", posterior) for posterior in posteriors]
    bins = calibration(links, TRUTH)
    assert sum(one.count for one in bins) == len(posteriors)
    assert all(one.low - 1e-12 <= one.mean <= one.high + 1e-12 for one in bins)


def group(present: int, linked: int, correct: int) -> Quality:
    return Quality(records=present, present=present, linked=linked, correct=correct)


def test_a_group_far_behind_the_others_is_named_with_both_shares() -> None:
    groups = {"Kinh": group(90_000, 85_500, 85_490), "Mông": group(10_000, 8_000, 7_900)}
    worse = {(one.group, one.measure): one for one in worse_served(groups)}
    assert set(worse) == {("Mông", "recall"), ("Mông", "precision")}
    assert worse["Mông", "recall"].share == 0.79
    assert round(worse["Mông", "precision"].others, 4) == 0.9999


def test_a_small_group_is_not_accused_by_chance() -> None:
    groups = {"many": group(100_000, 95_000, 95_000), "few": group(20, 18, 18)}
    assert worse_served(groups) == []


def test_one_group_alone_is_compared_with_nobody() -> None:
    assert worse_served({"all": group(10, 5, 5)}) == []
