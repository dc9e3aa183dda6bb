"""Bringing operations data in: receive a file, check it, take it into the ledger.

Killed at any point, an import leaves nothing that a reader could see: its files count only once
the last transaction has listed them. Running it again goes through.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kit.tables import TableError, read_table
from people.audit import record
from people.models import User
from scoring import ledger
from scoring.faults import fault_point
from scoring.importing.mapping import Mapping, parse
from scoring.importing.reading import MissingColumns, read_rows
from scoring.importing.rejected import Rejected
from scoring.importing.resolving import Checked, resolve
from scoring.models import (
    LedgerFile,
    LedgerState,
    OperationsImport,
    Source,
    SourceMapping,
)
from scoring.services import accounts

State = OperationsImport.State
Progress = Callable[[int, int, str], Any]
SILENT_FOR = dt.timedelta(minutes=15)
STEPS = 5


class ImportProblem(Exception):
    """The import can't go on; the message says why, and what mends it."""


class AlreadyImported(ImportProblem):
    """The same file, by the same mapping, is in the ledger; `item` is that import."""

    def __init__(self, item: OperationsImport):
        self.item = item
        super().__init__(
            _("This file was taken on %(day)s already. Nothing was added.")
            % {"day": f"{timezone.localtime(item.committed_at):%Y-%m-%d %H:%M}"}
        )


class Refused(ImportProblem):
    """The file as a whole was refused; the import says so too."""


class NotInThatState(ImportProblem):
    """The import is being read, or finished, meanwhile."""


def quiet(done: int, total: int, message: str) -> None:
    """A progress that tells nobody."""


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


@transaction.atomic
def use_mapping(*, source: str, text: str, by: User | None, at: dt.datetime) -> SourceMapping:
    """The source (made when new) and this version of its mapping. Raises MappingError."""
    digest = parse(text).sha256
    owner, _made = Source.objects.get_or_create(slug=source)
    found = owner.mappings.filter(sha256=digest).first()
    if found is not None:
        return found
    newest = owner.mappings.aggregate(newest=Max("version"))["newest"] or 0
    mapping = SourceMapping.objects.create(
        source=owner, version=newest + 1, text=text, sha256=digest, created_at=at, created_by=by
    )
    record(by=by, at=at, verb="mapping.added", target=mapping, version=mapping.version)
    return mapping


def receive(
    *,
    path: Path,
    filename: str,
    mapping: SourceMapping,
    by: User | None,
    at: dt.datetime,
    create_people: bool = False,
    all_or_nothing: bool = False,
    supersedes: OperationsImport | None = None,
) -> OperationsImport:
    """Take a copy of the file at `path`. Raises AlreadyImported."""
    recover(at=at)
    digest = ledger.file_sha256(path)
    _refuse_again(mapping, digest)
    item = OperationsImport(
        source=mapping.source,
        mapping=mapping,
        filename=filename[-255:],
        sha256=digest,
        size=path.stat().st_size,
        create_people=create_people,
        all_or_nothing=all_or_nothing,
        supersedes=supersedes,
        received_at=at,
        received_by=by,
    )
    item.folder.mkdir(parents=True)
    shutil.copyfile(path, item.upload)
    with transaction.atomic():
        item.save()
        record(by=by, at=at, verb="import.received", target=item, sha256=digest)
    return item


def check(*, item: OperationsImport, at: dt.datetime, progress: Progress = quiet) -> None:
    """Read the file and note what taking it would do; the ledger stays as it is. Raises Refused."""
    with _reading(item, at, progress) as step:
        _note(item, _read(item, at, step))
        item.state = State.CHECKED
        item.save()
        progress(STEPS, STEPS, _("Checked"))


def commit(
    *, item: OperationsImport, by: User | None, at: dt.datetime, progress: Progress = quiet
) -> None:
    """Read the file and take what is right into the ledger, all of it or nothing.

    Raises Refused (also where `all_or_nothing` is asked for and a row is wrong), AlreadyImported,
    NotInThatState.
    """
    with _reading(item, at, progress) as step:
        accounts.make_keys(item.system)
        while not _try_commit(item, by=by, at=at, step=step):
            pass
    fault_point("import.committed")
    item.upload.unlink(missing_ok=True)
    progress(STEPS, STEPS, _("Taken into the ledger"))


def _try_commit(
    item: OperationsImport, *, by: User | None, at: dt.datetime, step: Progress
) -> bool:
    """One whole run; False if another import changed the ledger or the people meanwhile."""
    version = LedgerState.objects.get_or_create(pk=1)[0].version
    _refuse_again(item.mapping, item.sha256)
    reading = _read(item, at, step)
    new = _note(item, reading)
    fault_point("import.read")
    if item.all_or_nothing and new.rejected_rows:
        raise Refused(
            _("%(count)s row(s) are wrong, and all rows were to be right. Nothing was taken.")
            % {"count": new.rejected_rows}
        )
    step(4, STEPS, _("Writing the ledger"))
    frames = {"work": new.work, "errors": new.errors}
    # each run writes a set of its own, so that none can touch what another one has listed
    name = f"{item.uid.hex}-{secrets.token_hex(4)}"
    parts = ledger.write_set(_ledger_folder(), name, frames)
    try:
        _list(item, parts, reading.new_accounts, version=version, by=by, at=at)
    except (_Moved, accounts.KeyChanged):
        return False
    return True


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
        dated = fresh.assign(starts_on=pd.Timestamp(accounts.EVER_SINCE), ends_on=pd.NaT)
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
    new, known = _without_known(reading.checked, LedgerFile.objects.in_ledger(source))
    progress(STEPS, STEPS, _("Checked"))
    return _counts(new, known, reading), Rejected.of(new.rejected, reading.frame)


