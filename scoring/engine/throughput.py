"""Throughput: standard hours earned over actual hours worked.

``percent = 100 x sum(units x standard seconds per unit) / sum(busy seconds)``, the work-measurement
ratio (Barnes, Motion and Time Study). A standard is either set by the store, per process, or the
peers' own: all hours on a process and difficulty over all units made there, so that hard work
earns its hours. A day is measured by the standard in force on that day. With
the peers' own, the standard hours of everybody add up to the actual hours.

Two readings, on purpose. Sums and displays include the person in the peers' own standard. Bands and
flags leave the person out of it, since whoever does much of a process would be compared with
himself. Where leaving out leaves too little, there is "no independent standard".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special, stats

from scoring.engine import facts

Floats = NDArray[np.float64]
HOUR_US = 3_600_000_000
CELL = [*facts.KEY, "standard"]
GIVEN = ("process", "starts_on", "ends_on", "seconds_per_unit")


@dataclass(frozen=True)
class Spread:
    """Day-to-day variance in the group: relative variance ``variance`` of a typical day, known as
    well as from ``df`` days (inf: everybody alike; 0: nothing could be learnt)."""

    variance: float
    df: float


@dataclass(frozen=True)
class Throughput:
    """``people`` (index person): units, events, actual_us, days, standard_us, percent, low, high
    (self-inclusive, for display); fair_percent, fair_low, fair_high, fair_log, fair_se, fair_df
    (the person left out, for bands: log ratio ~ fair_log + fair_se x t(fair_df)); independent_share
    (of the actual hours); enough. ``cells`` (index person, process, difficulty, standard): units,
    busy_us, standard_us, percent, share (of the cell's hours), independent. ``standards`` (index
    process, difficulty, standard): seconds_per_unit, origin "set" or "peers", units, busy_us,
    people. ``standard`` is the set seconds per unit, 0 for the peers' own, so that a standard that
    changed within the period gives a row for each.
    """

    people: pd.DataFrame
    cells: pd.DataFrame
    standards: pd.DataFrame
    spread: Spread


def standards(work: pd.DataFrame, given: pd.DataFrame | None = None) -> pd.DataFrame:
    """The standard of every cell worked: DataFrame by (process, difficulty, standard).

    ``given``: the standards that the store has set, with columns `GIVEN`: each holds for all the
    difficulties of its process on the days from ``starts_on`` up to but without ``ends_on`` (NaT:
    still in force). Where none holds, total hours / total units of the cell, NaN where no unit was
    made. ValueError where two standards of a process hold on one day. Columns as in
    `Throughput.standards`.
    """
    return _standards(with_standard(facts.check(work, ("units", "busy_us"), "work"), given))


def with_standard(work: pd.DataFrame, given: pd.DataFrame | None) -> pd.DataFrame:
    """The work with the set seconds per unit of its process and day, 0 where none is in force."""
    marked = work.assign(standard=0.0)
    if given is None or given.empty:
        return marked
    if not (given["seconds_per_unit"] > 0).all():
        raise ValueError("a set standard must be above zero seconds per unit")
    days = pd.to_datetime(work["day"]).to_numpy()
    process = work["process"].to_numpy()
    seconds = np.zeros(len(work))
    starts, ends = (pd.to_datetime(given[name]).to_numpy() for name in ("starts_on", "ends_on"))
    values = given["seconds_per_unit"].to_numpy(dtype=float)
    for name, start, end, value in zip(given["process"], starts, ends, values, strict=True):
        holds = (process == name) & (days >= start) & (np.isnat(end) | (days < end))
        if (seconds[holds] > 0).any():
            raise ValueError(f"two standards of {name} hold on one day")
        seconds[holds] = value
    return marked.assign(standard=seconds)


def _standards(work: pd.DataFrame) -> pd.DataFrame:
    cells = facts.total(work, CELL, ("units", "busy_us"))
    busy = work[work["busy_us"] > 0]
    people = busy.groupby(CELL, sort=True, observed=True)["person"].nunique()
    cells["people"] = people.reindex(cells.index, fill_value=0)
    peers = _ratio(cells["busy_us"], cells["units"]) / 1e6
    chosen = pd.Series(cells.index.get_level_values("standard"), index=cells.index)
    cells.insert(0, "seconds_per_unit", chosen.where(chosen > 0, peers))
    cells.insert(1, "origin", np.where(chosen > 0, "set", "peers"))
    return cells


def throughput(
    work: pd.DataFrame,
    given: pd.DataFrame | None = None,
    *,
    level: float = 0.90,
    min_days: int = 10,
    share_limit: float = 1 / 3,
    min_others: int = 3,
) -> Throughput:
    """Percent of standard of every person in ``work``, with its interval.

    The interval comes from day-to-day variance: for days with standard hours s and actual hours a,
    ``var(ln R) = n/(n-1) x sum (s/R - a)^2 / (sum a)^2``. A person's own variance is moderated by
    the group's (inverse chi-square spread between people, moment estimates: Smyth, Statistical
    Applications in Genetics 3, 2004), and the interval is ``R exp(+-t se)`` with the moderated
    degrees of freedom. The fair interval adds the day-to-day noise of the peers' standard. Days are
    taken as independent of each other.

    ``enough``: at least ``min_days`` days and half of the hours with an independent standard, which
    a peers' own cell is unless the person did more than ``share_limit`` of its hours or fewer than
    ``min_others`` others worked in it. Percent is NaN without busy time; units in no time earn
    their standard; cells without a standard (no unit by anybody) earn nothing and are not
    independent. Work without a standard of its own kind still counts as hours.
    """
    work = with_standard(facts.check(work, ("units", "busy_us", "events"), "work"), given)
    norms = _standards(work)
    cells = facts.total(work, ["person", *CELL], ("units", "busy_us"))
    cells = cells.join(norms.add_prefix("all_"), on=CELL)
    cells["standard_us"] = cells["units"] * (cells["all_seconds_per_unit"].fillna(0.0) * 1e6)
    cells["percent"] = 100 * _ratio(cells["standard_us"], cells["busy_us"])
    cells["share"] = _ratio(cells["busy_us"], cells["all_busy_us"])
    is_set = cells["all_origin"] == "set"
    others_us, others_units = (
        cells["all_busy_us"] - cells["busy_us"],
        cells["all_units"] - cells["units"],
    )
    others_rate = _ratio(others_us, others_units)
    cells["independent"] = is_set | (
        (cells["share"] <= share_limit)
        & (cells["all_people"] - 1 >= min_others)
        & (others_units > 0)
    )
    cells["fair_us"] = cells["standard_us"].where(is_set, cells["units"] * others_rate)

    days = _days(work, norms)
    people = facts.total(work, ["person"], ("units", "events", "busy_us"))
    people = people.rename(columns={"busy_us": "actual_us"})
    own = days[days["busy_us"] > 0]
    people["days"] = own.groupby(level="person").size().reindex(people.index, fill_value=0)
    people["standard_us"] = cells.groupby(level="person")["standard_us"].sum()
    people["percent"] = 100 * _ratio(people["standard_us"], people["actual_us"])
    variance, effective = _daily_variance(own, people)
    spread = pooled_spread(variance, people["days"] - 1)
    moderated, df = _moderate(variance, people["days"] - 1, spread)
    se = (moderated / effective) ** 0.5
    people["low"], people["high"] = _interval(people["percent"], se, df, level)

    fair = cells[cells["independent"]].groupby(level="person")[["fair_us", "busy_us"]].sum()
    fair = fair.reindex(people.index)
    people["fair_percent"] = 100 * _ratio(fair["fair_us"], fair["busy_us"])
    people["independent_share"] = _ratio(fair["busy_us"].fillna(0), people["actual_us"])
    # Hours outside independent cells tell nothing here, so the noise grows as the hours shrink.
    noise = se**2 / people["independent_share"] + _standard_noise(work, cells, spread)
    people["fair_se"] = np.sqrt(noise.where(people["independent_share"] > 0))
    people["fair_df"] = df
    with np.errstate(divide="ignore"):
        people["fair_log"] = np.log(people["fair_percent"] / 100)
    people["fair_low"], people["fair_high"] = _interval(
        people["fair_percent"], people["fair_se"], df, level
    )
    known = people["fair_se"].notna() & np.isfinite(people["fair_log"])
    people["enough"] = known & (people["days"] >= min_days) & (people["independent_share"] >= 0.5)
    shown = ["units", "busy_us", "standard_us", "percent", "share", "independent"]
    return Throughput(people, cells[shown], norms, spread)


def draw_throughput(people: pd.DataFrame, *, draws: int, rng: np.random.Generator) -> Floats:
    """Posterior draws of the fair percent, shape (draws, people); NaN where it is not known.

    ``people``: as `Throughput.people`. ``100 x exp(fair_log + fair_se x t(fair_df))``.
    """
    df = people["fair_df"].to_numpy(dtype=float)
    normal = rng.standard_normal((draws, len(people)))
    finite = np.where(np.isfinite(df) & (df > 0), df, 1.0)
    scale = np.sqrt(rng.chisquare(finite, size=normal.shape) / finite)
    t = np.where(np.isfinite(df), normal / scale, normal)
    logs = people["fair_log"].to_numpy() + people["fair_se"].to_numpy() * t
    return np.asarray(100 * np.exp(np.where(np.isfinite(logs), logs, np.nan)))


def pooled_spread(variance: pd.Series, df: pd.Series) -> Spread:
    """The group's day-to-day variance and how alike people are in it.

    Smyth's moment estimates on ``e = ln s^2 - digamma(df/2) + ln(df/2)``: trigamma(d0/2) is the
    variance of e beyond the mean of trigamma(df/2), and
    ``ln s0^2 = mean e + digamma(d0/2) - ln(d0/2)``.
    People with fewer than two days or no variance at all are left out; Spread(nan, 0) if nobody or
    only one is left.
    """
    used = (df >= 1) & (variance > 0)
    if used.sum() < 2:
        return Spread(float("nan"), 0.0)
    half = df[used].to_numpy(dtype=float) / 2
    e = np.log(variance[used].to_numpy()) - special.digamma(half) + np.log(half)
    beyond = float(np.var(e, ddof=1) - np.mean(special.polygamma(1, half)))
    if beyond <= 1e-6:
        return Spread(float(np.exp(np.mean(e))), float("inf"))

    def excess(log_half: float) -> float:
        return float(special.polygamma(1, np.exp(log_half))) - beyond

    prior_half = float(np.exp(optimize.brentq(excess, -20, 20)))
    centre = np.mean(e) + special.digamma(prior_half) - np.log(prior_half)
    return Spread(float(np.exp(centre)), 2 * prior_half)


def _ratio(top: pd.Series, bottom: pd.Series) -> pd.Series:
    """top / bottom as floats, NaN where the bottom is zero."""
    return top.astype(float) / bottom.astype(float).where(bottom != 0)


def _days(work: pd.DataFrame, norms: pd.DataFrame) -> pd.DataFrame:
    """Standard and actual microseconds by person and day."""
    cells = facts.total(work, ["person", "day", *CELL], ("units", "busy_us"))
    seconds = norms["seconds_per_unit"].reindex(
        pd.MultiIndex.from_arrays([cells.index.get_level_values(name) for name in CELL])
    )
    cells["standard_us"] = cells["units"].to_numpy() * (seconds.fillna(0.0).to_numpy() * 1e6)
    return cells.groupby(level=["person", "day"], sort=True)[["busy_us", "standard_us"]].sum()


def _daily_variance(days: pd.DataFrame, people: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Relative variance of a typical day, and the number of equally long days it is spread over."""
    person = days.index.get_level_values("person")
    ratio = (people["percent"] / 100).reindex(person).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = days["standard_us"].to_numpy() / ratio - days["busy_us"].to_numpy()
    frame = pd.DataFrame(
        {"residual": residual**2, "square": days["busy_us"].to_numpy(dtype=float) ** 2},
        index=person,
    )
    sums = frame.groupby(level=0).sum(min_count=1).reindex(people.index)
    n = people["days"].astype(float)
    variance = sums["residual"] / sums["square"] * (n / (n - 1)).where(n > 1)
    effective = people["actual_us"].astype(float) ** 2 / sums["square"]
    return variance.where(people["standard_us"] > 0), effective


