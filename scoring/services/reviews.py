"""What lead and person write about a scorecard, and their signatures."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from people.audit import record
from people.models import User
from scoring import permissions
from scoring.models import Review, Scorecard, ScoringPeriod

State = ScoringPeriod.State


class ReviewError(Exception):
    """The review can't be changed that way; the message says why, and what mends it."""


class NotAllowed(ReviewError):
    """The actor may not do this."""


class AlreadySigned(ReviewError):
    """The text stands as it was signed."""


class Superseded(ReviewError):
    """The numbers were calculated again after the page had been opened."""


class ReasonMissing(ReviewError):
    """A result below expectations needs a person's reason."""


@transaction.atomic
def save_review(
    *,
    review: Review,
    lead_words: str,
    goals: str,
    band_reason: str,
    met_on: dt.date | None,
    by: User,
    at: dt.datetime | None = None,
) -> None:
    """Keeps the lead's words. Raises NotAllowed for others than the reviewers, AlreadySigned."""
    _require_reviewer(by, review)
    at = at or timezone.now()
    changed = _unsigned(review).update(
        lead_words=lead_words.strip(),
        goals=goals.strip(),
        band_reason=band_reason.strip(),
        met_on=met_on,
    )
    review.refresh_from_db()
    if not changed:
        raise AlreadySigned(_("The review is signed. Take the signature back to change it."))
    record(by=by, verb="review.saved", target=review, at=at)


@transaction.atomic
def sign_review(
    *, review: Review, seen: Scorecard, by: User, at: dt.datetime | None = None
) -> None:
    """The lead's signature under the version `seen`. Raises Superseded, ReasonMissing."""
    _require_reviewer(by, review)
    at = at or timezone.now()
    review.refresh_from_db()
    if review.scorecard_id != seen.pk:
        raise Superseded(
            _("The scorecard was calculated again. Look at the new numbers before you sign.")
        )
    if review.lacks_reason:
        raise ReasonMissing(
            _("The result is below expectations: write the reason before you sign.")
        )
    if not _unsigned(review).filter(scorecard=seen).update(lead_signed_at=at, lead_signed_by=by):
        raise AlreadySigned(_("The review is signed already."))
    review.refresh_from_db()
    record(
        by=by, verb="review.signed", target=review, at=at,
        scorecard=seen.pk, sha256=seen.content_sha256,
    )  # fmt: skip


@transaction.atomic
def take_signature_back(*, review: Review, by: User, at: dt.datetime | None = None) -> None:
    """Opens a signed review again, until the period is published."""
    _require_reviewer(by, review)
    at = at or timezone.now()
    signed = Review.objects.filter(
        pk=review.pk, lead_signed_at__isnull=False, scorecard__period__state=State.IN_REVIEW
    )
    if not signed.update(lead_signed_at=None, lead_signed_by=None):
        raise ReviewError(_("There is no signature to take back."))
    review.refresh_from_db()
    record(by=by, verb="review.signature_taken_back", target=review, at=at)


@transaction.atomic
def save_own_words(*, review: Review, words: str, by: User, at: dt.datetime | None = None) -> None:
    """The person's own words, from the publication until the period is closed."""
    _require_own(by, review)
    at = at or timezone.now()
    open_ones = Review.objects.filter(pk=review.pk, scorecard__period__state=State.PUBLISHED)
    if not open_ones.filter(person_signed_at=None).update(person_words=words.strip()):
        raise AlreadySigned(_("It is signed or closed, so your words stand as they are."))
    review.refresh_from_db()
    record(by=by, verb="review.own_words_saved", target=review, at=at)


@transaction.atomic
def sign_own(*, review: Review, by: User, at: dt.datetime | None = None) -> None:
    """The person has read it, which is not to say that the person agrees."""
    _require_own(by, review)
    at = at or timezone.now()
    open_ones = Review.objects.filter(pk=review.pk, scorecard__period__state=State.PUBLISHED)
    if not open_ones.filter(person_signed_at=None).update(person_signed_at=at):
        raise AlreadySigned(_("It is signed or closed already."))
    review.refresh_from_db()
    record(
        by=by, verb="review.signed_by_person", target=review, at=at,
        sha256=review.scorecard.content_sha256,
    )  # fmt: skip


def _unsigned(review: Review) -> QuerySet[Review]:
    """The row while it may still be written to: in review, not signed (SQLite has no locks)."""
    return Review.objects.filter(
        pk=review.pk, lead_signed_at=None, scorecard__period__state=State.IN_REVIEW
    )


def _require_reviewer(by: User, review: Review) -> None:
    if not permissions.can_review(by, review.scorecard):
        raise NotAllowed(_("Only a lead of the person's team reviews, and nobody the own card."))


def _require_own(by: User, review: Review) -> None:
    if review.scorecard.person_id != by.pk or not permissions.can_view_scorecard(
        by, review.scorecard
    ):
        raise NotAllowed(_("Only the person signs the own, published scorecard."))
