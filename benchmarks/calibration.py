"""Does the engine tell the truth? Simulated teams of known care and speed, scored, compared.

    python benchmarks/calibration.py [--repeats 40] [--seed 1]

For each cell of team size, exposure and spread between people: coverage of the 90 % intervals,
the squared error beside that of raw ratios, and the time one team takes. A change of the engine
that worsens them is seen here; `tests/scoring/engine` holds a smaller version.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scoring.engine import rates, throughput

SIZES = (5, 10, 25, 50, 200)
EXPOSURES = (0.7, 3.0, 15.0)
SPREADS = (0.1, 0.3, 0.6, 0.9)
HOUR_US = throughput.HOUR_US


def care(size: int, exposure: float, spread: float, rng: np.random.Generator) -> tuple[float, ...]:
    """One team: (coverage, squared error pooled, squared error raw, degenerate or not)."""
    expected = rng.gamma(1.5, exposure / 1.5, size) + 0.05
    shape = 1 / spread**2
    ratio = rng.gamma(shape, 1 / shape, size)
    observed = rng.poisson(expected * ratio)
    prior = rates.gamma_poisson_prior(observed, expected)
    found = rates.shrink_rates(observed, expected, prior)
    covered = ((found["low"] <= ratio) & (ratio <= found["high"])).mean()
    degenerate = bool(found["mean"].isna().all())
    pooled = np.nan if degenerate else ((found["mean"] - ratio) ** 2).mean()
    raw = ((observed / expected - ratio) ** 2).mean()
    return float(covered), float(pooled), float(np.nan if degenerate else raw), float(degenerate)


def speed(size: int, days: int, noise: float, rng: np.random.Generator) -> tuple[float, ...]:
    """One team on one process against a set standard: (coverage moderated, coverage of raw z)."""
    true = np.exp(rng.normal(0, 0.2, size))
    own = noise * np.exp(rng.normal(0, 0.3, size))
    hours = rng.uniform(3, 8, (size, days))
    factor = np.exp(rng.normal(-(own**2) / 2, own, (days, size)).T)
    units = rng.poisson(60 * hours * true[:, None] * factor)
    work = pd.DataFrame(
        {
            "person": np.repeat(np.arange(size), days),
            "process": "pick",
            "difficulty": "",
            "day": np.tile(np.arange(days), size),
            "units": units.ravel(),
            "busy_us": (hours.ravel() * HOUR_US).astype("int64"),
            "events": 1,
        }
    )
    given = pd.DataFrame(
        {"process": ["pick"], "starts_on": [0], "ends_on": [pd.NaT], "seconds_per_unit": [60.0]}
    )
    given["starts_on"] = pd.to_datetime(given["starts_on"])
    found = throughput.throughput(work, given).people
    covered = (found["low"] <= 100 * true) & (100 * true <= found["high"])
    ratio = units / (60 * hours)
    error = ratio.std(axis=1, ddof=1) / np.sqrt(days)
    raw = np.abs(ratio.mean(axis=1) - true) <= 1.645 * error
    return float(covered.mean()), float(raw.mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)

    print("care: 90 % intervals of the error ratio")
    print("people expected spread  coverage  mse/raw  degenerate   ms/team")
    coverages, gains = [], []
    for size in SIZES:
        for exposure in EXPOSURES:
            for spread in SPREADS:
                start = time.perf_counter()
                runs = np.array([care(size, exposure, spread, rng) for _ in range(options.repeats)])
                took = 1000 * (time.perf_counter() - start) / options.repeats
                kept = runs[~np.isnan(runs[:, 1])]
                gain = kept[:, 1].mean() / kept[:, 2].mean() if len(kept) else float("nan")
                coverages.append(runs[:, 0].mean())
                gains.append(gain)
                print(
                    f"{size:6d} {exposure:8.1f} {spread:6.1f}  {100 * coverages[-1]:7.1f}%"
                    f"  {gain:7.2f}  {100 * runs[:, 3].mean():9.0f}%  {took:8.1f}"
                )
    print(
        f"coverage: mean {100 * np.mean(coverages):.1f} %, lowest {100 * min(coverages):.1f} %,"
        f" highest {100 * max(coverages):.1f} %;"
        f" squared error over raw: worst {np.nanmax(gains):.2f}"
    )

    print("\nspeed: 90 % intervals of the percent of standard")
    print("people days noise  coverage  raw z")
    for size in (5, 20, 100):
        for days in (4, 10, 40):
            for noise in (0.1, 0.4):
                runs = np.array([speed(size, days, noise, rng) for _ in range(options.repeats)])
                covered, raw = 100 * runs.mean(axis=0)
                print(f"{size:6d} {days:4d} {noise:5.1f}  {covered:7.1f}%  {raw:5.1f}%")


if __name__ == "__main__":
    main()
