"""The list of rejected rows: kept beside the import, shown and downloaded in the reader's language.

Two tables: the problems (line, field, value, reason code, parameters) and the rows as they stood.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from kit.tables import write_xlsx
from scoring.importing.problems import PROBLEMS
from scoring.importing.reasons import sentence

# a spreadsheet runs a cell that begins like this as a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Rejected:
    """`problems` has PROBLEMS' columns, one row per wrong cell; `rows` are the file's own rows."""

    problems: pd.DataFrame
    rows: pd.DataFrame

    @classmethod
    def of(cls, problems: pd.DataFrame, frame: pd.DataFrame) -> Rejected:
        """The problems of a table, with those of its rows that they concern."""
        return cls(problems, frame.loc[sorted(problems["row"].unique())])

    def save(self, folder: Path) -> None:
        """Keep both in the folder; a killed run leaves the former list or this one, whole."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, part in (("rows", self.rows), ("problems", self.problems)):
            temporary = folder / f".{name}"
            pq.write_table(pa.Table.from_pandas(part, preserve_index=False), temporary)
            temporary.replace(folder / f"{name}.parquet")

    @classmethod
    def load(cls, folder: Path) -> Rejected:
        """What was saved in the folder; empty if nothing was."""
        if not (folder / "problems.parquet").is_file():
            return cls(pd.DataFrame({name: [] for name in PROBLEMS}), pd.DataFrame())
        tables = [pq.read_table(folder / f"{name}.parquet") for name in ("problems", "rows")]
        return cls(*(table.to_pandas() for table in tables))

    def spoken(self, first: int | None = None) -> list[dict[str, Any]]:
        """Dicts of line, field, value, wrong, mend, in the active language."""
        shown = self.problems if first is None else self.problems.head(first)
        columns = ["line", "field", "value", "reason", "params"]
        spoken = []
        for line, field, value, reason, params in shown[columns].to_numpy(object):
            wrong, mend = sentence(reason, json.loads(params))
            named = {"line": line, "field": field, "value": value}
            spoken.append(named | {"wrong": wrong, "mend": mend})
        return spoken

    def listing(self) -> pd.DataFrame:
        """All problems with translated headings, one row per wrong cell."""
        names = {
            "line": _("Line"),
            "field": _("Field"),
            "value": _("Value"),
            "wrong": _("Reason"),
            "mend": _("What to do"),
        }
        return pd.DataFrame(self.spoken(), columns=list(names)).rename(columns=names)

    def as_xlsx(self) -> bytes:
        """A workbook: the problems, and on a second sheet the rows as they stood, to correct."""
        buffer = io.BytesIO()
        sheets = {_("Rejected rows"): self.listing(), _("Rows to correct"): self.rows}
        write_xlsx(buffer, sheets)
        return buffer.getvalue()

    def as_csv(self) -> bytes:
        """The problems as CSV, in UTF-8 with the mark by which spreadsheets know it."""
        frame = self.listing()
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(frame.columns)
        for row in frame.itertuples(index=False):
            writer.writerow([_harmless(cell) for cell in row])
        return buffer.getvalue().encode("utf-8-sig")


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
