"""The ledger's events -> daily facts, as Ibis expressions: written once, run where the data is.

The embedded default runs them on DuckDB over the Parquet files of a snapshot. Everything that is
summed is an integer, so that no engine and no number of threads changes a digit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import ibis
import pandas as pd
from ibis import _
from ibis.expr.types import Table

from scoring.attribution import NOBODY, attribute, decision_table, rule_table, step_table
from scoring.ledger import SCHEMAS
from scoring.snapshot import Snapshot

WORK_KEYS = ["person", "process", "difficulty", "day"]
WORK_COUNTS = ["units", "busy_us", "events", "other_us", "other_events"]
ERROR_KEYS = ["person", "process", "difficulty", "day", "error_code", "severity"]
ERROR_COUNTS = ["incidents", "quantity"]


@dataclass(frozen=True)
class DailyFacts:
    """What the engine reads; columns and units in docs/operations-data.md. Days are half-open.

    `unattributed` counts the errors found in these days which have no maker: errors, quantity.
    """

    work: pd.DataFrame
    errors: pd.DataFrame
    unattributed: dict[str, int]
    fingerprint: str


@dataclass(frozen=True)
class Events:
    """The ledger as Ibis tables; `attributed` is scoring.attribution.attribute's result."""

    work: Table
    errors: Table
    attributed: Table


@contextmanager
def opened(snapshot: Snapshot) -> Iterator[Events]:
    """The tables of a snapshot, on DuckDB in this process."""
    connection = ibis.duckdb.connect()
    try:
        tables = {}
        for kind, schema in SCHEMAS.items():
            paths = snapshot.paths(kind)
            if paths:
                tables[kind] = connection.read_parquet(paths, table_name=f"ledger_{kind}")
            else:
                tables[kind] = connection.create_table(
                    f"ledger_{kind}", schema=ibis.Schema.from_pyarrow(schema), temp=True
                )
        work, errors = tables["work"], tables["errors"]
        both = ibis.union(*(table.select("source", "process") for table in (work, errors)))
        processes = both.distinct().order_by("source", "process")
        yield Events(
            work=work,
            errors=errors,
            attributed=attribute(
                work,
                errors,
                step_table(_frame(processes), snapshot),
                rule_table(snapshot),
                decision_table(snapshot),
            ),
        )
    finally:
        connection.disconnect()


def work_facts(work: Table, first: dt.date, end: dt.date) -> Table:
    """Work by person, process, difficulty and day (WORK_KEYS -> WORK_COUNTS).

    `units`, `busy_us` and `events` are of production rows with at least one unit; the time of all
    other rows is `other_us`.
    """
    rows = work.filter((_.work_day >= first) & (_.work_day < end)).mutate(
        counts=(_.activity == "production") & (_.units > 0)
    )
    return (
        rows.group_by(person=_.person, process=_.process, difficulty=_.difficulty, day=_.work_day)
        .agg(
            units=ibis.ifelse(_.counts, _.units, 0).sum().cast("int64"),
            busy_us=ibis.ifelse(_.counts, _.busy_us, 0).sum().cast("int64"),
            events=ibis.ifelse(_.counts, 1, 0).sum().cast("int64"),
            other_us=ibis.ifelse(_.counts, 0, _.busy_us).sum().cast("int64"),
            other_events=ibis.ifelse(_.counts, 0, 1).sum().cast("int64"),
        )
        .order_by(WORK_KEYS)
    )


def error_facts(attributed: Table, first: dt.date, end: dt.date) -> Table:
    """Errors that have a maker, by ERROR_KEYS -> ERROR_COUNTS.

    An incident is one check of one order: several lines of one check with the same code are one.
    """
    return (
        attributed.filter((_.person != "") & (_.day >= first) & (_.day < end))
        .group_by(ERROR_KEYS)
        .agg(
            incidents=_.incident.nunique().cast("int64"),
            quantity=_.quantity.sum().cast("int64"),
        )
        .order_by(ERROR_KEYS)
    )


def daily_facts(snapshot: Snapshot, first: dt.date, end: dt.date) -> DailyFacts:
    """The facts of the days from `first` up to but without `end`."""
    with opened(snapshot) as events:
        open_ones = events.attributed.filter(
            (_.person == "") & (_.rule != NOBODY) & (_.found_day >= first) & (_.found_day < end)
        )
        totals = open_ones.agg(
            errors=_.count().cast("int64"), quantity=_.quantity.sum().fill_null(0).cast("int64")
        )
        return DailyFacts(
            work=_frame(work_facts(events.work, first, end)),
            errors=_frame(error_facts(events.attributed, first, end)),
            unattributed=totals.to_pyarrow().to_pylist()[0],
            fingerprint=snapshot.fingerprint,
        )


def attributed_errors(
    snapshot: Snapshot,
    *,
    first: dt.date | None = None,
    end: dt.date | None = None,
    person: str | None = None,
) -> pd.DataFrame:
    """The single errors, latest first, each with its maker and rule; `day` in [first, end)."""
    with opened(snapshot) as events:
        rows = events.attributed
        if first is not None:
            rows = rows.filter(rows.day >= first)
        if end is not None:
            rows = rows.filter(rows.day < end)
        if person is not None:
            rows = rows.filter(rows.person == person)
        return _frame(rows.order_by([ibis.desc("found_at"), "event_id"]))


def open_errors(
    snapshot: Snapshot, *, among: Collection[str] | None = None, error_event: str | None = None
) -> pd.DataFrame:
    """The errors that wait for a person's decision, latest first.

    `among` leaves only those on orders on which one of these persons' keys worked. `order_known`
    says whether the ledger holds any work on that order.
    """
    with opened(snapshot) as events:
        rows = events.attributed.filter((_.person == "") & (_.rule != NOBODY))
        if error_event is not None:
            rows = rows.filter(rows.event_id == error_event)
        work = events.work.filter(_.order_ref != "")
        if among is not None:
            mine = work.filter(work.person.isin(sorted(among))) if among else work.limit(0)
            rows = rows.semi_join(mine, rows.order_ref == mine.order_ref)
        known = work.select(known_order=_.order_ref).distinct()
        rows = rows.left_join(known, rows.order_ref == known.known_order)
        rows = rows.mutate(order_known=_.known_order.notnull()).drop("known_order")
        return _frame(rows.order_by([ibis.desc("found_at"), "event_id"]))


def order_history(snapshot: Snapshot, order_ref: str) -> pd.DataFrame:
    """The work on one order, what was finished last first."""
    with opened(snapshot) as events:
        rows = events.work.filter(_.order_ref == order_ref).select(
            "person", "process", "activity", "started_at", "finished_at", "units", "line"
        )
        return _frame(rows.order_by([ibis.desc("finished_at"), ibis.desc("line")]))


def _frame(expression: Table) -> pd.DataFrame:
    """The result with plain types: text, int64, days as datetime64[us] at midnight."""
    frame = expression.to_pyarrow().to_pandas()
    for name, kind in expression.schema().items():
        if kind.is_date():
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
        elif kind.is_integer():
            frame[name] = frame[name].astype("int64")
        elif kind.is_string():
            frame[name] = frame[name].astype("str")
    return frame
