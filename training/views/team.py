"""What leads and HR see and decide: who is due, overdue, expiring and certified."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.models import Team, User
from people.queries import members_of, team_of
from training import queries, services
from training.forms import AssignForm, ReasonForm, TeamFilterForm
from training.models import Assignment, Attempt, Certification, Module
from training.permissions import can_manage_training, can_retire, can_see_team_training
from training.progress import ORDER, modules_of, team_training, totals


@require_safe
@login_required
def team(request: HttpRequest) -> HttpResponse:
    """The people whom one leads, or all; those in need first."""
    if not can_see_team_training(request.user):
        raise Http404
    today = timezone.localdate()
    teams = (
        Team.objects.filter(is_active=True)
        if request.user.sees_everyone
        else Team.objects.led_by(request.user)
    )
    form = TeamFilterForm(request.GET, teams=teams)
    if not form.is_valid():
        raise Http404
    chosen = form.cleaned_data["team"]
    wanted = teams.filter(pk=chosen.pk).with_descendants() if chosen else teams
    people = User.objects.visible_to(request.user).filter(
        is_active=True, pk__in=members_of(wanted, today)
    )
    rows = team_training(people, today)
    counts = totals(rows)
    state = request.GET.get("state", "")
    if state in ORDER:
        rows = [row for row in rows if row.state == state]
    return render(
        request,
        "training/team.html",
        {
            "rows": rows,
            "form": form,
            "state": state,
            "everybody": sum(counts.values()),
            "totals": [(name, counts[name]) for name in ORDER if counts[name]],
        },
    )


def _person(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(User.objects.visible_to(request.user), pk=pk)


def _managed(request: HttpRequest, pk: int) -> User:
    person = _person(request, pk)
    if not can_manage_training(request.user, person):
        raise Http404
    return person


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's training; leads and HR assign modules here."""
    shown = _managed(request, pk) if request.method == "POST" else _person(request, pk)
    today = timezone.localdate()
    modules = Module.objects.visible_to(request.user).offered().with_texts()
    form = AssignForm(request.POST or None, modules=modules)
    if form.is_valid():
        services.assign(person=shown, by=request.user, **form.cleaned_data)
        messages.success(
            request,
            _("%(module)s is assigned to %(person)s.")
            % {"module": form.cleaned_data["module"].title, "person": shown.name},
        )
        return redirect("training:person", pk=pk)
    rows = modules_of(shown, today)
    return render(
        request,
        "training/person.html",
        {
            "person": shown,
            "team": team_of(shown, today),
            "due": [row for row in rows if row.assignment],
            "certificates": Certification.objects.filter(person=shown)
            .select_related("module__current", "revocation")
            .prefetch_related("module__current__texts"),
            "attempts": Attempt.objects.visible_to(request.user)
            .filter(person=shown)
            .select_related("version__module__current")
            .prefetch_related("version__module__current__texts", "results"),
            "ended": Assignment.objects.filter(person=shown, ended_at__isnull=False)
            .select_related("module__current")
            .prefetch_related("module__current__texts"),
            "to_read": [
                (release, release.text_for(get_language())) for release in queries.to_read(shown)
            ],
            "form": form,
            "can_manage": can_manage_training(request.user, shown),
        },
    )


@require_POST
@login_required
def allow_attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """One attempt more than the quiz allows."""
    duty = get_object_or_404(Assignment.objects.visible_to(request.user), pk=pk)
    _managed(request, duty.person_id)
    try:
        services.allow_another_attempt(assignment=duty, by=request.user)
    except services.TrainingError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("One more attempt is allowed."))
    return redirect("training:person", pk=duty.person_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def end_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Releases a person from a duty, with a reason."""
    duty = get_object_or_404(
        Assignment.objects.visible_to(request.user).select_related("person", "module__current"),
        pk=pk,
    )
    _managed(request, duty.person_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            services.end_assignment(
                assignment=duty, note=form.cleaned_data["reason"], by=request.user
            )
        except services.TrainingError as error:
            messages.error(request, str(error))
        return redirect("training:person", pk=duty.person_id)
    heading = _("No longer due: %(module)s") % {"module": duty.module.title}
    return _ask(request, form, _about(duty.person), heading, _("Release from it"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def revoke(request: HttpRequest, pk: str) -> HttpResponse:
    """Ends a certificate, with a reason."""
    certificate = get_object_or_404(
        Certification.objects.visible_to(request.user).select_related("person", "module__current"),
        pk=pk,
    )
    _managed(request, certificate.person_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            services.revoke(
                certification=certificate, reason=form.cleaned_data["reason"], by=request.user
            )
        except services.TrainingError as error:
            messages.error(request, str(error))
        return redirect("training:person", pk=certificate.person_id)
    heading = _("Revoke the certificate: %(module)s") % {"module": certificate.module.title}
    return _ask(request, form, _about(certificate.person), heading, _("Revoke it"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def retire(request: HttpRequest, slug: str) -> HttpResponse:
    """Takes a module out of use, with a reason."""
    module = get_object_or_404(
        Module.objects.visible_to(request.user).offered().with_texts(), slug=slug
    )
    if not can_retire(request.user, module):
        raise Http404
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            services.retire_module(
                module=module, reason=form.cleaned_data["reason"], by=request.user
            )
        except services.TrainingError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                _("%(module)s is no longer offered. Certificates stay.") % {"module": module.title},
            )
        return redirect("training:home")
    heading = _("Retire the module: %(module)s") % {"module": module.title}
    crumbs = [
        (_("My training"), reverse("training:home")),
        (module.title, reverse("training:module", args=[slug])),
    ]
    return _ask(request, form, crumbs, heading, _("Retire it"))


def _about(person: User) -> list[tuple[str, str]]:
    return [
        (_("Team training"), reverse("training:team")),
        (person.name, reverse("training:person", args=[person.pk])),
    ]


def _ask(
    request: HttpRequest, form: ReasonForm, crumbs: list, heading: str, label: str
) -> HttpResponse:
    return render(
        request,
        "training/reason.html",
        {
            "form": form,
            "crumbs": crumbs,
            "back": crumbs[-1][1],
            "heading": heading,
            "label": label,
        },
    )
