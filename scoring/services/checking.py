"""What a file would bring into the ledger, and what not; nothing is written here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kit.tables import TableError, read_table
from scoring import ledger
from scoring.importing.mapping import Mapping
from scoring.importing.reading import MissingColumns, read_rows
from scoring.importing.rejected import Rejected
from scoring.importing.resolving import Checked, resolve
from scoring.models import LedgerFile
from scoring.services import accounts

Progress = Callable[[int, int, str], Any]
STEPS = 5


class ImportProblem(Exception):
    """The import can't go on; the message says why, and what mends it."""


class Refused(ImportProblem):
    """The file as a whole was refused; the import says so too."""


@dataclass(frozen=True)
class Reading:
    """A file, read and checked: what it would add and what not.

    `frame` is the table as text; `new_accounts` are those of people still to be made (account,
    first day, rows, person's key).
    """

    frame: pd.DataFrame
    checked: Checked
    new_accounts: pd.DataFrame


@dataclass(frozen=True)
class Counts:
    """What taking a file adds; rows are rows of the file, events are what they give."""

    rows: int
    skipped_rows: int
    rejected_rows: int
    work_events: int
    error_events: int
    known_events: int
    new_people: int
    first_day: dt.date | None
    last_day: dt.date | None
    reasons: dict[str, int]


def quiet(done: int, total: int, message: str) -> None:
    """A progress that tells nobody."""


def read_file(
    *,
    path: Path,
    filename: str,
    source: str,
    mapping: Mapping,
    create_people: bool,
    at: dt.datetime,
    progress: Progress = quiet,
) -> Reading:
    """Read and check a file without writing anything. Raises Refused.

    With `create_people`, accounts of nobody are taken for people to be made.
    """
    progress(0, STEPS, _("Reading the file"))
    try:
        table = read_table(path, filename=filename)
        progress(1, STEPS, _("Checking the rows"))
        draft = read_rows(
            table.frame,
            table.lines,
            mapping,
            source=source,
            site_zone=settings.TIME_ZONE,
            now=pd.Timestamp(at),
            is_workbook=table.sheet is not None,
        )
    except (TableError, MissingColumns) as error:
        raise Refused(str(error)) from error
    progress(2, STEPS, _("Finding the people"))
    known = accounts.holders(draft.system)
    fresh = accounts.NONE
    if create_people:
        fresh = accounts.new_accounts(draft, known)
        dated = fresh.assign(starts_on=pd.Timestamp(accounts.EVER_SINCE), ends_on=None)
        known = pd.concat([known, dated[accounts.COLUMNS].astype(known.dtypes)], ignore_index=True)
    checked = resolve(draft, known)
    progress(3, STEPS, _("Comparing with the ledger"))
    return Reading(frame=table.frame, checked=checked, new_accounts=fresh)


def preview(
    *,
    path: Path,
    filename: str,
    source: str,
    mapping: Mapping,
    create_people: bool,
    at: dt.datetime,
    progress: Progress = quiet,
) -> tuple[Counts, Rejected]:
    """What taking the file would do; nothing is written anywhere. Raises Refused."""
    reading = read_file(
        path=path,
        filename=filename,
        source=source,
        mapping=mapping,
        create_people=create_people,
        at=at,
        progress=progress,
    )
    new, known = without_known(reading.checked, LedgerFile.objects.in_ledger(source))
    progress(STEPS, STEPS, _("Checked"))
    return counts(new, known, reading), Rejected.of(new.rejected, reading.frame)


def counts(new: Checked, known: int, reading: Reading) -> Counts:
    days = pd.concat([new.work["work_day"], new.errors["work_day"]])
    return Counts(
        rows=new.rows,
        skipped_rows=new.skipped + new.without_event,
        rejected_rows=new.rejected_rows,
        work_events=len(new.work),
        error_events=len(new.errors),
        known_events=known,
        new_people=reading.new_accounts["person"].nunique(),
        first_day=None if days.empty else days.min().date(),
        last_day=None if days.empty else days.max().date(),
        reasons={str(k): int(n) for k, n in new.rejected["reason"].value_counts().items()},
    )


def without_known(checked: Checked, files: QuerySet[LedgerFile]) -> tuple[Checked, int]:
    """What the ledger does not hold yet, and how many events it does.

    A row of which an event is there with other content is rejected: an export must not change what
    scores may already stand on.
    """
    folder = ledger_folder()
    kept, known, changed = {}, 0, []
    for kind, events in (("work", checked.work), ("errors", checked.errors)):
        paths = {str(folder / f.name): f.source_import.filename for f in files.filter(kind=kind)}
        there = ledger.known_events(list(paths), events["event_id"])
        there = there.drop_duplicates("event_id").set_index("event_id")
        before = events["event_id"].map(there["content"])
        is_there = before.notna()
        differs = events[is_there & (before != events["content"])]
        names = differs["event_id"].map(there["path"]).map(paths)
        changed.append(pd.DataFrame({"line": differs["line"], "import": names}))
        known += int(is_there.sum()) - len(differs)
        kept[kind] = events[~is_there]
    found = pd.concat(changed)
    found = found[~found.index.duplicated()].sort_index()
    problems = pd.DataFrame(
        {
            "row": found.index,
            "line": found["line"].to_numpy(),
            "field": "",
            "value": "",
            "reason": "changed",
            "params": [json.dumps({"import": name}) for name in found["import"]],
        }
    )
    rejected_rows = pd.concat([checked.rejected, problems]) if len(problems) else checked.rejected
    new = replace(
        checked,
        work=kept["work"][~kept["work"].index.isin(found.index)],
        errors=kept["errors"][~kept["errors"].index.isin(found.index)],
        rejected=rejected_rows.sort_values("row", kind="stable"),
    )
    return new, known


def ledger_folder() -> Path:
    return Path(settings.HANDRAIL_LEDGER_DIR)
