"""The ledger's files: Parquet sets, one folder per committed import, written once, never changed.

A set becomes visible in three steps, each safe to be killed after: written and synced under a
temporary name, renamed, and then listed by the committed import (services). A folder that no
committed import lists does not exist for any reader, and is removed later.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from scoring.faults import fault_point

TEMPORARY = ".writing-"
_MOMENT = pa.timestamp("us", "UTC")
SCHEMAS = {
    "work": pa.schema(
        [
            ("event_id", pa.string()),
            ("content", pa.string()),
            ("line", pa.int64()),
            ("order_ref", pa.string()),
            ("person", pa.string()),
            ("process", pa.string()),
            ("activity", pa.string()),
            ("started_at", _MOMENT),
            ("finished_at", _MOMENT),
            ("work_day", pa.date32()),
            ("busy_us", pa.int64()),
            ("units", pa.int64()),
            ("difficulty", pa.string()),
            ("source", pa.string()),
        ]
    ),
    "errors": pa.schema(
        [
            ("event_id", pa.string()),
            ("content", pa.string()),
            ("line", pa.int64()),
            ("order_ref", pa.string()),
            ("process", pa.string()),
            ("error_code", pa.string()),
            ("person", pa.string()),
            ("found_by", pa.string()),
            ("found_at", _MOMENT),
            ("work_day", pa.date32()),
            ("quantity", pa.int64()),
            ("severity", pa.int64()),
            ("work_event", pa.string()),
            ("source", pa.string()),
        ]
    ),
}


@dataclass(frozen=True)
class Part:
    """One file of a set. `name` is relative to the ledger's folder; days are inclusive."""

    kind: str
    name: str
    rows: int
    size: int
    sha256: str
    first_day: dt.date
    last_day: dt.date


def write_set(folder: Path, name: str, frames: Mapping[str, pd.DataFrame]) -> list[Part]:
    """Write a new set (frames by kind, with the columns of SCHEMAS); empty frames are left out.

    When this returns, the files are on disk under their final names, whatever happens to the
    machine; they still have to be listed. A name is used once: raises FileExistsError.
    """
    writing, final = folder / f"{TEMPORARY}{name}", folder / name
    if final.exists():
        raise FileExistsError(final)
    writing.mkdir(parents=True)
    parts = []
    for kind, frame in frames.items():
        if frame.empty:
            continue
        path = writing / f"{kind}.parquet"
        table = pa.Table.from_pandas(frame, SCHEMAS[kind], preserve_index=False)
        pq.write_table(table, path, compression="zstd")
        _sync(path)
        parts.append(
            Part(
                kind=kind,
                name=f"{name}/{path.name}",
                rows=len(frame),
                size=path.stat().st_size,
                sha256=file_sha256(path),
                first_day=frame["work_day"].min().date(),
                last_day=frame["work_day"].max().date(),
            )
        )
        fault_point(f"ledger.{kind}_written")
    _sync(writing)
    writing.rename(final)
    _sync(folder)
    fault_point("ledger.renamed")
    return parts


def known_events(paths: list[str], ids: pd.Series) -> pd.DataFrame:
    """Which of the events `ids` the files hold already: event_id, content, path."""
    if not paths or ids.empty:
        return pd.DataFrame({"event_id": [], "content": [], "path": []}, dtype="str")
    with duckdb.connect() as connection:
        connection.register("wanted", pa.table({"event_id": pa.array(ids, pa.string())}))
        return connection.execute(
            "SELECT event_id, content, filename AS path FROM read_parquet($1, filename = true) "
            "SEMI JOIN wanted USING (event_id) ORDER BY event_id, path",
            [paths],
        ).df()


def sets(folder: Path) -> list[str]:
    """The names of all sets in the folder, finished or not, listed by an import or not."""
    if not folder.is_dir():
        return []
    return sorted({path.name.removeprefix(TEMPORARY) for path in folder.iterdir() if path.is_dir()})


def remove_set(folder: Path, name: str) -> None:
    """Remove a set that no import lists, finished or not."""
    for path in (folder / f"{TEMPORARY}{name}", folder / name):
        shutil.rmtree(path, ignore_errors=True)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
