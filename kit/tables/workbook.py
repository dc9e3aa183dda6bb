"""Reading .xlsx: a guarded look at the archive first, then `sheet.py` in a process of its own."""

import io
import json
import subprocess  # nosec B404
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext_lazy as _

from .errors import TableError

MAX_UNPACKED = 2 << 30  # a million rows of a dozen columns unpack to about 0.7 GB
MAX_PARTS = 10_000
MEMORY = 6 << 30
SECONDS = 900
SLICE = 1 << 16
READ = 1 << 20
DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))


def read(
    data: bytes, *, sheet: str | None
) -> tuple[list[str], list[pa.ChunkedArray], np.ndarray, str]:
    """Return headings, columns of text, sheet rows (from 1) and the name of the sheet."""
    _inspect(data)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.xlsx"), Path(folder, "out.arrow")
        source.write_bytes(data)
        answer = _read_apart(source, target, sheet)
        if "problem" in answer:
            raise _problem(**answer)
        with pa.OSFile(str(target)) as file:
            table = pa.ipc.open_file(file).read_all()
    lines = table.column(0).to_numpy()
    return answer["names"], table.columns[1:], lines, answer["sheet"]


def _read_apart(source: Path, target: Path, sheet: str | None) -> dict[str, Any]:
    """Run `sheet.py` with a limit on memory and time.

    A sheet of two cells in opposite corners asks its reader for half a terabyte, and a failed
    allocation ends the whole process: so it must not be the web server's or the worker's.
    """
    command = [sys.executable, "-I", str(Path(__file__).with_name("sheet.py"))]
    question = {"source": str(source), "target": str(target), "sheet": sheet, "memory": MEMORY}
    try:
        done = subprocess.run(  # nosec B603 - no shell, a fixed program, the question on its input
            command,
            input=json.dumps(question),
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_large() from error
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    return {"problem": "memory" if "emory" in done.stderr else "damaged"}


def _problem(problem: str, **params: object) -> TableError:
    messages = {
        "damaged": _(
            "The workbook is damaged. Open it in a spreadsheet program and save it again."
        ),
        "no_content": _("The workbook has no sheet with content. Export it again."),
        "no_sheet": _("The workbook has no sheet “%(sheet)s”. Its sheets are: %(sheets)s."),
        "digits": _(
            "Cell %(cell)s holds a number of more than 15 digits (%(value)s), of which a "
            "spreadsheet has already lost the last ones. Export that column as text, "
            "or the whole table as CSV straight from its system."
        ),
        "memory": _(
            "The sheet needs more memory than there is: it is very large, or has a stray cell far "
            "away from its table. Delete the empty rows and columns around the table, or split it."
        ),
    }
    return TableError(messages[problem], **params)


def _inspect(data: bytes) -> None:
    """Refuse what is no plain workbook, before any of it is unpacked into memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _incomplete() from error
    names = {part.filename.replace("\\", "/").lower() for part in parts}
    if "[content_types].xml" not in names or not any(n.startswith("xl/workbook.") for n in names):
        raise TableError(
            _("The file is a zip archive, not a workbook. Unpack it and choose the table in it.")
        )
    if any(name.endswith(("vbaproject.bin", "xl/workbook.bin")) for name in names):
        raise TableError(_("The workbook holds macros or is binary. Save it as plain .xlsx."))
    if any(part.flag_bits & 0x1 for part in parts):
        raise TableError(_("The workbook is protected by a password. Save a copy without one."))
    if len(parts) > MAX_PARTS:
        raise _too_large()
    _measure(data, parts)


def _measure(data: bytes, parts: list[zipfile.ZipInfo]) -> None:
    """Measure what every part really unpacks to, and refuse XML that declares entities.

    The sizes that an archive states about itself may lie, so they are not asked.
    """
    total = 0
    for part in parts:
        tail = b""
        is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
        for block in _blocks(data, part):
            total += len(block)
            if total > MAX_UNPACKED:
                raise _too_large()
            if is_xml:
                window = tail + block
                if any(mark in window for mark in DOCTYPES):
                    raise TableError(
                        _(
                            "The workbook defines XML entities, which no spreadsheet program does. "
                            "Save it again in a spreadsheet program."
                        )
                    )
                tail = block[-32:]


def _blocks(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked content of one part, a megabyte at a time."""
    header = data[part.header_offset : part.header_offset + 30]
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise _incomplete()
    lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    begin = part.header_offset + 30 + lengths
    packed = memoryview(data)[begin : begin + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise TableError(_("The workbook is packed in an unusual way. Save it again as .xlsx."))
    inflate = zlib.decompressobj(-15)
    try:
        for at in range(0, len(packed), SLICE):
            rest = bytes(packed[at : at + SLICE])
            while rest and not inflate.eof:
                yield inflate.decompress(rest, READ)
                rest = inflate.unconsumed_tail
    except zlib.error as error:
        raise _incomplete() from error


def _incomplete() -> TableError:
    return TableError(
        _("The workbook is damaged or incomplete. Save it again, or transfer it again.")
    )


def _too_large() -> TableError:
    return TableError(
        _("The workbook unpacks to more than %(limit)s MB. Split it, for example by month."),
        limit=MAX_UNPACKED >> 20,
    )
