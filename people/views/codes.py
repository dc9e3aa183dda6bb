"""HR hands out one-time codes: slips to print, one for each person chosen."""

from __future__ import annotations

import segno
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from people import services
from people.models import User
from people.permissions import can_manage_people, can_manage_person
from people.queries import with_todays_facts

MOST_AT_ONCE = 200


@require_POST
@login_required
@never_cache
def issue_code(request: HttpRequest, pk: int) -> HttpResponse:
    """One slip. Shown in the answer and nowhere else: no redirect could carry the code."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    if not can_manage_person(request.user, person):
        raise Http404
    return _slips(request, [person])


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def code_slips(request: HttpRequest) -> HttpResponse:
    """Chooses among the people who have never signed in; then their slips."""
    if not can_manage_people(request.user):
        raise Http404
    today = timezone.localdate()
    waiting = (
        User.objects.visible_to(request.user)
        .employed_on(today)
        .filter(is_active=True, last_login=None)
    )
    # Only those whose access HR may give; administrators' codes come from an administrator.
    may = [
        person
        for person in with_todays_facts(waiting, today).prefetch_related("groups")
        if can_manage_person(request.user, person)
    ]
    if request.method == "POST":
        asked = set(request.POST.getlist("person"))
        chosen = [person for person in may if str(person.pk) in asked][:MOST_AT_ONCE]
        if chosen:
            return _slips(request, chosen)
    context = {"people": may, "most": MOST_AT_ONCE, "nobody_chosen": request.method == "POST"}
    return render(request, "people/codes.html", context)


def _slips(request: HttpRequest, people: list[User]) -> HttpResponse:
    slips, refused = [], []
    address = request.build_absolute_uri(reverse("people:code"))
    for person in people:
        try:
            issued = services.issue_sign_in_code(person=person, by=request.user)
        except services.PeopleError as error:
            refused.append(str(error))
            continue
        link = f"{address}?{urlencode({'number': person.employee_number})}"
        with translation.override(person.language):
            slip = {"issued": issued, "person": person, "address": address, "qr": _qr(link)}
            slips.append(render_to_string("people/_slip.html", slip))
    return render(request, "people/slips.html", {"slips": slips, "refused": refused})


def _qr(link: str) -> str:
    """The link as an SVG picture; nothing of the link is text in it."""
    return mark_safe(segno.make(link, error="m").svg_inline(border=2, omitsize=True))  # nosec B308, B703
