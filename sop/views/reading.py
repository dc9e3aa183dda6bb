"""Reading procedures: the list, the release in force, an older release, its pictures."""

from __future__ import annotations

import io

import segno
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from people.queries import roles_of
from sop import hooks, permissions
from sop import reading as texts
from sop.models import ReleasedPicture, SOPRelease, Withdrawal


@require_safe
@login_required
def sop_list(request: HttpRequest) -> HttpResponse:
    """Procedures in force: first those of the reader's roles, then the others."""
    query = request.GET.get("q", "").strip()
    releases = (
        SOPRelease.objects.visible_to(request.user)
        .in_force()
        .select_related("team")
        .prefetch_related("texts")
        .order_by("code")
    )
    rows = [(release, release.text_for(get_language())) for release in releases]
    if query:
        rows = [row for row in rows if _matches(row[1].title, row[0].code, query)]
    roles = roles_of(request.user, timezone.localdate())
    own_ids = set(releases.for_roles(roles).values_list("pk", flat=True))
    return render(
        request,
        "sop/list.html",
        {
            "query": query,
            "own": [row for row in rows if row[0].pk in own_ids],
            "others": [row for row in rows if row[0].pk not in own_ids],
            "can_write": permissions.can_write(request.user),
        },
    )


def _matches(title: str, code: str, query: str) -> bool:
    """Every word of the query is in the title or the code, whatever its case."""
    haystack = f"{code} {title}".casefold()
    return all(word in haystack for word in query.casefold().split())


@require_safe
@login_required
def read(request: HttpRequest, code: str) -> HttpResponse:
    """The release to work from now. A withdrawn SOP says so instead, without its text."""
    visible = SOPRelease.objects.visible_to(request.user)
    release = visible.in_force().filter(code=code).first()
    if release is not None:
        return _show(request, release)
    withdrawn = (
        Withdrawal.objects.filter(
            release__in=SOPRelease.objects.effective(timezone.now()),
            release__code=code,
            at__lte=timezone.now(),
        )
        .order_by("-release__sequence")
        .first()
    )
    if withdrawn is None:
        raise Http404
    return render(
        request, "sop/withdrawn.html", {"code": code, "withdrawal": withdrawn}, status=410
    )


@require_safe
@login_required
def read_release(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One numbered release, marked when it is not the one to work from."""
    visible = SOPRelease.objects.visible_to(request.user)
    return _show(request, get_object_or_404(visible.numbered(number), code=code))


def _show(request: HttpRequest, release: SOPRelease) -> HttpResponse:
    wanted = get_language()
    text = release.text_for(wanted)
    state = release.state()
    return render(
        request,
        "sop/read.html",
        {
            "release": release,
            "text": texts.released_text(text),
            "language_missing": text.language != wanted,
            "change_summary": text.change_summary,
            "state": state,
            "can_withdraw": permissions.can_withdraw(request.user, release)
            and state in ("in_force", "coming"),
            "panels": hooks.release_panels(request, release) if state == "in_force" else [],
        },
    )


@require_safe
@login_required
@cache_control(private=True, max_age=3600)
def picture(request: HttpRequest, pk: int) -> FileResponse:
    """A picture of a release that the person may open; nothing else has an address here."""
    found = get_object_or_404(
        ReleasedPicture, pk=pk, text__release__in=SOPRelease.objects.visible_to(request.user)
    )
    return FileResponse(found.file.open("rb"), content_type="image/webp")


@require_safe
@login_required
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """QR code of the SOP's lasting address, for a label at the work station."""
    get_object_or_404(SOPRelease.objects.visible_to(request.user).in_force(), code=code)
    address = request.build_absolute_uri(reverse("sop:read", args=[code]))
    out = io.BytesIO()
    drawn = segno.make(address, error="m")
    drawn.save(out, kind="svg", scale=8, border=4, title=code, xmldecl=False)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")
