"""`write_xlsx`: DataFrames into a workbook in which no cell of text can become a formula."""

import datetime as dt
import math
import os
from collections.abc import Mapping
from typing import Any, BinaryIO

import pandas as pd
import xlsxwriter
from django.utils import timezone

MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
# Digits that a spreadsheet keeps; a longer whole number is written as text.
EXACT = 10**15
FORMULA = ("=", "+", "-", "@", "\t", "\r")
FORBIDDEN = str.maketrans("[]:*?/\\", "-------")
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "constant_memory": True,
    "remove_timezone": False,
}
DATE, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


def write_xlsx(
    target: str | os.PathLike[str] | BinaryIO, sheets: Mapping[str, pd.DataFrame]
) -> None:
    """Write each DataFrame of `sheets` to a sheet of that name; the index is left out.

    Text stays text whatever it begins with (= + - @, tab, return): such cells are also marked
    with a quote prefix, so that editing one does not turn it into a formula. Numbers, booleans,
    dates and moments keep their type; aware moments are shown in the current time zone; None and
    NaN are empty. Headings are frozen, bold and filterable.

    Raises ValueError for a sheet of more than 1,048,575 rows.
    """
    path = target if not isinstance(target, os.PathLike) else os.fspath(target)
    with xlsxwriter.Workbook(path, OPTIONS) as book:
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "valign": "top"}),
            "defused": book.add_format({"quote_prefix": True}),
            "date": book.add_format({"num_format": DATE, "align": "left"}),
            "moment": book.add_format({"num_format": MOMENT, "align": "left"}),
        }
        taken: set[str] = set()
        for name, frame in sheets.items():
            if len(frame) >= MAX_ROWS:
                raise ValueError(f"{name}: {len(frame)} rows, a sheet holds {MAX_ROWS - 1}.")
            _write_sheet(book.add_worksheet(_sheet_name(name, taken)), frame, formats)


def _write_sheet(sheet: Any, frame: pd.DataFrame, formats: dict[str, Any]) -> None:
    headings = [str(heading) for heading in frame.columns]
    for column, heading in enumerate(headings):
        sample = [heading, *(str(value) for value in frame.iloc[:200, column])]
        sheet.set_column(column, column, min(60, 3 + max(map(_width, sample))))
        sheet.write_string(0, column, heading, formats["head"])
    sheet.freeze_panes(1, 0)
    if headings:
        sheet.autofilter(0, 0, max(1, len(frame)), len(headings) - 1)
    columns = [frame.iloc[:, i].tolist() for i in range(len(headings))]
    for row, values in enumerate(zip(*columns, strict=True), start=1):
        for column, value in enumerate(values):
            _write_cell(sheet, row, column, value, formats)


def _write_cell(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value is pd.NaT or value is pd.NA:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float)) and abs(value) < EXACT:
        sheet.write_number(row, column, value)
    elif isinstance(value, float) and not math.isfinite(value):
        if not math.isnan(value):
            sheet.write_string(row, column, str(value))
    elif isinstance(value, dt.datetime):
        if timezone.is_aware(value):
            value = timezone.make_naive(value)
        sheet.write_datetime(row, column, value, formats["moment"])
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, formats["date"])
    else:
        text = str(value)[:MAX_TEXT]
        if text:
            defused = formats["defused"] if text.startswith(FORMULA) else None
            sheet.write_string(row, column, text, defused)


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that a workbook accepts: 31 characters, none of []:*?/\\, each used once."""
    clean = str(name).translate(FORBIDDEN).strip("' ") or "-"
    result, number = clean[:31], 1
    while result.lower() in taken:
        number += 1
        result = f"{clean[: 31 - len(str(number)) - 1]} {number}"
    taken.add(result.lower())
    return result


def _width(text: str) -> int:
    """Columns that `text` needs; a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text[:60])
