"""Quality: errors observed over errors expected, counted in incidents.

Expected is indirect standardisation: ``E = sum over cells of exposure x (all incidents / all
exposure of that process and difficulty)``, so that hard work is not held against anybody. An
incident is one check of one order that found something; ten wrong units in one box are one
incident, since errors come in clumps and units treated as Poisson give intervals far too short.

Of some errors the process is known, but not the difficulty of the work that they were made in.
They are expected by process alone, on top of the others, and stand under the difficulty "*".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from scoring.engine import facts, rates

CELL = list(facts.KEY)


@dataclass(frozen=True)
class Quality:
    """``people`` (index person): exposure, incidents, quantity, observed, expected, ratio (raw
    O/E), mean, low, high (posterior of the true ratio), count, scale (effective count and
    expectation that the posterior used), enough. ``cells`` (index person, process, difficulty):
    exposure (0 under "*", where it is counted already), incidents, quantity, observed, expected.
    ``standards`` (index process, difficulty): exposure, incidents, observed, rate (observed per
    exposure). ``prior``: None where nothing is
    expected of anybody. ``unexposed``: incidents in cells where nobody has work, which nobody is
    charged with. ``exposure``: what it was counted in, "units" or "events".
    """

    people: pd.DataFrame
    cells: pd.DataFrame
    standards: pd.DataFrame
    prior: rates.Prior | None
    unexposed: int
    exposure: str


def quality(
    work: pd.DataFrame,
    errors: pd.DataFrame,
    *,
    exposure: Literal["units", "events"] = "units",
    weighted: bool = False,
    level: float = 0.90,
    min_expected: float = 3.0,
) -> Quality:
    """Observed over expected incidents of every person in ``work``, partially pooled.

    ``weighted``: observe the sums of the incidents' weights (``weight``, ``weight_sq`` columns of
    ``errors``: severities, quantities) instead of their number; the posterior then runs on the
    effective count ``O x sum w / sum w^2`` with the expectation scaled alike, over the group, so
    that a weighted sum never goes into a Poisson formula. ``enough``: at least ``min_expected``
    expected (effective) incidents. A person whose cells have no errors by anybody has E = 0, ratio
    and posterior NaN. Errors of people without any work here are in the rates, not in ``people``.
    """
    work = facts.check(work, ("units", "events"), "work")
    columns = ["exposure", "incidents", "quantity", "observed"]
    observed = _observed(errors, weighted)
    done = facts.total(work, ["person", *CELL], (exposure,)).rename(columns={exposure: "exposure"})
    observed = place(observed, done["exposure"].groupby(level=CELL).sum())
    basis = pd.concat([done, _of_whole_processes(done, observed)])
    cells = basis.join(facts.total(observed, ["person", *CELL], columns[1:]), how="outer")
    counts = [name for name in columns if name != "observed"]
    cells[counts] = cells[counts].fillna(0).astype("int64")
    cells["observed"] = cells["observed"].fillna(0.0 if weighted else 0)
    norms = cells.groupby(level=CELL, sort=True)[["exposure", "incidents", "observed"]].sum()
    unexposed = int(norms.loc[norms["exposure"] == 0, "incidents"].sum())
    norms["rate"] = norms["observed"] / norms["exposure"].where(norms["exposure"] > 0)
    rate = norms["rate"].reindex(
        pd.MultiIndex.from_arrays([cells.index.get_level_values(name) for name in CELL])
    )
    cells["expected"] = cells["exposure"] * rate.fillna(0.0).to_numpy()
    cells = cells[np.asarray(rate.notna())]
    cells.loc[cells.index.get_level_values("difficulty") == facts.ANY, "exposure"] = 0

    people = cells.groupby(level="person", sort=True)[[*columns, "expected"]].sum()
    people = people.reindex(pd.Index(sorted(work["person"].unique()), name="person"), fill_value=0)
    known = people["expected"] > 0
    people["ratio"] = people["observed"] / people["expected"].where(known)
    factor = _effective(observed) if weighted else 1.0
    people["count"] = people["observed"] * factor
    people["scale"] = people["expected"] * factor
    people[["mean", "low", "high"]] = np.nan
    prior = None
    if known.any():
        counted, scale = people.loc[known, "count"], people.loc[known, "scale"]
        prior = rates.gamma_poisson_prior(counted, scale)
        found = rates.shrink_rates(counted, scale, prior, level)
        people.loc[known, ["mean", "low", "high"]] = found.to_numpy()
    people["enough"] = known & (people["scale"] >= min_expected)
    return Quality(people, cells, norms, prior, unexposed, exposure)


def place(errors: pd.DataFrame, exposure: pd.Series) -> pd.DataFrame:
    """The errors, under the difficulty "*" where only their process has any ``exposure``.

    ``exposure`` (index process, difficulty): of everybody's work.
    """
    worked = exposure[exposure > 0].index
    cells = pd.MultiIndex.from_arrays([errors[name] for name in CELL])
    known = cells.isin(worked)
    broad = ~known & errors["process"].isin(worked.get_level_values("process")).to_numpy()
    return errors.assign(difficulty=errors["difficulty"].mask(broad, facts.ANY))


def _of_whole_processes(done: pd.DataFrame, errors: pd.DataFrame) -> pd.DataFrame:
    """Everybody's exposure by process, under "*", for the processes that have such errors."""
    found = errors.loc[errors["difficulty"] == facts.ANY, "process"].unique()
    whole = done.groupby(level=["person", "process"]).sum()
    whole = whole[whole.index.get_level_values("process").isin(found)]
    return whole.assign(difficulty=facts.ANY).set_index("difficulty", append=True)


def draw_quality(result: Quality, *, draws: int, rng: np.random.Generator) -> rates.Floats:
    """Joint posterior draws of the true ratios, shape (draws, people); NaN where E = 0."""
    people = result.people
    values = np.full((draws, len(people)), np.nan)
    if result.prior is not None:
        known = (people["expected"] > 0).to_numpy()
        values[:, known] = rates.draw_rates(
            people["count"][known], people["scale"][known], result.prior, draws=draws, rng=rng
        )
    return values


def _observed(errors: pd.DataFrame, weighted: bool) -> pd.DataFrame:
    checked = facts.check(errors, ("incidents", "quantity"), "error")
    if not weighted:
        return checked.assign(observed=checked["incidents"])
    missing = [name for name in ("weight", "weight_sq") if name not in errors.columns]
    if missing:
        raise ValueError(f"weighted quality needs the columns {', '.join(missing)}")
    weights = errors[["weight", "weight_sq"]].astype(float)
    if weights.isna().any(axis=None) or (weights < 0).any(axis=None):
        raise ValueError("error facts: weights must be numbers, not negative")
    # Sums of floats depend on their order, so the rows get one order before anything is added.
    ready = checked.assign(observed=weights["weight"], weight_sq=weights["weight_sq"])
    return ready.sort_values(list(ready.columns), kind="stable")


def _effective(observed: pd.DataFrame) -> float:
    squares = float(observed["weight_sq"].sum())
    return float(observed["observed"].sum()) / squares if squares > 0 else 1.0
