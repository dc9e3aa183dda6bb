"""Operations data: sources and their mappings, imports, the ledger's files, keys, decisions."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit.models import Job, Named
from people.models import User
from scoring import permissions
from scoring.importing.mapping import Mapping, parse

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Source(Named):
    """One kind of file that a system of the store gives: `wms`, `qc`, `helpdesk`."""

    slug = models.SlugField(_("code"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["slug"]

    @property
    def name(self) -> str:
        """Its name, or its code while nobody has given it one."""
        return super().name or self.slug


class SourceMapping(models.Model):
    """One version of a source's mapping file; never changed, a new text is a new version."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="mappings")
    version = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("mapping file"))
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("added at"))
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")
        ordering = ["source", "-version"]
        constraints = [
            models.UniqueConstraint("source", "version", name="source_mapping_version_once"),
            models.UniqueConstraint("source", "sha256", name="source_mapping_text_once"),
        ]

    def __str__(self) -> str:
        return _("%(source)s, version %(version)s") % {
            "source": self.source.name,
            "version": self.version,
        }

    @property
    def mapping(self) -> Mapping:
        return parse(self.text)


class OperationsImportQuerySet(models.QuerySet):
    def visible_to(self, user: User | AnonymousUser) -> OperationsImportQuerySet:
        """Imports that the user may read: all of them for HR, administrators and auditors."""
        return self if permissions.can_read_imports(user) else self.none()

    def silent_since(self, moment: dt.datetime) -> OperationsImportQuerySet:
        """Imports being read of which nothing was heard since, or whose job has ended."""
        return self.filter(state=OperationsImport.State.READING).filter(
            Q(beat_at__lt=moment) | Q(job__finished_at__isnull=False)
        )

    def committed(self) -> OperationsImportQuerySet:
        """Imports whose files are in the ledger now."""
        return self.filter(state=OperationsImport.State.COMMITTED)


class OperationsImport(models.Model):
    """One file on its way into the ledger, or in it.

    received -> reading -> checked (a dry run's result waits for a person) or committed or rejected;
    failed if the run was interrupted; committed -> superseded when another import replaces it.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        READING = "reading", _("being read")
        CHECKED = "checked", _("checked, not imported yet")
        REJECTED = "rejected", _("refused")
        FAILED = "failed", _("interrupted")
        COMMITTED = "committed", _("imported")
        SUPERSEDED = "superseded", _("replaced")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(Source, models.PROTECT, related_name="imports")
    mapping = models.ForeignKey(SourceMapping, models.PROTECT, related_name="imports")
    filename = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"))
    create_people = models.BooleanField(_("make people for unknown accounts"), default=False)
    all_or_nothing = models.BooleanField(_("only if every row is right"), default=False)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replacements"
    )
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.RECEIVED
    )
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    received_at = models.DateTimeField(_("received at"))
    received_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    beat_at = models.DateTimeField(null=True)
    committed_at = models.DateTimeField(_("imported at"), null=True)
    committed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    problem = models.TextField(_("why it was refused"), blank=True)
    # what the last reading found; rows are rows of the file, events are what they give
    rows = models.PositiveIntegerField(_("rows"), default=0)
    skipped_rows = models.PositiveIntegerField(_("rows left out by the mapping"), default=0)
    rejected_rows = models.PositiveIntegerField(_("rejected rows"), default=0)
    work_events = models.PositiveIntegerField(_("work events added"), default=0)
    error_events = models.PositiveIntegerField(_("error events added"), default=0)
    known_events = models.PositiveIntegerField(_("events in the ledger already"), default=0)
    new_people = models.PositiveIntegerField(_("people made"), default=0)
    first_day = models.DateField(_("first day"), null=True)
    last_day = models.DateField(_("last day"), null=True)
    reasons = models.JSONField(default=dict)

    objects = OperationsImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of operations data")
        verbose_name_plural = _("imports of operations data")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "source",
                "mapping",
                "sha256",
                name="operations_import_same_file_once",
                condition=Q(state="committed"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["committed", "superseded"], committed_at__isnull=False)
                | (~Q(state__in=["committed", "superseded"]) & Q(committed_at__isnull=True)),
                name="operations_import_committed_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} · {self.filename}"

    @property
    def system(self) -> str:
        """Under which system `people` knows the file's account names."""
        return self.mapping.mapping.system or self.source.slug

    @property
    def folder(self) -> Path:
        """Where its upload and its list of rejected rows are kept; never served directly."""
        return Path(settings.HANDRAIL_FILES_DIR) / "operations" / self.uid.hex

    @property
    def upload(self) -> Path:
        return self.folder / "upload"

    @property
    def accepted_rows(self) -> int:
        """Rows of the file from which events come that are right."""
        return self.rows - self.skipped_rows - self.rejected_rows

    @property
    def is_interrupted(self) -> bool:
        """It was being read by a job that has ended without saying how the reading went."""
        return self.state == self.State.FAILED or (
            self.is_under_way and self.job is not None and self.job.is_finished
        )

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.RECEIVED, self.State.READING)

    @property
    def can_be_taken(self) -> bool:
        """A checked file can be taken; so can one whose run was interrupted."""
        waits = self.state == self.State.CHECKED or self.is_interrupted
        return waits and self.upload.is_file()


