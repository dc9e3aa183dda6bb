"""What one learns: the modules, their lessons, one's certificates, and acknowledging a release."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sop.models import SOPRelease
from training import queries, reading, services
from training.models import Certification, Module, ModulePicture
from training.permissions import can_retire, can_see_team_training
from training.progress import modules_of, progress_of


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """My modules: what is due, what I am certified in, what else there is."""
    rows = modules_of(request.user, timezone.localdate())
    due = [row for row in rows if row.assignment]
    held = [row for row in rows if not row.assignment and row.held in ("certified", "expiring")]
    return render(
        request,
        "training/home.html",
        {
            "leads": can_see_team_training(request.user),
            "due": due,
            "held": held,
            "others": [row for row in rows if row not in due and row not in held],
            "to_read": [
                (release, release.text_for(get_language()))
                for release in queries.to_read(request.user)
            ],
        },
    )


def _module(request: HttpRequest, slug: str) -> Module:
    """A module that is offered, or one that the person was certified in before it was retired."""
    module = get_object_or_404(Module.objects.visible_to(request.user).with_texts(), slug=slug)
    if module.retired_at and not module.certifications.filter(person=request.user).exists():
        raise Http404
    return module


@require_safe
@login_required
def module(request: HttpRequest, slug: str) -> HttpResponse:
    shown = _module(request, slug)
    [progress] = progress_of(request.user, [shown], timezone.localdate())
    links = shown.version.sop_links.values("sop_key")
    releases = SOPRelease.objects.in_force().visible_to(request.user).filter(sop_key__in=links)
    return render(
        request,
        "training/module.html",
        {
            "progress": progress,
            "module": shown,
            "text": shown.version.text,
            "language_missing": shown.version.text.language != get_language(),
            "lessons": [
                (number, lesson, lesson["uid"] in progress.lessons_done)
                for number, lesson in enumerate(shown.version.text.lessons, start=1)
            ],
            "quiz": shown.version.quiz,
            "can_retire": can_retire(request.user, shown),
            "sops": [
                (release, release.text_for(get_language())) for release in releases.with_texts()
            ],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def lesson(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One lesson; sending it back says that it is done and leads to the next."""
    shown = _module(request, slug)
    lessons = shown.version.text.lessons
    if not 1 <= number <= len(lessons):
        raise Http404
    if request.method == "POST":
        return _finish_lesson(request, shown, number)
    [progress] = progress_of(request.user, [shown], timezone.localdate())
    return render(
        request,
        "training/lesson.html",
        {
            "module": shown,
            "text": shown.version.text,
            "lesson": reading.released_lesson(shown.version.text, number, request.user),
            "count": len(lessons),
            "done": lessons[number - 1]["uid"] in progress.lessons_done,
        },
    )


def _finish_lesson(request: HttpRequest, module: Module, number: int) -> HttpResponse:
    lessons = module.version.text.lessons
    try:
        services.finish_lesson(
            person=request.user, module=module, lesson_uid=request.POST.get("lesson", "")
        )
    except services.TrainingError as error:
        messages.error(request, str(error))
        return redirect("training:module", slug=module.slug)
    if number < len(lessons):
        return redirect("training:lesson", slug=module.slug, number=number + 1)
    return redirect(reverse("training:module", args=[module.slug]) + "#quiz")


@require_POST
@login_required
def enrol(request: HttpRequest, slug: str) -> HttpResponse:
    """Takes a module by one's own choice, or once more."""
    chosen = _module(request, slug)
    try:
        services.enrol(person=request.user, module=chosen)
    except services.TrainingError as error:
        messages.error(request, str(error))
    return redirect("training:module", slug=slug)


@require_safe
@login_required
@cache_control(private=True, max_age=3600)
def picture(request: HttpRequest, pk: int) -> FileResponse:
    """A picture of an approved lesson; nothing else has an address here."""
    found = get_object_or_404(
        ModulePicture, pk=pk, text__version__module__in=Module.objects.visible_to(request.user)
    )
    return FileResponse(found.file.open("rb"), content_type="image/webp")


@require_safe
@login_required
def certificates(request: HttpRequest) -> HttpResponse:
    """My certificates, those that ended included."""
    rows = (
        Certification.objects.filter(person=request.user.pk)
        .select_related("module__current", "revocation", "version")
        .prefetch_related("module__current__texts")
    )
    return render(request, "training/certificates.html", {"certificates": rows})


@require_POST
@login_required
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """I have read and understood this release."""
    release = get_object_or_404(SOPRelease.objects.visible_to(request.user), pk=pk)
    try:
        services.acknowledge(person=request.user, release=release)
    except services.NotInForce as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("Kept: you have read and understood %(code)s %(number)s.")
            % {"code": release.code, "number": release.number},
        )
    return redirect("sop:read", code=release.code)
