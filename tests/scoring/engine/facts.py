"""Small daily facts for the engine's tests."""

import numpy as np
import pandas as pd

HOUR = 3_600_000_000
DAYS = pd.date_range("2012-01-02", periods=60, freq="B").date


def work(*rows):
    """Rows of (person, process, day number, units, hours) or with a difficulty at the end."""
    full = [row if len(row) == 6 else (*row, "") for row in rows]
    return pd.DataFrame(
        {
            "person": [r[0] for r in full],
            "process": [r[1] for r in full],
            "difficulty": [r[5] for r in full],
            "day": [DAYS[r[2]] for r in full],
            "units": [r[3] for r in full],
            "busy_us": [int(r[4] * HOUR) for r in full],
            "events": [1 for _ in full],
        }
    )


def errors(*rows):
    """Rows of (person, process, day number, incidents) or with quantity and difficulty."""
    full = [(*row, row[3], "")[:4] if len(row) == 4 else row for row in rows]
    return pd.DataFrame(
        {
            "person": pd.Series([r[0] for r in full], dtype=object),
            "process": pd.Series([r[1] for r in full], dtype=object),
            "difficulty": pd.Series([r[5] if len(r) == 6 else "" for r in full], dtype=object),
            "day": pd.Series([DAYS[r[2]] for r in full], dtype=object),
            "incidents": pd.Series([r[3] for r in full], dtype="int64"),
            "quantity": pd.Series([r[4] if len(r) > 4 else r[3] for r in full], dtype="int64"),
        }
    )


def given(process, seconds, first=0, end=None):
    """A standard set by the store, from day number ``first`` up to ``end``."""
    return pd.DataFrame(
        {
            "process": [process],
            "starts_on": [pd.Timestamp(DAYS[first])],
            "ends_on": [pd.NaT if end is None else pd.Timestamp(DAYS[end])],
            "seconds_per_unit": [float(seconds)],
        }
    )


def team(seed, *, people=12, days=30, spread=0.25, noise=0.2, errors_a_unit=0.01, care=0.4):
    """A simulated team: (work, errors, true speed ratio, true error ratio), known by person."""
    rng = np.random.default_rng(seed)
    speed = np.exp(rng.normal(0, spread, people))
    shape = 1 / care**2
    ratio = rng.gamma(shape, 1 / shape, people)
    rows, wrong = [], []
    for i in range(people):
        for day in range(days):
            hours = float(rng.uniform(3, 8))
            process = ("pick", "pack")[int(rng.integers(2))]
            pace = 60 if process == "pick" else 25
            units = int(rng.poisson(pace * hours * speed[i] * np.exp(rng.normal(0, noise))))
            rows.append((f"p{i:03}", process, day, units, hours))
            found = int(rng.poisson(units * errors_a_unit * ratio[i]))
            if found:
                wrong.append((f"p{i:03}", process, day, found))
    return work(*rows), errors(*wrong), speed, ratio
