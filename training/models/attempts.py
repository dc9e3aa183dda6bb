"""Attempts at a quiz: frozen questions, the server's clock, answers that are only ever added."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Team, User
from people.permissions import is_auditor, is_hr
from sop.models.releases import AppendOnly, AppendOnlyQuerySet
from training.models.duties import Assignment
from training.models.modules import ModuleVersion
from training.models.quizzes import Quiz

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class AttemptQuerySet(models.QuerySet):
    def visible_to(self, user: User | AnonymousUser) -> AttemptQuerySet:
        """One's own, those of the people one leads; all for HR and the auditors.

        Narrower than `User.objects.visible_to`: answers are no business of managers and
        administrators.
        """
        if not user.is_active or not user.is_authenticated:
            return self.none()
        if is_hr(user) or is_auditor(user):
            return self
        led = User.objects.members_of(Team.objects.led_by(user), timezone.localdate())
        return self.filter(Q(person=user) | Q(person__in=led))

    def open(self) -> AttemptQuerySet:
        return self.filter(state=Attempt.State.STARTED)

    def overdue(self, at: dt.datetime) -> AttemptQuerySet:
        """Open ones whose time is over."""
        return self.open().filter(deadline_at__lte=at)


class Attempt(models.Model):
    """One go at a quiz. What it asked is in `questions`, see `training.question_types`."""

    class State(models.TextChoices):
        STARTED = "started", _("in progress")
        SUBMITTED = "submitted", _("handed in")
        EXPIRED = "expired", _("time over")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="attempts")
    person = models.ForeignKey(User, models.PROTECT, related_name="attempts")
    quiz = models.ForeignKey(Quiz, models.PROTECT, related_name="attempts")
    version = models.ForeignKey(ModuleVersion, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    limit = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STARTED)
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    pass_mark = models.PositiveSmallIntegerField()
    questions = models.JSONField()
    content_hash = models.CharField(max_length=64)
    # Saves taken so far; its UPDATE is the lock between answering and closing.
    saves = models.PositiveIntegerField(default=0)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint("assignment", "number", name="attempt_number_once"),
            models.UniqueConstraint(
                "assignment", name="attempt_one_open", condition=Q(state="started")
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1) & (Q(limit=None) | Q(number__lte=models.F("limit"))),
                name="attempt_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(state="started", closed_at=None)
                | (Q(state__in=["submitted", "expired"]) & Q(closed_at__isnull=False)),
                name="attempt_closed_when_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.quiz} · {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.STARTED

    def time_is_over(self, at: dt.datetime) -> bool:
        return self.deadline_at is not None and at >= self.deadline_at

    @property
    def max_marks(self) -> Decimal:
        return sum((Decimal(question["marks"]) for question in self.questions), Decimal(0))

    def question(self, key: str) -> dict[str, Any] | None:
        return next((frozen for frozen in self.questions if frozen["key"] == key), None)

    def answers(self) -> dict[str, Response]:
        """The last saved answer to each question that has one, by the question's key."""
        return {row.question_key: row for row in self.responses.order_by("version")}

    @property
    def result(self) -> Result | None:
        """The result that counts: the last one."""
        return self.results.order_by("-number").first()


class Response(AppendOnly):
    """One answer as it was given; another answer to the same question is another version."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="responses")
    question_key = models.CharField(max_length=10)
    version = models.PositiveIntegerField()
    answer = models.JSONField()
    client_key = models.CharField(max_length=64)
    # The same form sent again with another answer, as from a browser's back button.
    client_seq = models.PositiveSmallIntegerField(default=1)
    saved_at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["attempt", "question_key", "version"]
        constraints = [
            models.UniqueConstraint(
                "attempt", "question_key", "version", name="response_version_once"
            ),
            models.UniqueConstraint(
                "attempt",
                "question_key",
                "client_key",
                "client_seq",
                name="response_client_key_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} · {self.question_key} v{self.version}"


class Result(AppendOnly):
    """The marks of an attempt. A correction is another row with who and why; the last counts."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="results")
    number = models.PositiveSmallIntegerField(default=1)
    marks = models.DecimalField(max_digits=8, decimal_places=2)
    max_marks = models.DecimalField(max_digits=8, decimal_places=2)
    passed = models.BooleanField()
    # {question key: marks as text}
    by_question = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["attempt", "number"]
        constraints = [
            models.UniqueConstraint("attempt", "number", name="result_number_once"),
            models.CheckConstraint(
                condition=Q(marks__gte=0, marks__lte=models.F("max_marks")),
                name="result_marks_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} · {self.marks}/{self.max_marks}"

    @property
    def percent(self) -> Decimal:
        """Marks in percent of the maximum, 0 to 100, unrounded."""
        return self.marks * 100 / self.max_marks
