"""The list of people, and one person's page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from people import groups
from people.audit import lines_about
from people.forms import PeopleFilter
from people.models import Membership, Team, User
from people.permissions import (
    can_grant,
    can_manage_people,
    can_manage_person,
    can_see_audit,
    leads_any_team,
)
from people.queries import lead_of, listed

PAGE_SIZE = 50


@require_safe
@login_required
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody for HR and those who oversee, the own team for a lead; others have their page."""
    user = request.user
    if not (user.sees_everyone or leads_any_team(user)):
        return redirect("people:me")
    form = PeopleFilter(request.GET or None, teams=Team.objects.visible_to(user))
    chosen = form.cleaned_data if form.is_valid() else {}
    people = listed(
        User.objects.visible_to(user),
        q=chosen.get("q", ""),
        team=chosen.get("team"),
        role=chosen.get("role"),
        state=chosen.get("state") or "present",
        on=timezone.localdate(),
    )
    page = Paginator(people, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "today": timezone.localdate(),
        "may_manage": can_manage_people(user),
        "may_audit": can_see_audit(user),
    }
    return render(request, "people/list.html", context)


@require_safe
@login_required
def me(request: HttpRequest) -> HttpResponse:
    return redirect("people:person", pk=request.user.pk)


@require_safe
@login_required
def person_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A person: who, where, since when; what HR may do; for overseers what was done."""
    user = request.user
    person = get_object_or_404(User.objects.visible_to(user), pk=pk)
    today = timezone.localdate()
    memberships = person.memberships.select_related("team").order_by("-starts_on")
    context = {
        "person": person,
        "today": today,
        "own": person.pk == user.pk,
        "lead": lead_of(person, today),
        "memberships": [row for row in memberships if row.kind == Membership.Kind.MEMBER],
        "leads": [row for row in memberships if row.kind == Membership.Kind.LEAD],
        "visible_teams": set(Team.objects.visible_to(user).values_list("pk", flat=True)),
        "roles": person.role_holdings.select_related("role").order_by("-starts_on"),
        "accounts": person.source_accounts.order_by("system", "-starts_on"),
        "may_manage": can_manage_person(user, person),
        "may_grant": can_grant(user, person, {groups.APPROVERS}),
        "held_groups": sorted(person.group_names & set(groups.ALL)),
        "code": person.sign_in_codes.filter(used_at=None, expires_at__gt=timezone.now()).first(),
        "history": lines_about(person)[:30] if can_see_audit(user) else None,
    }
    return render(request, "people/person.html", context)
