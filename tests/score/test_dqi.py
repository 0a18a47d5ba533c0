"""The arithmetic of the index."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sogoc.score.dqi import Colour, Weighed, colour, of_parts, of_rule, shown
from sogoc.score.rule_file import Levels

LEVELS = Levels(green=90, yellow=75)
COUNTS = st.integers(0, 10**8)
PARTS = st.lists(st.builds(Weighed, st.none() | st.floats(0, 100), st.floats(0.1, 10)), max_size=8)


def test_the_worked_example_of_the_dispatch_stands_on_the_edge_of_green() -> None:
    rule_a, rule_b = of_rule(950, 50), of_rule(800, 200)
    assert (rule_a, rule_b) == (95.0, 80.0)
    criterion = of_parts([Weighed(rule_a, 2), Weighed(rule_b, 1)])
    assert criterion == 90.0
    assert colour(criterion, LEVELS) is Colour.GREEN


def test_what_nothing_was_assessed_of_has_no_index_and_no_colour() -> None:
    assert of_rule(0, 0) is None
    assert of_parts([Weighed(None, 1)]) is None
    assert of_parts([]) is None
    assert colour(None, LEVELS) is Colour.NOT_ASSESSED


def test_what_was_not_assessed_takes_its_weight_with_it() -> None:
    assert of_parts([Weighed(80, 1), Weighed(None, 9)]) == 80


def test_a_figure_just_below_a_level_is_not_shown_as_having_reached_it() -> None:
    assert shown(89.96) == "89.9"
    assert colour(89.96, LEVELS) is Colour.YELLOW
    assert shown(90.0) == "90.0"
    assert shown(None) == ""


@given(COUNTS, COUNTS)
def test_an_index_is_a_share_of_a_hundred(passed: int, failed: int) -> None:
    index = of_rule(passed, failed)
    assert index is None or 0 <= index <= 100


@given(COUNTS, COUNTS, st.integers(1, 1000))
def test_a_record_put_right_never_lowers_the_index(passed: int, failed: int, more: int) -> None:
    before, after = of_rule(passed, failed + more), of_rule(passed + more, failed)
    assert before is not None
    assert after is not None
    assert after >= before


@given(PARTS)
def test_a_mean_lies_between_its_parts(parts: list[Weighed]) -> None:
    known = [part.dqi for part in parts if part.dqi is not None]
    mean = of_parts(parts)
    if known:
        assert mean is not None
        assert min(known) - 1e-9 <= mean <= max(known) + 1e-9
    else:
        assert mean is None


@given(PARTS, st.floats(0.5, 4))
def test_only_the_proportion_of_weights_counts(parts: list[Weighed], scale: float) -> None:
    scaled = of_parts([Weighed(part.dqi, part.weight * scale) for part in parts])
    plain = of_parts(parts)
    assert (scaled is None) == (plain is None)
    assert abs((scaled or 0) - (plain or 0)) < 1e-6
