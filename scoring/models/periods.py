"""What scores are measured by: processes and their standards, weights, and scoring periods."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kit.models import Named
from people.models import Dated, DatedQuerySet, Role, User
from scoring import permissions

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Process(Named):
    """A kind of work as the ledger calls it (`picking`), with the names that people read."""

    code = models.CharField(_("code"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        ordering = ["code"]

    @property
    def name(self) -> str:
        """Its name, or its code while nobody has given it one."""
        return super().name or self.code


class Standard(Dated):
    """The seconds that one unit of a process is worth, for the days `[starts_on, ends_on)`.

    Days on which none holds are measured by what the peers took themselves.
    """

    process = models.ForeignKey(Process, models.PROTECT, related_name="standards")
    seconds_per_unit = models.DecimalField(
        _("seconds per unit"),
        max_digits=9,
        decimal_places=3,
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    reason = models.CharField(_("how it was found"), max_length=300)
    set_at = models.DateTimeField(_("set at"))
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("standard")
        verbose_name_plural = _("standards")
        ordering = ["process", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="standard_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(seconds_per_unit__gt=0), name="standard_above_zero"),
            models.UniqueConstraint("process", name="standard_one_open", condition=Q(ends_on=None)),
        ]

    def __str__(self) -> str:
        return f"{self.process} · {self.seconds_per_unit} s"


class Weights(Dated):
    """How much each component counts, for a role, or for every role that has none of its own."""

    role = models.ForeignKey(
        Role, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("role")
    )
    throughput = models.PositiveSmallIntegerField(_("throughput"), default=40)
    quality = models.PositiveSmallIntegerField(_("quality"), default=40)
    competence = models.PositiveSmallIntegerField(_("competence"), default=20)
    gate = models.DecimalField(
        _("error ratio above which speed beyond the standard earns nothing"),
        max_digits=4,
        decimal_places=2,
        default=Decimal("1.25"),
        validators=[MinValueValidator(Decimal("0.1"))],
    )
    set_at = models.DateTimeField(_("set at"))
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("weights")
        verbose_name_plural = _("weights")
        ordering = ["role", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="weights_end_after_start",
            ),
            models.CheckConstraint(
                condition=Q(throughput__gt=0) | Q(quality__gt=0) | Q(competence__gt=0),
                name="weights_one_above_zero",
                violation_error_message=_("At least one weight must be above zero."),
            ),
            models.UniqueConstraint(
                Coalesce("role", 0), name="weights_one_open", condition=Q(ends_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role or _('every role')} · {self.starts_on}"


class ScoringPeriodQuerySet(models.QuerySet):
    def visible_to(self, user: User | AnonymousUser) -> ScoringPeriodQuerySet:
        """Periods as a whole: all of them for HR, managers and auditors."""
        return self if permissions.can_read_all_scorecards(user) else self.none()


class ScoringPeriod(models.Model):
    """The days `[starts_on, ends_on)` that are scored together, reviewed and published.

    open -> calculated -> in review -> published -> closed. It may be calculated again until it is
    published; then nothing of it changes any more.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CALCULATED = "calculated", _("calculated")
        IN_REVIEW = "in_review", pgettext_lazy("scoring period", "in review")
        PUBLISHED = "published", _("published")
        CLOSED = "closed", pgettext_lazy("scoring period", "closed")

    CALCULABLE = (State.OPEN, State.CALCULATED, State.IN_REVIEW)

    name = models.SlugField(_("name"), max_length=40, unique=True, help_text=_("e.g. 2026-Q1"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("first day after it"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.OPEN)
    # moved by every calculation, so that the slower of two can't overwrite the other
    calculations = models.PositiveIntegerField(default=0)
    fingerprint = models.CharField(max_length=64, blank=True)
    unattributed_errors = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("added at"))
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    calculated_at = models.DateTimeField(_("calculated at"), null=True)
    review_started_at = models.DateTimeField(_("review started at"), null=True)
    published_at = models.DateTimeField(_("published at"), null=True)
    published_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(_("closed at"), null=True)

    objects = ScoringPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("scoring period")
        verbose_name_plural = _("scoring periods")
        ordering = ["-starts_on", "-ends_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="period_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["published", "closed"], published_at__isnull=False)
                | (~Q(state__in=["published", "closed"]) & Q(published_at__isnull=True)),
                name="period_published_at",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> dt.date:
        """The last day that counts, as people say it."""
        return self.ends_on - dt.timedelta(days=1)

    @property
    def is_calculable(self) -> bool:
        return self.state in self.CALCULABLE

    @property
    def is_published(self) -> bool:
        return self.state in (self.State.PUBLISHED, self.State.CLOSED)
