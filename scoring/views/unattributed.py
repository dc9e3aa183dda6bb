"""Errors without a maker: the queue, a decision, and taking it back."""

from __future__ import annotations

from typing import Any

import pandas as pd
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_http_methods, require_safe

from people.models import User
from scoring import aggregate, permissions
from scoring.forms.operations import DecisionForm, ReasonForm
from scoring.models import AttributionDecision
from scoring.queries import current_snapshot, errors_open_to, people_by_key
from scoring.services import attribution
from sop.queries import steps_for_error_codes

PAGE = 50
RECENT = 20
WITHOUT_UNITS = {"setup": _l("set-up"), "down": _l("down time")}


@require_safe
@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """The errors that wait for a person's decision, and the latest decisions."""
    if not permissions.can_read_unattributed(request.user):
        raise Http404
    errors = aggregate.open_errors(current_snapshot(), among=errors_open_to(request.user))
    page = Paginator(range(len(errors)), PAGE).get_page(request.GET.get("page"))
    shown = errors.iloc[list(page.object_list)]
    decisions = AttributionDecision.objects.visible_to(request.user).select_related("decided_by")
    latest = decisions.standing()[:RECENT]
    names = people_by_key(d.maker.hex for d in latest if d.maker)
    context = {
        "page": page,
        "errors": _described(request, shown),
        "may_decide": permissions.can_assign_errors(request.user),
        "decisions": [
            {
                "decision": decision,
                "maker": names.get(decision.maker.hex) if decision.maker else None,
                "may_undo": attribution.can_undo(request.user, decision),
            }
            for decision in latest
        ],
    }
    return render(request, "scoring/unattributed/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def decide(request: HttpRequest, event: str) -> HttpResponse:
    """One error, the work on its order, and the form that says who made it."""
    if not permissions.can_assign_errors(request.user):
        raise Http404
    snapshot = current_snapshot()
    found = aggregate.open_errors(snapshot, among=errors_open_to(request.user), error_event=event)
    if found.empty:
        raise Http404
    error = _described(request, found)[0]
    history = aggregate.order_history(snapshot, error["order_ref"])
    people = people_by_key([*history["person"], error["found_by"]])
    begun = history["started_at"] <= error["found_at"]
    may = [
        people[key]
        for key in history.loc[begun, "person"].drop_duplicates()
        if key in people
        and key != error["found_by"]
        and attribution.can_charge(request.user, people[key], error["found_day"].date())
    ]
    whole_store = permissions.can_import(request.user)
    form = DecisionForm(request.POST or None, people=may, whole_store=whole_store)
    if request.method == "POST" and form.is_valid() and _decided(request, event, form):
        return redirect("scoring:unattributed")
    context = {
        "error": error,
        "crumbs": _crumbs(_("Who made this error?")),
        "before": _visible_work(request, history[begun], people),
        "after": _visible_work(request, history[~begun], people),
        "form": form if may or whole_store else None,
        "step": steps_for_error_codes([error["error_code"]], error["found_at"]).get(
            error["error_code"]
        ),
    }
    return render(request, "scoring/unattributed/decide.html", context)


def _crumbs(here: str) -> list[tuple[str, str | None]]:
    return [(_("Errors without a maker"), reverse("scoring:unattributed")), (here, None)]


def _decided(request: HttpRequest, event: str, form: DecisionForm) -> bool:
    maker, reason = form.cleaned_data["maker"], form.cleaned_data["reason"]
    given: dict[str, Any] = {"error_event": event, "reason": reason, "by": request.user}
    try:
        if maker is None:
            attribution.charge_nobody(**given, at=timezone.now())
        else:
            attribution.assign(**given, maker=maker, at=timezone.now())
    except attribution.DecisionRefused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("Decided. The next calculation of scores takes it in."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back, with a reason."""
    decisions = AttributionDecision.objects.visible_to(request.user).standing()
    decision = get_object_or_404(decisions, pk=pk)
    if not attribution.can_undo(request.user, decision):
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            attribution.undo(
                decision=decision,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except attribution.DecisionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Taken back. The error waits for a decision again."))
            return redirect("scoring:unattributed")
    key = decision.maker.hex if decision.maker else ""
    context = {
        "decision": decision,
        "maker": people_by_key([key]).get(key),
        "form": form,
        "crumbs": _crumbs(_("Take back a decision")),
    }
    return render(request, "scoring/unattributed/undo.html", context)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Its rows as dicts by column."""
    names = list(frame.columns)
    return [dict(zip(names, row, strict=True)) for row in frame.itertuples(index=False, name=None)]


def _described(request: HttpRequest, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Errors with the finder, if the user may see that person, and why they have no maker."""
    people = _visible(request, people_by_key(frame["found_by"]))
    errors = _records(frame)
    for error in errors:
        error["found_at"] = error["found_at"].to_pydatetime()
        error["finder"] = people.get(error["found_by"])
        error["why"] = _why(error)
    return errors


def _why(error: dict[str, Any]) -> str:
    if error["rule"]:
        return _("%(count)s people could have made it.") % {"count": error["people"]}
    if not error["order_ref"]:
        return _("The row names no order.")
    if not error["order_known"]:
        return _("There is no work on this order in the ledger.")
    return _("No making step on this order was finished before it was found.")


def _visible_work(
    request: HttpRequest, history: pd.DataFrame, people: dict[str, User]
) -> list[dict[str, Any]]:
    """The work on an order; the names of people of other teams stay out."""
    seen = _visible(request, people)
    return [
        row
        | {
            "who": seen.get(row["person"]),
            "at": row["finished_at"].to_pydatetime(),
            "kind": WITHOUT_UNITS.get(row["activity"], ""),
        }
        for row in _records(history)
    ]


def _visible(request: HttpRequest, people: dict[str, User]) -> dict[str, User]:
    pks = [person.pk for person in people.values()]
    may = set(User.objects.visible_to(request.user).filter(pk__in=pks).values_list("pk", flat=True))
    return {key: person for key, person in people.items() if person.pk in may}
