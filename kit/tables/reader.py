"""`read_table`: decides by content what a file is, and reads it."""

import os
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext_lazy as _

from . import delimited, workbook
from .errors import TableError

MAX_BYTES = 1 << 30  # a larger file is split by its owner; it is held in memory while it is read
TEXT_SUFFIXES = {".csv", ".tsv", ".txt"}
WORKBOOK_SUFFIXES = {".xlsx"}
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x1f\x8b",
    b"PAR1",
)
MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta")


@dataclass(frozen=True)
class Table:
    """One table read from a file.

    `frame` holds only text (`""` where a cell is empty), a column for each heading in file order,
    index 0..n-1. Rows without any content, and columns without a heading, are left out.
    `lines[i]` is the line of the file, or the row of the sheet, on which row i starts, counted
    from 1 as an editor or a spreadsheet shows it. `encoding` and `delimiter` are None for a
    workbook, `sheet` is None for a text file.
    """

    frame: pd.DataFrame
    lines: np.ndarray
    encoding: str | None
    delimiter: str | None
    sheet: str | None


def read_table(
    path: str | os.PathLike[str] | BinaryIO,
    *,
    filename: str | None = None,
    sheet: str | None = None,
) -> Table:
    """Read a CSV, TSV or XLSX file into text cells; guess nothing.

    `path` is a path or an open binary file. `filename` is the name that its owner gave it, where
    that differs from the path (uploads). `sheet` names the sheet of a workbook; without it the
    first visible sheet with content is read.

    Text files: UTF-8 with or without a byte-order mark, else GB18030, both strict; UTF-16 with
    its mark; separated by comma, semicolon, tab or bar; quoted cells may hold line breaks.
    `="00123"`, the way shop systems protect digits from a spreadsheet, is read as 00123.
    Workbooks: dates become ISO 8601 text, numbers plain digits.

    Raises `TableError` for anything that can't be read without a doubt.
    """
    data, name = _load(path, filename)
    suffix = PurePath(name).suffix.lower()
    kind = _kind(data, name, suffix)
    if kind == "workbook":
        names, columns, lines, sheet_name = workbook.read(data, sheet=sheet)
        encoding = delimiter = None
    else:
        if sheet is not None:
            raise TableError(
                _("“%(file)s” is a text file and has no sheet “%(sheet)s”. Leave the sheet out."),
                file=name,
                sheet=sheet,
            )
        names, columns, lines, encoding, delimiter = delimited.read(data)
        sheet_name = None
    frame, kept = _frame(names, columns, lines)
    return Table(frame, kept, encoding, delimiter, sheet_name)


def _load(path: str | os.PathLike[str] | BinaryIO, filename: str | None) -> tuple[bytes, str]:
    if isinstance(path, (str, os.PathLike)):
        name = filename or Path(path).name
        size = os.stat(path).st_size
        data = Path(path).read_bytes() if size <= MAX_BYTES else b""
    else:
        name = filename or PurePath(str(getattr(path, "name", ""))).name
        data = path.read(MAX_BYTES + 1)
        size = len(data)
    if size > MAX_BYTES:
        raise TableError(
            _("“%(file)s” is larger than %(limit)s MB. Split it, for example by month."),
            file=name,
            limit=MAX_BYTES >> 20,
        )
    if not data:
        raise TableError(_("“%(file)s” is empty. Export it again."), file=name)
    return data, name


def _kind(data: bytes, name: str, suffix: str) -> str:
    """`text` or `workbook`, by content; the name must agree with it."""
    if data.startswith(OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise TableError(
                _("“%(file)s” is protected by a password. Save a copy without a password."),
                file=name,
            )
        raise TableError(
            _("“%(file)s” is in the old Excel format. Save it as .xlsx or as CSV."), file=name
        )
    if data.startswith(ZIP):
        if suffix in TEXT_SUFFIXES:
            raise TableError(
                _(
                    "“%(file)s” is called a text file, but is a workbook or a zip archive. "
                    "Give it its own ending, such as .xlsx."
                ),
                file=name,
            )
        return "workbook"
    if data.startswith(BINARY):
        raise TableError(
            _("“%(file)s” is not a table. Export the data as CSV or .xlsx."), file=name
        )
    if data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        raise TableError(
            _(
                "“%(file)s” is a web page under a table's name. "
                "Open it in a spreadsheet program and save it as .xlsx."
            ),
            file=name,
        )
    if suffix in WORKBOOK_SUFFIXES:
        raise TableError(
            _("“%(file)s” is called a workbook, but is not one. Save it again as .xlsx."),
            file=name,
        )
    if suffix and suffix not in TEXT_SUFFIXES:
        raise TableError(
            _("“%(file)s” is not of a type that can be read. Use .csv, .tsv, .txt or .xlsx."),
            file=name,
        )
    return "text"


def _frame(
    names: list[str], columns: list[pa.ChunkedArray], lines: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Check the headings, then drop nameless columns and rows without content."""
    headings = [name.strip() for name in names]
    named = [i for i, heading in enumerate(headings) if heading]
    seen: dict[str, int] = {}
    for i in named:
        if headings[i] in seen:
            raise TableError(
                _(
                    "The heading “%(heading)s” stands over two columns (%(first)s and %(second)s). "
                    "Rename or delete one of them."
                ),
                heading=headings[i],
                first=seen[headings[i]] + 1,
                second=i + 1,
            )
        seen[headings[i]] = i
    blank = pa.chunked_array([pa.array(np.ones(len(lines), dtype=bool))])
    for i in named:
        blank = pc.and_(blank, pc.equal(pc.utf8_trim_whitespace(columns[i]), ""))
        if not pc.any(blank).as_py():
            break
    keep = pc.invert(blank)
    table = pa.table([columns[i] for i in named], names=[headings[i] for i in named])
    table = table.filter(keep)
    if not table.num_rows:
        raise TableError(_("The table has headings but no rows. Export it again with its data."))
    frame = table.to_pandas(types_mapper={pa.large_string(): pd.StringDtype(na_value=np.nan)}.get)
    return frame, lines[keep.combine_chunks().to_numpy(zero_copy_only=False)]
