"""Funnel limits and overdispersion for observed over expected.

Sources: Spiegelhalter, Statistics in Medicine 24 (2005), funnel plots; DerSimonian & Laird (1986)
for tau2; Ulm, American Journal of Epidemiology 131 (1990), for the chi-square limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Overdispersion:
    """``phi``: mean of z squared (1 where only chance is at work); ``tau2``: variance between
    people on the transformed scale, beyond chance."""

    phi: float
    tau2: float


def poisson_limits(expected: ArrayLike, level: float) -> pd.DataFrame:
    """Limits of observed/expected as published funnel plots draw them: DataFrame[low, high].

    ``low = chi2((1-level)/2, 2E) / 2E``, ``high = chi2((1+level)/2, 2E + 2) / 2E``. For reproducing
    and drawing, never for flagging: the lower limit is above zero at every E and would call
    everybody without errors an outlier. NaN where E is zero.
    """
    e = _positive(expected)
    tail = _tail(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(e > 0, stats.chi2.ppf(tail, 2 * e) / (2 * e), np.nan)
        high = np.where(e > 0, stats.chi2.ppf(1 - tail, 2 * (e + 1)) / (2 * e), np.nan)
    return pd.DataFrame({"low": low, "high": high})


def poisson_range(expected: ArrayLike, level: float = 0.998) -> pd.DataFrame:
    """The counts that chance alone allows around ``expected``: DataFrame[low, high], whole numbers.

    Central: P(X < low) and P(X > high) are at most (1 - level)/2 each. Zero where E is zero.
    """
    e = _positive(expected)
    tail = _tail(level)
    low, high = stats.poisson.ppf(tail, e), stats.poisson.isf(tail, e)
    return pd.DataFrame({"low": np.maximum(low, 0.0), "high": high})


def overdispersion(
    observed: ArrayLike,
    expected: ArrayLike,
    method: Literal["log", "sqrt"] = "sqrt",
    trim: float = 0.10,
) -> Overdispersion:
    """How far people differ beyond chance, robust to the ``trim`` share at either end.

    "log": y = ln(O/E), s = 1/sqrt(E), z = y/s; floor(trim n) rows are dropped at each end by rank,
    and n and the weights run over the kept rows. ValueError where an O is zero: use "sqrt".
    "sqrt": y = sqrt(O/E), s = 1/(2 sqrt(E)), z = (y - 1)/s, winsorised at the linear quantiles,
    all rows kept. phi = mean z^2; w = 1/s^2 and
    tau2 = max(0, (n phi - (n-1)) / (sum w - sum w^2 / sum w)). Rows with E = 0
    are refused; fewer than two rows give tau2 = 0.
    """
    o, e = _pair(observed, expected)
    if not (e > 0).all():
        raise ValueError("every expected count must be above zero")
    if method == "log":
        if (o == 0).any():
            raise ValueError('ln(0) does not exist: use method="sqrt" where someone has no errors')
        weight = e
        z = np.log(o / e) * np.sqrt(e)
        order = np.argsort(z, kind="stable")
        cut = int(np.floor(trim * len(z)))
        kept = order[cut : len(z) - cut]
        z, weight = z[kept], weight[kept]
    elif method == "sqrt":
        weight = 4 * e
        z = (np.sqrt(o / e) - 1) * np.sqrt(weight)
        if trim:
            z = np.clip(z, np.quantile(z, trim), np.quantile(z, 1 - trim))
    else:
        raise ValueError(f"unknown method {method!r}")
    n = len(z)
    phi = float(np.mean(z**2))
    spread = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau2 = max(0.0, (n * phi - (n - 1)) / spread) if n > 1 else 0.0
    return Overdispersion(phi, tau2)


def funnel(
    observed: ArrayLike,
    expected: ArrayLike,
    level: float = 0.998,
    method: Literal["exact", "chi2", "log", "sqrt"] = "exact",
) -> pd.DataFrame:
    """Who lies outside of what chance allows: DataFrame[ratio, low, high, outside].

    ``level`` is two-sided and central. "exact" (whole counts): outside where P(X >= O | E) or
    P(X <= O | E) is at most (1 - level)/2; low and high are the last ratios inside. "chi2":
    `poisson_limits`. "log": exp(+-z sqrt(1/E + tau2)); "sqrt": max(0, 1 +- z sqrt(1/(4E) +
    tau2))^2, tau2 by `overdispersion`. E = 0 gives NaN and is never outside.
    """
    o, e = _pair(observed, expected)
    tail = _tail(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(e > 0, o / e, np.nan)
    if method == "exact":
        if (o != np.floor(o)).any():
            raise ValueError("exact limits need whole counts")
        high_count = stats.poisson.isf(tail, e)
        # isf gives the least x with P(X > x) <= tail; x itself is outside if P(X >= x) <= tail too.
        high_count = np.where(
            stats.poisson.sf(high_count - 1, e) <= tail, high_count - 1, high_count
        )
        low_count = stats.poisson.ppf(tail, e)
        low_count = np.where(stats.poisson.cdf(low_count, e) <= tail, low_count + 1, low_count)
        outside = (stats.poisson.sf(o - 1, e) <= tail) | (stats.poisson.cdf(o, e) <= tail)
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = low_count / e, high_count / e
    elif method == "chi2":
        limits = poisson_limits(e, level)
        low, high = limits["low"].to_numpy(), limits["high"].to_numpy()
        outside = (ratio < low) | (ratio > high)
    elif method in ("log", "sqrt"):
        z = stats.norm.isf(tail)
        known = e > 0
        tau2 = overdispersion(o[known], e[known], method).tau2 if known.any() else 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            if method == "log":
                half = z * np.sqrt(1 / e + tau2)
                low, high = np.exp(-half), np.exp(half)
            else:
                half = z * np.sqrt(1 / (4 * e) + tau2)
                low, high = np.maximum(0, 1 - half) ** 2, (1 + half) ** 2
        outside = (ratio < low) | (ratio > high)
    else:
        raise ValueError(f"unknown method {method!r}")
    frame = pd.DataFrame({"ratio": ratio, "low": low, "high": high, "outside": outside})
    frame.loc[e == 0, ["low", "high"]] = np.nan
    frame.loc[e == 0, "outside"] = False
    return frame


def _positive(values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not np.isfinite(array).all() or (array < 0).any():
        raise ValueError("counts must be one column, finite and not negative")
    return array


def _pair(observed: ArrayLike, expected: ArrayLike) -> tuple[Floats, Floats]:
    o, e = _positive(observed), _positive(expected)
    if o.shape != e.shape:
        raise ValueError("observed and expected must be equally long")
    return o, e


def _tail(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError("level must lie between 0 and 1")
    return (1 - level) / 2
