import numpy as np
import pandas as pd
import pytest

from scoring.engine import assess, competence, trend

from . import facts


def skills(*people, **changed):
    row = dict.fromkeys(competence.COLUMNS, 4) | changed
    return pd.DataFrame([row] * len(people), index=pd.Index(people, name="person"))


def nobody():
    return pd.DataFrame(columns=list(competence.COLUMNS), dtype="int64")


def run(work, errors, asked=None, **options):
    return assess.assess(work, errors, nobody() if asked is None else asked, seed=7, **options)


def test_a_repeat_is_equal_to_the_digit_in_any_row_order():
    work, errors, *_ = facts.team(1)
    asked = skills("p000", "p001")
    one = run(work, errors, asked)
    other = run(
        work.sample(frac=1, random_state=3), errors.sample(frac=1, random_state=4), asked.iloc[::-1]
    )
    for name in ("composite", "verdicts", "ranks", "competence"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    another = assess.assess(work, errors, asked, seed=8)
    assert not one.composite["score"].equals(another.composite["score"])


def test_somebody_with_training_but_no_work_is_in_it_without_a_band():
    work, errors, *_ = facts.team(1)
    found = run(work, errors, skills("zz"))
    assert found.verdicts.loc["zz", "verdict"] == "not_enough_data"
    assert found.composite.loc["zz", "weight_competence"] == 1
    assert pd.isna(found.ranks.loc["zz", "rank"])


def test_planted_people_come_out_as_they_are():
    work, errors, *_ = facts.team(11, people=16, days=40, spread=0.03, noise=0.1, care=0.1)
    fast = work["person"] == "p000"
    slow = work["person"] == "p001"
    work.loc[fast, "busy_us"] = (work.loc[fast, "busy_us"] * 0.7).astype("int64")
    work.loc[slow, "busy_us"] = (work.loc[slow, "busy_us"] * 1.5).astype("int64")
    errors.loc[errors["person"] == "p002", "incidents"] *= 5
    found = run(work, errors)
    assert found.bands["throughput"].loc["p000", "band"] == "exceeds"
    assert found.bands["throughput"].loc["p001", "band"] == "below"
    assert found.bands["quality"].loc["p002", "band"] == "below"
    assert found.composite.loc["p002", "gated"] > 0.4
    assert found.verdicts["band"].eq("meets").sum() >= 8


@pytest.mark.parametrize("text", [object, "str"])
def test_an_empty_period_scores_nobody(text):
    texts = dict.fromkeys(["person", "process", "difficulty"], text)
    found = run(facts.work().astype(texts), facts.errors().astype(texts))
    assert found.verdicts.empty
    assert found.composite.empty


def test_one_person_alone_gets_no_band():
    found = run(facts.work(*[("a", "pick", d, 50, 4) for d in range(20)]), facts.errors())
    assert found.throughput.people.loc["a", "percent"] == pytest.approx(100)
    assert found.verdicts.loc["a", "verdict"] == "not_enough_data"
    assert np.isnan(found.composite.loc["a", "score"])


def test_hard_work_does_not_lower_the_score():
    """The score's correlation with the difficulty of the work is near zero, a raw rate's is not."""
    fair, raw = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        rows, wrong, hard_share = [], [], np.linspace(0, 1, 20)
        for i, share in enumerate(hard_share):
            for day in range(15):
                hard = rng.random() < share
                units = int(rng.poisson(200 if hard else 400))
                level = "hard" if hard else "easy"
                rows.append((f"p{i:02}", "pick", day, units, 6, level))
                found = int(rng.poisson(units * (0.02 if hard else 0.005)))
                if found:
                    wrong.append((f"p{i:02}", "pick", day, found, found, level))
        work, errors = facts.work(*rows), facts.errors(*wrong)
        scores = run(work, errors).composite["score"]
        fair.append(np.corrcoef(scores, hard_share)[0, 1])
        pace = work.groupby("person")["units"].sum()
        raw.append(np.corrcoef(pace, hard_share)[0, 1])
    assert abs(np.mean(fair)) < 0.15
    assert np.mean(raw) < -0.9


class TestTrend:
    def test_the_weeks_add_up_to_the_period(self):
        work, errors, *_ = facts.team(6, people=6, days=30)
        errors.loc[errors.index % 3 == 0, "difficulty"] = "not known"
        given = facts.given("pick", 62, 4, 11)
        found = run(work, errors, given=given)
        speed, care = found.throughput, found.quality
        weeks = trend.weekly(work, errors, speed, care, given=given)
        sums = weeks.groupby(level="person").sum()
        assert sums["busy_us"].equals(speed.people["actual_us"].rename("busy_us"))
        assert sums["standard_us"].to_numpy() == pytest.approx(speed.people["standard_us"])
        assert sums["incidents"].equals(care.people["incidents"])
        assert sums["expected"].to_numpy() == pytest.approx(care.people["expected"])
        first = weeks.loc["p000"].index
        assert (first.day_of_week == 0).all()
        assert len(first) == 6

    def test_a_week_of_errors_without_work_has_no_percent(self):
        work = facts.work(("a", "pick", 0, 10, 1), ("b", "pick", 12, 10, 1))
        errors = facts.errors(("a", "pick", 12, 2), ("zz", "pick", 0, 1), ("a", "sort", 0, 1))
        found = run(work, errors)
        weeks = trend.weekly(work, errors, found.throughput, found.quality)
        late = weeks.loc[("a", pd.Timestamp(facts.DAYS[10]))]
        assert (late["incidents"], late["expected"]) == (2, 0)
        assert np.isnan(late["percent"])
        assert weeks["incidents"].sum() == 2
