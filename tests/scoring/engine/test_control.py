import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.engine import control


@pytest.mark.parametrize(
    ("expected", "level", "low", "high"),
    [
        (15, 0.95, 0.5596924, 1.649348),
        (15, 0.998, 0.3862650, 2.082907),
        (20, 0.95, 0.6108260, 1.544419),
        (30, 0.95, 0.6746958, 1.427562),
    ],
)
def test_published_chi_square_limits(expected, level, low, high):
    found = control.poisson_limits([expected], level).iloc[0]
    assert found["low"] == pytest.approx(low, rel=1e-6)
    assert found["high"] == pytest.approx(high, rel=1e-6)


def test_nothing_expected_has_no_limits_and_nobody_is_outside():
    assert control.poisson_limits([0.0], 0.95).isna().all(axis=None)
    for method in ("exact", "chi2", "sqrt"):
        found = control.funnel([0, 3], [0.0, 3.0], method=method)
        assert found.loc[0, ["ratio", "low", "high"]].isna().all()
        assert not found["outside"].any()


@given(st.floats(0.01, 60), st.integers(0, 120), st.sampled_from([0.9, 0.95, 0.998]))
def test_exact_limits_are_the_last_ratios_inside(expected, observed, level):
    found = control.funnel([observed], [expected], level).iloc[0]
    tail = (1 - level) / 2
    upper, lower = stats.poisson.sf(observed - 1, expected), stats.poisson.cdf(observed, expected)
    assert found["outside"] == (upper <= tail or lower <= tail)
    inside = found["low"] * expected - 0.5 < observed < found["high"] * expected + 0.5
    assert found["outside"] == (not inside)


def test_nobody_is_an_outlier_for_no_errors_on_little_work():
    assert not control.funnel([0], [5.0])["outside"].iloc[0]
    assert control.funnel([0], [5.0], method="chi2")["outside"].iloc[0]


def test_the_range_of_chance_leaves_out_at_most_its_tails():
    found = control.poisson_range([0.0, 0.3, 4.0, 50.0], 0.95)
    assert found["low"].to_list() == [0, 0, 1, 37]
    assert found.loc[0, "high"] == 0
    above = stats.poisson.sf(found["high"], [0.0, 0.3, 4.0, 50.0])
    below = stats.poisson.cdf(found["low"] - 1, [0.0, 0.3, 4.0, 50.0])
    assert (above <= 0.025).all()
    assert (below <= 0.025).all()


def test_overdispersion_by_logs_worked_by_hand():
    observed, expected = np.array([2.0, 8, 5, 4]), np.array([4.0, 4, 5, 4])
    z = np.log(observed / expected) * np.sqrt(expected)
    found = control.overdispersion(observed, expected, method="log", trim=0)
    weights = expected
    phi = (z**2).mean()
    assert found.phi == pytest.approx(phi)
    spread = weights.sum() - (weights**2).sum() / weights.sum()
    assert found.tau2 == pytest.approx((4 * phi - 3) / spread)


def test_logs_drop_the_trimmed_rows_and_roots_winsorise_them():
    expected = np.full(10, 16.0)
    observed = np.array([16.0] * 9 + [160])
    assert control.overdispersion(observed, expected, method="log").phi == 0
    kept_all = control.overdispersion(observed, expected, method="sqrt", trim=0)
    clipped = control.overdispersion(observed, expected, method="sqrt")
    assert kept_all.phi > clipped.phi > 0


def test_logs_of_no_errors_are_refused_with_the_advice():
    with pytest.raises(ValueError, match='method="sqrt"'):
        control.overdispersion([0, 1], [1.0, 1.0], method="log")


def test_chance_alone_is_not_overdispersed():
    rng = np.random.default_rng(3)
    expected = rng.uniform(5, 50, 400)
    found = control.overdispersion(rng.poisson(expected), expected, trim=0)
    assert found.phi == pytest.approx(1, abs=0.15)
    wide = control.overdispersion(rng.poisson(expected * rng.gamma(5, 0.2, 400)), expected)
    assert wide.tau2 > 0.02
    limits = control.funnel([10, 10], [10.0, 10.0], method="sqrt")
    assert (limits["low"] < 1).all()


def test_exact_needs_whole_counts():
    with pytest.raises(ValueError, match="whole"):
        control.funnel([1.5], [1.0])
