"""What scores are measured by: processes, standards and weights."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from scoring import frames, permissions
from scoring.forms.scorecards import ProcessForm, StandardForm, WeightsForm
from scoring.models import Process, Standard, Weights
from scoring.services import measures


@require_safe
@login_required
def measure_list(request: HttpRequest) -> HttpResponse:
    """Every process with its standard now, and the weights now."""
    if not permissions.can_read_all_scorecards(request.user):
        raise Http404
    today = timezone.localdate()
    now = {row.process_id: row for row in Standard.objects.on(today)}
    context = {
        "processes": [(process, now.get(process.pk)) for process in Process.objects.all()],
        "weights": Weights.objects.filter(ends_on=None).select_related("role"),
        "usual": frames.SETTINGS.weights,
        "may_manage": permissions.can_manage_periods(request.user),
    }
    return render(request, "scoring/measures/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def process(request: HttpRequest, pk: int) -> HttpResponse:
    """Names of a process and its standard; each of the two forms saves itself."""
    if not permissions.can_manage_periods(request.user):
        raise Http404
    item = get_object_or_404(Process, pk=pk)
    posted = request.POST.get("form") if request.method == "POST" else None
    names = ProcessForm(
        request.POST if posted == "names" else None,
        initial={"name_en": item.name_en, "name_zh": item.name_zh},
    )
    standard = StandardForm(
        request.POST if posted == "standard" else None, initial={"on": timezone.localdate()}
    )
    if posted == "names" and names.is_valid():
        measures.name_process(code=item.code, by=request.user, **names.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("scoring:process", item.pk)
    if posted == "standard" and standard.is_valid() and _set(request, item, standard):
        return redirect("scoring:process", item.pk)
    context = {
        "item": item,
        "names": names,
        "standard": standard,
        "history": item.standards.select_related("set_by"),
        "crumbs": _crumbs(item.name),
    }
    return render(request, "scoring/measures/process.html", context)


def _set(request: HttpRequest, item: Process, form: StandardForm) -> bool:
    data = form.cleaned_data
    try:
        if data["seconds"]:
            measures.set_standard(
                process=item, seconds_per_unit=data["seconds"], on=data["on"],
                reason=data["reason"], by=request.user,
            )  # fmt: skip
        else:
            measures.end_standard(process=item, on=data["on"], by=request.user)
    except measures.MeasureError as error:
        form.add_error("on", str(error))
        return False
    messages.success(request, _("Saved."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def weights(request: HttpRequest) -> HttpResponse:
    if not permissions.can_manage_periods(request.user):
        raise Http404
    form = WeightsForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            measures.set_weights(by=request.user, **form.cleaned_data)
        except measures.MeasureError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("scoring:measures")
    context = {"form": form, "crumbs": _crumbs(_("Weights"))}
    return render(request, "scoring/measures/weights.html", context)


def _crumbs(here: str) -> list[tuple[str, str | None]]:
    return [(_("Standards and weights"), reverse("scoring:measures")), (here, None)]
