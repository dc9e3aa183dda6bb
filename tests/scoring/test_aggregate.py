"""Daily facts: what is counted, that nothing is lost, and that it is the same every time."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.aggregate import DailyFacts, daily_facts
from scoring.importing.mapping import Attribution
from scoring.snapshot import Decision
from tests.scoring.operations import error_events, snapshot, work_events

JANUARY = (dt.date(2024, 1, 1), dt.date(2024, 2, 1))
NAMED = Attribution(rules=("named",))


def facts(folder: Path, *frames: pd.DataFrame | None, **options: object) -> DailyFacts:
    return daily_facts(snapshot(folder, *frames, **options), *JANUARY)


def test_an_empty_ledger_has_no_facts_but_all_columns(tmp_path: Path) -> None:
    empty = facts(tmp_path)
    assert empty.work.empty
    assert empty.errors.empty
    assert empty.unattributed == {"errors": 0, "quantity": 0}
    assert list(empty.work.columns) == [
        "person", "process", "difficulty", "day",
        "units", "busy_us", "events", "other_us", "other_events",
    ]  # fmt: skip
    assert list(empty.errors.columns) == [
        "person", "process", "difficulty", "day", "error_code", "severity", "incidents", "quantity"
    ]  # fmt: skip


def test_time_without_units_is_kept_apart(tmp_path: Path) -> None:
    rows = facts(
        tmp_path, work_events({}, {"units": 0}, {"activity": "setup"}, {"activity": "down"})
    ).work
    assert len(rows) == 1
    assert rows.iloc[0][["units", "events", "other_events"]].tolist() == [10, 1, 3]
    assert rows.iloc[0][["busy_us", "other_us"]].tolist() == [1_800_000_000, 5_400_000_000]


def test_each_person_process_difficulty_and_day_is_a_row(tmp_path: Path) -> None:
    work = work_events(
        {},
        {"person": "other"},
        {"process": "packing"},
        {"difficulty": "bulky"},
        {"started_at": "2024-01-16 09:00", "finished_at": "2024-01-16 09:30"},
    )
    assert len(facts(tmp_path, work).work) == 5


def test_days_are_half_open(tmp_path: Path) -> None:
    def on(day: str) -> dict[str, object]:
        return {"started_at": f"{day} 09:00", "finished_at": f"{day} 09:30"}

    days = [on(day) for day in ("2023-12-31", "2024-01-01", "2024-01-31", "2024-02-01")]
    assert facts(tmp_path, work_events(*days)).work["day"].tolist() == [
        pd.Timestamp("2024-01-01"),
        pd.Timestamp("2024-01-31"),
    ]


def test_an_error_counts_on_the_day_it_was_made_though_it_was_found_later(tmp_path: Path) -> None:
    work = work_events({"started_at": "2024-01-31 09:00", "finished_at": "2024-01-31 09:30"})
    errors = error_events({"person": "maker", "process": "picking", "found_at": "2024-02-02 09:00"})
    found = facts(tmp_path, work, errors, policy=NAMED)
    assert found.errors["day"].tolist() == [pd.Timestamp("2024-01-31")]


def test_lines_of_one_check_are_one_incident(tmp_path: Path) -> None:
    errors = error_events(
        {"person": "maker", "quantity": 2},
        {"person": "maker", "quantity": 3},
        {"person": "maker", "found_at": "2024-01-15 11:00"},
        {"person": "maker", "order_ref": ""},
        {"person": "maker", "order_ref": ""},
    )
    found = facts(tmp_path, None, errors, policy=NAMED).errors
    assert found[["incidents", "quantity"]].sum().tolist() == [4, 8]


def test_codes_and_severities_are_told_apart(tmp_path: Path) -> None:
    errors = error_events(
        {"person": "maker"},
        {"person": "maker", "error_code": "错发"},
        {"person": "maker", "severity": 3},
    )
    found = facts(tmp_path, None, errors, policy=NAMED).errors
    assert list(zip(found["error_code"], found["severity"], strict=True)) == [
        ("MISPICK", 1), ("MISPICK", 3), ("错发", 1)
    ]  # fmt: skip


def test_errors_without_maker_are_counted_and_charged_to_nobody(tmp_path: Path) -> None:
    errors = error_events({"person": "maker"}, {"quantity": 4}, {"quantity": 5})
    found = facts(tmp_path, None, errors, policy=NAMED, decisions=(Decision("e2", ""),))
    assert found.unattributed == {"errors": 1, "quantity": 4}
    assert found.errors["quantity"].sum() == 1


def test_the_fingerprint_names_all_that_a_figure_depends_on(tmp_path: Path) -> None:
    work, errors = work_events({}), error_events({})
    base = snapshot(tmp_path / "a", work, errors)
    assert snapshot(tmp_path / "b", work, errors).fingerprint == base.fingerprint
    others = [
        snapshot(tmp_path / "c", work_events({"units": 11}), errors),
        snapshot(tmp_path / "d", work, None),
        snapshot(tmp_path / "e", work, errors, policy=Attribution(rules=("did_process",))),
        snapshot(tmp_path / "f", work, errors, decisions=(Decision("e0", "maker"),)),
    ]
    assert len({item.fingerprint for item in [base, *others]}) == 5


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "person": st.sampled_from(["a", "b", "c"]),
            "process": st.sampled_from(["picking", "packing"]),
            "order_ref": st.sampled_from(["", "O1", "O2", "O3"]),
            "activity": st.sampled_from(["production", "setup", "down"]),
            "units": st.integers(0, 50),
            "difficulty": st.sampled_from(["normal", "bulky"]),
            "finished_at": st.integers(31, 24 * 60 * 3).map(
                lambda minutes: str(pd.Timestamp("2024-01-15 09:00") + pd.Timedelta(minutes, "min"))
            ),
        }
    ),
    min_size=1,
    max_size=25,
)
CHECKS = st.lists(
    st.fixed_dictionaries(
        {
            "order_ref": st.sampled_from(["", "O1", "O2", "O9"]),
            "process": st.sampled_from(["", "picking", "packing", "checking"]),
            "person": st.sampled_from(["", "", "a"]),
            "quantity": st.integers(1, 5),
            "found_at": st.integers(0, 24 * 60 * 3).map(
                lambda minutes: str(pd.Timestamp("2024-01-15 09:00") + pd.Timedelta(minutes, "min"))
            ),
        }
    ),
    min_size=1,
    max_size=12,
)
RULES = st.lists(
    st.sampled_from(["named", "did_process", "last_maker_before_check"]), min_size=1, unique=True
)
numbers = itertools.count()


def maker_by_hand(error: dict, work: list[dict], rules: list[str]) -> str:
    """The documentation's rules, one error and one row at a time."""
    done = [
        row | {"line": 1, "id": f"w{i}"}
        for i, row in enumerate(work)
        if row["activity"] == "production"
        and row["order_ref"] == error["order_ref"] != ""
        and pd.Timestamp(row["finished_at"]) <= pd.Timestamp(error["found_at"])
    ]
    for rule in rules:
        if rule == "named" and error["person"]:
            return error["person"]
        fits = [r for r in done if rule != "did_process" or r["process"] == error["process"]]
        if rule == "last_maker_before_check" and fits:
            latest = max(pd.Timestamp(r["finished_at"]) for r in fits)
            fits = [r for r in fits if pd.Timestamp(r["finished_at"]) == latest]
        people = {r["person"] for r in fits}
        if rule != "named" and people:
            return people.pop() if len(people) == 1 else ""
    return ""


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(work=ROWS, errors=CHECKS, rules=RULES)
def test_nothing_is_lost_and_every_maker_is_the_one_found_by_hand(
    tmp_path: Path, work: list[dict], errors: list[dict], rules: list[str]
) -> None:
    folder = tmp_path / str(next(numbers))
    rows, checks = work_events(*work), error_events(*errors)
    fixed = snapshot(folder, rows, checks, policy=Attribution(rules=tuple(rules)))
    found = daily_facts(fixed, dt.date(2024, 1, 1), dt.date(2025, 1, 1))
    counted = found.work
    assert counted["busy_us"].sum() + counted["other_us"].sum() == rows["busy_us"].sum()
    assert counted["events"].sum() + counted["other_events"].sum() == len(rows)
    makes = (rows["activity"] == "production") & (rows["units"] > 0)
    assert counted["units"].sum() == rows.loc[makes, "units"].sum()
    expected: dict[str, int] = {}
    for error in errors:
        maker = maker_by_hand(error, work, rules)
        expected[maker] = expected.get(maker, 0) + error["quantity"]
    charged = found.errors.groupby("person")["quantity"].sum().to_dict()
    assert found.unattributed["quantity"] == expected.pop("", 0)
    assert charged == expected
