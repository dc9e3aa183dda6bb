"""A band only where the evidence supports it.

A band is given where the posterior probability of lying in it reaches a level. Where only two
neighbouring bands together reach it, the verdict is "between" them; where the evidence is too thin
or too wide even for that, it is "not enough data". Both are results, not failures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.engine.rates import Floats

BAND, BETWEEN, NOT_ENOUGH = "band", "between", "not_enough_data"


@dataclass(frozen=True)
class Bands:
    """``names`` from worst to best and the ``cuts`` between them, rising, one fewer than names. A
    value on a cut belongs to the upper band."""

    names: tuple[str, ...] = ("below", "meets", "exceeds")
    cuts: tuple[float, ...] = (85.0, 115.0)

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip(self.cuts, self.cuts[1:], strict=False))
        if len(self.names) != len(self.cuts) + 1 or not rising:
            raise ValueError("cuts must rise, with one fewer than names")


def probabilities(draws: Floats, bands: Bands) -> Floats:
    """Share of the draws in each band, shape (people, bands); NaN for a column of NaN."""
    values = np.asarray(draws, dtype=float)
    place = np.searchsorted(bands.cuts, values, side="right")
    shares = np.stack([(place == i).mean(axis=0) for i in range(len(bands.names))], axis=1)
    shares[np.isnan(values).any(axis=0)] = np.nan
    return shares


def assign(
    draws: Floats,
    enough: Sequence[bool] | np.ndarray | pd.Series,
    bands: Bands | None = None,
    *,
    level: float = 0.80,
) -> pd.DataFrame:
    """The verdict on each person: DataFrame[verdict, band, lower, upper, probability, p_<name>...].

    ``verdict``: "band", "between" or "not_enough_data". ``band``: the name where there is one,
    else None; ``lower`` and ``upper``: the two neighbours of a "between". ``probability``: of the
    band or of the two together, NaN for "not enough data". The index is that of ``enough`` if it
    has one.
    """
    if not 0.5 < level < 1:
        raise ValueError("level must lie above one half, or two bands could both be given")
    chosen = bands or Bands()
    shares = probabilities(draws, chosen)
    index = enough.index if isinstance(enough, pd.Series) else None
    known = np.asarray(enough, dtype=bool) & ~np.isnan(shares).any(axis=1)
    rows = [
        _verdict(row, chosen, level) if ok else _unknown()
        for row, ok in zip(shares, known, strict=True)
    ]
    columns = ["verdict", "band", "lower", "upper", "probability"]
    result = pd.DataFrame(rows, columns=columns, index=index).astype({"probability": float})
    for i, name in enumerate(chosen.names):
        result[f"p_{name}"] = shares[:, i]
    return result


def _unknown() -> tuple[str, None, None, None, float]:
    return NOT_ENOUGH, None, None, None, float("nan")


def _verdict(
    shares: Floats, bands: Bands, level: float
) -> tuple[str, str | None, str | None, str | None, float]:
    best = int(np.argmax(shares))
    if shares[best] >= level:
        return BAND, bands.names[best], None, None, float(shares[best])
    pairs = shares[:-1] + shares[1:]
    first = int(np.argmax(pairs))
    if pairs[first] >= level:
        return BETWEEN, None, bands.names[first], bands.names[first + 1], float(pairs[first])
    return _unknown()
