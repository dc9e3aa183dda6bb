"""The engine on the real shop-floor log, prepared here with plain pandas alone."""

import pandas as pd
import pytest

from scoring.engine import assess, competence, throughput

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def rows(real_data):
    file = real_data / "production" / "Production.csv"
    raw = pd.read_csv(file, dtype=str, keep_default_na=False)
    raw = raw[~raw["Activity"].isin(["Start", "End"])].drop_duplicates()
    start = pd.to_datetime(raw["Start Timestamp"])
    raw["busy_us"] = (pd.to_datetime(raw["Complete Timestamp"]) - start) // pd.Timedelta(1, "us")
    raw["day"] = start.dt.date
    counts = ["Qty_Completed", "Qty_Rejected"]
    raw[counts] = raw[counts].astype("int64")
    return raw[raw["busy_us"] > 0]


@pytest.fixture(scope="module")
def work(rows):
    made = rows[(rows["Report_Type"] == "D") & (rows["Qty_Completed"] > 0)]
    return pd.DataFrame(
        {
            "person": made["Resource"],
            "process": made["Activity"],
            "difficulty": "",
            "day": made["day"],
            "units": made["Qty_Completed"],
            "busy_us": made["busy_us"],
            "events": 1,
        }
    )


@pytest.fixture(scope="module")
def errors(rows):
    at_maker = rows[(rows["Qty_Rejected"] > 0) & ~rows["Activity"].str.endswith("Q.C.")]
    return pd.DataFrame(
        {
            "person": at_maker["Resource"],
            "process": at_maker["Activity"],
            "difficulty": "",
            "day": at_maker["day"],
            "incidents": 1,
            "quantity": at_maker["Qty_Rejected"],
        }
    )


def test_both_sums_of_hours(rows, work):
    assert len(rows) == 4471
    assert len(work) == 2664
    people = throughput.throughput(work).people
    assert people["actual_us"].sum() / throughput.HOUR_US == pytest.approx(8813.37, abs=0.005)
    assert people["standard_us"].sum() / throughput.HOUR_US == pytest.approx(8813.37, abs=0.005)


def test_the_right_way_round(work):
    people = throughput.throughput(work).people
    assert round(people.loc["ID4932", "percent"], 1) == 137.3
    assert round(people.loc["ID4163", "percent"], 1) == 79.9
    assert people.loc["ID4932", "fair_percent"] == pytest.approx(148, abs=0.5)


def test_nobody_is_called_perfect_on_three_units(work, errors):
    assert errors["quantity"].sum() == 106
    skills = pd.DataFrame(columns=list(competence.COLUMNS), dtype="int64")
    found = assess.assess(work, errors, skills, seed=1)
    care = found.quality.people
    spotless = care[(care["observed"] == 0) & (care["expected"] > 0)]
    assert len(spotless) > 15
    assert (spotless["high"] > 0.6).all()
    little = spotless[spotless["expected"] < 3].index
    assert found.bands["quality"].loc[little, "verdict"].eq("not_enough_data").all()
