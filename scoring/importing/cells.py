"""Reading text cells, a column at a time: words, whole numbers, times, conditions.

Every function takes a Series of text (as `kit.tables.read_table` gives it: no missing values, empty
cells are "") and returns Series on the same index. Nothing is guessed; what can't be read is
reported by a reason code (see reasons.py) in the second Series, which is "" where all is well.
"""

from __future__ import annotations

import fnmatch
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from scoring.importing.mapping import Condition

LARGEST = 1_000_000_000
WHOLE = r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)"
EARLIEST = pd.Timestamp("2000-01-01", tz="UTC")


def per_unique(cells: pd.Series, tidy: Callable[[str], str]) -> pd.Series:
    """`tidy` each cell, once per distinct text: operations columns repeat themselves."""
    codes, uniques = pd.factorize(cells)
    tidied = np.array([tidy(text) for text in uniques], dtype=object)
    return pd.Series(tidied[codes] if len(uniques) else [], index=cells.index, dtype="str")


def words(cells: pd.Series) -> pd.Series:
    """Text without spaces at its ends and with runs of white space made one space."""
    return per_unique(cells, lambda text: " ".join(text.split()))


def account_names(cells: pd.Series) -> pd.Series:
    """Account names: like words, full-width letters and digits as plain ones."""
    return per_unique(cells, lambda text: unicodedata.normalize("NFKC", " ".join(text.split())))


def numbers(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Numbers as float64 (NaN where empty or not a number) and the reason `not_a_number`.

    Full-width digits and thousands commas are read; `nan`, `inf`, exponents and units are not.
    """
    plain = per_unique(cells, lambda text: unicodedata.normalize("NFKC", text.strip()))
    fits = plain.str.fullmatch(WHOLE + r"(?:\.\d*)?").astype(bool)
    values = pd.to_numeric(plain.str.replace(",", "").where(fits), errors="coerce").astype(float)
    return values, _reasons(cells.index, {"not_a_number": (plain != "") & ~fits})


def whole_numbers(cells: pd.Series, *, least: int = 0) -> tuple[pd.Series, pd.Series]:
    """Whole numbers as int64 (0 where there is a reason) and why a cell is none.

    Reasons: required, not_a_number, negative, not_positive (if `least` is 1), not_whole, too_large.
    """
    values, bad = numbers(cells)
    reasons = _reasons(
        cells.index,
        {
            "required": values.isna() & (bad == ""),
            "not_a_number": bad != "",
            "negative": values < 0,
            "not_whole": (values >= 0) & (values % 1 != 0),
            "not_positive": (values >= 0) & (values < least),
            "too_large": values > LARGEST,
        },
    )
    return values.where(reasons == "", 0).astype("int64"), reasons


def times(
    cells: pd.Series, *, formats: tuple[str, ...], zone: str, now: pd.Timestamp
) -> tuple[pd.Series, pd.Series]:
    """Times as datetime64[us, UTC] (NaT where there is a reason) and why a cell is none.

    The formats are tried in order. An hour that happens twice is taken as its first.
    Reasons: required, not_a_time, no_such_hour, too_early, in_the_future.
    """
    text = cells.str.strip()
    empty = text == ""
    # pandas reads these two as the clock's time, whatever the format.
    words_of_clock = text.str.lower().isin(["now", "today"])
    result = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us, UTC]")
    read = pd.Series(False, index=cells.index)
    for form in formats:
        todo = text[~read & ~empty & ~words_of_clock]
        if todo.empty:
            break
        if "%z" in form:
            parsed = pd.to_datetime(todo, format=form, errors="coerce", utc=True)
            known = parsed.notna()
        else:
            naive = pd.to_datetime(todo, format=form, errors="coerce")
            known = naive.notna()
            parsed = naive.dt.tz_localize(
                zone, ambiguous=np.ones(len(naive), bool), nonexistent="NaT"
            ).dt.tz_convert("UTC")
        result.loc[todo.index[known]] = parsed[known].astype("datetime64[us, UTC]")
        read.loc[todo.index[known]] = True
    reasons = _reasons(
        cells.index,
        {
            "required": empty,
            "not_a_time": ~empty & ~read,
            "no_such_hour": read & result.isna(),
            "too_early": result < EARLIEST,
            "in_the_future": result > now,
        },
    )
    return result.where(reasons == ""), reasons


def holds(condition: Condition, cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Whether a condition holds for each cell (bool), and the reason where that can't be said."""
    fine = pd.Series("", index=cells.index, dtype="str")
    text = cells.str.strip()
    wanted = condition.wanted
    if condition.test == "above":
        values, reasons = numbers(cells)
        return values > wanted, reasons
    if condition.test == "blank":
        return (text == "") == wanted, fine
    if condition.test == "like":
        return per_unique(text, lambda cell: "1" if like(cell, wanted) else "") == "1", fine
    wanted = [wanted] if isinstance(wanted, str) else list(wanted)
    among = text.isin([item.strip() for item in wanted])
    return (among if condition.test in ("is", "in") else ~among), fine


@lru_cache(maxsize=4096)
def like(text: str, pattern: str) -> bool:
    """Whether text fits a pattern (`*`, `?`, `[...]`), case and repeated white space ignored."""
    return fnmatch.fnmatchcase(" ".join(text.split()).lower(), " ".join(pattern.split()).lower())


def _reasons(index: pd.Index, cases: dict[str, pd.Series]) -> pd.Series:
    """One reason per cell: the first case that holds, else ""."""
    chosen = np.select([case.to_numpy(bool) for case in cases.values()], list(cases), default="")
    return pd.Series(chosen, index=index, dtype="str")


def digests(parts: list[pd.Series], index: pd.Index) -> pd.Series:
    """md5 (32 hex digits) of each row's texts, each prefixed by its length so none run together.

    DuckDB does it, since hashing text row by row in Python takes longer than all other checks.
    """
    table = pa.table({f"p{i}": pa.array(part, pa.string()) for i, part in enumerate(parts)})
    # Column names are numbered here, nothing of the file is in the statement.
    pieces = ", ".join(f"length(p{i})::VARCHAR || ':' || p{i}" for i in range(len(parts)))
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")  # keeps the rows' order
        connection.register("parts", table)
        found = connection.sql(f"SELECT md5(concat({pieces})) AS d FROM parts").to_arrow_table()  # nosec B608
    return pd.Series(found["d"].to_pandas().to_numpy(), index=index, dtype="str")