def recover(*, at: dt.datetime) -> None:
    """Mark runs that have ended without a word as interrupted, and remove their files."""
    OperationsImport.objects.filter(
        pk__in=OperationsImport.objects.silent_since(at - SILENT_FOR).values("pk")
    ).update(state=State.FAILED, problem=interrupted())
    folder = _ledger_folder()
    # The folders are listed first: an import is marked as read before it makes one, and its files
    # are listed before the mark goes, so that a running import can't lose anything here.
    found = ledger.sets(folder)
    running = OperationsImport.objects.filter(state=State.READING).values_list("uid", flat=True)
    in_work = {uid.hex for uid in running}
    listed = {name.split("/")[0] for name in LedgerFile.objects.values_list("name", flat=True)}
    for name in found:
        if name not in listed and name.split("-")[0] not in in_work:
            ledger.remove_set(folder, name)


def interrupted() -> str:
    return _("The run was interrupted, and nothing was taken. Start it again.")


class _Moved(Exception):
    """Something that this run has read was changed by another one: read again."""


@contextmanager
def _reading(item: OperationsImport, at: dt.datetime, progress: Progress) -> Iterator[Progress]:
    """Hold the import while it is read; whatever goes wrong ends in a state that says so."""
    recover(at=at)
    held = OperationsImport.objects.filter(
        pk=item.pk, state__in=[State.RECEIVED, State.CHECKED, State.FAILED]
    ).update(state=State.READING, beat_at=at, problem="")
    if not held:
        raise NotInThatState(_("This import is being read, or has been finished meanwhile."))
    item.refresh_from_db()

    def step(done: int, total: int, message: str) -> None:
        OperationsImport.objects.filter(pk=item.pk).update(beat_at=timezone.now())
        progress(done, total, message)

    try:
        yield step
    except BaseException as error:
        refused = isinstance(error, ImportProblem)
        item.state = State.REJECTED if refused else State.FAILED
        item.problem = str(error) if refused else interrupted()
        item.committed_at = item.committed_by = None
        item.save()
        raise


def _read(item: OperationsImport, at: dt.datetime, step: Progress) -> Reading:
    return read_file(
        path=item.upload,
        filename=item.filename,
        source=item.source.slug,
        mapping=item.mapping.mapping,
        create_people=item.create_people,
        at=at,
        progress=step,
    )


def _note(item: OperationsImport, reading: Reading) -> Checked:
    """Set the import's counts and keep its rejected rows; gives what is new to the ledger."""
    others = LedgerFile.objects.exclude(source_import=item.supersedes)
    new, known = _without_known(reading.checked, others.in_ledger(item.source.slug))
    for name, value in asdict(_counts(new, known, reading)).items():
        setattr(item, name, value)
    Rejected.of(new.rejected, reading.frame).save(item.folder)
    return new


def _counts(new: Checked, known: int, reading: Reading) -> Counts:
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


def _without_known(checked: Checked, files: QuerySet[LedgerFile]) -> tuple[Checked, int]:
    """What the ledger does not hold yet, and how many events it does.

    A row of which an event is there with other content is rejected: an export must not change what
    scores may already stand on.
    """
    folder = _ledger_folder()
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


def _list(
    item: OperationsImport,
    parts: list[ledger.Part],
    new_accounts: pd.DataFrame,
    *,
    version: int,
    by: User | None,
    at: dt.datetime,
) -> None:
    """The one transaction that makes the files count. Raises _Moved if its ground was changed."""
    with transaction.atomic():
        if not LedgerState.objects.filter(pk=1, version=version).update(version=version + 1):
            raise _Moved
        held = OperationsImport.objects.filter(pk=item.pk, state=State.READING).update(
            state=State.COMMITTED, committed_at=at
        )
        if not held:
            raise NotInThatState(_("This import was given up, as it was silent for too long."))
        if item.supersedes is not None:
            replaced = OperationsImport.objects.filter(
                pk=item.supersedes_id, state=State.COMMITTED
            ).update(state=State.SUPERSEDED)
            if not replaced:
                raise NotInThatState(_("The import to be replaced is not in the ledger any more."))
        item.new_people = accounts.make_people(new_accounts, item, by=by)
        LedgerFile.objects.bulk_create(
            LedgerFile(source_import=item, **asdict(part)) for part in parts
        )
        item.state, item.committed_at, item.committed_by = State.COMMITTED, at, by
        item.save()
        record(
            by=by,
            at=at,
            verb="import.committed",
            target=item,
            work=item.work_events,
            errors=item.error_events,
            rejected=item.rejected_rows,
            replaces=item.supersedes_id,
        )
        fault_point("import.listed")


def _refuse_again(mapping: SourceMapping, digest: str) -> None:
    found = OperationsImport.objects.committed().filter(
        source=mapping.source, mapping=mapping, sha256=digest
    )
    if item := found.first():
        raise AlreadyImported(item)


def _ledger_folder() -> Path:
    return Path(settings.HANDRAIL_LEDGER_DIR)
