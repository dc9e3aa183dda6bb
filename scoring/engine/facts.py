"""Checks and integer sums that the components share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

KEY = ("process", "difficulty")
ANY = "*"  # the difficulty of errors that no difficulty is known of


def check(facts: pd.DataFrame, integers: Sequence[str], what: str) -> pd.DataFrame:
    """Return ``facts`` with its ``integers`` columns as int64; ValueError names what is wrong.

    Missing columns, fractions, NaN and negative values are refused: they would make a repeat differ
    or hide a broken import.
    """
    wanted = ["person", *KEY, "day", *integers]
    missing = [name for name in wanted if name not in facts.columns]
    if missing:
        raise ValueError(f"{what} facts lack {', '.join(missing)}")
    checked = facts[wanted].copy()
    if checked.empty:
        # pandas 3.1 can't join empty columns of Arrow text.
        checked = checked.astype(dict.fromkeys(["person", *KEY], object))
    for name in integers:
        values = pd.to_numeric(checked[name])
        if values.isna().any() or (values < 0).any() or (values != np.floor(values)).any():
            raise ValueError(f"{what} facts: {name} must be whole numbers, not negative")
        checked[name] = values.astype("int64")
    if checked[["person", *KEY, "day"]].isna().any(axis=None):
        raise ValueError(f"{what} facts: person, process, difficulty and day must not be empty")
    return checked


def total(facts: pd.DataFrame, by: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """Integer sums of ``columns`` by ``by``, sorted, so that row order changes nothing."""
    return facts.groupby(list(by), sort=True, observed=True)[list(columns)].sum()
