import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from scoring.engine import rates
from scoring.engine.rates import Prior

# Hits in 45 at bats of the 18 batters of Efron & Morris (1975, 1977).
HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])
# Their shrunken averages as printed in Scientific American (1977).
SHRUNK = [
    *[0.294, 0.289, 0.284, 0.279, 0.275, 0.275, 0.270, 0.265, 0.261, 0.261],
    *[0.256, 0.256, 0.256, 0.256, 0.256, 0.251, 0.247, 0.242],
]


def counts():
    return st.lists(st.tuples(st.integers(0, 30), st.floats(0.05, 30)), min_size=2, max_size=12)


class TestPublishedTables:
    def test_efron_and_morris_batters_with_the_printed_mean_and_shrinkage(self):
        # .265 and .212 are printed to three digits; n / (n + size) = .212 is the plug-in prior.
        size = 45 * (1 - 0.212) / 0.212
        found = rates.shrink_proportions(HITS, np.full(18, 45), Prior(0.265 * size, 0.735 * size))
        assert np.abs(found["mean"] - SHRUNK).max() < 0.0011

    def test_the_batters_own_data_shrinks_most_of_the_way_to_their_mean(self):
        prior = rates.beta_binomial_prior(HITS, np.full(18, 45))
        found = rates.shrink_proportions(HITS, np.full(18, 45), prior)
        kept = (found["mean"].iloc[0] - found["mean"].iloc[-1]) / ((18 - 7) / 45)
        assert 0.1 < kept < 0.35
        assert prior.mean_proportion == pytest.approx(0.265, abs=0.003)

    @pytest.mark.parametrize(
        ("hits", "bats", "shrunk"), [(66, 182, 0.3232), (1, 5, 0.1983), (3, 12, 0.2071)]
    )
    def test_the_simulated_example_of_ebbr(self, hits, bats, shrunk):
        found = rates.shrink_proportions([hits], [bats], Prior(11.39115, 46.0875))
        assert found["mean"].iloc[0] == pytest.approx(shrunk, abs=5e-5)

    def test_a_bare_prior_gives_the_plug_in_gamma(self):
        found = rates.shrink_rates([7], [3.5], Prior(2, 2.5), level=0.95)
        posterior = stats.gamma(9, scale=1 / 6)
        expected = [posterior.mean(), posterior.ppf(0.025), posterior.ppf(0.975)]
        assert found.iloc[0].to_numpy() == pytest.approx(expected, rel=1e-8)


class TestIntegration:
    def test_the_mixture_agrees_with_integrating_the_model_numerically(self):
        observed = np.array([0, 2, 3, 9, 4, 6, 5, 3])
        expected = np.array([2.0, 3, 3, 4, 5, 5, 6, 4])
        prior = rates.gamma_poisson_prior(observed, expected)
        found = rates.shrink_rates(observed, expected, prior)
        pooled = observed.sum() / expected.sum()

        def joint(cv, log_mean):
            a = 1 / cv**2
            b = a / np.exp(log_mean)
            return np.exp(stats.nbinom.logpmf(observed, a, b / (b + expected)).sum() + 15)

        def mean_of(i):
            def weighted(cv, log_mean):
                a = 1 / cv**2
                b = a / np.exp(log_mean)
                return joint(cv, log_mean) * (a + observed[i]) / (b + expected[i])

            return weighted

        edge = 4 * np.sqrt(1 / observed.sum() + 1 / 8)
        box = ((1e-3, rates.WIDEST), (np.log(pooled) - edge, np.log(pooled) + edge))
        options = {"epsabs": 0, "epsrel": 1e-5}
        total = integrate.nquad(joint, box, opts=options)[0]
        for i in (0, 3):
            exact = integrate.nquad(mean_of(i), box, opts=options)[0] / total
            assert found["mean"].iloc[i] == pytest.approx(exact, rel=2e-3)

    def test_draws_have_the_moments_and_quantiles_of_the_mixture(self):
        rng = np.random.default_rng(5)
        expected = rng.uniform(1, 20, 30)
        observed = rng.poisson(expected * rng.gamma(6, 1 / 6, 30))
        prior = rates.gamma_poisson_prior(observed, expected)
        found = rates.shrink_rates(observed, expected, prior)
        draws = rates.draw_rates(
            observed, expected, prior, draws=40_000, rng=np.random.default_rng(1)
        )
        assert draws.mean(axis=0) == pytest.approx(found["mean"].to_numpy(), rel=0.02)
        low, high = np.quantile(draws, [0.05, 0.95], axis=0)
        assert low == pytest.approx(found["low"].to_numpy(), rel=0.03)
        assert high == pytest.approx(found["high"].to_numpy(), rel=0.03)

    @given(counts())
    @settings(max_examples=40, deadline=None)
    def test_order_changes_nothing_and_the_mean_lies_inside(self, rows):
        observed, expected = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
        prior = rates.gamma_poisson_prior(observed, expected)
        found = rates.shrink_rates(observed, expected, prior)
        assert (found["low"] < found["high"]).all()
        assert (found["low"] >= 0).all()
        inside = found.dropna()
        assert ((inside["low"] < inside["mean"]) & (inside["mean"] < inside["high"])).all()
        again = rates.shrink_rates(observed, expected, prior)
        pd.testing.assert_frame_equal(found, again, check_exact=True)
        back = rates.gamma_poisson_prior(observed[::-1], expected[::-1])
        turned = rates.shrink_rates(observed[::-1], expected[::-1], back).iloc[::-1]
        if (prior.alpha < 1) == (back.alpha < 1):
            assert turned["high"].to_numpy() == pytest.approx(found["high"].to_numpy(), rel=1e-4)

    @given(st.integers(0, 40), st.integers(0, 40), st.floats(0.1, 50))
    @settings(max_examples=40, deadline=None)
    def test_more_errors_on_the_same_work_are_never_a_better_posterior(self, a, b, exposure):
        found = rates.shrink_rates([min(a, b), max(a, b)], [exposure] * 2, Prior(3, 3))
        assert found.diff().iloc[1].ge(-1e-12).all()

    def test_no_work_returns_the_prior(self):
        found = rates.shrink_rates([0], [0.0], Prior(4, 2), level=0.8)
        assert found["mean"].iloc[0] == pytest.approx(2.0)
        assert found["low"].iloc[0] == pytest.approx(stats.gamma.ppf(0.1, 4, scale=0.5), rel=1e-8)


