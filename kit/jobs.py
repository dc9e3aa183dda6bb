"""Long work: asked for by a person, done by a worker, safe to kill at any point and to run again.

An app registers a handler in its own `jobs.py` (found when the worker and the site start):

    @register("import_people", expects=(TableError,))
    def import_people(job, progress):
        for n, row in enumerate(rows):
            progress(n, len(rows), _("Reading rows"))
            ...
        return {"added": 12}

A handler must be safe to run twice: a killed run leaves what it had committed, and the job may be
asked for again. Who runs a job is decided by conditional UPDATEs, so that two workers, or a
reaper and a slow worker, never both win.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task
from django_tasks.base import TaskResultStatus

from kit.models import Job

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

logger = logging.getLogger(__name__)

QUEUE = "jobs"
BEAT = dt.timedelta(seconds=15)
# Eight beats may be lost (a long write transaction on SQLite) before a job counts as dead.
DEAD_AFTER = dt.timedelta(seconds=120)
KEEP_TASKS = dt.timedelta(days=14)
REPORT_EVERY = 0.5  # seconds between two writes of progress

Handler = Callable[[Job, "Progress"], Any]


class Cancelled(Exception):
    """The job was cancelled, or taken for dead; its handler ends here."""


class UnknownKind(LookupError):
    """No handler is registered under that kind."""


@dataclass(frozen=True)
class _Registered:
    handler: Handler
    expects: tuple[type[Exception], ...]


_registry: dict[str, _Registered] = {}
_daily: list[Callable[[], object]] = []


def register(
    kind: str, *, expects: tuple[type[Exception], ...] = ()
) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of jobs of `kind`.

    What it returns becomes `job.result` (JSON). An exception among `expects` is something that
    the person can mend: its text becomes `job.error`. Any other is a fault: it goes to the log,
    and the person reads where to look. The owner's language is active while it runs.
    """

    def keep(handler: Handler) -> Handler:
        if kind in _registry and _registry[kind].handler is not handler:
            raise ValueError(f"Two handlers are registered for {kind!r}.")
        _registry[kind] = _Registered(handler, expects)
        return handler

    return keep


def daily(chore: Callable[[], object]) -> Callable[[], object]:
    """Have the worker call the decorated function when it starts and whenever a new day begins.

    Every worker does, so a chore must be safe to run twice, and at the same time.
    """
    if chore not in _daily:
        _daily.append(chore)
    return chore


def do_daily() -> None:
    """What a new day asks for; one chore that fails keeps no other from its turn."""
    for chore in _daily:
        try:
            chore()
        except Exception:
            logger.exception("The daily chore %s failed", chore.__qualname__)


def _registered(kind: str) -> _Registered:
    try:
        return _registry[kind]
    except KeyError:
        raise UnknownKind(kind) from None


class Progress:
    """What a handler reports by: `progress(done, total, message)`.

    Each call may raise `Cancelled`. Calls with the same message are cheap: at most two a second
    are written. Call it outside transactions, or nobody sees it before they end.
    """

    def __init__(self, job: Job, claim: uuid.UUID, echo: Callable[[Job], None] | None) -> None:
        self.job = job
        self.claim = claim
        self.echo = echo
        self._written = 0.0

    def __call__(self, done: int, total: int | None = None, message: str = "") -> None:
        ends = total is not None and done >= total
        now = time.monotonic()
        if now - self._written < REPORT_EVERY and not ends and message == self.job.message:
            return
        self._written = now
        total = None if total is None else max(total, done)
        changes = {"done": done, "total": total, "message": str(message)[:300]}
        held = Job.objects.filter(
            pk=self.job.pk, state=Job.State.RUNNING, claim=self.claim, cancel_requested_at=None
        )
        if not held.update(heartbeat_at=timezone.now(), **changes):
            raise Cancelled
        for name, value in changes.items():
            setattr(self.job, name, value)
        if self.echo:
            self.echo(self.job)


def enqueue(kind: str, *, owner: AbstractBaseUser | None, **payload: Any) -> Job:
    """Ask for a job; a worker takes it up once the current transaction has been committed.

    `payload` must be JSON; the handler finds it in `job.payload`. Raises `UnknownKind`.
    """
    _registered(kind)
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind,
            owner_id=owner.pk if owner else None,
            payload=payload,
            created_at=timezone.now(),
        )
        return _queue(job)


def _queue(job: Job) -> Job:
    job.task_id = uuid.UUID(run.enqueue(job.pk).id)
    job.save(update_fields=["task_id"])
    return job


@task(queue_name=QUEUE, backend="jobs")
def run(pk: int) -> str:
    """What a worker runs for one row of the queue: the job, unless another has it."""
    job = Job.objects.filter(pk=pk).first()
    if job is None:
        return "gone"
    claim = _claim(job)
    if claim is None:
        return "not waiting"
    _perform(job, claim, echo=None)
    return job.state


def run_now(job: Job, *, echo: Callable[[Job], None] | None = None) -> Job:
    """Run the job in this process (for commands), or wait for the worker that was quicker.

    `echo(job)` is called at each progress. Returns the finished job.
    """
    claim = _claim(job)
    if claim is not None:
        _perform(job, claim, echo=echo)
        return job
    while not job.is_finished:
        if echo and job.state == Job.State.RUNNING:
            echo(job)
        time.sleep(REPORT_EVERY)
        reap()
        job.refresh_from_db()
    return job


