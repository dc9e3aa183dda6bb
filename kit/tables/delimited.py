"""Reading CSV and its kin: a fast path for tidy quoting, an exact one for everything else."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from django.utils.translation import gettext_lazy as _

from .errors import TableError

DELIMITERS = ",;\t|"
SAMPLE = 1 << 18
SAMPLE_ROWS = 100
CHUNK_ROWS = 50_000
SCAN = 1 << 24
BLOCK = 1 << 24
QUOTE, NEWLINE, RETURN = ord('"'), ord("\n"), ord("\r")
SEPARATOR_LINE = re.compile(r"sep=([,;\t|])(\r\n|\n|\r)", re.IGNORECASE)
# How shop systems keep a spreadsheet from eating leading zeros: ="00123"
PROTECTED = r'^="([^"]*)"$'

Columns = tuple[list[str], list[pa.ChunkedArray], np.ndarray]


def read(data: bytes) -> tuple[list[str], list[pa.ChunkedArray], np.ndarray, str, str]:
    """Return headings, columns of text, lines (from 1), encoding and delimiter."""
    text, encoding = decode(data)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise TableError(
            _(
                "Line %(line)s holds a NUL character: the file is damaged or is no text. "
                "Export it again."
            ),
            line=line,
        )
    if not text.strip():
        raise _no_content()
    skipped = 0
    if announced := SEPARATOR_LINE.match(text):
        delimiter = announced[1]
        text, skipped = text[announced.end() :], 1
    else:
        delimiter = sniff(text)
    names, columns, lines = _fast(text, delimiter) or _exact(text, delimiter)
    if '="' in text:
        columns = [_unprotect(column) for column in columns]
        names = [re.sub(PROTECTED, r"\1", name) for name in names]
    return names, columns, lines + skipped, encoding, delimiter


def decode(data: bytes) -> tuple[str, str]:
    """Decode strictly: UTF-16 only with its mark, else UTF-8, else GB18030; never with losses."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16"), "utf-16"
    if data.startswith(codecs.BOM_UTF8):
        return _strictly(data[3:], "utf-8"), "utf-8-sig"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = "utf-8" if _nearly_utf8(data) else "gb18030"
        return _strictly(data, encoding), encoding


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, errors="ignore")
        raise TableError(
            _(
                "Line %(line)s holds a byte that is no character in %(encoding)s. "
                "Save the file as “CSV UTF-8” or as .xlsx."
            ),
            line=before.count("\n") + 1,
            encoding=encoding.upper(),
        ) from error


def _nearly_utf8(data: bytes) -> bool:
    """Whether a few bytes spoil a file of UTF-8, which GB18030 would read as other characters."""
    lost = len(data) - len(data.decode("utf-8", errors="ignore").encode())
    foreign = len(data) - len(data.decode("ascii", errors="ignore"))
    return lost * 20 < foreign


def _no_content() -> TableError:
    return TableError(_("The file has no content. Export it again."))


