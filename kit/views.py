"""A job as its owner sees it, and its end on request."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from kit import jobs
from kit.models import Job


@login_required
@require_http_methods(["GET"])
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """The job's page; only its card where htmx asks again for how far it is."""
    shown = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    fragment = request.headers.get("HX-Request") == "true"
    template = "components/job.html" if fragment else "kit/job.html"
    response = render(request, template, {"job": shown})
    if fragment and shown.is_finished:
        # What surrounds the card (the result, what to do next) is drawn anew with the whole page.
        response.headers["HX-Refresh"] = "true"
    return response


@login_required
@require_http_methods(["POST"])
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    jobs.cancel(get_object_or_404(Job.objects.filter(owner=request.user.pk), pk=pk))
    return redirect("kit:job", pk=pk)
