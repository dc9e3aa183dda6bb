"""The front door: home, and the person's own settings of language and look."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language as set_language_cookie

from people.services import choose_language
from portal.context import THEME_COOKIE, THEMES
from portal.homes import home_of

YEAR_SECONDS = 365 * 24 * 3600


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    today = date_format(timezone.localtime(now), "DATE_FORMAT")
    context = {"today": today, "home": home_of(request.user, now)}
    return render(request, "portal/home.html", context)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keeps the choice in the cookie (for the sign-in page) and, signed in, on the person."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponse(status=400)
    if request.user.is_authenticated:
        choose_language(person=request.user, language=language, by=request.user)
    return set_language_cookie(request)


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keeps light or dark in a cookie of this device; empty follows the device."""
    theme = request.POST.get("theme", "")
    if theme and theme not in THEMES:
        return HttpResponse(status=400)
    after = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        after, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        after = "/"
    response = HttpResponseRedirect(after)
    if theme:
        response.set_cookie(
            THEME_COOKIE,
            theme,
            max_age=YEAR_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
    else:
        response.delete_cookie(THEME_COOKIE)
    return response
