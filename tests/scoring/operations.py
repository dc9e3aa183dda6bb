"""A small warehouse export and what turns it into events, for the tests of operations data."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from scoring import ledger
from scoring.importing.mapping import Attribution, Mapping, parse
from scoring.importing.reading import read_rows
from scoring.importing.resolving import Checked, resolve
from scoring.snapshot import Decision, File, Snapshot

MAPPING = """
version = 1

[time]
zone = "Asia/Shanghai"
formats = ["%Y-%m-%d %H:%M"]

[person]
system = "wms"

[rows]
skip = [{ column = "状态", in = ["已取消"] }]

[work]
order_ref = "订单号"
person = "工号"
process = { column = "作业", values = { "拣" = "picking", "包" = "packing", "验" = "checking" } }
started_at = "开始"
finished_at = "结束"
units = "件数"
difficulty = { column = "类型", values = { "大件" = "bulky" }, default = "normal" }

[errors]
where = [{ column = "不良", above = 0 }]
order_ref = "订单号"
process = { column = "作业", values = { "拣" = "picking", "包" = "packing", "验" = "checking" } }
found_by = "工号"
found_at = "开始"
error_code = { constant = "REJECT" }
quantity = "不良"

[attribution]
rules = ["own_step", "last_maker_before_check"]
inspection_processes = ["checking"]
"""
COLUMNS = ["订单号", "工号", "作业", "开始", "结束", "件数", "类型", "不良", "状态"]
GOOD = {
    "订单号": "202401150000000001",
    "工号": "W01",
    "作业": "拣",
    "开始": "2024-01-15 09:00",
    "结束": "2024-01-15 09:30",
    "件数": "12",
    "类型": "",
    "不良": "",
    "状态": "",
}
NOW = pd.Timestamp("2024-06-01", tz="UTC")
ACCOUNTS = pd.DataFrame(
    {
        "account": ["W01", "W02", "W03"],
        "person": ["key-1", "key-2", "key-3"],
        "starts_on": pd.to_datetime(["2023-01-01"] * 3).astype("datetime64[us]"),
        "ends_on": pd.to_datetime([None] * 3).astype("datetime64[us]"),
    }
).astype({"account": "str", "person": "str"})


def row(**changes: str) -> dict[str, str]:
    """A row that is right, with these cells changed."""
    return GOOD | changes


def frame(*rows: dict[str, str]) -> pd.DataFrame:
    """Rows as `read_table` gives them: text, empty cells ""."""
    return pd.DataFrame(list(rows), columns=COLUMNS, dtype="str")


def csv_bytes(*rows: dict[str, str], encoding: str = "utf-8") -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode(encoding)


def check(
    *rows: dict[str, str],
    mapping: Mapping | str = MAPPING,
    accounts: pd.DataFrame = ACCOUNTS,
    site_zone: str = "Asia/Shanghai",
) -> Checked:
    """Read and resolve rows; the first is line 2 of its file."""
    table = frame(*rows)
    draft = read_rows(
        table,
        pd.Series(range(2, 2 + len(table))),
        parse(mapping) if isinstance(mapping, str) else mapping,
        source="wms",
        site_zone=site_zone,
        now=NOW,
    )
    return resolve(draft, accounts)


def reasons(checked: Checked) -> list[tuple[int, str, str]]:
    """(line, field, reason) of all that was rejected."""
    columns = ["line", "field", "reason"]
    return [tuple(item) for item in checked.rejected[columns].itertuples(index=False)]


WORK = {
    "event_id": "",
    "content": "",
    "line": 1,
    "order_ref": "O1",
    "person": "maker",
    "process": "picking",
    "activity": "production",
    "started_at": "2024-01-15 09:00",
    "finished_at": "2024-01-15 09:30",
    "units": 10,
    "difficulty": "normal",
    "source": "wms",
}
ERROR = {
    "event_id": "",
    "content": "",
    "line": 1,
    "order_ref": "O1",
    "process": "checking",
    "error_code": "MISPICK",
    "person": "",
    "found_by": "finder",
    "found_at": "2024-01-15 10:00",
    "quantity": 1,
    "severity": 1,
    "work_event": "",
    "source": "qc",
}


def work_events(*rows: dict[str, object]) -> pd.DataFrame:
    """Work in the ledger's columns; times are UTC; ids w0, w1, ... unless given."""
    events = pd.DataFrame([WORK | {"event_id": f"w{i}"} | r for i, r in enumerate(rows)])
    for name in ("started_at", "finished_at"):
        events[name] = pd.to_datetime(events[name], utc=True).astype("datetime64[us, UTC]")
    events["work_day"] = events["started_at"].dt.tz_localize(None).dt.normalize()
    span = events["finished_at"].astype("int64") - events["started_at"].astype("int64")
    return events.assign(busy_us=span)[ledger.SCHEMAS["work"].names]


def error_events(*rows: dict[str, object]) -> pd.DataFrame:
    """Errors in the ledger's columns; times are UTC; ids e0, e1, ... unless given."""
    events = pd.DataFrame([ERROR | {"event_id": f"e{i}"} | r for i, r in enumerate(rows)])
    events["found_at"] = pd.to_datetime(events["found_at"], utc=True).astype("datetime64[us, UTC]")
    events["work_day"] = events["found_at"].dt.tz_localize(None).dt.normalize()
    return events[ledger.SCHEMAS["errors"].names]


def snapshot(
    folder: Path,
    work: pd.DataFrame | None = None,
    errors: pd.DataFrame | None = None,
    *,
    policy: Attribution | None = None,
    decisions: tuple[Decision, ...] = (),
) -> Snapshot:
    """A ledger of one set in `folder`; `policy` is that of the sources wms and qc."""
    frames = {"work": work, "errors": errors}
    parts = ledger.write_set(folder, "set", {k: f for k, f in frames.items() if f is not None})
    return Snapshot(
        folder=folder,
        files=tuple(File(part.kind, part.name, part.sha256) for part in parts),
        policies=dict.fromkeys(("wms", "qc"), policy or Attribution()),
        decisions=decisions,
    )
