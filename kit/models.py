"""Building blocks for models, without a domain."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """Something that the store names itself, in English, in Chinese or in both."""

    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language, or in the other one where that is missing."""
        return self.name_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        """The name in `language` ("en", "zh-hans"), or in the other one."""
        first, second = self.name_en, self.name_zh
        if language.startswith("zh"):
            first, second = second, first
        return first or second


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> JobQuerySet:
        """A person's own jobs; every job for whoever holds the permission to view jobs."""
        if not user.is_authenticated:
            return self.none()
        if user.has_perm("kit.view_job"):
            return self
        return self.filter(owner=user)

    def unfinished(self) -> JobQuerySet:
        """Jobs that wait or run."""
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def silent_since(self, moment: dt.datetime) -> JobQuerySet:
        """Running jobs whose heart has not beaten since `moment`."""
        return self.filter(state=Job.State.RUNNING, heartbeat_at__lt=moment)


class Job(models.Model):
    """A piece of long work that a worker does: who asked for it, how far it is, what came of it.

    Rows are changed only by `kit.jobs`, by conditional UPDATEs on `state` and `claim`.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    kind = models.CharField(_("kind"), max_length=60)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    payload = models.JSONField(_("parameters"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    done = models.PositiveBigIntegerField(_("done so far"), default=0)
    total = models.PositiveBigIntegerField(_("in all"), null=True, blank=True)
    message = models.CharField(_("message"), max_length=300, blank=True)
    result = models.JSONField(_("result"), null=True, blank=True, encoder=DjangoJSONEncoder)
    error = models.TextField(_("error"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    # Which run of a handler holds the job, and which row of the queue brings it to a worker.
    claim = models.UUIDField(null=True, blank=True, editable=False)
    task_id = models.UUIDField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("asked for at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    cancel_requested_at = models.DateTimeField(_("cancel asked for at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "heartbeat_at"], name="job_state_heartbeat"),
            models.Index(fields=["owner", "-created_at"], name="job_owner_created"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None, state__in=["queued", "running"])
                | Q(finished_at__isnull=False, state__in=["succeeded", "failed", "cancelled"]),
                name="job_finished_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="running")
                | Q(claim__isnull=False, started_at__isnull=False, heartbeat_at__isnull=False),
                name="job_running_has_claim",
            ),
            models.CheckConstraint(
                condition=Q(total=None) | Q(total__gte=F("done")), name="job_done_within_total"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    @property
    def is_cancellable(self) -> bool:
        """It waits or runs, and nobody has asked for its end yet."""
        return not self.is_finished and self.cancel_requested_at is None

    @property
    def percent(self) -> int | None:
        """How much is done, 0 to 100, or None where the whole is not known."""
        if self.state == self.State.SUCCEEDED:
            return 100
        return self.done * 100 // self.total if self.total else None
