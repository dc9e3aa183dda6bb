import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine import throughput

from . import facts


def even(*people, units=100, hours=4, days=12, process="pick"):
    return [(p, process, day, units + day % 3, hours) for p in people for day in range(days)]


def test_standard_hours_of_everybody_add_up_to_actual_hours():
    work, *_ = facts.team(1)
    people = throughput.throughput(work).people
    assert people["standard_us"].sum() == pytest.approx(people["actual_us"].sum(), rel=1e-12)


def test_percent_is_units_at_the_pooled_pace_over_hours():
    work = facts.work(("a", "pick", 0, 30, 1), ("b", "pick", 0, 10, 1), ("b", "pack", 0, 5, 1))
    people = throughput.throughput(work).people
    assert people.loc["a", "percent"] == pytest.approx(150)
    assert people.loc["b", "percent"] == pytest.approx(100 * (10 / 20 + 1) / 2)


def test_hard_work_earns_its_hours():
    work = facts.work(
        ("a", "pick", 0, 10, 1, "hard"),
        ("b", "pick", 0, 10, 1, "hard"),
        ("b", "pick", 1, 100, 1, "easy"),
        ("c", "pick", 0, 100, 1, "easy"),
    )
    assert throughput.throughput(work).people["percent"].to_numpy() == pytest.approx([100.0] * 3)


def test_a_set_standard_holds_for_its_process_and_all_its_difficulties():
    work = facts.work(
        ("a", "pick", 0, 60, 1, "easy"), ("a", "pick", 1, 30, 1, "hard"), ("b", "pack", 0, 8, 1)
    )
    found = throughput.throughput(work, facts.given("pick", 60))
    assert found.people.loc["a", "percent"] == pytest.approx(75)
    origins = found.standards["origin"]
    assert origins.loc[("pick", "easy", 60)] == origins.loc[("pick", "hard", 60)] == "set"
    assert origins.loc[("pack", "", 0)] == "peers"


def test_a_standard_that_changes_holds_for_the_days_from_its_change():
    work = facts.work(("a", "pick", 0, 60, 1), ("a", "pick", 5, 60, 1), ("a", "pick", 9, 60, 1))
    changes = pd.concat(
        [facts.given("pick", 60, 0, 5), facts.given("pick", 45, 5, 9), facts.given("pack", 9)]
    )
    found = throughput.throughput(work, changes)
    assert found.people.loc["a", "percent"] == pytest.approx(100 * (60 + 45 + 60) / 180)
    versions = found.standards.reset_index()["standard"].to_list()
    assert versions == [0, 45, 60]


def test_two_standards_on_one_day_are_refused():
    changes = pd.concat([facts.given("pick", 60, 0, 5), facts.given("pick", 45, 4)])
    with pytest.raises(ValueError, match="two standards of pick"):
        throughput.throughput(facts.work(("a", "pick", 4, 60, 1)), changes)


def test_the_person_is_left_out_of_the_standard_that_bands_use():
    work = facts.work(*even("a", units=200), *even("b", "c", "d", "e"))
    found = throughput.throughput(work).people
    # a makes about 201 where the four others make 101: left out about 199 %, included about 166 %.
    assert found.loc["a", "fair_percent"] == pytest.approx(100 * 201 / 101)
    assert found.loc["a", "percent"] == pytest.approx(100 * 201 / 121)


def test_no_independent_standard_where_one_does_more_than_a_third_or_too_few_others():
    big = facts.work(*even("a", hours=10), *even("b", "c", "d", "e"))
    found = throughput.throughput(big)
    assert not found.cells.loc[("a", "pick", "", 0), "independent"]
    assert found.cells.loc[("b", "pick", "", 0), "independent"]
    assert np.isnan(found.people.loc["a", "fair_percent"])
    assert not found.people.loc["a", "enough"]
    few = throughput.throughput(facts.work(*even("a", "b", "c")))
    assert not few.cells["independent"].any()
    by_hand = throughput.throughput(facts.work(*even("a", "b", "c")), facts.given("pick", 140))
    assert by_hand.cells["independent"].all()


