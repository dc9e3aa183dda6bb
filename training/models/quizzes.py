"""Quizzes as they are written: questions and their options, in English and Chinese.

What a person is asked is not read from here but from the attempt, which freezes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from kit.models import Named
from people.models import Team, User
from people.permissions import is_administrator
from training import question_types
from training.languages import Texts, pick

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Bilingual(models.Model):
    """Reads pairs of fields such as `text_en` and `text_zh`."""

    class Meta:
        abstract = True

    def in_both(self, field: str) -> Texts:
        """`{"en": ..., "zh-hans": ...}`; a missing language is filled from the other one."""
        english, chinese = getattr(self, f"{field}_en"), getattr(self, f"{field}_zh")
        return {"en": english or chinese, "zh-hans": chinese or english}

    def in_language(self, field: str, language: str | None = None) -> str:
        return pick(self.in_both(field), language)


def _in_either_language(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=~Q(text_en="", text_zh=""),
        name=name,
        violation_error_message=_("Write the text in English, in Chinese or in both."),
    )


class QuizQuerySet(models.QuerySet):
    def editable_by(self, user: User | AnonymousUser) -> QuizQuerySet:
        """Quizzes of the teams that the user leads, and those granted one by one."""
        if not user.is_active or not user.is_authenticated:
            return self.none()
        if is_administrator(user):
            return self
        granted = Q(
            quizuserobjectpermission__user=user,
            quizuserobjectpermission__permission__codename="change_quiz",
        ) | Q(
            quizgroupobjectpermission__group__in=user.groups.all(),
            quizgroupobjectpermission__permission__codename="change_quiz",
        )
        found = Quiz.objects.filter(Q(team__in=Team.objects.led_by(user)) | granted)
        return self.filter(pk__in=found.values("pk"))


class Quiz(ClusterableModel, Named):
    """Questions with a pass mark; a module's check of competence."""

    team = models.ForeignKey(
        Team,
        models.PROTECT,
        related_name="quizzes",
        verbose_name=_("team"),
        help_text=_("The leads of this team edit the quiz and see its attempts."),
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark in %"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    attempt_limit = models.PositiveSmallIntegerField(
        _("attempts allowed"),
        null=True,
        blank=True,
        default=3,
        validators=[MinValueValidator(1)],
        help_text=_("For each time that the module is due. Empty: no limit."),
    )
    wait_minutes = models.PositiveIntegerField(
        _("minutes to wait after a failed attempt"),
        default=0,
        help_text=_("0: a person may try again at once."),
    )
    time_limit_minutes = models.PositiveSmallIntegerField(
        _("time limit in minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Counted by the server's clock. Empty: no limit."),
    )
    shuffle = models.BooleanField(
        _("mix the order of questions and options"),
        default=True,
    )

    objects = QuizQuerySet.as_manager()

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        ordering = ["name_en", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name_en="", name_zh=""),
                name="quiz_has_a_name",
                violation_error_message=_(
                    "Give the quiz a name in English, in Chinese or in both."
                ),
            ),
            models.CheckConstraint(
                condition=Q(pass_mark__gte=1, pass_mark__lte=100), name="quiz_pass_mark_percent"
            ),
            models.CheckConstraint(
                condition=Q(attempt_limit=None) | Q(attempt_limit__gte=1),
                name="quiz_attempt_limit_positive",
            ),
            models.CheckConstraint(
                condition=Q(time_limit_minutes=None) | Q(time_limit_minutes__gte=1),
                name="quiz_time_limit_positive",
            ),
        ]

    def editors(self) -> models.QuerySet[User]:
        """People to whom this one quiz was granted."""
        grants = QuizUserObjectPermission.objects.filter(
            content_object=self.pk, permission__codename="change_quiz"
        )
        return User.objects.filter(pk__in=grants.values("user"))

    def problems(self) -> list[str]:
        """What is missing before people can take the quiz, each with the question's number."""
        questions = list(self.questions.all())
        if not questions:
            return [gettext("“%(quiz)s” has no question yet.") % {"quiz": self.name}]
        return [
            gettext("Question %(number)d: %(problem)s") % {"number": number, "problem": problem}
            for number, question in enumerate(questions, start=1)
            for problem in question_types.problems(question)
        ]


class QuizUserObjectPermission(UserObjectPermissionBase):
    """django-guardian's grant of one quiz to one person, with a real foreign key."""

    content_object = models.ForeignKey(Quiz, models.CASCADE)


class QuizGroupObjectPermission(GroupObjectPermissionBase):
    """django-guardian's grant of one quiz to one group, with a real foreign key."""

    content_object = models.ForeignKey(Quiz, models.CASCADE)


class Question(ClusterableModel, Orderable, Bilingual):
    """One question of a quiz; what its type means is in `training.question_types`."""

    class Type(models.TextChoices):
        SINGLE = "single", _("one right option")
        MULTIPLE = "multiple", _("several right options")
        TRUEFALSE = "truefalse", _("true or false")

    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="questions")
    type = models.CharField(
        _("type of question"), max_length=20, choices=Type.choices, default=Type.SINGLE
    )
    text_en = models.TextField(_("question in English"), blank=True)
    text_zh = models.TextField(_("question in Chinese"), blank=True)
    statement_is_true = models.BooleanField(
        _("the statement is true"),
        default=True,
        help_text=_("Only for a true-or-false question."),
    )
    feedback_en = models.TextField(
        _("explanation in English"),
        blank=True,
        help_text=_("Shown only after the quiz is handed in."),
    )
    feedback_zh = models.TextField(_("explanation in Chinese"), blank=True)
    marks = models.DecimalField(_("marks"), max_digits=5, decimal_places=2, default=1)
    step_uid = models.UUIDField(_("SOP step that it checks"), null=True, blank=True, db_index=True)

    class Meta(Orderable.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            _in_either_language("question_has_text"),
            models.CheckConstraint(
                condition=Q(marks__gt=0),
                name="question_marks_positive",
                violation_error_message=_("Marks must be more than 0."),
            ),
        ]

    def __str__(self) -> str:
        return self.in_language("text")[:80]


class Choice(Orderable, Bilingual):
    """One option of a question, with the feedback for whoever picks it."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="choices")
    text_en = models.CharField(_("option in English"), max_length=400, blank=True)
    text_zh = models.CharField(_("option in Chinese"), max_length=400, blank=True)
    is_correct = models.BooleanField(_("right"), default=False)
    feedback_en = models.TextField(
        _("feedback in English"),
        blank=True,
        help_text=_("Shown only after the quiz is handed in, to whoever picked this option."),
    )
    feedback_zh = models.TextField(_("feedback in Chinese"), blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("option")
        verbose_name_plural = _("options")
        constraints = [_in_either_language("choice_has_text")]

    def __str__(self) -> str:
        return self.in_language("text")[:80]
