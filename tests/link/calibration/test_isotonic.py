"""The staircase from posteriors to probabilities."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sogoc.link.calibration.bins import BINS, EDGES, bin_of, high, low, middle
from sogoc.link.calibration.isotonic import Labels, staircase, tread_at

judged = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=300)


def test_an_edge_belongs_to_the_bin_above_it() -> None:
    assert [bin_of(edge / 1e9) for edge in EDGES] == list(range(1, BINS))
    assert (bin_of(0.0), bin_of(1.0)) == (0, BINS - 1)


def test_every_bin_holds_its_own_middle() -> None:
    assert [bin_of(middle(each)) for each in range(BINS)] == list(range(BINS))
    assert all(low(each) < high(each) for each in range(BINS))


def test_without_labels_a_posterior_is_taken_at_its_word() -> None:
    treads = staircase(Labels())
    assert all(abs(tread.probability - middle(tread.first)) < 1e-6 for tread in treads)


@given(judged)
def test_a_better_candidate_is_never_called_less_probable(
    labels: list[tuple[float, bool]],
) -> None:
    treads = staircase(Labels.of(labels))
    said = [tread.probability for tread in treads]
    assert said == sorted(said)
    assert all(0 < each < 1 for each in said)


@given(judged)
def test_no_label_is_lost_in_pooling(labels: list[tuple[float, bool]]) -> None:
    treads = staircase(Labels.of(labels))
    assert sum(tread.labels for tread in treads) == len(labels)
    assert sum(tread.wrong for tread in treads) == sum(not right for _, right in labels)


def test_a_boastful_posterior_is_taken_down_to_what_was_right() -> None:
    labels = Labels.of([(0.82, right) for right in [True] * 660 + [False] * 340])
    assert abs(tread_at(staircase(labels), bin_of(0.82)).probability - 0.66) < 0.01


def test_labels_of_elsewhere_never_outvote_many_of_ones_own() -> None:
    own = Labels.of([(0.9, True)] * 1000)
    others = Labels.of([(0.9, False)] * 100_000)
    together = own.joined(others, most=40)
    assert together.seen[bin_of(0.9)] == 1040
    assert together.right[bin_of(0.9)] == 1000