def test_ten_days_are_needed_for_a_band():
    people = ("a", "b", "c", "d")
    assert throughput.throughput(facts.work(*even(*people, days=10))).people["enough"].all()
    assert not throughput.throughput(facts.work(*even(*people, days=9))).people["enough"].any()


def test_nothing_made_is_zero_percent_and_no_time_is_no_percent():
    work = facts.work(
        ("a", "pick", 0, 0, 2),
        ("b", "pick", 0, 9, 0),
        ("c", "pick", 0, 9, 1),
        ("d", "sit", 0, 0, 1),
    )
    found = throughput.throughput(work).people
    assert found.loc["a", "percent"] == 0
    assert np.isnan(found.loc["b", "percent"])
    assert found.loc["d", "percent"] == 0
    assert np.isnan(found.loc["a", "low"])


@given(st.permutations(range(40)))
@settings(max_examples=15, deadline=None)
def test_row_order_changes_no_digit(order):
    work, *_ = facts.team(2, people=4, days=10)
    one, other = throughput.throughput(work), throughput.throughput(work.iloc[list(order)])
    pd.testing.assert_frame_equal(one.people, other.people, check_exact=True)
    pd.testing.assert_frame_equal(one.cells, other.cells, check_exact=True)


def test_inputs_are_left_as_they_were():
    work, *_ = facts.team(3, people=4, days=10)
    before = work.copy(deep=True)
    throughput.throughput(work)
    pd.testing.assert_frame_equal(work, before)


def test_a_fraction_of_a_unit_is_refused():
    work = facts.work(("a", "pick", 0, 3, 1)).assign(units=2.5)
    with pytest.raises(ValueError, match="units must be whole"):
        throughput.throughput(work)


def test_draws_follow_the_fair_interval():
    work, *_ = facts.team(4)
    people = throughput.throughput(work).people
    draws = throughput.draw_throughput(people, draws=40_000, rng=np.random.default_rng(1))
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    assert low == pytest.approx(people["fair_low"].to_numpy(), rel=0.02)
    assert high == pytest.approx(people["fair_high"].to_numpy(), rel=0.02)


def test_one_day_borrows_the_day_to_day_variance_of_the_others():
    work = facts.work(*even("a", "b", "c", "d", "e"), ("new", "pick", 0, 90, 4))
    found = throughput.throughput(work).people
    assert found.loc["new", "low"] < found.loc["new", "percent"] < found.loc["new", "high"]
    assert not found.loc["new", "enough"]


def test_alone_and_for_one_day_there_is_no_interval():
    found = throughput.throughput(facts.work(("a", "pick", 0, 90, 4))).people
    assert found.loc["a", "percent"] == 100
    assert found.loc["a", ["low", "high"]].isna().all()


def test_the_spread_of_equal_people_is_known_to_be_equal():
    rng = np.random.default_rng(8)
    df = pd.Series(np.full(300, 9))
    equal = throughput.pooled_spread(pd.Series(0.04 * rng.chisquare(9, 300) / 9), df)
    assert equal.df > 100
    assert equal.variance == pytest.approx(0.04, rel=0.05)
    own = 0.04 * 6 / rng.chisquare(6, 300)
    unequal = throughput.pooled_spread(pd.Series(own * rng.chisquare(9, 300) / 9), df)
    assert unequal.df == pytest.approx(6, rel=0.35)
    assert unequal.variance == pytest.approx(0.04, rel=0.15)


def test_intervals_cover_the_true_speed():
    covered = []
    for seed in range(25):
        # The spread is small beside a day's noise, so that the pooled pace is close to 1.
        work, _, speed, _ = facts.team(seed, people=20, days=15, noise=0.3)
        found = throughput.throughput(work).people
        weight = found["actual_us"] / found["actual_us"].sum()
        truth = 100 * speed / float((weight * speed).sum())
        covered.append(((found["low"] <= truth) & (truth <= found["high"])).mean())
    assert 0.86 < np.mean(covered) < 0.94
