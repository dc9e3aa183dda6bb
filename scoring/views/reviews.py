"""The lead's reviews: which are waiting, and one of them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.permissions import leads_any_team
from scoring import permissions
from scoring.forms.scorecards import ReviewForm
from scoring.models import Scorecard
from scoring.presenting import CardPage
from scoring.services import reviews


@require_safe
@login_required
def review_list(request: HttpRequest) -> HttpResponse:
    """What the user has to review now, and the published cards of the own teams."""
    if not (leads_any_team(request.user) or permissions.can_manage_periods(request.user)):
        raise Http404
    waiting = (
        Scorecard.objects.reviewable_by(request.user)
        .select_related("period", "person", "team", "review")
        .defer("evidence")
        .order_by("period__starts_on", "team__slug", "person__name")
    )
    pages = [CardPage(card) for card in waiting]
    published = (
        Scorecard.objects.visible_to(request.user)
        .published()
        .exclude(person=request.user)
        .select_related("period", "person", "team")
        .defer("evidence")
        .order_by("-period__starts_on", "person__name")
    )
    context = {
        "to_sign": [page for page in pages if not page.card.review.is_signed],
        "signed": [page for page in pages if page.card.review.is_signed],
        # HR finds these on the period's page.
        "published": [CardPage(card) for card in published] if leads_any_team(request.user) else [],
    }
    return render(request, "scoring/reviews/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The form beside the numbers; `sign` saves and signs."""
    card = _card(request, pk)
    form = ReviewForm(request.POST or None, instance=card.review)
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data.get(name, "") for name in ReviewForm.Meta.fields}
        card.review.refresh_from_db()  # the form has written into the instance
        try:
            reviews.save_review(review=card.review, by=request.user, **words)
            if "sign" in request.POST:
                reviews.sign_review(review=card.review, seen=card, by=request.user)
        except reviews.ReasonMissing as error:
            form.add_error("band_reason", str(error))
        except reviews.ReviewError as error:
            form.add_error(None, str(error))
        else:
            done = _("Signed.") if "sign" in request.POST else _("Saved.")
            messages.success(request, f"{card.person.name}: {done}")
            return redirect("scoring:reviews" if "sign" in request.POST else request.path)
    context = {
        "page": CardPage(card),
        "card": card,
        "form": None if card.review.is_signed else form,
        "crumbs": [(_("Reviews"), reverse("scoring:reviews")), (card.person.name, None)],
    }
    return render(request, "scoring/reviews/review.html", context)


@require_POST
@login_required
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the signature back, to change the text."""
    card = _card(request, pk)
    try:
        reviews.take_signature_back(review=card.review, by=request.user)
    except reviews.ReviewError as error:
        messages.error(request, str(error))
    return redirect("scoring:review", card.pk)


def _card(request: HttpRequest, pk: int) -> Scorecard:
    cards = Scorecard.objects.reviewable_by(request.user).select_related(
        "period", "person", "team", "review__lead_signed_by"
    )
    return get_object_or_404(cards.prefetch_related("lines"), pk=pk)
