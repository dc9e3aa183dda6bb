"""Teams, their leads, and roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from people import forms, services
from people.models import Membership, Role, Team, User
from people.permissions import can_manage_people
from people.views.action import Action, TeamAction


@require_safe
@login_required
def team_tree(request: HttpRequest) -> HttpResponse:
    """The teams that the person may see, as a tree, with leads and numbers of people."""
    today = timezone.localdate()
    now = Q(memberships__starts_on__lte=today) & (
        Q(memberships__ends_on=None) | Q(memberships__ends_on__gt=today)
    )
    teams = Team.objects.visible_to(request.user).annotate(
        people=Count("memberships__person", filter=now, distinct=True)
    )
    leads: dict[int, list[User]] = {}
    leading = Membership.objects.on(today).filter(kind=Membership.Kind.LEAD, team__in=teams)
    for held in leading.select_related("person"):
        leads.setdefault(held.team_id, []).append(held.person)
    rows = [
        {"team": team, "depth": depth, "leads": leads.get(team.pk, [])}
        for team, depth in _in_tree_order(list(teams))
    ]
    context = {"rows": rows, "may_manage": can_manage_people(request.user)}
    return render(request, "people/teams.html", context)


def _in_tree_order(teams: list[Team]) -> Iterator[tuple[Team, int]]:
    """Each team after the one it is part of, with its depth; a root has no parent among them."""
    shown = {team.pk for team in teams}
    below: dict[int | None, list[Team]] = {}
    for team in teams:
        below.setdefault(team.parent_id if team.parent_id in shown else None, []).append(team)

    def walk(parent: int | None, depth: int) -> Iterator[tuple[Team, int]]:
        for team in sorted(below.get(parent, []), key=lambda team: (not team.is_active, team.slug)):
            yield team, depth
            yield from walk(team.pk, depth + 1)

    return walk(None, 0)


@require_safe
@login_required
def team_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A team: who leads it, who belongs to it, as far as the person may see them."""
    team = get_object_or_404(Team.objects.visible_to(request.user), slug=slug)
    today = timezone.localdate()
    held = Membership.objects.filter(team=team).overlapping(today, None)
    held = held.select_related("person").order_by("person__name")
    visible = set(User.objects.visible_to(request.user).values_list("pk", flat=True))
    context = {
        "team": team,
        "leads": [row for row in held if row.kind == Membership.Kind.LEAD],
        "members": [
            row for row in held if row.kind == Membership.Kind.MEMBER and row.person_id in visible
        ],
        "visible": visible,
        "below": Team.objects.visible_to(request.user).filter(parent=team),
        "today": today,
        "may_manage": can_manage_people(request.user),
    }
    return render(request, "people/team.html", context)


class AddTeam(Action):
    form_class = forms.NewTeamForm
    heading = _("Add a team")
    submit = _("Add")
    done = _("Added. Say next who leads it.")

    def act(self, data: dict[str, Any]) -> None:
        self.team = services.add_team(by=self.request.user, **data)

    def back(self) -> str:
        if team := getattr(self, "team", None):
            return reverse("people:team", args=[team.slug])
        return reverse("people:teams")

    def crumbs(self) -> list[tuple[Any, str | None]]:
        return [(_("Teams"), reverse("people:teams")), (self.heading, None)]


class EditTeam(TeamAction):
    form_class = forms.TeamForm
    heading = _("Change the team")

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.team, name) for name in self.form_class.base_fields}

    def act(self, data: dict[str, Any]) -> None:
        services.change_team(team=self.team, by=self.request.user, **data)


class AddLead(TeamAction):
    form_class = forms.LeadForm
    heading = _("Name a lead")

    def form_kwargs(self) -> dict[str, Any]:
        return {"people": User.objects.employed_on(timezone.localdate()).order_by("name")}

    def act(self, data: dict[str, Any]) -> None:
        services.set_team_lead(team=self.team, by=self.request.user, **data)


class EndLead(TeamAction):
    form_class = forms.EndForm
    submit = _("End")
    explanation = _("The rights on the team and its procedures end with this day.")

    def find(self, slug: str, pk: int, **kwargs: Any) -> None:
        super().find(slug)
        held = self.team.memberships.filter(kind=Membership.Kind.LEAD, person=pk)
        current = held.overlapping(timezone.localdate(), None).select_related("person").first()
        if current is None:
            raise Http404
        self.person = current.person

    @property
    def heading(self) -> str:
        return gettext("%(person)s no longer leads") % {"person": self.person.name}

    def act(self, data: dict[str, Any]) -> None:
        services.end_team_lead(team=self.team, person=self.person, by=self.request.user, **data)


@require_safe
@login_required
def role_list(request: HttpRequest) -> HttpResponse:
    """Roles, with the number of people who hold each today."""
    if not can_manage_people(request.user):
        raise Http404
    today = timezone.localdate()
    now = Q(holdings__starts_on__lte=today) & (
        Q(holdings__ends_on=None) | Q(holdings__ends_on__gt=today)
    )
    roles = Role.objects.annotate(people=Count("holdings__person", filter=now, distinct=True))
    return render(request, "people/roles.html", {"roles": roles})


class AddRole(Action):
    form_class = forms.NewRoleForm
    heading = _("Add a role")
    submit = _("Add")

    def act(self, data: dict[str, Any]) -> None:
        services.add_role(by=self.request.user, **data)

    def back(self) -> str:
        return reverse("people:roles")

    def crumbs(self) -> list[tuple[Any, str | None]]:
        return [(_("Roles"), reverse("people:roles")), (self.heading, None)]


class EditRole(AddRole):
    form_class = forms.NameForm
    heading = _("Change the role")
    submit = _("Save")

    def find(self, slug: str, **kwargs: Any) -> None:
        self.role = get_object_or_404(Role, slug=slug)

    def initial(self) -> dict[str, Any]:
        return {"name_en": self.role.name_en, "name_zh": self.role.name_zh}

    def act(self, data: dict[str, Any]) -> None:
        services.change_role(role=self.role, by=self.request.user, **data)