class LedgerFileQuerySet(models.QuerySet):
    def in_ledger(self, source: str | None = None) -> LedgerFileQuerySet:
        """Files of committed imports, which alone exist for readers; of one source or of all."""
        files = self.filter(source_import__state=OperationsImport.State.COMMITTED)
        files = files.select_related("source_import")
        return files if source is None else files.filter(source_import__source__slug=source)


class LedgerFile(models.Model):
    """A Parquet file of the ledger. It exists for readers while its import is committed."""

    class Kind(models.TextChoices):
        WORK = "work", _("work")
        ERRORS = "errors", _("errors")

    source_import = models.ForeignKey(OperationsImport, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=100, unique=True)
    rows = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    first_day = models.DateField()
    last_day = models.DateField()

    objects = LedgerFileQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("source_import", "kind", name="ledger_file_kind_once"),
        ]

    def __str__(self) -> str:
        return self.name


class LedgerState(models.Model):
    """One row: how often the ledger has changed. A commit names the version that it read."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ledger_state_one_row")]

    def __str__(self) -> str:
        return str(self.version)


class PersonKey(models.Model):
    """The opaque key under which the ledger knows a person.

    Deleting this row removes the person's identity from the ledger and leaves every total as it is.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(User, models.CASCADE, related_name="ledger_key")

    def __str__(self) -> str:
        return str(self.person)


class AttributionDecisionQuerySet(models.QuerySet):
    def standing(self) -> AttributionDecisionQuerySet:
        """The latest decision on each error, without those that were taken back."""
        every = AttributionDecision.objects.order_by().values("error_event")
        latest = every.annotate(latest=models.Max("pk")).values("latest")
        return self.filter(pk__in=latest).exclude(verdict=AttributionDecision.Verdict.UNDONE)

    def visible_to(self, user: User | AnonymousUser) -> AttributionDecisionQuerySet:
        """All of them for who reads imports; for a lead those that the lead took."""
        if permissions.can_read_imports(user):
            return self
        if permissions.can_assign_errors(user):
            return self.filter(decided_by=user)
        return self.none()


class AttributionDecision(models.Model):
    """A person's word on who made an error; the latest one counts, none is ever changed."""

    class Verdict(models.TextChoices):
        ASSIGNED = "assigned", _("assigned")
        NOBODY = "nobody", _("counts for nobody")
        UNDONE = "undone", _("taken back")

    error_event = models.CharField(max_length=32, db_index=True)
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict.choices)
    maker = models.UUIDField(null=True)  # a PersonKey's key, kept when the identity is removed
    reason = models.TextField(_("reason"))
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = AttributionDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="assigned", maker__isnull=False)
                | (~Q(verdict="assigned") & Q(maker__isnull=True)),
                name="attribution_decision_names_a_maker",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="attribution_decision_gives_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.error_event} · {self.get_verdict_display()}"
