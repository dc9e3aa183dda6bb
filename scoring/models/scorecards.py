"""Scorecards as they were calculated, and the reviews that people make of them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.models import Role, Team, User
from scoring import permissions
from scoring.models.periods import ScoringPeriod

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

PUBLISHED_STATES = (ScoringPeriod.State.PUBLISHED, ScoringPeriod.State.CLOSED)
# What a lead may see of the team: not the numbers that HR is still checking.
SHOWN_TO_LEADS = (ScoringPeriod.State.IN_REVIEW, *PUBLISHED_STATES)


class Verdict(models.TextChoices):
    BAND = "band", _("a band")
    BETWEEN = "between", _("between two bands")
    NOT_ENOUGH = "not_enough_data", _("not enough data")


class Band(models.TextChoices):
    BELOW = "below", _("below expectations")
    MEETS = "meets", _("meets expectations")
    EXCEEDS = "exceeds", _("exceeds expectations")


class Component(models.TextChoices):
    THROUGHPUT = "throughput", _("throughput")
    QUALITY = "quality", _("quality")
    COMPETENCE = "competence", _("competence")


class Judged(models.Model):
    """What the engine concluded, and how sure it is: see `scoring.engine.bands`."""

    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict.choices)
    band = models.CharField(_("band"), max_length=10, choices=Band.choices, blank=True)
    band_lower = models.CharField(max_length=10, choices=Band.choices, blank=True)
    band_upper = models.CharField(max_length=10, choices=Band.choices, blank=True)
    probability = models.FloatField(null=True)

    class Meta:
        abstract = True

    @property
    def has_band(self) -> bool:
        return self.verdict == Verdict.BAND

    @property
    def is_between(self) -> bool:
        return self.verdict == Verdict.BETWEEN

    @property
    def may_be_below(self) -> bool:
        """The verdict is, or could be, below expectations."""
        return Band.BELOW in (self.band, self.band_lower)


class ScorecardQuerySet(models.QuerySet):
    def current(self) -> ScorecardQuerySet:
        """The latest version of each."""
        return self.filter(superseded_at=None)

    def published(self) -> ScorecardQuerySet:
        return self.current().filter(period__state__in=PUBLISHED_STATES)

    def visible_to(self, user: User | AnonymousUser) -> ScorecardQuerySet:
        """One's own published ones, a lead the team's from the review on, HR, managers and
        auditors all of them. Matches `permissions.can_view_scorecard`."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if permissions.can_read_all_scorecards(user):
            return self
        own = Q(person=user, period__state__in=PUBLISHED_STATES)
        led = Q(team__in=Team.objects.led_by(user), period__state__in=SHOWN_TO_LEADS)
        return self.filter(own | (led & ~Q(person=user)), superseded_at=None)

    def reviewable_by(self, user: User | AnonymousUser) -> ScorecardQuerySet:
        """Current ones of a period in review that the user may review; never one's own.

        A lead those of the team; HR those of people whom nobody leads. Matches
        `permissions.can_review`.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        may = Q(team__in=Team.objects.led_by(user))
        if permissions.can_manage_periods(user):
            may |= Q(review__reviewer=None)
        cards = self.current().filter(may, period__state=ScoringPeriod.State.IN_REVIEW)
        return cards.filter(review__isnull=False).exclude(person=user)


class Scorecard(Judged):
    """One person's result in one period, one version; never changed, only superseded.

    `snapshot` holds all that the page shows (see `scoring.cards`), `evidence` the rows behind it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    period = models.ForeignKey(ScoringPeriod, models.PROTECT, related_name="scorecards")
    person = models.ForeignKey(User, models.PROTECT, related_name="scorecards")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="scorecards")
    role = models.ForeignKey(Role, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    score = models.FloatField(_("score"), null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    share_with_data = models.FloatField(default=0)
    rank = models.PositiveIntegerField(null=True)
    rank_low = models.PositiveIntegerField(null=True)
    rank_high = models.PositiveIntegerField(null=True)
    snapshot = models.JSONField()
    evidence = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    calculated_at = models.DateTimeField(_("calculated at"))
    superseded_at = models.DateTimeField(null=True)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        ordering = ["period", "person"]
        constraints = [
            models.UniqueConstraint(
                "period", "person", name="scorecard_one_current", condition=Q(superseded_at=None)
            ),
            models.UniqueConstraint("period", "person", "version", name="scorecard_version_once"),
            models.CheckConstraint(
                condition=(Q(verdict="band") & ~Q(band="")) | (~Q(verdict="band") & Q(band="")),
                name="scorecard_band_with_verdict",
            ),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=F("high")),
                name="scorecard_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("scoring:scorecard", args=[self.pk])

    @property
    def is_current(self) -> bool:
        return self.superseded_at is None

    @property
    def short_fingerprint(self) -> str:
        """What a person can read out: of this card's own content."""
        return self.content_sha256[:12]

    def line(self, component: str) -> ScorecardLine | None:
        return next((line for line in self.lines.all() if line.component == component), None)


class ScorecardLine(Judged):
    """One component of a scorecard. `value`, `low`, `high` as shown: percent of standard, ratio of
    observed to expected errors, percent in place; `details` by component, see `scoring.cards`."""

    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="lines")
    component = models.CharField(_("component"), max_length=12, choices=Component.choices)
    weight = models.FloatField(_("weight"))
    enough = models.BooleanField(_("enough data"))
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["scorecard", "pk"]
        constraints = [
            models.UniqueConstraint("scorecard", "component", name="scorecard_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard} · {self.get_component_display()}"


class Review(models.Model):
    """What the lead and the person say about a scorecard, and that both have seen it.

    Made when the review of the period starts; a recalculation moves it to the new version and
    takes the lead's signature off, since it was given to other numbers.
    """

    scorecard = models.OneToOneField(Scorecard, models.PROTECT, related_name="review")
    reviewer = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("reviewer")
    )
    lead_words = models.TextField(_("what went well, what to work on"), blank=True, max_length=4000)
    goals = models.TextField(_("goals for the next period"), blank=True, max_length=4000)
    band_reason = models.TextField(
        _("why the result is below expectations"), blank=True, max_length=2000
    )
    met_on = models.DateField(_("talked about on"), null=True, blank=True)
    person_words = models.TextField(_("own words"), blank=True, max_length=4000)
    lead_signed_at = models.DateTimeField(null=True)
    lead_signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    person_signed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["scorecard"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lead_signed_at=None, lead_signed_by=None)
                | Q(lead_signed_at__isnull=False, lead_signed_by__isnull=False),
                name="review_signed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.scorecard)

    @property
    def is_signed(self) -> bool:
        return self.lead_signed_at is not None

    @property
    def lacks_reason(self) -> bool:
        """A band below "meets" stands only with a person's written reason."""
        return self.scorecard.band == Band.BELOW and not self.band_reason.strip()
