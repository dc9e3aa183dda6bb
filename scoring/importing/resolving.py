"""A draft and the accounts' holders -> events ready for the ledger.

Pure. Each event gets an id that another export of the same event gets too, and a digest of its
content, by which a changed event is told from a repeated one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from scoring.importing import cells
from scoring.importing.problems import Problems
from scoring.importing.reading import Draft


@dataclass(frozen=True)
class Checked:
    """What an import would write, and what it would not.

    `work` and `errors` have the ledger's columns (scoring/ledger.py). `rejected` has PROBLEMS'
    columns, one row per cell that is wrong; `rejected_rows` counts the rows of the file.
    """

    rows: int
    skipped: int
    without_event: int
    work: pd.DataFrame
    errors: pd.DataFrame
    rejected: pd.DataFrame

    @property
    def rejected_rows(self) -> int:
        return int(self.rejected["row"].nunique())

    @property
    def accepted_rows(self) -> int:
        return self.rows - self.skipped - self.without_event - self.rejected_rows


def resolve(draft: Draft, accounts: pd.DataFrame) -> Checked:
    """Put people in place of accounts and give each event its id.

    `accounts`: account, person (key), starts_on and ends_on (datetime64 dates, NaT while open).
    """
    problems = Problems(draft.problems.lines, list(draft.problems.parts))
    people: dict[str, pd.Series] = {}
    names = ("work.account", "errors.account", "errors.found_by_account")
    for name, uses in zip(names, draft.uses(), strict=True):
        people[name], reasons = _holders(uses, accounts)
        params = partial(_whose, draft.system, uses["day"])
        for column, part in reasons.groupby(uses["field"]):
            problems.add(part, column=str(column), values=uses["account"], params=params)
    bad = problems.rows()
    work = draft.work[~draft.work.index.isin(bad)]
    errors = draft.errors[~draft.errors.index.isin(bad)]
    return Checked(
        rows=draft.rows,
        skipped=draft.skipped,
        without_event=draft.without_event,
        work=_work_events(work, people["work.account"], draft.source),
        errors=_error_events(
            errors, people["errors.account"], people["errors.found_by_account"], draft.source
        ),
        rejected=problems.frame(),
    )


def _whose(system: str, days: pd.Series, bad: pd.Index) -> Iterator[dict[str, str]]:
    """The parameters of a reason that speaks of an account on a day."""
    for day in days[bad]:
        yield {"system": system, "day": f"{day:%Y-%m-%d}"}


def _holders(uses: pd.DataFrame, accounts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """(person key, reason) for each use of an account on a day."""
    pairs = uses[["account", "day"]].drop_duplicates()
    known = pairs["account"].isin(accounts["account"])
    held = pairs.merge(accounts, on="account")
    held = held[
        (held["starts_on"] <= held["day"])
        & (held["ends_on"].isna() | (held["day"] < held["ends_on"]))
    ].drop_duplicates(["account", "day"])
    pairs = pairs.assign(known=known).merge(
        held[["account", "day", "person"]], on=["account", "day"], how="left"
    )
    found = uses[["account", "day"]].merge(pairs, on=["account", "day"], how="left")
    found.index = uses.index
    missing = found["person"].isna().to_numpy()
    reasons = pd.Series(
        np.select(
            [missing & ~found["known"].to_numpy(bool), missing],
            ["unknown_person", "nobody_then"],
            default="",
        ),
        index=uses.index,
        dtype="str",
    )
    return found["person"].astype("str"), reasons


def _work_events(work: pd.DataFrame, people: pd.Series, source: str) -> pd.DataFrame:
    index = work.index
    busy = work["finished_at"].astype("int64") - work["started_at"].astype("int64")
    content = [
        work["account"],
        work["process"],
        work["activity"],
        work["difficulty"],
        work["units"].astype("str"),
        work["started_at"].astype("int64").astype("str"),
        work["finished_at"].astype("int64").astype("str"),
        work["order_ref"],
    ]
    return pd.DataFrame(
        {
            "event_id": _event_ids(source, "work", work["identity"]),
            "content": cells.digests(content, index),
            "line": work["line"].astype("int64"),
            "order_ref": work["order_ref"],
            "person": people[index],
            "process": work["process"],
            "activity": work["activity"],
            "started_at": work["started_at"],
            "finished_at": work["finished_at"],
            "work_day": work["day"],
            "busy_us": busy,
            "units": work["units"],
            "difficulty": work["difficulty"],
            "source": source,
        }
    )


def _error_events(
    errors: pd.DataFrame, people: pd.Series, finders: pd.Series, source: str
) -> pd.DataFrame:
    index = errors.index
    content = [
        errors["account"],
        errors["found_by_account"],
        errors["process"],
        errors["error_code"],
        errors["quantity"].astype("str"),
        errors["severity"].astype("str"),
        errors["found_at"].astype("int64").astype("str"),
        errors["order_ref"],
    ]
    on_work = errors["on_work"].to_numpy(bool)
    return pd.DataFrame(
        {
            "event_id": _event_ids(source, "error", errors["identity"]),
            "content": cells.digests(content, index),
            "line": errors["line"].astype("int64"),
            "order_ref": errors["order_ref"],
            "process": errors["process"],
            "error_code": errors["error_code"],
            "person": people.reindex(index).fillna(""),
            "found_by": finders.reindex(index).fillna(""),
            "found_at": errors["found_at"],
            "work_day": errors["day"],
            "quantity": errors["quantity"],
            "severity": errors["severity"],
            "work_event": _event_ids(source, "work", errors["identity"]).where(on_work, ""),
            "source": source,
        }
    )


def _event_ids(source: str, kind: str, identity: pd.Series) -> pd.Series:
    constant = {name: pd.Series(name, index=identity.index, dtype="str") for name in (source, kind)}
    return cells.digests([constant[source], constant[kind], identity], identity.index)
