"""Competence: certifications in force, quiz results, releases acknowledged.

``100 x weighted mean of (certified / required, quiz share, acknowledged / to acknowledge)``; a part
that does not apply to the person (nothing required, no quiz taken, nothing to read) drops out and
the others' weights are renormalised. The quiz share has an uncertainty of its own: right and
wrong points give Beta(1/2 + right, 1/2 + wrong), Jeffreys' prior (Brown, Cai & DasGupta 2001).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from scoring.engine.rates import Floats

PARTS = ("certified", "quiz", "acknowledged")
COLUMNS = (
    "required",
    "certified",
    "quiz_points",
    "quiz_max",
    "to_acknowledge",
    "acknowledged",
)


@dataclass(frozen=True)
class CompetenceWeights:
    """Relative weights of the three parts, not negative, at least one above zero."""

    certified: float = 0.5
    quiz: float = 0.3
    acknowledged: float = 0.2


def competence(
    people: pd.DataFrame, weights: CompetenceWeights | None = None, *, level: float = 0.90
) -> pd.DataFrame:
    """DataFrame (index as given): certified, quiz, acknowledged (shares 0..1 or NaN), percent, low,
    high (0..100), enough.

    ``people``: columns ``required`` and ``certified`` (modules asked of the person and those with
    a certification in force), ``quiz_points`` and ``quiz_max`` (of the results that count),
    ``to_acknowledge`` and ``acknowledged`` (releases). Parts above their base are cut at it.
    Nothing applicable gives NaN and ``enough`` False.
    """
    shares, parts = _shares(people), _weights(people, weights)
    result = shares.copy()
    result["percent"] = 100 * (shares.fillna(0) * parts).sum(axis=1, min_count=1)
    right = people["quiz_points"].clip(lower=0, upper=people["quiz_max"])
    a, b = right + 0.5, people["quiz_max"] - right + 0.5
    fixed = 100 * (shares.drop(columns="quiz").fillna(0) * parts.drop(columns="quiz")).sum(axis=1)
    for name, q in (("low", (1 - level) / 2), ("high", (1 + level) / 2)):
        quiz = pd.Series(stats.beta.ppf(q, a, b), index=people.index)
        result[name] = fixed + 100 * quiz * parts["quiz"]
    none = parts.isna().all(axis=1)
    result.loc[none, ["percent", "low", "high"]] = np.nan
    # A share of 0 or 1 lies outside of its own central Beta interval.
    result["low"] = result[["low", "percent"]].min(axis=1, skipna=False)
    result["high"] = result[["high", "percent"]].max(axis=1, skipna=False)
    result["enough"] = ~none
    return result


def draw_competence(
    people: pd.DataFrame,
    weights: CompetenceWeights | None = None,
    *,
    draws: int,
    rng: np.random.Generator,
) -> Floats:
    """Draws of the competence percent, shape (draws, people); NaN where nothing applies."""
    shares, parts = _shares(people), _weights(people, weights)
    right = people["quiz_points"].clip(lower=0, upper=people["quiz_max"]).to_numpy(dtype=float)
    wrong = people["quiz_max"].to_numpy(dtype=float) - right
    quiz = rng.beta(right + 0.5, wrong + 0.5, size=(draws, len(people)))
    fixed = (shares.drop(columns="quiz").fillna(0) * parts.drop(columns="quiz")).sum(axis=1)
    values = 100 * (fixed.to_numpy() + quiz * parts["quiz"].fillna(0).to_numpy())
    return np.where(parts.isna().all(axis=1).to_numpy(), np.nan, values)


def _shares(people: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in COLUMNS if name not in people.columns]
    if missing:
        raise ValueError(f"competence needs the columns {', '.join(missing)}")
    if people[list(COLUMNS)].isna().any(axis=None) or (people[list(COLUMNS)] < 0).any(axis=None):
        raise ValueError("competence: every count must be a number, not negative")
    pairs = {
        "certified": ("certified", "required"),
        "quiz": ("quiz_points", "quiz_max"),
        "acknowledged": ("acknowledged", "to_acknowledge"),
    }
    return pd.DataFrame(
        {
            name: (people[top] / people[base].where(people[base] > 0)).clip(upper=1.0)
            for name, (top, base) in pairs.items()
        },
        index=people.index,
    )


def _weights(people: pd.DataFrame, weights: CompetenceWeights | None) -> pd.DataFrame:
    """Renormalised weights by person and part; NaN throughout where nothing applies."""
    chosen = weights or CompetenceWeights()
    given = pd.Series({name: getattr(chosen, name) for name in PARTS}, dtype=float)
    if (given < 0).any() or not given.sum() > 0:
        raise ValueError("weights must not be negative, and one must be above zero")
    present = _shares(people).notna() * given
    sums = present.sum(axis=1)
    return present.div(sums.where(sums > 0), axis=0)
