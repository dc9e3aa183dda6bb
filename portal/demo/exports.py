"""The demo's operations as the three systems would export them, month by month.

`wms`: the warehouse system's work log, Chinese, CSV in GB18030, times of the site. `quality`: the
list of errors found and complaints, Chinese, XLSX. `helpdesk`: the ticket system's log of work,
English, CSV in UTF-8, times in UTC. The mappings beside this file read them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from kit.tables import write_xlsx
from portal.demo import truths
from portal.demo.content import Employee, store
from portal.demo.operations import Fault, Operations, Work

MAPPINGS = Path(__file__).parent / "mappings"
SITE = ZoneInfo("Asia/Shanghai")
DESK = ("enquiry", "after-sales")
SOURCES = ("wms", "quality", "helpdesk")  # in the order in which they are imported
SUFFIXES = {"wms": "csv", "quality": "xlsx", "helpdesk": "csv"}
CHUNK_DAYS = 30

DIFFICULTY = {"normal": "标准", "bulky": "大件", "fragile": "易碎", "mixed": "多规格"}
COMPLEXITY = {"normal": "Standard", "complex": "Complex"}
SEVERITY = {"minor": "一般", "major": "严重", "critical": "重大"}
WHERE = {
    "check": "出库复核",
    "scale": "称重",
    "customer": "客诉",
    "carrier": "快递退回",
    "sample": "抽检",
}
WMS_COLUMNS = ("任务号", "单号", "工序", "作业人", "开始时间", "完成时间", "件数", "难度", "状态")
QUALITY_COLUMNS = (
    "登记号", "单号", "发现环节", "问题类型", "数量", "发现人", "发现时间", "严重程度", "责任人",
)  # fmt: skip
DESK_COLUMNS = (
    "Ticket", "Type", "Agent", "Channel", "Work started", "Work finished", "Handled", "Complexity",
)  # fmt: skip
UNKNOWN_BADGE = "9901"  # a temporary badge that nobody was given by name


def mapping_path(source: str) -> Path:
    return MAPPINGS / f"{source}.toml"


def write(
    operations: Operations, staff: Iterable[Employee], folder: Path, *, seed: int
) -> dict[str, list[Path]]:
    """Write the exports of each source, one file for each 30 days, and return their paths."""
    people = {person.number: person for person in staff}
    rng = np.random.default_rng([seed, 1])
    tables = {
        "wms": wms_log(operations, people, rng),
        "quality": quality_list(operations, people, rng),
        "helpdesk": desk_log(operations, people, rng),
    }
    writers: dict[str, Callable[[pd.DataFrame, Path], None]] = {
        "wms": lambda frame, path: frame.to_csv(path, index=False, encoding="gb18030"),
        "quality": lambda frame, path: write_xlsx(path, {"质量清单": frame}),
        "helpdesk": lambda frame, path: frame.to_csv(path, index=False, encoding="utf-8"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    names = file_names(operations.first, operations.end)
    for source, frame in tables.items():
        start = operations.first
        for name, last in zip(
            names[source], last_days(operations.first, operations.end), strict=True
        ):
            part = frame[(frame["day"] >= start) & (frame["day"] <= last)]
            writers[source](part.drop(columns="day"), folder / name)
            start = last + dt.timedelta(days=1)
    return {source: [folder / name for name in names[source]] for source in SOURCES}


def last_days(first: dt.date, end: dt.date) -> list[dt.date]:
    """The last day of each export of the days `[first, end)`."""
    starts = range(CHUNK_DAYS, (end - first).days, CHUNK_DAYS)
    return [*(first + dt.timedelta(days=n - 1) for n in starts), end - dt.timedelta(days=1)]


def file_names(first: dt.date, end: dt.date) -> dict[str, list[str]]:
    """By source the names of its exports, one for each 30 days."""
    lasts = last_days(first, end)
    starts = [first, *(day + dt.timedelta(days=1) for day in lasts[:-1])]
    return {
        source: [
            f"{source}_{start:%Y%m%d}_{last:%Y%m%d}.{SUFFIXES[source]}"
            for start, last in zip(starts, lasts, strict=True)
        ]
        for source in SOURCES
    }


def wms_log(
    operations: Operations, people: dict[str, Employee], rng: np.random.Generator
) -> pd.DataFrame:
    """WMS_COLUMNS and `day`, all text but `day`; with the rows that no import may take."""
    words = {process.slug: process.word for process in store().processes}
    rows = [
        (
            f"T{work.finished_at:%y%m%d}{place:07d}",
            work.order,
            words[work.process],
            people[work.person].badge,
            f"{work.started_at:%Y-%m-%d %H:%M:%S}",
            f"{work.finished_at:%Y-%m-%d %H:%M:%S}",
            str(work.units),
            DIFFICULTY[work.difficulty],
            "已完成",
            work.started_at.date(),
        )
        for place, work in enumerate(_work(operations, desk=False))
    ]
    frame = pd.DataFrame(rows, columns=[*WMS_COLUMNS, "day"], dtype=object)
    return _with_bad_rows(frame, rng)


def _with_bad_rows(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Adds what real logs have: repeats, impossible rows, work of nobody, cancelled tasks."""
    counts = (
        truths.REPEATED_ROWS,
        truths.ROWS_WITHOUT_DURATION,
        truths.ROWS_OF_AN_UNKNOWN_BADGE,
        truths.ROWS_OF_NEGATIVE_UNITS,
        truths.CANCELLED_ROWS,
    )
    picked = rng.choice(len(frame), size=sum(counts), replace=False)
    parts = np.split(picked, np.cumsum(counts)[:-1])
    repeated, instant, unknown, negative, cancelled = (frame.iloc[part].copy() for part in parts)
    instant["完成时间"] = instant["开始时间"]
    unknown["作业人"] = UNKNOWN_BADGE
    negative["件数"] = "-" + negative["件数"]
    cancelled["状态"] = "已取消"
    others = pd.concat([instant, unknown, negative, cancelled])
    others["任务号"] = [f"{number}X" for number in others["任务号"]]
    return pd.concat([frame, repeated, others]).sort_values(
        ["完成时间", "任务号"], kind="stable", ignore_index=True
    )


