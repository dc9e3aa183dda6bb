"""Modules: the approved versions that people read. Where they are written is `pages.py`.

Rows of versions and texts are only ever added, as those of SOP releases are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from people.models import Role, Team, User
from sop.models.releases import AppendOnly, AppendOnlyQuerySet
from sop.storage import private_storage
from training.models.quizzes import Quiz

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ModuleQuerySet(models.QuerySet):
    def visible_to(self, user: User | AnonymousUser) -> ModuleQuerySet:
        """Approved modules are open to everybody who works here; drafts are not modules yet."""
        if not user.is_active or not user.is_authenticated:
            return self.none()
        return self

    def offered(self) -> ModuleQuerySet:
        """Modules that can be taken now."""
        return self.filter(retired_at=None)

    def required_by(self, roles: models.QuerySet[Role] | list[Role]) -> ModuleQuerySet:
        """Offered modules whose approved version names one of the roles."""
        named = ModuleVersion.roles.through.objects.filter(
            moduleversion_id=OuterRef("current"), role__in=roles
        )
        return self.offered().filter(Exists(named))

    def about_sop(self, sop_key: Any) -> ModuleQuerySet:
        """Offered modules whose approved version teaches the SOP."""
        return self.offered().filter(
            Exists(ModuleSOPLink.objects.filter(version=OuterRef("current"), sop_key=sop_key))
        )

    def with_texts(self) -> ModuleQuerySet:
        return self.select_related("current__quiz", "team").prefetch_related("current__texts")


class Module(models.Model):
    """A module that was approved at least once, whatever its language and version.

    `key` is shared by the page's translations; `current` is the version that people take.
    """

    key = models.UUIDField(unique=True)
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="modules", verbose_name=_("team"))
    current = models.OneToOneField("ModuleVersion", models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField(_("no longer offered since"), null=True, blank=True)

    objects = ModuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title

    @property
    def version(self) -> ModuleVersion:
        """The version that people take; approval makes a module and its first one together."""
        assert self.current is not None
        return self.current

    @property
    def title(self) -> str:
        return self.version.text.title


class ModuleVersion(AppendOnly):
    """One approved version of a module, with the settings that were approved with it."""

    module = models.ForeignKey(Module, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source_language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    quiz = models.ForeignKey(Quiz, models.PROTECT, null=True, related_name="+")
    roles = models.ManyToManyField(Role, related_name="+")
    validity_months = models.PositiveSmallIntegerField(null=True)
    due_days = models.PositiveSmallIntegerField()
    retake_on_release = models.BooleanField()
    change_summary = models.TextField(blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["module", "-number"]
        constraints = [
            models.UniqueConstraint("module", "number", name="module_version_once"),
            models.CheckConstraint(
                condition=~Q(approved_by=F("submitted_by")), name="module_version_four_eyes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.module.slug} v{self.number}"

    def text_in(self, language: str) -> ModuleText:
        """The text in the language if this version has one, else in its source language."""
        texts = {text.language: text for text in self.texts.all()}
        return texts.get(language) or texts[self.source_language]

    @property
    def text(self) -> ModuleText:
        """The text in the active language."""
        return self.text_in(get_language() or settings.LANGUAGE_CODE)


class ModuleText(AppendOnly):
    """A version in one language: the snapshot is the truth, the Wagtail revision its origin.

    For the shape of `snapshot` see `training.snapshot`.
    """

    version = models.ForeignKey(ModuleVersion, models.PROTECT, related_name="texts")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(max_length=255)
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)
    revision = models.ForeignKey("wagtailcore.Revision", models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["version", "language"]
        constraints = [
            models.UniqueConstraint("version", "language", name="module_text_language_once"),
            models.UniqueConstraint("revision", name="module_text_revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"

    @property
    def summary(self) -> str:
        return self.snapshot["summary"]

    @property
    def lessons(self) -> list[dict[str, Any]]:
        return self.snapshot["lessons"]


class ModulePicture(AppendOnly):
    """A picture as it was when the text was approved, whatever becomes of the original."""

    text = models.ForeignKey(ModuleText, models.PROTECT, related_name="pictures")
    source_hash = models.CharField(max_length=40)
    file = models.FileField(storage=private_storage, upload_to="training/pictures", max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("text", "source_hash", name="module_picture_once_a_text"),
        ]

    def __str__(self) -> str:
        return f"{self.text} · {self.source_hash[:8]}"


class ModuleSOPLink(AppendOnly):
    """The version of a module teaches an SOP, whatever the SOP's release."""

    version = models.ForeignKey(ModuleVersion, models.PROTECT, related_name="sop_links")
    sop_key = models.UUIDField(db_index=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("version", "sop_key", name="module_sop_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.sop_key}"
