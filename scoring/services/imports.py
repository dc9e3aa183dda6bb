"""Bringing operations data in: receive a file, check it, take it into the ledger.

Killed at any point, an import leaves nothing that a reader could see: its files count only once
the last transaction has listed them. Running it again goes through.
"""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from kit.jobs import enqueue
from kit.models import Job
from people.audit import record
from people.models import User
from scoring import ledger
from scoring.faults import fault_point
from scoring.importing.mapping import parse
from scoring.importing.rejected import Rejected
from scoring.importing.resolving import Checked
from scoring.models import (
    LedgerFile,
    LedgerState,
    OperationsImport,
    Source,
    SourceMapping,
)
from scoring.services import accounts
from scoring.services.checking import (
    STEPS,
    Counts,
    ImportProblem,
    Progress,
    Reading,
    Refused,
    counts,
    ledger_folder,
    preview,
    quiet,
    read_file,
    without_known,
)

__all__ = [
    "AlreadyImported",
    "Counts",
    "ImportProblem",
    "NotInThatState",
    "Refused",
    "ask_for_check",
    "ask_to_take",
    "check",
    "commit",
    "preview",
    "receive",
    "recover",
    "use_mapping",
]
State = OperationsImport.State
SILENT_FOR = dt.timedelta(minutes=15)


class AlreadyImported(ImportProblem):
    """The same file, by the same mapping, is in the ledger; `item` is that import."""

    def __init__(self, item: OperationsImport):
        self.item = item
        super().__init__(
            _("This file was imported on %(day)s already. Nothing was added.")
            % {"day": f"{timezone.localtime(item.committed_at):%Y-%m-%d %H:%M}"}
        )


class NotInThatState(ImportProblem):
    """The import is being read, or finished, meanwhile."""


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


def ask_for_check(*, item: OperationsImport, by: User) -> Job:
    """Have a worker check the file."""
    return _ask("check_operations", item, by)


def ask_to_take(*, item: OperationsImport, by: User, at: dt.datetime, all_or_nothing: bool) -> Job:
    """Have a worker take the file into the ledger. Raises NotInThatState."""
    recover(at=at)  # before the import's former job, by which a dead run is known, is forgotten
    item.refresh_from_db()
    if not item.can_be_taken:
        raise NotInThatState(_("This import is being read, or has been finished meanwhile."))
    return _ask("take_operations", item, by, all_or_nothing=all_or_nothing)


@transaction.atomic
def _ask(kind: str, item: OperationsImport, by: User, **changes: Any) -> Job:
    job = enqueue(kind, owner=by, item=item.pk)
    OperationsImport.objects.filter(pk=item.pk).update(job=job, **changes)
    return job


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
    progress(STEPS, STEPS, _("Imported"))


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
            _("%(count)s row(s) are wrong, and all rows were to be right. Nothing was imported.")
            % {"count": new.rejected_rows}
        )
    step(4, STEPS, _("Writing the ledger"))
    frames = {"work": new.work, "errors": new.errors}
    # each run writes a set of its own, so that none can touch what another one has listed
    name = f"{item.uid.hex}-{secrets.token_hex(4)}"
    parts = ledger.write_set(ledger_folder(), name, frames)
    try:
        _list(item, parts, reading.new_accounts, version=version, by=by, at=at)
    except (_Moved, accounts.KeyChanged):
        return False
    return True


def recover(*, at: dt.datetime) -> None:
    """Mark runs that have ended without a word as interrupted, and remove their files."""
    OperationsImport.objects.filter(
        pk__in=OperationsImport.objects.silent_since(at - SILENT_FOR).values("pk")
    ).update(state=State.FAILED, problem=interrupted())
    folder = ledger_folder()
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
    return _("The run was interrupted, and nothing was imported. Start it again.")


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
    new, known = without_known(reading.checked, others.in_ledger(item.source.slug))
    for name, value in asdict(counts(new, known, reading)).items():
        setattr(item, name, value)
    Rejected.of(new.rejected, reading.frame).save(item.folder)
    return new


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
                pk=item.supersedes.pk, state=State.COMMITTED
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