class TestDegenerate:
    observed = np.array([0] * 20 + [9, 14])
    expected = np.array([1.0] * 20 + [1.5, 1.5])

    def test_no_point_and_the_hull_of_both_stand_ins(self):
        prior = rates.gamma_poisson_prior(self.observed, self.expected)
        assert prior.alpha < 1
        found = rates.shrink_rates(self.observed, self.expected, prior)
        assert found["mean"].isna().all()
        plugged = rates.shrink_rates(self.observed, self.expected, Prior(prior.alpha, prior.beta))
        pooled = self.observed.sum() / self.expected.sum()
        flat = rates.shrink_rates(self.observed, self.expected, Prior(1, 1 / pooled))
        hull_low = np.minimum(plugged["low"], flat["low"])
        assert found["low"].to_numpy() == pytest.approx(hull_low.to_numpy())
        hull_high = np.maximum(plugged["high"], flat["high"])
        assert found["high"].to_numpy() == pytest.approx(hull_high.to_numpy())

    def test_a_bare_prior_below_one_is_taken_at_its_word(self):
        assert rates.shrink_rates([1], [2.0], Prior(0.5, 0.5))["mean"].iloc[0] == 0.6

    def test_proportions_without_any_error_have_no_point_below_the_prior(self):
        prior = rates.beta_binomial_prior([0] * 25 + [8], [20] * 26)
        found = rates.shrink_proportions([0] * 25 + [8], [20] * 26, prior)
        assert prior.alpha < 1
        assert found["mean"].isna().all()
        assert (found["high"] < 1).all()


class TestRefusals:
    @pytest.mark.parametrize(
        ("observed", "expected"),
        [([1], [0.0]), ([0], [0.0]), ([-1], [1.0]), ([1.0], [np.nan]), ([], []), ([1, 2], [1.0])],
    )
    def test_what_cannot_be_a_rate(self, observed, expected):
        with pytest.raises(ValueError, match=r"expect|must be"):
            rates.gamma_poisson_prior(observed, expected)

    def test_more_errors_than_units(self):
        with pytest.raises(ValueError, match="more errors than units"):
            rates.beta_binomial_prior([3], [2])

    def test_a_level_outside_of_zero_and_one(self):
        with pytest.raises(ValueError, match="level"):
            rates.shrink_rates([1], [1.0], Prior(1, 1), level=1.0)


def test_teams_of_every_size_are_covered_and_closer_to_the_truth_than_raw_rates():
    """A small calibration; `benchmarks/calibration.py` is the large one."""
    rng = np.random.default_rng(20120101)
    covered, shrunk, raw = [], [], []
    for size in (6, 20, 60):
        for _ in range(60):
            expected = rng.gamma(1.2, 4, size) + 0.3
            ratio = rng.gamma(6, 1 / 6, size)
            observed = rng.poisson(expected * ratio)
            prior = rates.gamma_poisson_prior(observed, expected)
            found = rates.shrink_rates(observed, expected, prior)
            covered.append(((found["low"] <= ratio) & (ratio <= found["high"])).mean())
            if found["mean"].notna().all():
                shrunk.append(((found["mean"] - ratio) ** 2).mean())
                raw.append(((observed / expected - ratio) ** 2).mean())
    assert 0.87 < np.mean(covered) < 0.94
    assert len(shrunk) > 150
    assert np.mean(shrunk) < 0.5 * np.mean(raw)
