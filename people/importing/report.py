"""What an import did or would do, and what stands in its way."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what it says, why that won't do, how to mend it.

    `line` is counted as the editor or the spreadsheet shows it; `column` is the file's heading.
    """

    line: int
    column: str
    value: str
    reason: str
    mend: str


@dataclass(frozen=True)
class Change:
    """What happened to one person: `what` holds one phrase for each change."""

    line: int
    number: str
    name: str
    what: tuple[str, ...]


@dataclass
class Report:
    """Counts, changes and problems of one import. With any problem nothing was taken."""

    rows: int = 0
    dry_run: bool = False
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)

    @property
    def taken(self) -> bool:
        return not self.problems and not self.dry_run

    def as_dict(self) -> dict[str, Any]:
        """For `Job.result`."""
        return asdict(self) | {"taken": self.taken}


def problems_frame(problems: list[dict[str, Any]]) -> pd.DataFrame:
    """The problems as the sheet that HR downloads, in the active language."""
    headings = {
        "line": _("Line"),
        "column": _("Column"),
        "value": _("Value"),
        "reason": _("What is wrong"),
        "mend": pgettext("people", "What to do"),
    }
    rows = [[problem[name] for name in headings] for problem in problems]
    return pd.DataFrame(rows, columns=list(headings.values()))
