"""Scorecards as their person, the lead and HR see them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kit import pdf
from scoring import export, permissions
from scoring.forms.scorecards import OwnWordsForm
from scoring.models import Scorecard
from scoring.presenting import CardPage
from scoring.services import reviews


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """One's own published scorecards, the latest first."""
    cards = (
        Scorecard.objects.published()
        .filter(person=request.user)
        .select_related("period")
        .order_by("-period__starts_on")
        .defer("evidence")
    )
    return render(request, "scoring/mine.html", {"cards": [CardPage(card) for card in cards]})


@require_safe
@login_required
def scorecard(request: HttpRequest, pk: int) -> HttpResponse:
    card = _card(request, pk)
    page = CardPage(card)
    own = card.person_id == request.user.pk
    may_answer = own and page.review is not None and card.period.state == "published"
    context = {
        "page": page,
        "card": card,
        "own": own,
        "may_review": permissions.can_review(request.user, card),
        "sees_rank": permissions.can_manage_periods(request.user),
        "answer": OwnWordsForm(initial={"words": page.review.person_words})
        if may_answer and not page.review.person_signed_at
        else None,
        "newer": None if card.is_current else _newer(request, card),
        "crumbs": _crumbs(request, card),
    }
    return render(request, "scoring/card/page.html", context)


@require_safe
@login_required
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows behind the numbers: work day by day, errors one by one."""
    card = _card(request, pk)
    *above, (own_name, _here) = _crumbs(request, card)
    here = [*above, (own_name, card.get_absolute_url())]
    context = {"page": CardPage(card), "card": card, "crumbs": [*here, (_("The rows"), None)]}
    return render(request, "scoring/card/rows.html", context)


@require_safe
@login_required
def scorecard_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    card = _card(request, pk)
    if missing := pdf.available():
        messages.error(request, missing)
        return redirect(card)
    content = pdf.render_pdf(export.html_of(card), stylesheets=export.STYLESHEETS)
    name = content_disposition_header(as_attachment=False, filename=export.file_name(card))
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": name}
    )


@require_POST
@login_required
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's own words, and with `sign` the signature under them."""
    card = get_object_or_404(
        Scorecard.objects.published().filter(person=request.user, review__isnull=False), pk=pk
    )
    form = OwnWordsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Your words are too long; at most 4,000 characters are kept."))
        return redirect(card)
    try:
        reviews.save_own_words(
            review=card.review, words=form.cleaned_data["words"], by=request.user
        )
        if "sign" in request.POST:
            reviews.sign_own(review=card.review, by=request.user)
    except reviews.ReviewError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved."))
    return redirect(card)


def _card(request: HttpRequest, pk: int) -> Scorecard:
    cards = Scorecard.objects.visible_to(request.user).select_related("period", "person", "team")
    return get_object_or_404(cards.prefetch_related("lines"), pk=pk)


def _newer(request: HttpRequest, card: Scorecard) -> Scorecard | None:
    others = Scorecard.objects.visible_to(request.user).current()
    return others.filter(period=card.period_id, person=card.person_id).first()


def _crumbs(request: HttpRequest, card: Scorecard) -> list[tuple[str, str | None]]:
    if card.person_id == request.user.pk:
        return [(_("My scores"), reverse("scoring:mine")), (card.period.name, None)]
    if permissions.can_read_all_scorecards(request.user):
        up = reverse("scoring:period", args=[card.period.name])
        return [(card.period.name, up), (card.person.name, None)]
    return [(_("Reviews"), reverse("scoring:reviews")), (card.person.name, None)]
