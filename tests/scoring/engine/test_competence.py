import numpy as np
import pandas as pd
import pytest

from scoring.engine import competence

FULL = {
    "required": 4,
    "certified": 3,
    "quiz_points": 18,
    "quiz_max": 20,
    "to_acknowledge": 5,
    "acknowledged": 5,
}


def people(**rows):
    return pd.DataFrame.from_dict(
        {name: {**FULL, **changed} for name, changed in rows.items()}, orient="index"
    )


def test_the_weighted_mean_of_its_parts():
    found = competence.competence(people(a={})).loc["a"]
    assert found["percent"] == pytest.approx(100 * (0.5 * 0.75 + 0.3 * 0.9 + 0.2))
    assert found["low"] < found["percent"] < found["high"] < 100


def test_a_part_that_does_not_apply_renormalises():
    found = competence.competence(people(a={"quiz_points": 0, "quiz_max": 0}))
    assert found.loc["a", "percent"] == pytest.approx(100 * (0.5 * 0.75 + 0.2) / 0.7)
    assert np.isnan(found.loc["a", "quiz"])
    assert found.loc["a", "low"] == found.loc["a", "percent"] == found.loc["a", "high"]


def test_nothing_asked_is_no_competence_and_not_zero():
    found = competence.competence(people(a=dict.fromkeys(FULL, 0)))
    assert found.loc["a", ["percent", "low", "high"]].isna().all()
    assert not found.loc["a", "enough"]
    draws = competence.draw_competence(
        people(a=dict.fromkeys(FULL, 0)), draws=5, rng=np.random.default_rng(0)
    )
    assert np.isnan(draws).all()


def test_a_long_quiz_says_more_than_a_short_one():
    found = competence.competence(
        people(short={"quiz_points": 4, "quiz_max": 5}, long={"quiz_points": 80, "quiz_max": 100})
    )
    width = found["high"] - found["low"]
    assert width["short"] > 2 * width["long"]


def test_all_right_lies_inside_of_its_own_interval():
    found = competence.competence(people(a={"quiz_points": 20, "certified": 4})).loc["a"]
    assert found["percent"] == found["high"] == pytest.approx(100)
    assert found["low"] < 99


def test_draws_follow_the_interval():
    draws = competence.draw_competence(people(a={}), draws=40_000, rng=np.random.default_rng(1))
    found = competence.competence(people(a={})).loc["a"]
    assert np.quantile(draws, [0.05, 0.95]) == pytest.approx(
        [found["low"], found["high"]], rel=0.01
    )


@pytest.mark.parametrize("bad", [{"required": -1}, {"quiz_max": np.nan}])
def test_counts_that_cannot_be(bad):
    with pytest.raises(ValueError, match="not negative"):
        competence.competence(people(a=bad))