def _moderate(variance: pd.Series, df: pd.Series, spread: Spread) -> tuple[pd.Series, pd.Series]:
    own = variance.fillna(0.0)
    weight = df.clip(lower=0).astype(float).where(variance.notna(), 0.0)
    if np.isinf(spread.df):
        flat = pd.Series(spread.variance, index=variance.index)
        return flat, pd.Series(np.inf, index=variance.index)
    prior = spread.df * spread.variance if spread.df > 0 else 0.0
    both = weight + spread.df
    return ((prior + weight * own) / both.where(both > 0)), both


def _interval(
    percent: pd.Series, se: pd.Series, df: pd.Series, level: float
) -> tuple[pd.Series, pd.Series]:
    if not 0 < level < 1:
        raise ValueError("level must lie between 0 and 1")
    t = stats.t.ppf((1 + level) / 2, df.where(df > 0).to_numpy(dtype=float))
    normal = stats.norm.ppf((1 + level) / 2)
    factor = np.exp(se * np.where(np.isinf(df), normal, t))
    known = percent > 0
    return (percent / factor).where(known), (percent * factor).where(known)


def _standard_noise(work: pd.DataFrame, cells: pd.DataFrame, spread: Spread) -> pd.Series:
    """Variance of the log standard that the others' days leave, weighted by the fair hours."""
    person = cells.index.get_level_values("person")
    if not spread.variance > 0:
        return pd.Series(0.0, index=pd.Index(person.unique(), name="person"))
    daily = facts.total(work, ["person", "day", *CELL], ("busy_us",))["busy_us"].astype(float) ** 2
    own = daily.groupby(level=["person", *CELL]).sum().reindex(cells.index)
    everybody = own.groupby(level=CELL).transform("sum")
    others = (cells["all_busy_us"] - cells["busy_us"]).astype(float)
    noise = spread.variance * (everybody - own) / (others**2).where(others > 0)
    used = cells["independent"]
    noise = noise.where(used & (cells["all_origin"] == "peers"), 0.0).fillna(0.0)
    earned = cells["fair_us"].where(used, 0.0).fillna(0.0)
    sums = earned.groupby(level="person").transform("sum")
    share = earned / sums.where(sums > 0)
    return (share**2 * noise).groupby(level="person").sum()
