"""Who made an error: each rule, what it leaves open, and that no finder is ever charged."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from scoring.aggregate import attributed_errors, open_errors, order_history
from scoring.importing.mapping import Attribution
from scoring.snapshot import Decision
from tests.scoring.operations import error_events, snapshot, work_events

LAST_MAKER = Attribution(
    rules=("own_step", "last_maker_before_check"),
    inspection_processes=("*check*",),
    not_making=("loading",),
)
DID_PROCESS = Attribution(rules=("did_process",))


def one(folder: Path, work: pd.DataFrame, errors: pd.DataFrame, **options: object) -> pd.Series:
    found = attributed_errors(snapshot(folder, work, errors, **options))
    assert len(found) == 1
    return found.iloc[0]


def test_a_named_maker_is_believed(tmp_path: Path) -> None:
    error = one(tmp_path, work_events({}), error_events({"person": "maker"}))
    assert (error["person"], error["rule"]) == ("maker", "named")


def test_a_named_makers_error_belongs_to_the_work_it_was_made_in(tmp_path: Path) -> None:
    work = work_events(
        {"finished_at": "2024-01-13 09:30", "started_at": "2024-01-13 09:00", "difficulty": "bulky"}
    )
    error = one(tmp_path, work, error_events({"person": "maker", "process": "picking"}))
    assert error["day"] == pd.Timestamp("2024-01-13")
    assert (error["process"], error["difficulty"]) == ("picking", "bulky")


def test_a_named_maker_without_work_in_the_ledger_keeps_the_day_of_the_check(
    tmp_path: Path,
) -> None:
    errors = error_events({"person": "other", "process": "picking"})
    error = one(tmp_path, work_events({}), errors)
    assert error["day"] == pd.Timestamp("2024-01-15")
    assert (error["process"], error["difficulty"], error["maker_event"]) == ("picking", "", "")


def test_an_error_on_a_making_step_is_charged_to_who_did_it(tmp_path: Path) -> None:
    errors = error_events(
        {"source": "wms", "process": "picking", "work_event": "w0", "found_by": "maker"}
    )
    error = one(tmp_path, work_events({}), errors, policy=LAST_MAKER)
    assert (error["person"], error["rule"], error["maker_event"]) == ("maker", "own_step", "w0")


def test_an_error_found_at_an_inspection_is_not_charged_to_the_inspector(tmp_path: Path) -> None:
    work = work_events(
        {},
        {
            "person": "finder",
            "process": "Final Check",
            "started_at": "2024-01-15 10:00",
            "finished_at": "2024-01-15 10:10",
        },
    )
    errors = error_events({"work_event": "w1", "process": "Final Check"})
    error = one(tmp_path, work, errors, policy=LAST_MAKER)
    assert (error["person"], error["rule"]) == ("maker", "last_maker_before_check")
    assert error["process"] == "picking"


def test_the_last_maker_is_who_finished_latest_before_the_check(tmp_path: Path) -> None:
    work = work_events(
        {"person": "first"},
        {"person": "last", "process": "sewing", "finished_at": "2024-01-15 10:00"},
        {"person": "later", "process": "sewing", "finished_at": "2024-01-15 10:01"},
        {"person": "loader", "process": "loading", "finished_at": "2024-01-15 09:59"},
        {"person": "setter", "activity": "setup", "finished_at": "2024-01-15 09:58"},
        {"person": "elsewhere", "order_ref": "O2", "finished_at": "2024-01-15 09:57"},
    )
    error = one(tmp_path, work, error_events({}), policy=LAST_MAKER)
    assert (error["person"], error["maker_event"], error["people"]) == ("last", "w1", 1)


TIED = ({"person": "one", "line": 7}, {"person": "two", "line": 8})


def test_a_tie_waits_for_a_person(tmp_path: Path) -> None:
    error = one(tmp_path, work_events(*TIED), error_events({}), policy=LAST_MAKER)
    assert (error["person"], error["rule"]) == ("", "last_maker_before_check")
    assert error["people"] == 2


def test_a_tie_goes_to_the_one_listed_last_where_the_source_says_so(tmp_path: Path) -> None:
    policy = Attribution(rules=LAST_MAKER.rules, ties="last_listed")
    error = one(tmp_path, work_events(*TIED), error_events({}), policy=policy)
    assert (error["person"], error["people"]) == ("two", 2)


def test_a_tie_of_one_persons_rows_is_none(tmp_path: Path) -> None:
    work = work_events({"line": 7}, {"line": 8})
    assert one(tmp_path, work, error_events({}), policy=LAST_MAKER)["person"] == "maker"


def test_who_did_the_process_on_that_order(tmp_path: Path) -> None:
    work = work_events({"person": "picker"}, {"person": "packer", "process": "packing"})
    errors = error_events({"process": "picking"})
    error = one(tmp_path, work, errors, policy=DID_PROCESS)
    assert (error["person"], error["rule"]) == ("picker", "did_process")


def test_several_who_did_the_process_wait_for_a_person_and_for_no_further_rule(
    tmp_path: Path,
) -> None:
    policy = Attribution(rules=("did_process", "last_maker_before_check"))
    work = work_events({"person": "one"}, {"person": "two", "finished_at": "2024-01-15 09:45"})
    error = one(tmp_path, work, error_events({"process": "picking"}), policy=policy)
    assert (error["person"], error["rule"], error["people"]) == ("", "did_process", 2)


def test_the_rules_are_tried_in_the_sources_order(tmp_path: Path) -> None:
    work = work_events({"person": "picker"}, {"person": "packer", "process": "packing",
                                              "finished_at": "2024-01-15 09:45"})  # fmt: skip
    errors = error_events({"process": "picking", "person": "named"})
    for rules, person in (
        (("named", "did_process"), "named"),
        (("did_process", "named"), "picker"),
        (("last_maker_before_check", "named"), "packer"),
    ):
        folder = tmp_path / rules[0]
        assert one(folder, work, errors, policy=Attribution(rules=rules))["person"] == person


@pytest.mark.parametrize("order", ["", "O9"])
def test_without_an_order_or_work_on_it_nobody_is_charged(tmp_path: Path, order: str) -> None:
    work = work_events({}, {"order_ref": ""})
    error = one(tmp_path, work, error_events({"order_ref": order}), policy=LAST_MAKER)
    assert (error["person"], error["rule"], error["people"]) == ("", "", 0)


def test_an_error_of_a_source_without_policy_waits(tmp_path: Path) -> None:
    errors = error_events({"source": "unheard", "person": "maker"})
    assert one(tmp_path, work_events({}), errors)["person"] == ""


def test_a_decision_goes_before_every_rule(tmp_path: Path) -> None:
    decisions = (Decision("e0", "assigned"),)
    work = work_events({}, {"person": "assigned", "difficulty": "bulky"})
    error = one(tmp_path, work, error_events({}), policy=LAST_MAKER, decisions=decisions)
    assert (error["person"], error["rule"]) == ("assigned", "assigned")
    assert (error["maker_event"], error["difficulty"]) == ("w1", "bulky")


def test_an_error_that_counts_for_nobody_is_neither_charged_nor_waiting(tmp_path: Path) -> None:
    fixed = snapshot(
        tmp_path,
        work_events({}),
        error_events({}),
        policy=LAST_MAKER,
        decisions=(Decision("e0", ""),),
    )
    assert attributed_errors(fixed).iloc[0][["person", "rule"]].tolist() == ["", "nobody"]
    assert open_errors(fixed).empty


def test_the_queue_holds_what_no_rule_could_decide(tmp_path: Path) -> None:
    fixed = snapshot(
        tmp_path,
        work_events({}, {"order_ref": "O2", "finished_at": "2024-01-15 11:00"}),
        error_events({}, {"order_ref": "O2"}, {"order_ref": "O9"}, {"order_ref": ""}),
        policy=LAST_MAKER,
    )
    waiting = open_errors(fixed)
    assert waiting["event_id"].tolist() == ["e1", "e2", "e3"]
    assert waiting["order_known"].tolist() == [True, False, False]


def test_a_lead_is_shown_the_orders_of_the_own_people(tmp_path: Path) -> None:
    late = "2024-01-15 11:00"
    fixed = snapshot(
        tmp_path,
        work_events(
            {"order_ref": "O1", "person": "mine", "finished_at": late},
            {"order_ref": "O2", "person": "other", "finished_at": late},
        ),
        error_events({}, {"order_ref": "O2"}, {"order_ref": "O9"}),
        policy=LAST_MAKER,
    )
    assert open_errors(fixed, among={"mine"})["order_ref"].tolist() == ["O1"]
    assert open_errors(fixed, among=set()).empty


def test_the_history_of_an_order_begins_with_what_was_last(tmp_path: Path) -> None:
    work = work_events(
        {"person": "second", "finished_at": "2024-01-15 09:50"},
        {"person": "first"},
        {"order_ref": "O2"},
    )
    assert order_history(snapshot(tmp_path, work), "O1")["person"].tolist() == ["second", "first"]
