"""The list of what is wrong with a table's cells."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

LONGEST = 200
PROBLEMS = ["row", "line", "field", "value", "reason", "params"]


@dataclass
class Problems:
    """What is wrong, cell by cell; `first` numbers the rows of the table."""

    lines: pd.Series
    parts: list[pd.DataFrame] = field(default_factory=list)

    def add(
        self,
        reasons: pd.Series,
        *,
        column: str,
        values: pd.Series,
        params: dict[str, Any] | Callable[[pd.Index], Iterable[dict[str, Any]]] | None = None,
    ) -> None:
        """Note each row of `reasons` that is not "".

        `params` fill the reason's sentence: the same for all, or made for the bad rows alone.
        """
        bad = reasons[reasons != ""]
        if bad.empty:
            return
        if callable(params):
            texts = [json.dumps(item) for item in params(bad.index)]
        else:
            texts = [json.dumps(params or {})] * len(bad)
        self.parts.append(
            pd.DataFrame(
                {
                    "row": bad.index.to_numpy(),
                    "line": self.lines[bad.index].to_numpy(),
                    "field": column,
                    "value": values[bad.index].str.slice(0, LONGEST).to_numpy(),
                    "reason": bad.to_numpy(),
                    "params": texts,
                }
            )
        )

    def forget(self, rows: pd.Index) -> None:
        """Drop what has been noted of these rows."""
        self.parts = [part[~part["row"].isin(rows)] for part in self.parts]

    def frame(self) -> pd.DataFrame:
        """All problems by row, each cell once, in the order in which they were found."""
        if not self.parts:
            return pd.DataFrame({name: [] for name in PROBLEMS}).astype(
                {"row": "int64", "line": "int64"}
            )
        found = pd.concat(self.parts, ignore_index=True).drop_duplicates(["row", "field"])
        return found.sort_values("row", kind="stable", ignore_index=True)

    def rows(self) -> pd.Index:
        """The rows that have a problem."""
        return pd.Index(np.unique(np.concatenate([[], *(p["row"] for p in self.parts)])))
