"""The approver's side: what waits, what it says, what changed, and the decision."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Page

from people.permissions import is_approver
from sop import permissions, queries, services
from sop.approval import ApprovalError
from sop.forms import DecisionForm
from sop.models import ControlledPage, FourEyesTaskState


@require_safe
@login_required
def reviews(request: HttpRequest) -> HttpResponse:
    """Pages that wait for a decision, the own ones marked as another's to decide."""
    if not is_approver(request.user):
        raise Http404
    return render(request, "sop/reviews.html", {"reviews": queries.open_reviews(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def review(request: HttpRequest, page_id: int) -> HttpResponse:
    """One page as its readers would see it, with what changed.

    The form sends back the hash of what was shown, so a decision is about exactly that.
    """
    page = get_object_or_404(Page, pk=page_id).specific
    state = page.current_workflow_task_state if isinstance(page, ControlledPage) else None
    if not isinstance(state, FourEyesTaskState) or not permissions.can_review(request.user, state):
        raise Http404
    obstacle = queries.obstacle(request.user, state)
    form = DecisionForm(request.POST or None, initial={"seen_sha256": state.content_sha256})
    if request.method == "POST" and form.is_valid() and (done := _decide(request, page, form)):
        return done
    draft = state.revision.as_object()
    return render(
        request,
        "sop/review.html",
        {
            "page": page,
            "draft": draft,
            "state": state,
            "form": form,
            "obstacle": obstacle,
            **draft.review_context(),
        },
    )


def _decide(request: HttpRequest, page: ControlledPage, form: DecisionForm) -> HttpResponse | None:
    comment = form.cleaned_data["comment"]
    try:
        if "approve" in request.POST:
            services.approve(
                page=page,
                by=request.user,
                seen_sha256=form.cleaned_data["seen_sha256"],
                comment=comment,
            )
            said = _("%(page)s is approved.") % {"page": page.title}
        else:
            services.request_changes(page=page, by=request.user, comment=comment)
            said = _("%(page)s went back to its authors.") % {"page": page.title}
    except (services.SOPError, ApprovalError) as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, said)
    return redirect("sop:reviews")
