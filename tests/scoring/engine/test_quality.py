import numpy as np
import pandas as pd
import pytest

from scoring.engine import quality

from . import facts


def test_expected_errors_of_everybody_add_up_to_the_observed():
    work, errors, *_ = facts.team(1)
    found = quality.quality(work, errors).people
    assert found["expected"].sum() == pytest.approx(found["observed"].sum(), rel=1e-12)
    assert found["observed"].sum() == errors["incidents"].sum()


def test_hard_orders_are_not_held_against_whoever_picks_them():
    work = facts.work(
        *[(p, "pick", day, 100, 4, "hard") for p in ("a", "b") for day in range(10)],
        *[(p, "pick", day, 100, 4, "easy") for p in ("c", "d") for day in range(10)],
    )
    rows = [(p, "pick", day, 2, 2, "hard") for p in ("a", "b") for day in range(10)]
    found = quality.quality(work, facts.errors(*rows, ("c", "pick", 0, 1, 1, "easy"))).people
    assert found.loc["a", "ratio"] == pytest.approx(1)
    assert found.loc["a", "expected"] == pytest.approx(20)
    assert found.loc["c", "ratio"] == pytest.approx(2)


def test_one_incident_of_ten_units_counts_once():
    work = facts.work(("a", "pick", 0, 100, 4), ("b", "pick", 0, 100, 4))
    found = quality.quality(work, facts.errors(("a", "pick", 0, 1, 10), ("b", "pick", 0, 1, 1)))
    assert found.people["ratio"].to_list() == [1, 1]
    assert found.people["quantity"].to_list() == [10, 1]


def test_weights_enter_as_an_effective_count():
    work = facts.work(("a", "pick", 0, 100, 4), ("b", "pick", 0, 300, 4))
    errors = facts.errors(("a", "pick", 0, 2, 6), ("b", "pick", 0, 3, 3)).assign(
        weight=[6.0, 3.0], weight_sq=[20.0, 3.0]
    )
    found = quality.quality(work, errors, weighted=True).people
    assert found["observed"].to_list() == [6, 3]
    assert found["expected"].to_numpy() == pytest.approx([2.25, 6.75])
    assert found["count"].to_numpy() == pytest.approx([6 * 9 / 23, 3 * 9 / 23])
    assert found["scale"].sum() == pytest.approx(81 / 23)
    plain = quality.quality(work, errors).people
    assert plain["observed"].to_list() == [2, 3]


def test_no_errors_on_three_units_is_not_enough_data_and_not_perfect():
    work, errors, *_ = facts.team(5, people=10)
    little = pd.concat([work, facts.work(("zz", "pick", 0, 3, 0.1))])
    found = quality.quality(little, errors).people.loc["zz"]
    assert found["observed"] == 0
    assert found["mean"] > 0.5
    assert found["high"] > 1.2
    assert not found["enough"]


def test_a_process_without_any_error_expects_none():
    work = facts.work(("a", "pick", 0, 10, 1), ("b", "pack", 0, 10, 1))
    found = quality.quality(work, facts.errors(("a", "pick", 0, 1)))
    assert np.isnan(found.people.loc["b", "ratio"])
    assert np.isnan(found.people.loc["b", "high"])
    draws = quality.draw_quality(found, draws=10, rng=np.random.default_rng(0))
    assert np.isnan(draws[:, 1]).all()
    assert not np.isnan(draws[:, 0]).any()


def test_no_errors_at_all_is_no_verdict_on_anybody():
    found = quality.quality(facts.work(("a", "pick", 0, 10, 1)), facts.errors())
    assert found.prior is None
    assert not found.people["enough"].any()


def test_errors_where_nobody_worked_are_counted_apart():
    work = facts.work(("a", "pick", 0, 10, 1))
    found = quality.quality(work, facts.errors(("a", "pick", 0, 1), ("a", "pack", 0, 2)))
    assert found.unexposed == 2
    assert found.people.loc["a", "observed"] == 1


def test_errors_of_unknown_difficulty_are_expected_by_process_alone():
    work = facts.work(
        ("a", "pick", 0, 300, 4, "easy"), ("b", "pick", 0, 100, 4, "hard"), ("c", "pack", 0, 9, 1)
    )
    errors = facts.errors(
        ("a", "pick", 0, 8, 8, "lost"), ("b", "pick", 0, 2, 2, "hard"), ("c", "pick", 0, 1, 1, "")
    )
    found = quality.quality(work, errors)
    assert found.people.loc["a", ["observed", "expected"]].to_list() == [8, 9 * 3 / 4]
    assert found.people.loc["b", ["observed", "expected"]].to_list() == [2, 2 + 9 / 4]
    assert found.people.loc["c", ["observed", "expected"]].to_list() == [1, 0]
    assert found.people["exposure"].to_list() == [300, 100, 9]
    assert found.cells.loc[("a", "pick", "*"), "incidents"] == 8
    assert found.unexposed == 0


def test_orders_may_be_the_exposure():
    work = facts.work(("a", "pick", 0, 900, 4), ("b", "pick", 0, 100, 4))
    errors = facts.errors(("a", "pick", 0, 4))
    by_units = quality.quality(work, errors).people["expected"].to_list()
    by_orders = quality.quality(work, errors, exposure="events").people["expected"].to_list()
    assert by_units == pytest.approx([3.6, 0.4])
    assert by_orders == [2, 2]


def test_posteriors_cover_the_true_care_and_beat_raw_ratios():
    covered, shrunk, raw = [], [], []
    for seed in range(25):
        work, errors, _, ratio = facts.team(seed, people=15, days=8, errors_a_unit=0.003)
        found = quality.quality(work, errors).people
        rates = found["expected"] / found["expected"].sum()
        truth = ratio / float((rates * ratio).sum())
        covered.append(((found["low"] <= truth) & (truth <= found["high"])).mean())
        if found["mean"].notna().all():
            shrunk.append(((found["mean"] - truth) ** 2).mean())
            raw.append(((found["ratio"] - truth) ** 2).mean())
    assert 0.86 < np.mean(covered) < 0.96
    assert len(shrunk) > 20
    assert np.mean(shrunk) < 0.8 * np.mean(raw)
