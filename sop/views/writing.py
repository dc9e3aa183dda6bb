"""The author's side outside the editor: where each page stands, handing in, withdrawing."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.models import Page

from sop import permissions, queries, services
from sop.approval import ApprovalError
from sop.forms import ReasonForm, notes_form
from sop.models import ControlledPage, SOPRelease


def editable_page(request: HttpRequest, page_id: int) -> ControlledPage:
    """The controlled page, for those who may edit it; 404 for the others."""
    page = get_object_or_404(Page, pk=page_id).specific
    if not isinstance(page, ControlledPage) or not permissions.can_edit(request.user, page):
        raise Http404
    return page


@require_safe
@login_required
def own_pages(request: HttpRequest) -> HttpResponse:
    """All procedures that the person writes, and where each one stands."""
    rows = queries.written_by(request.user)
    if not rows and not permissions.can_write(request.user):
        raise Http404
    return render(
        request,
        "sop/writing.html",
        {"rows": rows, "sections": queries.sections_of(request.user)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def submit(request: HttpRequest, page_id: int) -> HttpResponse:
    page = editable_page(request, page_id)
    draft = page.get_latest_revision_as_object()
    form = notes_form(draft)(request.POST or None, instance=draft)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.submit_for_approval(page=page, by=request.user, **form.cleaned_data)
        except services.NotReady as error:
            problems = error.problems
        except (services.SOPError, ApprovalError) as error:
            problems = [str(error)]
        else:
            messages.success(request, _("%(page)s is in review now.") % {"page": draft.title})
            return redirect("sop:writing")
    return render(
        request,
        "sop/submit.html",
        {"page": page, "draft": draft, "form": form, "problems": problems},
    )


@require_POST
@login_required
def cancel(request: HttpRequest, page_id: int) -> HttpResponse:
    page = editable_page(request, page_id)
    try:
        services.cancel_review(page=page, by=request.user)
    except services.SOPError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("You can change %(page)s again.") % {"page": page.title})
    return redirect("sop:writing")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Ends a release that is in force, or one that was to come."""
    visible = SOPRelease.objects.visible_to(request.user)
    release = get_object_or_404(visible.numbered(number), code=code)
    if not permissions.can_withdraw(request.user, release):
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw(release=release, by=request.user, reason=form.cleaned_data["reason"])
        except (services.SOPError, PermissionDenied) as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, _("%(release)s is withdrawn.") % {"release": release})
            return redirect("sop:list")
    return render(request, "sop/withdraw.html", {"release": release, "form": form})
