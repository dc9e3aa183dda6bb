"""How fast tables are read, beside other ways to read the same file as text.

    python benchmarks/tables.py [--rows 300000]

The ratios count: each file is read by every reader in one run. `exact` is the reader of ours for
files with irregular quoting, which names the line of whatever is wrong.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DEBUG", "1")

import django

django.setup()

from kit.tables import delimited, read_table, write_xlsx  # noqa: E402 - needs the settings


def orders(rows: int) -> pd.DataFrame:
    """An export of an order system: long numbers, names, moments, small counts."""
    numbers = np.arange(rows)
    return pd.DataFrame(
        {
            "订单号": [f"{n:018d}" for n in numbers + 123456789012],
            "拣货员": [f"P-{n % 60:03d} 王喆" for n in numbers],
            "开始": pd.date_range("2024-01-01", periods=rows, freq="s").astype(str),
            "完成": pd.date_range("2024-01-02", periods=rows, freq="s").astype(str),
            "件数": (numbers % 7).astype(str),
            "备注": [f"第{n}单，“加急”" for n in numbers],
        }
    )


def compare(title: str, size: int, readers: dict[str, Callable[[], object]]) -> None:
    print(f"\n{title}, {size / 1e6:.0f} MB")
    first = None
    for name, read in readers.items():
        start = time.perf_counter()
        read()
        took = time.perf_counter() - start
        first = first or took
        print(f"  {name:<28}{took:7.2f} s {took / first:7.1f} x")


def rows_of(text: str) -> pd.DataFrame:
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    return pd.DataFrame(rows[1:], columns=rows[0])


def openpyxl_rows(data: bytes) -> pd.DataFrame:
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).active
    rows = list(sheet.iter_rows(values_only=True))
    return pd.DataFrame(rows[1:], columns=rows[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=300_000)
    frame = orders(parser.parse_args().rows)
    for title, encoding, quoting in (
        ("CSV, UTF-8", "utf-8", csv.QUOTE_MINIMAL),
        ("CSV, GB18030, every cell quoted", "gb18030", csv.QUOTE_ALL),
    ):
        text = frame.to_csv(index=False, quoting=quoting)
        data = text.encode(encoding)

        def with_pandas(data: bytes = data, encoding: str = encoding) -> object:
            return pd.read_csv(
                io.BytesIO(data), dtype=str, keep_default_na=False, encoding=encoding
            )

        compare(
            title,
            len(data),
            {
                "kit.tables": lambda data=data: read_table(io.BytesIO(data), filename="a.csv"),
                "pandas, C engine": with_pandas,
                "csv module into pandas": lambda text=text: rows_of(text),
                "kit.tables, exact": lambda text=text: delimited._exact(text, ","),
            },
        )
    buffer = io.BytesIO()
    small = frame.head(len(frame) // 5)
    write_xlsx(buffer, {"orders": small})
    data = buffer.getvalue()
    compare(
        f"XLSX, {len(small):,} rows",
        len(data),
        {
            "kit.tables, own process": lambda: read_table(io.BytesIO(data), filename="a.xlsx"),
            "pandas with calamine": lambda: pd.read_excel(
                io.BytesIO(data), engine="calamine", dtype=str, keep_default_na=False
            ),
            "openpyxl into pandas": lambda: openpyxl_rows(data),
        },
    )


if __name__ == "__main__":
    main()
