"""Releases: what was approved, word for word, and from when it holds.

Rows here are only ever added. The guards below turn an attempt to change one into an
exception; `sop.immutability` puts triggers behind them, for SQL that comes past the ORM.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people import groups
from people.models import Role, Team, User
from sop.choices import RiskLevel, ValueClass
from sop.models.vocabulary import ErrorCode
from sop.storage import private_storage

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ImmutableError(Exception):
    """Someone tried to change or delete a record that is only ever added to."""


class AppendOnlyQuerySet(models.QuerySet):
    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ImmutableError(f"{self.model.__name__} rows are only ever added.")

    update = delete = bulk_update = _refuse
    _raw_delete = _refuse


class AppendOnly(models.Model):
    """A row that can be added, never changed, never deleted."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ImmutableError(f"{type(self).__name__} {self.pk} can't be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ImmutableError(f"{type(self).__name__} {self.pk} can't be deleted.")


# Who may also see releases that are not in force: withdrawn ones, and those yet to come.
OVERSEERS = (*groups.SEE_EVERYONE, groups.APPROVERS)


class SOPReleaseQuerySet(AppendOnlyQuerySet):
    def effective(self, at: dt.datetime) -> SOPReleaseQuerySet:
        """Releases that had come into force by `at`, whatever came after them.

        One that was withdrawn before its first moment never came into force.
        """
        never = Withdrawal.objects.filter(
            release=OuterRef("pk"), at__lte=OuterRef("effective_from")
        )
        return self.filter(~Exists(never), effective_from__lte=at)

    def in_force(self, at: dt.datetime | None = None) -> SOPReleaseQuerySet:
        """The one release of each SOP to work from at `at` (now, when left out).

        It is the latest effective one; when that is withdrawn, the SOP has none.
        """
        at = at or timezone.now()
        later = SOPRelease.objects.effective(at).filter(
            sop_key=OuterRef("sop_key"), sequence__gt=OuterRef("sequence")
        )
        withdrawn = Withdrawal.objects.filter(release=OuterRef("pk"), at__lte=at)
        return self.effective(at).filter(~Exists(later), ~Exists(withdrawn))

    def visible_to(
        self, user: User | AnonymousUser, at: dt.datetime | None = None
    ) -> SOPReleaseQuerySet:
        """Releases that the user may open.

        Everybody who is signed in and active: those in force and those superseded (a page marks
        them), not the withdrawn, not the coming. A team's leads and the overseers: all of them.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser or not user.group_names.isdisjoint(OVERSEERS):
            return self
        at = at or timezone.now()
        withdrawn = Withdrawal.objects.filter(release=OuterRef("pk"), at__lte=at)
        own = Team.objects.led_by(user)
        return self.filter(Q(~Exists(withdrawn), effective_from__lte=at) | Q(team__in=own))

    def for_roles(self, roles: models.QuerySet[Role] | list[Role]) -> SOPReleaseQuerySet:
        """Releases written for one of the roles."""
        chosen = SOPRelease.roles.through.objects.filter(
            soprelease_id=OuterRef("pk"), role__in=roles
        )
        return self.filter(Exists(chosen))

    def numbered(self, number: str) -> SOPReleaseQuerySet:
        """Releases with a number such as `2.1`; none for anything that is no number."""
        found = re.fullmatch(r"([0-9]{1,4})\.([0-9]{1,4})", number)
        return self.filter(major=int(found[1]), minor=int(found[2])) if found else self.none()

    def of_sop(self, sop_key: Any) -> SOPReleaseQuerySet:
        return self.filter(sop_key=sop_key)

    def with_texts(self) -> SOPReleaseQuerySet:
        return self.prefetch_related("texts")


class SOPRelease(AppendOnly):
    """One approved version of one SOP, in all its languages.

    Its end is not stored: it follows from the next release or from a withdrawal.
    """

    sop_key = models.UUIDField(
        _("SOP"), help_text=_("Shared by the page's translations and by all releases of the SOP.")
    )
    sequence = models.PositiveIntegerField(_("running number"))
    code = models.CharField(_("code"), max_length=20)
    team = models.ForeignKey(Team, models.PROTECT, related_name="sop_releases")
    major = models.PositiveSmallIntegerField()
    minor = models.PositiveSmallIntegerField()
    effective_from = models.DateTimeField(_("effective from"), db_index=True)
    change_summary = models.TextField(_("what changed"))
    change_reason = models.TextField(_("why"), blank=True)
    requires_acknowledgement = models.BooleanField(_("must be acknowledged"))
    source_language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    risk_level = models.CharField(max_length=10, choices=RiskLevel.choices)
    review_months = models.PositiveSmallIntegerField(_("review every … months"))
    process_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    roles = models.ManyToManyField(Role, related_name="sop_releases", verbose_name=_("for roles"))
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    objects = SOPReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("SOP release")
        verbose_name_plural = _("SOP releases")
        ordering = ["code", "-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["sop_key", "sequence"], name="release_sequence_once"),
            models.UniqueConstraint(
                fields=["sop_key", "major", "minor"], name="release_number_once"
            ),
            # Every SOP starts at 1.0, so this also keeps two SOPs from sharing a code.
            models.UniqueConstraint(fields=["code", "major", "minor"], name="release_code_once"),
            models.CheckConstraint(
                condition=Q(major__gte=1, sequence__gte=1), name="release_numbers_from_one"
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("submitted_by")), name="release_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(effective_from__gte=F("approved_at")), name="release_not_backdated"
            ),
            models.CheckConstraint(
                condition=~Q(change_summary=""), name="release_says_what_changed"
            ),
        ]
        indexes = [models.Index(fields=["code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"

    @property
    def number(self) -> str:
        """As people say it: `2.1`."""
        return f"{self.major}.{self.minor}"

    def text_for(self, language: str) -> ReleaseText:
        """The text in the language if this release has one, else in its source language."""
        texts = {text.language: text for text in self.texts.all()}
        return texts.get(language) or texts[self.source_language]

    def state(self, at: dt.datetime | None = None) -> str:
        """`in_force`, `coming`, `withdrawn` or `superseded` at `at` (now)."""
        at = at or timezone.now()
        withdrawal = Withdrawal.objects.filter(release=self, at__lte=at).first()
        if withdrawal is not None:
            return "withdrawn"
        if self.effective_from > at:
            return "coming"
        return "in_force" if self.is_in_force(at) else "superseded"

    def is_in_force(self, at: dt.datetime | None = None) -> bool:
        return SOPRelease.objects.in_force(at).filter(pk=self.pk).exists()


class ReleaseText(AppendOnly):
    """A release in one language: the snapshot is the truth, the Wagtail revision its origin."""

    release = models.ForeignKey(SOPRelease, models.PROTECT, related_name="texts")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(max_length=255)
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)
    change_summary = models.TextField(_("what changed"))
    revision = models.ForeignKey("wagtailcore.Revision", models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a release")
        verbose_name_plural = _("texts of releases")
        ordering = ["release", "language"]
        constraints = [
            models.UniqueConstraint(fields=["release", "language"], name="text_language_once"),
            models.UniqueConstraint(fields=["revision"], name="text_revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.release} · {self.title} ({self.language})"

    @property
    def step_titles(self) -> dict[str, str]:
        """Titles in this language by step uid."""
        return {step["uid"]: step["title"] for step in self.snapshot["steps"]}


class ReleasedStep(AppendOnly):
    """A step of a release, the same row whatever the language.

    `step_uid` is the step's identity across releases and languages: errors, times and
    acknowledgements join on it.
    """

    release = models.ForeignKey(SOPRelease, models.PROTECT, related_name="steps")
    step_uid = models.UUIDField(db_index=True)
    order = models.PositiveSmallIntegerField(_("step"))
    title = models.CharField(max_length=255)
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")
    expected_seconds = models.PositiveIntegerField(null=True)
    value_class = models.CharField(max_length=12, choices=ValueClass.choices)
    error_codes = models.ManyToManyField(ErrorCode, related_name="released_steps")
    sha256 = models.CharField(max_length=64)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("released step")
        verbose_name_plural = _("released steps")
        ordering = ["release", "order"]
        constraints = [
            models.UniqueConstraint(fields=["release", "step_uid"], name="released_step_once"),
            models.UniqueConstraint(fields=["release", "order"], name="released_step_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.release} · {self.order} {self.title}"

    def title_in(self, language: str) -> str:
        """The title in the language where the release has that text."""
        return self.release.text_for(language).step_titles.get(str(self.step_uid), self.title)


class ReleasedPicture(AppendOnly):
    """A picture as it was when the text was approved, whatever becomes of the original."""

    text = models.ForeignKey(ReleaseText, models.PROTECT, related_name="pictures")
    source_hash = models.CharField(
        max_length=40, help_text=_("Hash of the original file, by which the snapshot names it.")
    )
    file = models.FileField(storage=private_storage, upload_to="sop/pictures", max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["text", "source_hash"]
        constraints = [
            models.UniqueConstraint(fields=["text", "source_hash"], name="picture_once_a_text"),
        ]

    def __str__(self) -> str:
        return f"{self.text} · {self.source_hash[:8]}"


class Withdrawal(AppendOnly):
    """From `at` on nobody may work from the release."""

    release = models.OneToOneField(SOPRelease, models.PROTECT, related_name="withdrawal")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField(_("why"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="withdrawal_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.release} · {self.at:%Y-%m-%d}"