def sniff(text: str) -> str:
    """The delimiter that cuts the first rows into the most columns, the same number in each."""
    sample = text[:SAMPLE]
    best, best_score = DELIMITERS[0], (False, 1)
    for delimiter in DELIMITERS:
        rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        widths = []
        try:
            for row in rows:
                if any(cell.strip() for cell in row):
                    widths.append(len(row))
                if len(widths) == SAMPLE_ROWS:
                    break
        except csv.Error:
            pass
        if len(text) > SAMPLE and len(widths) > 1:
            widths.pop()  # the sample may end in the middle of a row
        if not widths or widths[0] == 1:
            continue
        score = (all(width == widths[0] for width in widths), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _fast(text: str, delimiter: str) -> Columns | None:
    """Read with Arrow where the quoting is regular and every row has the same width, else None."""
    data = text.encode()
    starts = _record_starts(data, ord(delimiter))
    if starts is None or len(starts) < 2:
        return None
    begins, lines = starts[:, 0], starts[:, 1]
    head = next(
        csv.reader(io.StringIO(data[: begins[1]].decode(), newline=""), delimiter=delimiter)
    )
    if not any(name.strip() for name in head):
        return None
    fields = [str(i) for i in range(len(head))]
    try:
        table = pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(data).slice(int(begins[1]))),
            read_options=pacsv.ReadOptions(column_names=fields, block_size=BLOCK),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(fields, pa.large_string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != len(begins) - 1:
        return None
    return head, table.columns, lines[1:]


def _record_starts(data: bytes, delimiter: int) -> np.ndarray | None:
    """Byte offset and line (from 1) of every record, or None where quoting is not regular.

    Regular: each quoted cell begins after a delimiter or line end and ends before one; a quote in
    it is doubled; lines end with LF or CRLF.
    """
    octets = np.frombuffer(data, dtype=np.uint8)
    quotes, breaks = _positions(octets, QUOTE), _positions(octets, NEWLINE)
    if data.count(b"\r") != data.count(b"\r\n") or len(quotes) % 2:
        return None
    opening, closing = quotes[0::2], quotes[1::2]
    before = octets[np.maximum(opening - 1, 0)]
    may_open = (opening == 0) | (before == delimiter) | (before == NEWLINE)
    may_open[1:] |= opening[1:] - 1 == closing[:-1]
    after = octets[np.minimum(closing + 1, len(octets) - 1)]
    may_close = (closing == len(octets) - 1) | (after == delimiter)
    may_close |= (after == NEWLINE) | (after == RETURN)
    may_close[:-1] |= closing[:-1] + 1 == opening[1:]
    if not (may_open.all() and may_close.all()):
        return None
    outside = np.searchsorted(quotes, breaks) % 2 == 0
    begins = np.concatenate([[0], breaks[outside] + 1])
    lines = np.concatenate([[1], np.flatnonzero(outside) + 2])
    real = begins < len(octets)
    begins, lines = begins[real], lines[real]
    first = octets[begins]
    crlf = (first == RETURN) & (octets[np.minimum(begins + 1, len(octets) - 1)] == NEWLINE)
    filled = ~((first == NEWLINE) | crlf)
    return np.column_stack([begins[filled], lines[filled]])


def _positions(octets: np.ndarray, wanted: int) -> np.ndarray:
    """Offsets of the byte `wanted`, found piece by piece to keep the masks small."""
    found = [
        np.flatnonzero(octets[at : at + SCAN] == wanted) + at for at in range(0, len(octets), SCAN)
    ]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _exact(text: str, delimiter: str) -> Columns:
    """Read record by record, to name the line of whatever is wrong."""
    records = _records(text, delimiter)
    _line, head = next(records, (0, []))
    if not head:
        raise _no_content()
    width = len(head)
    chunks: list[list[pa.Array]] = [[] for _name in head]
    lines: list[int] = []
    pending: list[list[str]] = []
    for line, row in records:
        if len(row) != width:
            row = _fitted(row, width, line)
        lines.append(line)
        pending.append(row)
        if len(pending) == CHUNK_ROWS:
            _flush(pending, chunks)
    _flush(pending, chunks)
    columns = [pa.chunked_array(parts, type=pa.large_string()) for parts in chunks]
    return head, columns, np.asarray(lines, dtype=np.int64)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with any content, and the line on which it starts."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError(
                _(
                    "The quotation marks of line %(line)s don't match: a cell opens with one and "
                    "doesn't close properly. Double the marks inside the cell, or save the file "
                    "as .xlsx."
                ),
                line=line,
            ) from error
        if any(cell.strip() for cell in row):
            yield line, row
        line = reader.line_num + 1


def _fitted(row: list[str], width: int, line: int) -> list[str]:
    """Drop empty cells beyond the last heading; refuse any other wrong width."""
    if len(row) > width and not any(cell.strip() for cell in row[width:]):
        return row[:width]
    raise TableError(
        _(
            "Line %(line)s has %(found)s cells, but the first line has %(width)s headings. "
            "Put cells that hold a delimiter or a line break in quotation marks, or save the "
            "file as .xlsx."
        ),
        line=line,
        found=len(row),
        width=width,
    )


def _flush(pending: list[list[str]], chunks: list[list[pa.Array]]) -> None:
    for parts, values in zip(chunks, zip(*pending, strict=True), strict=False):
        parts.append(pa.array(values, type=pa.large_string()))
    pending.clear()


def _unprotect(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(column, pattern=PROTECTED, replacement=r"\1")
