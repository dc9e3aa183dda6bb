"""A rank with its interval instead of a league table.

Source: Goldstein & Spiegelhalter, Journal of the Royal Statistical Society A 159 (1996).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats


def rank_intervals(draws: NDArray[np.float64] | pd.DataFrame, level: float = 0.90) -> pd.DataFrame:
    """Rank of each person within each posterior draw: DataFrame[rank, low, high], whole numbers.

    ``draws``: shape (draws, people), higher is better; a DataFrame's columns become the index. Rank
    1 is best and ties share the better rank. ``rank`` is the median, ``low``/``high`` the central
    ``level`` of the ranks, all by the inverted distribution function, so that they are ranks. A
    column of NaN (nothing known) is left out of the ranking and gets <NA>.
    """
    if not 0 < level < 1:
        raise ValueError("level must lie between 0 and 1")
    index = draws.columns if isinstance(draws, pd.DataFrame) else None
    values = np.asarray(draws, dtype=np.float64)
    if values.ndim != 2 or not len(values):
        raise ValueError("draws must have the shape (draws, people), with at least one draw")
    known = ~np.isnan(values).any(axis=0)
    result = pd.DataFrame(
        {
            name: pd.array([pd.NA] * values.shape[1], dtype="Int64")
            for name in ("rank", "low", "high")
        },
        index=index,
    )
    if known.any():
        ranks = stats.rankdata(-values[:, known], method="min", axis=1)
        tail = (1 - level) / 2
        for name, q in (("rank", 0.5), ("low", tail), ("high", 1 - tail)):
            found = np.quantile(ranks, q, axis=0, method="inverted_cdf").astype(int)
            result.loc[known, name] = found
    return result
