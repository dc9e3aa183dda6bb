"""The composite: components on one scale, weighted, with the uncertainty carried through.

On every component's index 100 means "as it should be": throughput, the percent of standard;
quality, ``200 / (1 + ratio)`` (100 where errors are as expected, 133 at half of them, 67 at twice);
competence, the percent in place. Throughput and quality are cut at 150, so that no speed buys off
anything without bound. The quality gate: in a posterior draw whose error ratio is above ``gate``,
throughput above 100 counts as 100; speed counts only as far as the care is credible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.engine.rates import Floats

COMPONENTS = ("throughput", "quality", "competence")
COLUMNS = (*COMPONENTS, "gate")
CEILING = 150.0


@dataclass(frozen=True)
class Weights:
    """Relative weights of the components, not negative, at least one above zero; ``gate``: the
    error ratio above which speed beyond the standard earns nothing."""

    throughput: float = 0.4
    quality: float = 0.4
    competence: float = 0.2
    gate: float = 1.25


@dataclass(frozen=True)
class Composite:
    """``people`` (index person): score (posterior median), low, high, evidence (share of the
    weights of what is present that rests on enough data; 0 unless throughput or quality does, since
    training alone says nothing about work), gated (share of draws in which the gate held speed
    back), and weight_throughput, weight_quality, weight_competence (renormalised, 0 where missing).
    ``draws``: posterior draws of the score, shape (draws, people)."""

    people: pd.DataFrame
    draws: Floats


def by_person(people: pd.Index, weights: Weights) -> pd.DataFrame:
    """The same weights for everybody: DataFrame[throughput, quality, competence, gate]."""
    return pd.DataFrame({name: getattr(weights, name) for name in COLUMNS}, index=people)


def throughput_index(percent: Floats) -> Floats:
    """Percent of standard, cut to 0..150."""
    return np.clip(percent, 0.0, CEILING)


def quality_index(ratio: Floats) -> Floats:
    """``200 / (1 + ratio)``, cut at 150: 100 at ratio 1, and f(r) + f(1/r) = 200 in between."""
    return np.minimum(200.0 / (1.0 + ratio), CEILING)


def gated_throughput(index: Floats, ratio: Floats, gate: float | Floats) -> Floats:
    """The throughput index, held at 100 where the error ratio is above ``gate``.

    A ratio of NaN (quality unknown) holds nobody back.
    """
    return np.where(ratio > gate, np.minimum(index, 100.0), index)


def composite(
    draws: Mapping[str, Floats],
    enough: pd.DataFrame,
    weights: Weights | pd.DataFrame | None = None,
    *,
    level: float = 0.90,
) -> Composite:
    """Weighted mean of the component indices, draw by draw.

    ``draws``: for each of `COMPONENTS`, an array (draws, people) of percent of standard, error
    ratio and competence percent; a column of NaN is a missing component, whose weight goes to the
    others, never to zero. ``enough`` (index person): a boolean column for each component.
    ``weights``: for everybody, or a DataFrame as `by_person` makes it, for each. A person with
    no component, or only ones of weight zero, gets NaN and evidence 0.
    """
    if not isinstance(weights, pd.DataFrame):
        weights = by_person(enough.index, weights or Weights())
    base = weights.loc[enough.index, list(COMPONENTS)].to_numpy(dtype=float).T
    if (base < 0).any() or not (base.sum(axis=0) > 0).all():
        raise ValueError("weights must not be negative, and one must be above zero")
    if not 0 < level < 1:
        raise ValueError("level must lie between 0 and 1")
    speed, ratio, skill = (np.asarray(draws[name], dtype=float) for name in COMPONENTS)
    index = throughput_index(speed)
    held = gated_throughput(index, ratio, weights.loc[enough.index, "gate"].to_numpy(dtype=float))
    stacked = np.stack([held, quality_index(ratio), skill])
    present = ~np.isnan(stacked).any(axis=1)
    used = base * present
    sums = used.sum(axis=0)
    share = used / np.where(sums > 0, sums, np.nan)
    score = (np.where(present[:, None, :], stacked, 0.0) * share[:, None, :]).sum(axis=0)
    tail = (1 - level) / 2
    low, middle, high = np.quantile(score, [tail, 0.5, 1 - tail], axis=0)
    trusted = present & enough[list(COMPONENTS)].to_numpy(dtype=bool).T
    measured = trusted[0] | trusted[1]
    people = pd.DataFrame(
        {
            "score": middle,
            "low": low,
            "high": high,
            "evidence": np.where(measured, np.nan_to_num((share * trusted).sum(axis=0)), 0.0),
            "gated": np.where(present[0] & present[1], (held < index).mean(axis=0), 0.0),
        },
        index=enough.index,
    )
    for name, row in zip(COMPONENTS, share, strict=True):
        people[f"weight_{name}"] = np.nan_to_num(row)
    return Composite(people, score)
