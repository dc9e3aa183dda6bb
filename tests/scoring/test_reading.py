"""From rows to events: what is taken, and each thing that can be wrong with a row."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from scoring.importing.mapping import parse
from scoring.importing.reading import MissingColumns, read_rows
from scoring.importing.reasons import REASONS, sentence
from scoring.importing.resolving import Checked
from tests.scoring.operations import ACCOUNTS, MAPPING, NOW, check, frame, reasons, row


def one_work(checked: Checked) -> pd.Series:
    assert reasons(checked) == []
    assert len(checked.work) == 1
    return checked.work.iloc[0]


def test_a_right_row_becomes_a_work_event() -> None:
    event = one_work(check(row()))
    assert event["order_ref"] == "202401150000000001"
    assert event["person"] == "key-1"
    assert event["process"] == "picking"
    assert event["activity"] == "production"
    assert event["started_at"] == pd.Timestamp("2024-01-15 01:00", tz="UTC")
    assert event["busy_us"] == 30 * 60 * 1_000_000
    assert event["work_day"] == pd.Timestamp("2024-01-15")
    assert event["units"] == 12
    assert event["difficulty"] == "normal"


def test_a_row_may_be_work_and_error_at_once() -> None:
    checked = check(row(不良="2"))
    assert checked.errors.iloc[0]["quantity"] == 2
    assert checked.errors.iloc[0]["found_by"] == "key-1"
    assert checked.errors.iloc[0]["work_event"] == checked.work.iloc[0]["event_id"]


def test_the_day_is_the_sites_own() -> None:
    # 00:30 in Shanghai is still the day before in UTC
    text = MAPPING.replace('zone = "Asia/Shanghai"', 'zone = "UTC"\nsite_zone = "Asia/Shanghai"')
    event = one_work(check(row(开始="2024-01-14 16:30", 结束="2024-01-14 17:00"), mapping=text))
    assert event["work_day"] == pd.Timestamp("2024-01-15")


def test_without_a_site_zone_the_stores_own_counts() -> None:
    text = MAPPING.replace('zone = "Asia/Shanghai"', 'zone = "UTC"')
    cells = row(开始="2024-01-14 23:30", 结束="2024-01-14 23:40")
    assert one_work(check(cells, mapping=text))["work_day"] == pd.Timestamp("2024-01-15")
    there = check(cells, mapping=text, site_zone="UTC")
    assert one_work(there)["work_day"] == pd.Timestamp("2024-01-14")


def test_rows_that_the_mapping_leaves_out_are_only_counted() -> None:
    checked = check(row(), row(状态="已取消", 工号="nobody", 件数="x"))
    assert (checked.rows, checked.skipped, checked.rejected_rows) == (2, 1, 0)
    assert checked.accepted_rows == 1


@pytest.mark.parametrize(
    ("text", "units"),
    [("12", 12), ("１２", 12), ("1,234", 1234), ("12.0", 12), (" 7 ", 7), ("0", 0)],
)
def test_a_number_may_be_written_as_people_write_it(text: str, units: int) -> None:
    assert one_work(check(row(件数=text)))["units"] == units


def test_an_account_is_known_in_full_width_too() -> None:
    assert one_work(check(row(工号="Ｗ０１")))["person"] == "key-1"


BAD = [
    ("件数", "-3", "negative"),
    ("件数", "1.5", "not_whole"),
    ("件数", "twelve", "not_a_number"),
    ("件数", "NaN", "not_a_number"),
    ("件数", "inf", "not_a_number"),
    ("件数", "1e3", "not_a_number"),
    ("件数", "1,23", "not_a_number"),
    ("件数", "99999999999", "too_large"),
    ("件数", "", "required"),
    ("工号", "", "required"),
    ("工号", "W99", "unknown_person"),
    ("作业", "", "unknown_value"),
    ("作业", "洗", "unknown_value"),
    ("开始", "", "required"),
    ("开始", "2024-02-30 09:00", "not_a_time"),
    ("开始", "15/01/2024", "not_a_time"),
    ("开始", "now", "not_a_time"),
    ("开始", "NaT", "not_a_time"),
    ("开始", "1900-01-01 00:00", "too_early"),
    ("结束", "2030-01-01 00:00", "in_the_future"),
    ("结束", "2024-01-15 09:00", "not_after_start"),
    ("结束", "2024-01-15 08:00", "not_after_start"),
    ("订单号", "9" * 201, "too_long"),
    ("不良", "-1", "negative"),
    ("不良", "some", "not_a_number"),
    ("不良", "0.5", "not_whole"),
]


@pytest.mark.parametrize(("field", "cell", "reason"), BAD)
def test_a_wrong_cell_rejects_its_row_and_no_other(field: str, cell: str, reason: str) -> None:
    checked = check(row(), row(**{"订单号": "2", field: cell}), row(订单号="3"))
    assert reasons(checked) == [(3, field, reason)]
    assert checked.work["line"].tolist() == [2, 4]
    assert len(checked.errors) == 0


@pytest.mark.parametrize(("field", "cell", "reason"), BAD)
def test_every_reason_is_a_sentence_and_says_what_mends_it(
    field: str, cell: str, reason: str
) -> None:
    rejected = check(row(**{field: cell})).rejected.iloc[0]
    wrong, mend = sentence(rejected["reason"], json.loads(rejected["params"]))
    assert wrong.endswith(".")
    assert mend.endswith(".")
    assert "%" not in (wrong + mend).replace("%Y-%m-%d %H:%M", "")
    assert rejected["value"] == cell[:200]


def test_several_wrong_cells_of_a_row_are_all_listed() -> None:
    checked = check(row(件数="-1", 工号="", 结束="soon"))
    assert {reason for _, _, reason in reasons(checked)} == {"negative", "required", "not_a_time"}
    assert checked.rejected_rows == 1


def test_an_account_of_nobody_on_that_day_is_told_from_an_unknown_one() -> None:
    left = ACCOUNTS.assign(ends_on=pd.Timestamp("2024-01-15")).astype(ACCOUNTS.dtypes)
    checked = check(row(), accounts=left)
    assert reasons(checked) == [(2, "工号", "nobody_then")]
    assert "2024-01-15" in checked.rejected.iloc[0]["params"]


def test_a_badge_that_is_used_again_belongs_to_each_holder_in_turn() -> None:
    badge = pd.DataFrame(
        {
            "account": ["W01", "W01"],
            "person": ["first", "second"],
            "starts_on": pd.to_datetime(["2023-01-01", "2024-01-16"]),
            "ends_on": pd.to_datetime(["2024-01-16", None]),
        }
    ).astype(ACCOUNTS.dtypes)
    later = row(开始="2024-01-16 09:00", 结束="2024-01-16 09:30")
    assert check(row(), later, accounts=badge).work["person"].tolist() == ["first", "second"]


def test_a_repeated_row_counts_once() -> None:
    checked = check(row(), row(), row(件数="13"), row())
    assert reasons(checked) == [(3, "订单号", "duplicate"), (5, "订单号", "duplicate")]
    assert [json.loads(text)["line"] for text in checked.rejected["params"]] == [2, 2]


def test_a_repeated_wrong_row_is_listed_as_repeated_only() -> None:
    checked = check(row(件数="-1"), row(件数="-1"))
    assert reasons(checked) == [(2, "件数", "negative"), (3, "订单号", "duplicate")]


def test_a_key_of_the_system_tells_a_repeated_event_from_a_contradiction() -> None:
    text = MAPPING.replace('units = "件数"', 'units = "件数"\nkey = ["订单号"]')
    text = text.replace('quantity = "不良"', 'quantity = "不良"\nkey = ["订单号"]')
    checked = check(row(), row(), row(件数="13"), mapping=text)
    assert reasons(checked) == [(3, "订单号", "duplicate"), (4, "订单号", "conflict")]


def test_another_time_format_does_not_make_another_event() -> None:
    both = MAPPING.replace('["%Y-%m-%d %H:%M"]', '["%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"]')
    again = row(开始="15.01.2024 09:00", 结束="15.01.2024 09:30")
    one, other = (check(cells, mapping=both).work.iloc[0] for cells in (row(), again))
    assert one["event_id"] == other["event_id"]
    assert one["content"] == other["content"]


def test_an_hour_that_the_clocks_skip_is_rejected() -> None:
    text = MAPPING.replace('zone = "Asia/Shanghai"', 'zone = "Europe/Berlin"')
    checked = check(row(开始="2024-03-31 02:30", 结束="2024-03-31 03:30"), mapping=text)
    assert reasons(checked) == [(2, "开始", "no_such_hour")]


def test_an_hour_that_happens_twice_is_its_first() -> None:
    text = MAPPING.replace('zone = "Asia/Shanghai"', 'zone = "Europe/Berlin"')
    event = one_work(check(row(开始="2023-10-29 02:30", 结束="2023-10-29 04:30"), mapping=text))
    assert event["busy_us"] == 3 * 3600 * 1_000_000


def test_a_time_may_carry_its_own_zone() -> None:
    text = MAPPING.replace("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%z")
    cells = row(开始="2024-01-15T09:00:00+08:00", 结束="2024-01-15T02:00:00Z")
    assert one_work(check(cells, mapping=text))["busy_us"] == 3600 * 1_000_000


def test_units_count_only_where_the_mapping_says_so() -> None:
    text = MAPPING.replace(
        'units = "件数"', 'units = { column = "件数", where = [{ column = "类型", is = "大件" }] }'
    )
    checked = check(row(), row(订单号="2", 类型="大件"), row(订单号="3", 件数=""), mapping=text)
    assert reasons(checked) == []
    assert checked.work["units"].tolist() == [0, 12, 0]


def test_a_missing_column_refuses_the_whole_file() -> None:
    table = frame(row()).drop(columns=["工号", "开始"])
    with pytest.raises(MissingColumns) as caught:
        read_rows(table, pd.Series([2]), parse(MAPPING), source="wms", site_zone="UTC", now=NOW)
    assert "工号, 开始" in str(caught.value)
    assert "订单号" in str(caught.value)


def test_no_reason_is_without_its_words() -> None:
    for reason in REASONS.values():
        assert str(reason.title)
        assert str(reason.wrong)
        assert str(reason.mend)
