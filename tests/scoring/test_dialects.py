"""Whatever a table looks like on disk, the same rows are the same events."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.tables import Table, TableError, read_table, write_xlsx
from scoring.importing.mapping import parse
from scoring.importing.reading import MissingColumns, read_rows
from scoring.importing.resolving import Checked, resolve
from tests.scoring.operations import ACCOUNTS, COLUMNS, MAPPING, NOW, csv_bytes, row

MORNING = dt.datetime(2024, 1, 15, 9, 0)  # noqa: DTZ001  the export's own clock
ORDERS = st.text(alphabet="0123456789AB-_订单", min_size=1, max_size=20).filter(
    lambda text: text.strip() == text and text[0] not in "=-"
)


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, str]]:
    """Right rows, each of an order of its own."""
    found = []
    for order in draw(st.lists(ORDERS, min_size=1, max_size=8, unique=True)):
        start = MORNING + dt.timedelta(minutes=draw(st.integers(0, 50_000)))
        finish = start + dt.timedelta(minutes=draw(st.integers(1, 600)))
        found.append(
            row(
                订单号=order,
                工号=draw(st.sampled_from(["W01", "W02", "W03"])),
                作业=draw(st.sampled_from(["拣", "包", "验"])),
                开始=f"{start:%Y-%m-%d %H:%M}",
                结束=f"{finish:%Y-%m-%d %H:%M}",
                件数=str(draw(st.integers(0, 10_000))),
                类型=draw(st.sampled_from(["", "大件", "小件"])),
                不良=draw(st.sampled_from(["", "0", "1", "7"])),
            )
        )
    return found


def as_text(table: list[dict[str, str]], draw: st.DrawFn, columns: list[str]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(
        buffer,
        columns,
        delimiter=draw(st.sampled_from(",;\t|")),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
    )
    writer.writeheader()
    writer.writerows(table)
    return buffer.getvalue().encode(
        draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
    )


def as_workbook(table: list[dict[str, str]], draw: st.DrawFn, columns: list[str]) -> bytes:
    frame = pd.DataFrame(table, columns=columns)
    if draw(st.booleans()):
        frame["件数"] = frame["件数"].astype("int64")
    if draw(st.booleans()):
        for name in ("开始", "结束"):
            frame[name] = pd.to_datetime(frame[name])
    buffer = io.BytesIO()
    write_xlsx(buffer, {"导出": frame})
    return buffer.getvalue()


@st.composite
def files(draw: st.DrawFn) -> tuple[list[dict[str, str]], bytes, str]:
    """(rows, the file that holds them, its name)."""
    table = draw(rows())
    columns = list(COLUMNS)
    random.Random(draw(st.integers(0, 1000))).shuffle(columns)
    if draw(st.integers(0, 3)) == 0:  # a workbook takes a process of its own, so fewer of them
        return table, as_workbook(table, draw, columns), "wms.xlsx"
    return table, as_text(table, draw, columns), "wms.csv"


def events(table: Table) -> Checked:
    draft = read_rows(
        table.frame,
        table.lines,
        parse(MAPPING),
        source="wms",
        site_zone="Asia/Shanghai",
        now=NOW,
        is_workbook=table.sheet is not None,
    )
    return resolve(draft, ACCOUNTS)


@settings(max_examples=25, deadline=None)
@given(files())
def test_every_file_gives_the_events_of_its_rows(
    given_file: tuple[list[dict[str, str]], bytes, str],
) -> None:
    table, content, name = given_file
    found = events(read_table(io.BytesIO(content), filename=name))
    assert found.rejected_rows == 0, found.rejected.to_dict("records")
    assert sorted(found.work["order_ref"]) == sorted(r["订单号"] for r in table)
    by_order = found.work.set_index("order_ref")
    for given_row in table:
        event = by_order.loc[given_row["订单号"]]
        start, finish = (pd.Timestamp(given_row[name]) for name in ("开始", "结束"))
        assert event["units"] == int(given_row["件数"])
        assert event["busy_us"] == (finish - start) // pd.Timedelta(1, "us")
        assert event["work_day"] == start.normalize()
        assert event["difficulty"] == ("bulky" if given_row["类型"] == "大件" else "normal")
    bad = {r["订单号"]: int(r["不良"]) for r in table if r["不良"] not in ("", "0")}
    assert dict(zip(found.errors["order_ref"], found.errors["quantity"], strict=True)) == bad


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_never_half_understood(data: st.DataObject) -> None:
    """Bytes flipped, cut or doubled anywhere: events and rejected rows, or one clear refusal."""
    content = bytearray(csv_bytes(row(), row(订单号="2"), row(订单号="3", 不良="1")))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[at] = data.draw(st.integers(0, 255))
        else:
            del content[at : at + data.draw(st.integers(1, 5))]
    try:
        found = events(read_table(io.BytesIO(bytes(content)), filename="wms.csv"))
    except (TableError, MissingColumns):
        return
    assert len(found.work) <= found.rows
    assert found.accepted_rows + found.rejected_rows <= found.rows
    assert found.work["event_id"].is_unique
    assert (found.work["busy_us"] > 0).all()
    assert (found.work["units"] >= 0).all()
