import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine import bands, composite, ranks
from scoring.engine.composite import Weights

ALL = pd.DataFrame({name: [True] for name in composite.COMPONENTS}, index=["a"])


def fixed(speed=100.0, ratio=1.0, skill=100.0, draws=7):
    values = {"throughput": speed, "quality": ratio, "competence": skill}
    return {name: np.full((draws, 1), value) for name, value in values.items()}


def score(weights=None, **values):
    return composite.composite(fixed(**values), ALL, weights).people.loc["a"]


def test_as_it_should_be_is_a_hundred():
    assert score()["score"] == 100


def test_weights_are_relative():
    found = score(Weights(2, 1, 1), speed=120.0, ratio=3.0, skill=80.0)
    assert found["weight_throughput"] == 0.5
    held = score(Weights(2, 1, 1, gate=5), speed=120.0, ratio=3.0, skill=80.0)
    assert held["score"] == pytest.approx(0.5 * 120 + 0.25 * 50 + 0.25 * 80)


def test_each_person_may_have_the_weights_of_the_own_role():
    draws = {name: np.repeat(values, 2, axis=1) for name, values in fixed(speed=120.0).items()}
    enough = pd.DataFrame({name: [True, True] for name in composite.COMPONENTS}, index=["a", "b"])
    weights = composite.by_person(enough.index, Weights())
    weights.loc["b", ["throughput", "quality"]] = [0.8, 0.0]
    found = composite.composite(draws, enough, weights).people["score"]
    assert found.to_list() == pytest.approx([108, 116])


def test_a_missing_component_renormalises_and_is_never_zero():
    found = score(speed=110.0, ratio=np.nan, skill=80.0)
    assert found["score"] == pytest.approx((0.4 * 110 + 0.2 * 80) / 0.6)
    assert found["weight_quality"] == 0
    assert found["evidence"] == pytest.approx(1)


def test_nothing_known_is_no_score():
    found = score(speed=np.nan, ratio=np.nan, skill=np.nan)
    assert np.isnan(found["score"])
    assert found["evidence"] == 0


def test_speed_beyond_the_standard_counts_only_with_care():
    careless, careful = score(speed=140.0, ratio=1.6), score(speed=140.0, ratio=1.2)
    assert careless["score"] == pytest.approx(0.4 * 100 + 0.4 * 200 / 2.6 + 20)
    assert careful["score"] == pytest.approx(0.4 * 140 + 0.4 * 200 / 2.2 + 20)
    assert (careless["gated"], careful["gated"]) == (1, 0)


def test_the_gate_never_lifts_the_slow():
    assert composite.gated_throughput(np.array([70.0]), np.array([9.0]), 1.25)[0] == 70


@given(st.floats(0, 100), st.floats(0, 100))
def test_more_errors_never_score_better(a, b):
    low, high = composite.quality_index(np.array(sorted((a, b))))
    assert low >= high
    assert 0 < high <= low <= composite.CEILING


def test_uncertainty_is_carried_through():
    rng = np.random.default_rng(1)
    draws = fixed(draws=20_000)
    draws["throughput"] = rng.normal(100, 10, (20_000, 1))
    found = composite.composite(draws, ALL).people.loc["a"]
    half = 0.4 * 10 * 1.645
    assert found[["low", "high"]].to_numpy() == pytest.approx([100 - half, 100 + half], abs=0.3)


def test_evidence_counts_only_what_has_enough():
    thin = ALL.assign(quality=False)
    assert composite.composite(fixed(), thin).people.loc["a", "evidence"] == pytest.approx(0.6)


def test_training_alone_is_no_evidence_of_work():
    found = score(speed=np.nan, ratio=np.nan)
    assert found["score"] == 100
    assert found["evidence"] == 0


@pytest.mark.parametrize("bad", [Weights(0, 0, 0), Weights(-1, 1, 1)])
def test_weights_that_weigh_nothing(bad):
    with pytest.raises(ValueError, match="weights"):
        composite.composite(fixed(), ALL, bad)


class TestBands:
    def verdict(self, values, enough=True):
        return bands.assign(np.array(values, dtype=float)[:, None], [enough]).iloc[0]

    def test_a_band_where_the_evidence_supports_it(self):
        found = self.verdict([100] * 9 + [80])
        assert (found["verdict"], found["band"]) == ("band", "meets")
        assert found["probability"] == pytest.approx(0.9)

    def test_between_two_neighbours(self):
        found = self.verdict([100] * 6 + [80] * 4)
        assert found["verdict"] == "between"
        assert (found["lower"], found["upper"]) == ("below", "meets")
        assert found["band"] is None

    def test_too_wide_is_not_enough_data(self):
        assert self.verdict([70] * 3 + [100] * 4 + [130] * 3)["verdict"] == "not_enough_data"

    def test_thin_evidence_gets_no_band_whatever_its_draws(self):
        assert self.verdict([100] * 10, enough=False)["verdict"] == "not_enough_data"
        assert self.verdict([np.nan] * 10)["verdict"] == "not_enough_data"

    def test_a_value_on_a_cut_belongs_to_the_upper_band(self):
        shares = bands.probabilities(np.array([[85.0], [115.0]]), bands.Bands())
        assert shares.tolist() == [[0, 0.5, 0.5]]

    def test_cuts_rise(self):
        with pytest.raises(ValueError, match="rise"):
            bands.Bands(cuts=(115.0, 85.0))


class TestRanks:
    def test_one_is_best_and_ties_share(self):
        found = ranks.rank_intervals(pd.DataFrame({"a": [5.0], "b": [9.0], "c": [5.0]}), 0.9)
        assert found["rank"].to_dict() == {"a": 2, "b": 1, "c": 2}

    def test_people_who_cannot_be_told_apart_share_wide_intervals(self):
        draws = np.random.default_rng(1).normal(size=(4000, 10))
        found = ranks.rank_intervals(draws, 0.9)
        assert (found["low"] == 1).all()
        assert (found["high"] == 10).all()

    def test_clear_differences_have_narrow_ones(self):
        draws = np.random.default_rng(1).normal([0, 100, 200], 1, size=(500, 3))
        found = ranks.rank_intervals(draws, 0.9)
        assert found["low"].tolist() == found["high"].tolist() == [3, 2, 1]

    def test_the_unknown_is_not_ranked(self):
        found = ranks.rank_intervals(np.array([[1.0, np.nan, 2.0]] * 3), 0.9)
        assert found["rank"].isna().tolist() == [False, True, False]
        assert found["rank"].max() == 2
