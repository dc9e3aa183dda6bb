"""Partial pooling of error proportions and rates that integrates over its prior.

A person's true rate is drawn from the group's distribution, and that distribution is itself only
known from the group. Plug-in empirical Bayes pretends to know it and its intervals are too short
for small groups; here the posterior is a mixture over a weighted grid of (mean, spread).

Sources: Robbins (1956) and Efron & Morris (1975) for the idea; Clayton & Kaldor, Biometrics 43
(1987) for the gamma-Poisson ratio; Gelman, Bayesian Analysis 1 (2006) for a prior that is uniform
on the spread instead of its logarithm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

Floats = NDArray[np.float64]

MEANS = 25  # grid points over the mean
SPREADS = 40  # grid points over the spread
WIDEST = 1.6  # largest coefficient of variation on the grid
KEPT = 0.9999  # share of the grid's weight that is kept
_NARROWEST = 0.01  # coefficient of variation below which people are equal


@dataclass(frozen=True)
class Grid:
    """Weighted prior points: ``alpha``, ``beta``, ``weight``, each of shape (points,)."""

    alpha: Floats
    beta: Floats
    weight: Floats


@dataclass(frozen=True)
class Prior:
    """The group's distribution of true rates.

    ``alpha``, ``beta``: Beta(alpha, beta) of a proportion, or Gamma(shape alpha, rate beta) of a
    ratio, at the maximum of the marginal likelihood. ``grid``: the posterior weights over other
    priors that the data allow; without it the prior is taken as known (plug-in). ``pooled``: the
    group's rate, errors over exposure.
    """

    alpha: float
    beta: float
    grid: Grid | None = None
    pooled: float | None = None

    @property
    def mean_proportion(self) -> float:
        return self.alpha / (self.alpha + self.beta)

    @property
    def mean_rate(self) -> float:
        return self.alpha / self.beta


def gamma_poisson_prior(observed: ArrayLike, expected: ArrayLike) -> Prior:
    """Prior of true ratios theta, from observed ~ Poisson(theta x expected), theta ~ Gamma.

    ``observed``, ``expected``: shape (people,), counts and expected counts >= 0 on the same scale;
    ``observed`` may be fractional (effective counts). The marginal is negative binomial:
    ``ln G(O+a) - ln G(a) + a ln(b/(b+E)) + O ln(1/(b+E))``, summed over people. Rows without
    expectation say nothing; ValueError where a row has errors but no expectation, where nothing is
    expected at all, or where a value is NaN, infinite or negative.
    """
    o, e = _counts(observed, expected, "observed", "expected")
    if ((e == 0) & (o > 0)).any():
        raise ValueError("observed errors where none can be expected")
    if not e.sum() > 0:
        raise ValueError("nothing is expected of anybody")
    pooled = max(float(o.sum()), 0.5) / float(e.sum())

    def parameters(mean: Floats, cv: Floats) -> tuple[Floats, Floats]:
        alpha = 1 / cv**2
        return alpha, alpha / mean

    def loglik(alpha: Floats, beta: Floats) -> Floats:
        a, b = alpha[:, None], beta[:, None]
        terms = special.gammaln(o + a) - special.gammaln(a) - a * np.log1p(e / b)
        return np.asarray((terms - o * np.log(b + e)).sum(axis=1))

    width = 4 * np.sqrt(1 / max(float(o.sum()), 1.0) + 1 / len(o))
    means = pooled * np.exp(np.linspace(-width, width, MEANS))
    return _fit(
        means, lambda m: np.full_like(m, WIDEST), parameters, loglik, pooled, np.log, np.exp
    )


def beta_binomial_prior(errors: ArrayLike, units: ArrayLike) -> Prior:
    """Prior of true proportions p, from errors ~ Binomial(units, p), p ~ Beta(alpha, beta).

    ``errors``, ``units``: shape (people,), 0 <= errors <= units. The marginal is beta-binomial:
    ``ln B(x+a, n-x+b) - ln B(a, b)``, summed over people. Rows of zero units say nothing;
    ValueError where there is no unit at all, errors exceed units, or a value is NaN or negative.
    """
    x, n = _counts(errors, units, "errors", "units")
    if (x > n).any():
        raise ValueError("more errors than units")
    if not n.sum() > 0:
        raise ValueError("there are no units")
    total = float(n.sum())
    pooled = float(np.clip(x.sum() / total, 0.5 / total, 1 - 0.5 / total))

    def parameters(mean: Floats, cv: Floats) -> tuple[Floats, Floats]:
        sd = cv * np.minimum(mean, 1 - mean)
        size = np.maximum(mean * (1 - mean) / sd**2 - 1, 1e-6)
        return mean * size, (1 - mean) * size

    def loglik(alpha: Floats, beta: Floats) -> Floats:
        a, b = alpha[:, None], beta[:, None]
        return np.asarray((special.betaln(x + a, n - x + b) - special.betaln(a, b)).sum(axis=1))

    width = 4 * np.sqrt(1 / (pooled * (1 - pooled) * total) + 1 / len(x))
    means = special.expit(special.logit(pooled) + np.linspace(-width, width, MEANS))

    def widest(mean: Floats) -> Floats:
        rare = np.minimum(mean, 1 - mean)
        return np.minimum(WIDEST, 0.98 * np.sqrt((1 - rare) / rare))

    return _fit(means, widest, parameters, loglik, pooled, special.logit, special.expit)


def shrink_rates(
    observed: ArrayLike, expected: ArrayLike, prior: Prior, level: float = 0.90
) -> pd.DataFrame:
    """Posterior of each person's true ratio theta: DataFrame[mean, low, high], rows as given.

    With the grid, a mixture of Gamma(a + O, b + E) over it; a bare ``Prior(alpha, beta)`` gives the
    plug-in values of published tables. ``level``: central probability of [low, high]. Where the
    group has a degenerate prior (alpha < 1: most people near zero and a few far off), ``mean`` is
    NaN and the interval is the hull of the one of the maximum-likelihood prior and the one of
    alpha = 1 at the pooled mean. A row with neither errors nor expectation returns the prior.
    """
    o, e = _counts(observed, expected, "observed", "expected")
    if _degenerate(prior):
        return _hull([shrink_rates(o, e, p, level) for p in _stand_ins(prior, rates=True)])
    grid = _components(prior)
    a, b = grid.alpha + o[:, None], grid.beta + e[:, None]
    mean, sd = _moments(grid.weight, a / b, a / b**2)

    def cdf(theta: Floats) -> Floats:
        return np.asarray(special.gammainc(a, b * theta[:, None]) @ grid.weight)

    def log_scale_density(theta: Floats) -> Floats:
        x = b * theta[:, None]
        return np.asarray(np.exp(special.xlogy(a, x) - x - special.gammaln(a)) @ grid.weight)

    shape = (mean / sd) ** 2
    bounds = [
        _quantile(
            q, cdf, log_scale_density, stats.gamma.ppf(q, shape, scale=mean / shape), np.log, np.exp
        )
        for q in _tails(level)
    ]
    return pd.DataFrame({"mean": mean, "low": bounds[0], "high": bounds[1]})


def shrink_proportions(
    errors: ArrayLike, units: ArrayLike, prior: Prior, level: float = 0.90
) -> pd.DataFrame:
    """Posterior of each person's true proportion p: DataFrame[mean, low, high], rows as given.

    A mixture of Beta(a + x, b + n - x) over the grid, or the plug-in of a bare ``Prior``; the
    degenerate case (alpha or beta < 1) as in `shrink_rates`. A row of zero units returns the prior.
    """
    x, n = _counts(errors, units, "errors", "units")
    if _degenerate(prior, proportions=True):
        return _hull([shrink_proportions(x, n, p, level) for p in _stand_ins(prior, rates=False)])
    grid = _components(prior)
    a, b = grid.alpha + x[:, None], grid.beta + (n - x)[:, None]
    size = a + b
    mean, sd = _moments(grid.weight, a / size, a * b / (size**2 * (size + 1)))

    def cdf(p: Floats) -> Floats:
        return np.asarray(special.betainc(a, b, p[:, None]) @ grid.weight)

    def logit_scale_density(p: Floats) -> Floats:
        q = p[:, None]
        logs = special.xlogy(a, q) + special.xlog1py(b, -q) - special.betaln(a, b)
        return np.asarray(np.exp(logs) @ grid.weight)

    size0 = mean * (1 - mean) / sd**2 - 1
    bounds = [
        _quantile(
            q,
            cdf,
            logit_scale_density,
            stats.beta.ppf(q, mean * size0, (1 - mean) * size0),
            special.logit,
            special.expit,
        )
        for q in _tails(level)
    ]
    return pd.DataFrame({"mean": mean, "low": bounds[0], "high": bounds[1]})


def draw_rates(
    observed: ArrayLike,
    expected: ArrayLike,
    prior: Prior,
    *,
    draws: int,
    rng: np.random.Generator,
) -> Floats:
    """Joint posterior draws of the true ratios, shape (draws, people).

    One prior is drawn from the grid for each draw and shared by everybody, since its uncertainty
    is common to the group; a degenerate prior is drawn as one of its two stand-ins.
    """
    o, e = _counts(observed, expected, "observed", "expected")
    if _degenerate(prior):
        pair = _stand_ins(prior, rates=True)
        grid = Grid(
            np.array([p.alpha for p in pair]), np.array([p.beta for p in pair]), np.full(2, 0.5)
        )
    else:
        grid = _components(prior)
    chosen = rng.choice(len(grid.weight), size=draws, p=grid.weight)
    shape = grid.alpha[chosen][:, None] + o
    return np.asarray(rng.standard_gamma(shape) / (grid.beta[chosen][:, None] + e))


def _counts(errors: ArrayLike, exposure: ArrayLike, a: str, b: str) -> tuple[Floats, Floats]:
    x = np.asarray(errors, dtype=np.float64)
    n = np.asarray(exposure, dtype=np.float64)
    if x.shape != n.shape or x.ndim != 1 or not len(x):
        raise ValueError(f"{a} and {b} must be two equally long, non-empty columns")
    if not (np.isfinite(x).all() and np.isfinite(n).all()) or (x < 0).any() or (n < 0).any():
        raise ValueError(f"{a} and {b} must be finite and not negative")
    return x, n


def _fit(
    means: Floats,
    widest: Callable[[Floats], Floats],
    parameters: Callable[[Floats, Floats], tuple[Floats, Floats]],
    loglik: Callable[[Floats, Floats], Floats],
    pooled: float,
    link: Callable[[Floats], Floats],
    unlink: Callable[[Floats], Floats],
) -> Prior:
    """Weigh the grid (uniform on the linked mean and on the spread), then refine its maximum."""
    fractions = (np.arange(SPREADS) + 0.5) / SPREADS
    mean = np.repeat(means, SPREADS)
    cv = np.tile(fractions, len(means)) * widest(mean)
    alpha, beta = parameters(mean, cv)
    # The spread's density is uniform, and a narrower axis at extreme means holds less of it.
    logs = loglik(alpha, beta) + np.log(widest(mean))
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    order = np.argsort(-weight, kind="stable")
    kept = np.sort(order[: int(np.searchsorted(np.cumsum(weight[order]), KEPT)) + 1])
    grid = Grid(alpha[kept], beta[kept], weight[kept] / weight[kept].sum())

    def minus(point: Floats) -> float:
        a, b = parameters(np.atleast_1d(unlink(point[0])), np.atleast_1d(np.exp(point[1])))
        return -float(loglik(a, b)[0])

    best = int(np.argmax(logs))
    start = np.array([float(link(mean[best])), float(np.log(cv[best]))])
    found = optimize.minimize(
        minus,
        start,
        method="Nelder-Mead",
        bounds=[(start[0] - 5, start[0] + 5), (np.log(_NARROWEST), np.log(20.0))],
        options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 1000},
    )
    a, b = parameters(np.atleast_1d(unlink(found.x[0])), np.atleast_1d(np.exp(found.x[1])))
    return Prior(float(a[0]), float(b[0]), grid, pooled)


def _components(prior: Prior) -> Grid:
    if prior.grid is not None:
        return prior.grid
    return Grid(np.array([prior.alpha]), np.array([prior.beta]), np.ones(1))


def _degenerate(prior: Prior, *, proportions: bool = False) -> bool:
    """Whether the fitted prior piles up at zero; a bare prior is taken at its word."""
    smallest = min(prior.alpha, prior.beta) if proportions else prior.alpha
    return prior.grid is not None and smallest < 1


def _stand_ins(prior: Prior, *, rates: bool) -> tuple[Prior, Prior]:
    """The two plug-in priors whose intervals bound a degenerate group."""
    pooled = prior.pooled if prior.pooled is not None else prior.mean_rate
    if rates:
        return Prior(prior.alpha, prior.beta), Prior(1.0, 1 / pooled)
    size = 1 / min(pooled, 1 - pooled)
    return Prior(prior.alpha, prior.beta), Prior(pooled * size, (1 - pooled) * size)


def _hull(tables: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "mean": np.nan,
            "low": np.minimum.reduce([t["low"].to_numpy() for t in tables]),
            "high": np.maximum.reduce([t["high"].to_numpy() for t in tables]),
        }
    )


def _moments(weight: Floats, means: Floats, variances: Floats) -> tuple[Floats, Floats]:
    mean = means @ weight
    variance = (variances + (means - mean[:, None]) ** 2) @ weight
    return mean, np.sqrt(variance)


def _tails(level: float) -> tuple[float, float]:
    if not 0 < level < 1:
        raise ValueError("level must lie between 0 and 1")
    return (1 - level) / 2, (1 + level) / 2


def _quantile(
    q: float,
    cdf: Callable[[Floats], Floats],
    density: Callable[[Floats], Floats],
    start: Floats,
    link: Callable[[Floats], Floats],
    unlink: Callable[[Floats], Floats],
) -> Floats:
    """Invert a mixture's distribution function by Newton steps on the linked scale, bracketed.

    ``density`` is taken with respect to the linked scale. Stops at 1e-10 of probability.
    """
    x = link(np.clip(start, 1e-250, 1e250))
    x = np.clip(x, -500, 500)
    low, high = np.full_like(x, -700.0), np.full_like(x, 700.0)
    for _ in range(80):
        value = unlink(x)
        miss = cdf(value) - q
        if (np.abs(miss) < 1e-10).all():
            break
        low, high = np.where(miss < 0, x, low), np.where(miss > 0, x, high)
        slope = density(value)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = np.where(slope > 0, miss / slope, np.nan)
        tried = x - np.clip(step, -5, 5)
        x = np.where((tried > low) & (tried < high), tried, (low + high) / 2)
    return unlink(x)