def quality_list(
    operations: Operations, people: dict[str, Employee], rng: np.random.Generator
) -> pd.DataFrame:
    """QUALITY_COLUMNS and `day`. Complaints sometimes lack the order, and seldom name the maker."""
    words = {code.code: code.word for code in store().codes}
    rows = []
    for place, fault in enumerate(operations.faults):
        complaint = fault.where in ("customer", "carrier")
        order = "" if complaint and rng.random() < 0.03 else fault.order
        named = complaint and order and rng.random() < 0.08 and _badge_holds(fault, people)
        rows.append(
            (
                f"ZL{fault.found_at:%y%m%d}{place:05d}",
                order,
                WHERE[fault.where],
                words[fault.code],
                str(fault.quantity),
                people[fault.found_by].badge,
                f"{fault.found_at:%Y-%m-%d %H:%M:%S}",
                SEVERITY[fault.severity],
                people[fault.maker].badge if named else "",
                fault.found_at.date(),
            )
        )
    return pd.DataFrame(rows, columns=[*QUALITY_COLUMNS, "day"], dtype=object)


def _badge_holds(fault: Fault, people: dict[str, Employee]) -> bool:
    """A name is written down only if the badge is still the maker's on the day of the finding."""
    return people[fault.maker].left_days_ago is None


def desk_log(
    operations: Operations, people: dict[str, Employee], rng: np.random.Generator
) -> pd.DataFrame:
    """DESK_COLUMNS and `day`; also the internal notes that the mapping leaves out."""
    words = {process.slug: process.word for process in store().processes}
    channels = ["Chat", "Ticket", "E-mail", "Phone"]
    rows = []
    for work in _work(operations, desk=True):
        kind = words[work.process]
        rows.append(
            (
                work.order,
                kind,
                people[work.person].login,
                str(rng.choice(channels, p=[0.6, 0.25, 0.1, 0.05])),
                _utc(work.started_at),
                _utc(work.finished_at),
                str(work.units),
                COMPLEXITY[work.difficulty],
                work.started_at.date(),
            )
        )
        if rng.random() < 0.01:
            rows.append((f"{work.order}-N", "Internal note", *rows[-1][2:]))
    return pd.DataFrame(rows, columns=[*DESK_COLUMNS, "day"], dtype=object)


def _work(operations: Operations, *, desk: bool) -> list[Work]:
    return [work for work in operations.work if (work.process in DESK) == desk]


def _utc(moment: dt.datetime) -> str:
    return f"{moment.replace(tzinfo=SITE).astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
