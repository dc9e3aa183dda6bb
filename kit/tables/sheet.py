"""One sheet of a workbook as an Arrow file of text; run by `workbook.py` as a process of its own.

Reads a question as JSON on standard input (source, target, sheet, memory in bytes) and answers as
JSON: headings and sheet name, or a problem. Imports nothing of Django, to start fast.
"""

import datetime as dt
import json
import sys
from decimal import Decimal
from typing import Any

import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

CHUNK_ROWS = 50_000
# A spreadsheet keeps 15 digits of a number; a longer one has already lost its end.
EXACT = 10**15


class Problem(Exception):
    """What is wrong, as the name of a message and its parameters."""

    def __init__(self, problem: str, **params: object) -> None:
        super().__init__(problem)
        self.answer = {"problem": problem, **params}


def limit_memory(size: int) -> None:
    """Let an allocation beyond `size` bytes fail, where the system can do that."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > size:
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))


def answer(source: str, target: str, sheet: str | None) -> dict[str, Any]:
    try:
        with CalamineWorkbook.from_path(source) as book:
            chosen = choose(book, sheet)
            return {"names": write(chosen, target), "sheet": chosen.name}
    except Problem as problem:
        return problem.answer
    except CalamineError:
        return {"problem": "damaged"}


def choose(book: CalamineWorkbook, wanted: str | None) -> CalamineSheet:
    """The sheet named `wanted`, else the first visible one with content."""
    sheets = [s for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
    if wanted is not None:
        if wanted not in {s.name for s in sheets}:
            raise Problem("no_sheet", sheet=wanted, sheets=", ".join(s.name for s in sheets))
        return book.get_sheet_by_name(wanted)
    for metadata in sheets:
        if metadata.visible == SheetVisibleEnum.Visible:
            sheet = book.get_sheet_by_name(metadata.name)
            if sheet.height:
                return sheet
    raise Problem("no_content")


def write(sheet: CalamineSheet, target: str) -> list[str]:
    """Write row numbers and cells to `target` in chunks; return the headings."""
    if sheet.start is None:
        raise Problem("no_content")
    left = sheet.start[1]
    rows = ((n, cells(row, n, left)) for n, row in enumerate(sheet.iter_rows(), start=1))
    names = next((texts for _n, texts in rows if any(text.strip() for text in texts)), None)
    if names is None:
        raise Problem("no_content")
    fields = [pa.field("line", pa.int64())]
    fields += [pa.field(str(i), pa.large_string()) for i in range(len(names))]
    schema = pa.schema(fields)
    with pa.OSFile(target, "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        lines: list[int] = []
        pending: list[list[str]] = []
        for number, texts in rows:
            lines.append(number)
            pending.append(texts)
            if len(pending) == CHUNK_ROWS:
                writer.write_batch(batch(lines, pending, schema))
                lines, pending = [], []
        if pending:
            writer.write_batch(batch(lines, pending, schema))
    return names


def batch(lines: list[int], rows: list[list[str]], schema: pa.Schema) -> pa.RecordBatch:
    columns = [pa.array(column, type=pa.large_string()) for column in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays([pa.array(lines, type=pa.int64()), *columns], schema=schema)


def cells(row: list[Any], number: int, left: int) -> list[str]:
    return [
        value if isinstance(value, str) else text(value, number, left + i)
        for i, value in enumerate(row)
    ]


def text(value: Any, row: int, column: int) -> str:
    """One cell as text, the same in every language and on every machine."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        if abs(value) >= EXACT:
            raise Problem("digits", cell=f"{letters(column)}{row}", value=f"{value:.0f}")
        if value == int(value):
            return str(int(value))
        return f"{Decimal(f'{value:.15g}'):f}"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    raise TypeError(f"A cell of type {type(value)} at row {row}.")


def letters(column: int) -> str:
    """The letters of a column counted from 0: A, Z, AA."""
    result = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        result = chr(65 + rest) + result
    return result


if __name__ == "__main__":
    question = json.loads(sys.stdin.buffer.read())
    limit_memory(question.pop("memory"))
    json.dump(answer(**question), sys.stdout)
