"""Quizzes in Wagtail's admin: a team's leads write the questions, without HTML."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.models import Permission
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
)
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic import history, usage
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import BasePermissionPolicy

from people import groups
from people.models import Team, User
from people.permissions import is_administrator, leads_any_team
from training import services
from training.choices import released_steps
from training.models import Quiz
from training.panels import LazySelect
from training.permissions import can_edit_quiz, can_grant_quiz
from training.queries import is_asked
from training.question_types import TYPES


class QuizPermissionPolicy(BasePermissionPolicy):
    """Leads write for the teams they lead; others edit the quizzes granted to them one by one."""

    def user_has_permission(self, user: User, action: str) -> bool:
        if action == "add":
            return is_administrator(user) or leads_any_team(user)
        return Quiz.objects.editable_by(user).exists() or self.user_has_permission(user, "add")

    def user_has_permission_for_instance(self, user: User, action: str, instance: Quiz) -> bool:
        return can_edit_quiz(user, instance)

    def instances_user_has_any_permission_for(
        self, user: User, actions: Iterable[str]
    ) -> QuerySet[Quiz]:
        return Quiz.objects.editable_by(user)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        return User.objects.filter(is_active=True).in_group(*groups.EDITORIAL)


class PeopleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, person: User) -> str:
        return str(person)


class QuizForm(WagtailAdminModelForm):
    """Checks each question together with its options; the team is one that the editor leads.

    Who else may edit is decided by those who lead the team, not by those who were let in.
    """

    editors = PeopleField(
        User.objects.none(),
        required=False,
        label=gettext_lazy("Others who may edit it"),
        help_text=gettext_lazy("Besides the leads of the team. They must be let into the editor."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.for_user
        self.fields["editors"].queryset = User.objects.filter(is_active=True).in_group(
            *groups.EDITORIAL
        )
        if self.instance.pk:
            self.initial["editors"] = self.instance.editors()
            if user is not None and not can_grant_quiz(user, self.instance):
                self.fields["editors"].disabled = True
        if user is not None and not is_administrator(user):
            teams = Team.objects.led_by(user) | Team.objects.filter(pk=self.instance.team_id)
            self.fields["team"].queryset = teams.distinct()
            self.fields["team"].empty_label = None

    def save(self, commit: bool = True) -> Quiz:
        quiz = super().save(commit)
        services.set_editors(quiz=quiz, people=self.cleaned_data["editors"], by=self.for_user)
        return quiz

    def is_valid(self) -> bool:
        return super().is_valid() and self._questions_are_valid()

    def _questions_are_valid(self) -> bool:
        kept = [form for form in self.formsets["questions"].forms if not _is_deleted(form)]
        if not kept:
            self.add_error(None, _("Write at least one question."))
        for form in kept:
            right = [
                option.cleaned_data.get("is_correct", False)
                for option in form.formsets["choices"].forms
                if option.cleaned_data and not _is_deleted(option)
            ]
            for problem in TYPES[form.cleaned_data["type"]].problems(right):
                form.add_error("type", problem)
        return bool(kept) and all(not form.errors for form in kept)


def _is_deleted(form: forms.ModelForm) -> bool:
    return bool(form.cleaned_data.get("DELETE"))


def _steps() -> list:
    return [("", "—"), *released_steps()]


choice_panels = [
    FieldRowPanel([FieldPanel("text_en"), FieldPanel("text_zh")]),
    FieldPanel("is_correct"),
    FieldRowPanel(
        [
            FieldPanel("feedback_en", widget=forms.Textarea(attrs={"rows": 2})),
            FieldPanel("feedback_zh", widget=forms.Textarea(attrs={"rows": 2})),
        ]
    ),
]
question_panels = [
    FieldRowPanel([FieldPanel("type"), FieldPanel("marks")]),
    FieldRowPanel(
        [
            FieldPanel("text_en", widget=forms.Textarea(attrs={"rows": 3})),
            FieldPanel("text_zh", widget=forms.Textarea(attrs={"rows": 3})),
        ]
    ),
    FieldPanel("statement_is_true"),
    InlinePanel(
        "choices",
        panels=choice_panels,
        label=gettext_lazy("option"),
        heading=gettext_lazy("Options"),
    ),
    FieldRowPanel(
        [
            FieldPanel("feedback_en", widget=forms.Textarea(attrs={"rows": 2})),
            FieldPanel("feedback_zh", widget=forms.Textarea(attrs={"rows": 2})),
        ]
    ),
    FieldPanel("step_uid", widget=LazySelect(_steps)),
]
quiz_panels = [
    FieldRowPanel([FieldPanel("name_en"), FieldPanel("name_zh")]),
    FieldPanel("team"),
    FieldPanel("editors"),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("pass_mark"), FieldPanel("attempt_limit")]),
            FieldRowPanel([FieldPanel("time_limit_minutes"), FieldPanel("wait_minutes")]),
            FieldPanel("shuffle"),
        ],
        heading=gettext_lazy("Rules"),
    ),
    HelpPanel(
        content=gettext_lazy(
            "A change reaches the next attempts. Attempts that run keep the questions with which "
            "they began."
        )
    ),
    InlinePanel(
        "questions",
        panels=question_panels,
        label=gettext_lazy("question"),
        heading=gettext_lazy("Questions"),
    ),
]


class OwnQuizMixin(View):
    """404 for every address of a quiz that the user may not edit."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not Quiz.objects.editable_by(request.user).filter(pk=kwargs["pk"]).exists():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class QuizIndexView(generic.IndexView):
    def get_base_queryset(self) -> QuerySet:
        quizzes = Quiz.objects.editable_by(self.request.user)
        return quizzes.select_related("team").annotate(question_count=Count("questions"))


class QuizEditView(OwnQuizMixin, generic.EditView):
    pass


class QuizDeleteView(OwnQuizMixin, generic.DeleteView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = Quiz.objects.editable_by(request.user).filter(pk=kwargs["pk"]).first()
        if found is not None and is_asked(found):
            messages.error(
                request,
                _("“%(quiz)s” is asked by a module or was, so it stays.") % {"quiz": found.name},
            )
            return redirect(reverse(self.index_url_name))
        return super().dispatch(request, *args, **kwargs)


class QuizHistoryView(OwnQuizMixin, history.HistoryView):
    pass


class QuizUsageView(OwnQuizMixin, usage.UsageView):
    pass


class QuizViewSet(ModelViewSet):
    model = Quiz
    name = "quizzes"
    icon = "help"
    menu_label = gettext_lazy("Quizzes")
    menu_order = 150
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = [
        "__str__",
        Column("team", label=gettext_lazy("Team")),
        Column("question_count", label=gettext_lazy("Questions")),
    ]
    permission_policy = QuizPermissionPolicy(Quiz)
    edit_handler = ObjectList(quiz_panels, base_form_class=QuizForm)
    index_view_class = QuizIndexView
    edit_view_class = QuizEditView
    delete_view_class = QuizDeleteView
    history_view_class = QuizHistoryView
    usage_view_class = QuizUsageView

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        """None: rights on quizzes follow from leading a team or are granted one by one."""
        return Permission.objects.none()


viewset = QuizViewSet()
