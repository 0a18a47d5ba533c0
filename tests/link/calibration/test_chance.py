"""Quantiles against the tables of statistics books."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sogoc.link.calibration.chance import (
    gamma_quantile,
    gamma_share,
    poisson_quantile,
    poisson_share,
)


@pytest.mark.parametrize(
    ("degrees", "share", "quantile"),
    [(1, 0.95, 3.841459), (2, 0.95, 5.991465), (10, 0.95, 18.307038), (100, 0.975, 129.561197)],
)
def test_chi_square_quantiles_agree_with_the_printed_tables(
    degrees: int, share: float, quantile: float
) -> None:
    assert 2 * gamma_quantile(share, degrees / 2) == pytest.approx(quantile, abs=1e-5)


@pytest.mark.parametrize(("mean", "most"), [(0.05, 0), (1.0, 3), (3.0, 6), (10.0, 15)])
def test_the_count_that_poisson_events_do_not_exceed_19_times_in_20(mean: float, most: int) -> None:
    assert poisson_quantile(0.95, mean) == most


def test_where_nothing_is_expected_nothing_happens() -> None:
    assert poisson_quantile(0.99, 0.0) == 0


@given(shape=st.floats(0.01, 5000), share=st.floats(0.001, 0.999))
def test_a_quantile_is_where_its_share_lies_below(shape: float, share: float) -> None:
    assert gamma_share(shape, gamma_quantile(share, shape)) == pytest.approx(share, abs=1e-8)


@given(mean=st.floats(0.001, 2000), share=st.floats(0.01, 0.999))
def test_one_event_fewer_would_be_too_few(mean: float, share: float) -> None:
    most = poisson_quantile(share, mean)
    assert poisson_share(mean, most) >= share
    assert most == 0 or poisson_share(mean, most - 1) < share
