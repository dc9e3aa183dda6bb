"""The audit record, for HR, auditors and administrators."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from people.audit import WORDS
from people.forms import DayField
from people.models import AuditRecord
from people.permissions import can_see_audit

PAGE_SIZE = 50


class AuditFilter(forms.Form):
    q = forms.CharField(label=_("Who or what"), required=False)
    verb = forms.ChoiceField(label=_("What was done"), required=False)
    since = DayField(label=pgettext_lazy("people", "From"), required=False)
    until = DayField(label=_("To"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        known = AuditRecord.objects.order_by("verb").values_list("verb", flat=True).distinct()
        choices = sorted(((verb, str(WORDS.get(verb, verb))) for verb in known), key=lambda c: c[1])
        self.fields["verb"].choices = [("", _("all")), *choices]


@require_safe
@login_required
def audit_list(request: HttpRequest) -> HttpResponse:
    if not can_see_audit(request.user):
        raise Http404
    form = AuditFilter(request.GET or None)
    lines = AuditRecord.objects.select_related("actor")
    if form.is_valid():
        chosen = form.cleaned_data
        if text := chosen["q"].strip():
            lines = lines.filter(
                Q(target_label__icontains=text)
                | Q(actor__name__icontains=text)
                | Q(actor__employee_number__icontains=text)
            )
        if chosen["verb"]:
            lines = lines.filter(verb=chosen["verb"])
        if chosen["since"]:
            lines = lines.filter(at__date__gte=chosen["since"])
        if chosen["until"]:
            lines = lines.filter(at__date__lte=chosen["until"])
    page = Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "people/audit.html", {"form": form, "page": page})
