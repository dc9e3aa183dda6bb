"""A form that makes one change: shown, checked, handed to one service, then back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.http import require_http_methods

from people.models import Team, User
from people.permissions import can_manage_people, can_manage_person
from people.services import PeopleError


@method_decorator([require_http_methods(["GET", "POST"]), login_required], name="dispatch")
class Action(View):
    """Subclasses say who may (`find`), what is asked (`form_class`) and what is done (`act`)."""

    form_class: type[forms.Form] = forms.Form
    heading: Any = ""
    explanation: Any = ""
    submit: Any = _("Save")
    danger = False
    done: Any = _("Saved.")
    template_name = "people/action.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not can_manage_people(request.user):
            raise Http404
        self.find(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    def find(self, **kwargs: Any) -> None:
        """Gets what the change is about; Http404 for what this actor may not change."""

    def initial(self) -> dict[str, Any]:
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        return {}

    def act(self, data: dict[str, Any]) -> None:
        """Calls the service with the checked data; PeopleError is shown on the form."""
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def crumbs(self) -> list[tuple[Any, str | None]]:
        return [(_("People"), reverse("people:list")), (self.heading, None)]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(self.form_class(initial=self.initial(), **self.form_kwargs()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST, initial=self.initial(), **self.form_kwargs())
        if form.is_valid():
            try:
                self.act(form.cleaned_data)
            except PeopleError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, self.done)
                return redirect(self.back())
        return self.page(form)

    def page(self, form: forms.Form) -> HttpResponse:
        context = {
            "form": form,
            "heading": self.heading,
            "explanation": self.explanation,
            "submit": self.submit,
            "danger": self.danger,
            "crumbs": self.crumbs(),
            "back": self.back(),
        }
        return render(self.request, self.template_name, context)


class PersonAction(Action):
    """A change to one person whose record and access the actor may manage."""

    def find(self, pk: int, **kwargs: Any) -> None:
        self.person = get_object_or_404(User.objects.visible_to(self.request.user), pk=pk)
        if not can_manage_person(self.request.user, self.person):
            raise Http404

    def back(self) -> str:
        return reverse("people:person", args=[self.person.pk])

    def crumbs(self) -> list[tuple[Any, str | None]]:
        return [
            (_("People"), reverse("people:list")),
            (self.person.name, self.back()),
            (self.heading, None),
        ]


class TeamAction(Action):
    """A change to one team."""

    def find(self, slug: str, **kwargs: Any) -> None:
        self.team = get_object_or_404(Team.objects.visible_to(self.request.user), slug=slug)

    def back(self) -> str:
        return reverse("people:team", args=[self.team.slug])

    def crumbs(self) -> list[tuple[Any, str | None]]:
        return [
            (_("Teams"), reverse("people:teams")),
            (self.team.name, self.back()),
            (self.heading, None),
        ]
