"""Week by week: the same ratios on the days of one week, against the period's standards."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from scoring.engine import facts, throughput
from scoring.engine.quality import Quality, place
from scoring.engine.throughput import Throughput


def weekly(
    work: pd.DataFrame,
    errors: pd.DataFrame,
    speed: Throughput,
    care: Quality,
    *,
    given: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """DataFrame by (person, week), week the Monday: units, busy_us, standard_us, percent,
    incidents, expected.

    ``speed``, ``care``: the results on the same facts and ``given`` standards; what they take as
    the standard and as the expected rate is taken here. ``percent`` is NaN in a week without busy
    time.
    A person's weeks add up to the period's numbers; errors in cells without any work are in no
    week, as they are in no total, and errors of people without work are left out.
    """
    checked = facts.check(work, ("units", "busy_us", "events"), "work")
    done = _weeks(throughput.with_standard(checked, given))
    seconds = _lookup(speed.standards["seconds_per_unit"], done, throughput.CELL)
    done["standard_us"] = done["units"] * (seconds.fillna(0.0) * 1e6)
    found = _weeks(facts.check(errors, ("incidents", "quantity"), "error"))
    rate = care.standards["rate"].dropna()
    own, whole = (
        _lookup(rate, rows, facts.KEY).fillna(0.0)
        for rows in (done, done.assign(difficulty=facts.ANY))
    )
    done["expected"] = done[care.exposure] * own + done[care.exposure] * whole
    placed = place(found, care.standards["exposure"])
    counted = found[_lookup(rate, placed, facts.KEY).notna() & found["person"].isin(done["person"])]
    key = ["person", "week"]
    rows = facts.total(
        done.sort_values([*key, "day", *facts.KEY], kind="stable"),
        key,
        ("units", "busy_us", "standard_us", "expected"),
    )
    rows = rows.join(facts.total(counted, key, ("incidents",)), how="outer").fillna(0)
    rows = rows.astype({"units": "int64", "busy_us": "int64", "incidents": "int64"})
    rows["percent"] = 100 * rows["standard_us"] / rows["busy_us"].where(rows["busy_us"] > 0)
    return rows[["units", "busy_us", "standard_us", "percent", "incidents", "expected"]]


def _weeks(rows: pd.DataFrame) -> pd.DataFrame:
    days = pd.to_datetime(rows["day"])
    return rows.assign(week=days - pd.to_timedelta(days.dt.day_of_week, unit="D"))


def _lookup(values: pd.Series, rows: pd.DataFrame, by: Sequence[str]) -> pd.Series:
    index = pd.MultiIndex.from_arrays([rows[name] for name in by])
    return pd.Series(values.reindex(index).to_numpy(), index=rows.index)
