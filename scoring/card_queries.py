"""Reads of scorecards that cross models: the SOP steps behind errors, what blocks a publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from kit.models import Named
from scoring import frames
from scoring.models import Band, Review, ScoringPeriod, Verdict
from sop.models import ErrorCode, ReleasedStep
from sop.queries import steps_for_error_codes

FEWEST_SHOWN = 5


def steps_of(codes: Iterable[str], day: dt.date) -> dict[str, dict[str, Any]]:
    """By error code its names and the SOP step that prevents it, by language, as plain values.

    The step is that of the release in force at the end of `day`; for a code that no step named
    then, the one in force now, so that the person at least finds what to read.
    """
    wanted = sorted(set(codes))
    end = timezone.make_aware(dt.datetime.combine(day, dt.time.max))
    steps = steps_for_error_codes(wanted) | steps_for_error_codes(wanted, end)
    names = {code.code: code for code in ErrorCode.objects.filter(code__in=wanted)}
    return {
        code: {
            "names": _by_language(names[code]) if code in names else None,
            "step": _step(steps[code]) if code in steps else None,
        }
        for code in wanted
    }


def _step(step: ReleasedStep) -> dict[str, Any]:
    return {
        "uid": str(step.step_uid),
        "order": step.order,
        "sop": step.release.code,
        "number": step.release.number,
        "titles": {language: step.title_in(language) for language, _name in settings.LANGUAGES},
    }


def _by_language(named: Named) -> dict[str, str]:
    return {language: named.name_in(language) for language, _name in settings.LANGUAGES}


def blockers(period: ScoringPeriod) -> QuerySet[Review]:
    """Reviews that keep a period from being published: a verdict that nobody has signed, or a
    result below expectations without a written reason. Without a verdict nothing is to be signed.
    """
    reviews = Review.objects.filter(
        scorecard__period=period, scorecard__superseded_at=None
    ).exclude(scorecard__verdict=Verdict.NOT_ENOUGH)
    return reviews.filter(
        Q(lead_signed_at=None) | Q(scorecard__band=Band.BELOW, band_reason="")
    ).select_related("scorecard__person", "scorecard__team", "reviewer")


def verdict_counts(period: ScoringPeriod) -> dict[str, int]:
    """How many current cards have each band, lie between two, or lack data."""
    counts = {"below": 0, "meets": 0, "exceeds": 0, "between": 0, "not_enough_data": 0}
    for band, verdict in period.scorecards.current().values_list("band", "verdict"):
        counts[band or verdict] += 1
    return counts


def trusted_scores(period: ScoringPeriod) -> list[float]:
    """The scores that rest on enough data, sorted."""
    cards = period.scorecards.current().filter(
        score__isnull=False, share_with_data__gte=frames.SETTINGS.min_evidence
    )
    return list(cards.order_by("score").values_list("score", flat=True))