def cancel(job: Job) -> bool:
    """End a waiting job at once, a running one at its next progress. False: it had ended."""
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, cancel_requested_at=None)
    changed = waiting.update(
        state=Job.State.CANCELLED, cancel_requested_at=now, finished_at=now
    ) or running.update(cancel_requested_at=now)
    job.refresh_from_db()
    return bool(changed)


def retry(job: Job) -> bool:
    """Queue a failed or cancelled job once more. False: it is not in such a state."""
    _registered(job.kind)
    with transaction.atomic():
        changed = Job.objects.filter(
            pk=job.pk, state__in=[Job.State.FAILED, Job.State.CANCELLED]
        ).update(
            state=Job.State.QUEUED,
            done=0,
            total=None,
            message="",
            result=None,
            error="",
            claim=None,
            started_at=None,
            heartbeat_at=None,
            cancel_requested_at=None,
            finished_at=None,
        )
        job.refresh_from_db()
        if changed:
            _queue(job)
    return bool(changed)


def _claim(job: Job) -> uuid.UUID | None:
    """Take a waiting job; None where another run was quicker."""
    claim, now = uuid.uuid4(), timezone.now()
    taken = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING, claim=claim, started_at=now, heartbeat_at=now
    )
    job.refresh_from_db()
    return claim if taken else None


def _perform(job: Job, claim: uuid.UUID, *, echo: Callable[[Job], None] | None) -> None:
    language = getattr(job.owner, "language", "") or settings.LANGUAGE_CODE
    with translation.override(language), _heartbeat(job, claim):
        try:
            registered = _registered(job.kind)
            result = _call(registered, job, Progress(job, claim, echo))
            json.dumps(result, cls=DjangoJSONEncoder)  # a fault here is the handler's
            _finish(job, claim, Job.State.SUCCEEDED, result=result, message="")
        except Cancelled:
            _finish(job, claim, Job.State.CANCELLED)
        except _Expected as expected:
            _finish(job, claim, Job.State.FAILED, error=str(expected.__cause__))
        except Exception:
            logger.exception("Job %s (%s) failed", job.pk, job.kind)
            _finish(
                job,
                claim,
                Job.State.FAILED,
                error=_("It stopped because of a fault in the program. The log names job %(job)s.")
                % {"job": job.pk},
            )
        except BaseException:
            # The worker is being stopped; only the job's own words are set, the stop goes on.
            _finish(job, claim, Job.State.FAILED, error=_stopped())
            raise


class _Expected(Exception):
    """Wraps an exception that the handler's registration announced."""


def _call(registered: _Registered, job: Job, progress: Progress) -> Any:
    try:
        return registered.handler(job, progress)
    except registered.expects as error:
        raise _Expected from error


def _finish(job: Job, claim: uuid.UUID, state: Job.State, **changes: Any) -> None:
    if state == Job.State.SUCCEEDED:
        changes["done"] = F("total") if job.total is not None else F("done")
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, claim=claim).update(
        state=state, finished_at=timezone.now(), **changes
    )
    job.refresh_from_db()


def _stopped() -> str:
    return _("The worker was stopped in the middle of it. Nothing was half-done; start it again.")


@contextmanager
def _heartbeat(job: Job, claim: uuid.UUID) -> Iterator[None]:
    """Beat from a thread, so that a handler may be busy for long between two reports."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(BEAT.total_seconds()):
            try:
                Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, claim=claim).update(
                    heartbeat_at=timezone.now()
                )
            except DatabaseError:
                logger.warning("Job %s: a heartbeat was lost", job.pk, exc_info=True)
            finally:
                connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def reap() -> int:
    """Fail the jobs whose worker died, wake those whose worker died before starting them.

    Returns how many jobs were changed. Any number of reapers may run at once.
    """
    from django_tasks_db.models import DBTaskResult  # the model needs the app registry

    now = timezone.now()
    limit = now - DEAD_AFTER
    changed = 0
    for job in Job.objects.silent_since(limit).select_related("owner"):
        with translation.override(getattr(job.owner, "language", "") or settings.LANGUAGE_CODE):
            changed += (
                Job.objects.silent_since(limit)
                .filter(pk=job.pk, claim=job.claim)
                .update(state=Job.State.FAILED, finished_at=now, error=_stopped())
            )
    # A row of the queue that no worker will ever finish (django-tasks-db has no reaper).
    stuck = DBTaskResult.objects.running().filter(
        backend_name="jobs", queue_name=QUEUE, started_at__lt=limit
    )
    running = Job.objects.filter(state=Job.State.RUNNING, task_id__isnull=False)
    for row in stuck.exclude(pk__in=running.values("task_id")):
        with transaction.atomic():
            ended = stuck.filter(pk=row.pk).update(status=TaskResultStatus.FAILED, finished_at=now)
            waiting = Job.objects.filter(task_id=row.pk, state=Job.State.QUEUED).first()
            if ended and waiting:
                _queue(waiting)
                changed += 1
    DBTaskResult.objects.finished().filter(
        backend_name="jobs", finished_at__lt=now - KEEP_TASKS
    ).delete()
    return changed
