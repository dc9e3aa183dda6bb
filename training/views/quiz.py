"""Taking a quiz: one question a screen, each answer saved as it is given, with or without scripts.

Nothing here reads a question's key: templates get `question_types.Shown` until the attempt is
closed, and only then `reading.review_of`.
"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from training import question_types, reading, services
from training.models import Attempt, Module


@require_POST
@login_required
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Starts the quiz of a module, or goes on with the attempt that runs."""
    module = get_object_or_404(
        Module.objects.visible_to(request.user).offered().with_texts(), slug=slug
    )
    try:
        attempt = services.begin_quiz(person=request.user, module=module)
    except services.TrainingError as error:
        messages.error(request, str(error))
        return redirect(reverse("training:module", args=[slug]) + "#quiz")
    if attempt.saves:
        return redirect("training:attempt", pk=attempt.pk)
    return redirect("training:question", pk=attempt.pk, key=attempt.questions[0]["key"])


def _visible(request: HttpRequest, pk: uuid.UUID) -> Attempt:
    """An attempt that the user may see, closed first if its time is over."""
    attempts = Attempt.objects.visible_to(request.user).select_related(
        "person", "quiz", "assignment", "version__module__current"
    )
    attempt = get_object_or_404(attempts, pk=pk)
    if attempt.is_open and attempt.time_is_over(timezone.now()):
        services.settle(assignment=attempt.assignment)
        attempt.refresh_from_db(fields=["state", "closed_at"])
    return attempt


@require_safe
@login_required
@never_cache
def attempt(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """While it runs, what is answered and what is not; afterwards the result."""
    shown = _visible(request, pk)
    own = shown.person_id == request.user.pk
    if not shown.is_open:
        result = shown.result
        return render(
            request,
            "training/result.html",
            {
                "attempt": shown,
                "own": own,
                "result": result,
                "module": shown.version.module,
                "questions": reading.review_of(shown, result, request.user),
            },
        )
    answers = shown.answers()
    questions = [
        (question_types.shown(frozen), answers.get(frozen["key"])) for frozen in shown.questions
    ]
    return render(
        request,
        "training/attempt.html",
        {
            "attempt": shown,
            "own": own,
            "module": shown.version.module,
            "questions": [(question, bool(row and row.answer), row) for question, row in questions],
            "missing": sum(not (row and row.answer) for _question, row in questions),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def question(request: HttpRequest, pk: uuid.UUID, key: str) -> HttpResponse:
    """One question of one's own running attempt."""
    shown = _visible(request, pk)
    frozen = shown.question(key)
    if shown.person_id != request.user.pk or frozen is None:
        raise Http404
    if request.method == "POST":
        return _save(request, shown, key)
    if not shown.is_open:
        return redirect("training:attempt", pk=pk)
    saved = shown.answers().get(key)
    keys = [each["key"] for each in shown.questions]
    place = keys.index(key)
    return render(
        request,
        "training/question.html",
        {
            "attempt": shown,
            "module": shown.version.module,
            "question": question_types.shown(frozen),
            "number": place + 1,
            "count": len(keys),
            "first": place == 0,
            "last": place + 1 == len(keys),
            "picked": saved.answer if saved else [],
            "saved": saved,
            "client_key": uuid.uuid4().hex,
        },
    )


def _save(request: HttpRequest, attempt: Attempt, key: str) -> HttpResponse:
    htmx = request.headers.get("HX-Request") == "true"
    try:
        saved = services.save_answer(
            attempt=attempt,
            question_key=key,
            values=request.POST.getlist("answer"),
            client_key=request.POST.get("client_key", "")[:64],
            by=request.user,
        )
    except services.AttemptOver as error:
        messages.error(request, str(error))
        address = reverse("training:attempt", args=[attempt.pk])
        # htmx follows a redirect silently; this one has to replace the page.
        return HttpResponse(headers={"HX-Redirect": address}) if htmx else redirect(address)
    except question_types.InvalidAnswer as error:
        if htmx:
            return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
        messages.error(request, str(error))
        return redirect("training:question", pk=attempt.pk, key=key)
    if htmx:
        context = {"saved": saved, "client_key": uuid.uuid4().hex}
        return render(request, "training/_saved.html", context)
    return _go_on(request, attempt, key)


def _go_on(request: HttpRequest, attempt: Attempt, key: str) -> HttpResponse:
    keys = [each["key"] for each in attempt.questions]
    place = keys.index(key) + {"back": -1, "next": 1}.get(request.POST.get("go", ""), len(keys))
    if 0 <= place < len(keys):
        return redirect("training:question", pk=attempt.pk, key=keys[place])
    return redirect("training:attempt", pk=attempt.pk)


@require_POST
@login_required
def submit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Hands in one's own attempt; sent twice, it leads to the same result."""
    shown = get_object_or_404(Attempt, pk=pk, person=request.user)
    services.submit_attempt(attempt=shown, by=request.user)
    return redirect("training:attempt", pk=pk)
