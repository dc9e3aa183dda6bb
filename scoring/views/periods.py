"""Periods as HR leads them, and managers and auditors read them."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kit import jobs, pdf
from kit.models import Job
from kit.svg import strip
from scoring import card_queries, export, permissions
from scoring.forms.scorecards import PeriodFilter, PeriodForm
from scoring.models import ScoringPeriod
from scoring.presenting import SCORE_LIMITS, CardPage
from scoring.services import periods

PAGE = 50


@require_safe
@login_required
def period_list(request: HttpRequest) -> HttpResponse:
    if not permissions.can_read_all_scorecards(request.user):
        raise Http404
    found = ScoringPeriod.objects.visible_to(request.user)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "may_manage": permissions.can_manage_periods(request.user),
    }
    return render(request, "scoring/periods/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def period_new(request: HttpRequest) -> HttpResponse:
    if not permissions.can_manage_periods(request.user):
        raise Http404
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            period = periods.add_period(
                name=form.cleaned_data["name"],
                starts_on=form.cleaned_data["starts_on"],
                ends_on=form.ends_on,
                by=request.user,
            )
        except periods.PeriodError as error:
            form.add_error("name", str(error))
        else:
            return redirect("scoring:period", period.name)
    context = {
        "form": form,
        "crumbs": [(_("Periods"), reverse("scoring:periods")), (_("New period"), None)],
    }
    return render(request, "scoring/periods/new.html", context)


@require_safe
@login_required
def period(request: HttpRequest, name: str) -> HttpResponse:
    """The period's state, what can be done now, and everybody's result."""
    item = _period(request, name)
    cards = (
        item.scorecards.current()
        .select_related("period", "person", "team", "review")
        .defer("evidence")
        .order_by("person__name", "pk")
    )
    chosen = PeriodFilter(request.GET or None, period=item)
    if chosen.is_valid() and chosen.cleaned_data["team"]:
        cards = cards.filter(team=chosen.cleaned_data["team"])
    page = Paginator(cards, PAGE).get_page(request.GET.get("page"))
    page.object_list = [CardPage(card) for card in page.object_list]
    may_manage = permissions.can_manage_periods(request.user)
    context = {
        "period": item,
        "page": page,
        "filter": chosen,
        "may_manage": may_manage,
        "job": _latest(request, item, "calculate_scores"),
        "export_job": _latest(request, item, "export_scorecards"),
        "blockers": list(card_queries.blockers(item)) if item.state == "in_review" else [],
        "counts": card_queries.verdict_counts(item),
        "strip": _strip(item),
        "pdf_missing": pdf.available() if may_manage else None,
        "crumbs": [(_("Periods"), reverse("scoring:periods")), (item.name, None)],
    }
    return render(request, "scoring/periods/period.html", context)


@require_POST
@login_required
def calculate(request: HttpRequest, name: str) -> HttpResponse:
    item = _managed(request, name)
    if item.is_calculable:
        jobs.enqueue("calculate_scores", owner=request.user, period=item.pk)
    return redirect("scoring:period", item.name)


@require_POST
@login_required
def start_review(request: HttpRequest, name: str) -> HttpResponse:
    return _step(request, name, periods.start_review)


@require_POST
@login_required
def publish(request: HttpRequest, name: str) -> HttpResponse:
    return _step(request, name, periods.publish)


@require_POST
@login_required
def close(request: HttpRequest, name: str) -> HttpResponse:
    return _step(request, name, periods.close)


@require_POST
@login_required
def export_cards(request: HttpRequest, name: str) -> HttpResponse:
    """Ask for a zip with everybody's PDF and an index."""
    item = _managed(request, name)
    if item.state != ScoringPeriod.State.OPEN:
        jobs.enqueue("export_scorecards", owner=request.user, period=item.pk)
    return redirect("scoring:period", item.name)


@require_safe
@login_required
def download(request: HttpRequest, name: str, pk: int) -> FileResponse:
    """The zip that a job has made; only HR, whoever asked for it."""
    item = _managed(request, name)
    job = get_object_or_404(
        Job, pk=pk, kind="export_scorecards", state="succeeded", payload__period=item.pk
    )
    path = export.zip_path(job)
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{item.name}.zip")


def _step(request: HttpRequest, name: str, service: Callable[..., None]) -> HttpResponse:
    item = _managed(request, name)
    try:
        service(period=item, by=request.user)
    except periods.PeriodError as error:
        messages.error(request, str(error))
    return redirect("scoring:period", item.name)


def _period(request: HttpRequest, name: str) -> ScoringPeriod:
    return get_object_or_404(ScoringPeriod.objects.visible_to(request.user), name=name)


def _managed(request: HttpRequest, name: str) -> ScoringPeriod:
    if not permissions.can_manage_periods(request.user):
        raise Http404
    return _period(request, name)


def _latest(request: HttpRequest, item: ScoringPeriod, kind: str) -> Job | None:
    asked = Job.objects.filter(kind=kind, payload__period=item.pk)
    if not permissions.can_manage_periods(request.user):
        return None
    return asked.order_by("-pk").first()


def _strip(item: ScoringPeriod) -> str | None:
    scores = card_queries.trusted_scores(item)
    if len(scores) < card_queries.FEWEST_SHOWN:
        return None
    return strip(
        scores, title=_("Scores of the period"), limits=SCORE_LIMITS, reference=100.0,
        reference_label=_("as it should be"),
    )  # fmt: skip
