"""Three scoring periods: the first closed, the second published, the last in review."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from decimal import Decimal

from django.db import transaction

from people.models import User
from portal.demo import content, exports
from portal.demo.content import Words
from portal.demo.seed.stage import Stage
from portal.demo.seed.work import DAYS, HR
from scoring.models import Process, Review, ScoringPeriod, Weights
from scoring.services import measures, periods, reviews

PERIOD_DAYS = exports.CHUNK_DAYS
# A packer's or checker's mistakes reach the customer: their care counts more than their pace.
WEIGHTS: dict[str | None, tuple[int, int, int]] = {
    None: (40, 40, 20),
    "packer": (35, 45, 20),
    "quality-checker": (25, 55, 20),
}
ANSWERS = 0.7  # share of the people who sign their published card


def build(stage: Stage) -> int:
    """Returns how many periods were added; each is made as a whole or not at all."""
    _measures(stage)
    added = 0
    for place in range(DAYS // PERIOD_DAYS):
        first = stage.day(DAYS - place * PERIOD_DAYS)
        end = first + dt.timedelta(days=PERIOD_DAYS)
        name = f"{end - dt.timedelta(days=1):%Y}-P{place + 1}"
        if not ScoringPeriod.objects.filter(name=name).exists():
            with transaction.atomic():
                _period(stage, name, first, end)
            added += 1
    return added


def _measures(stage: Stage) -> None:
    hr = stage.person(HR)
    for process in content.store().processes:
        if not Process.objects.filter(code=process.slug).exists():
            measures.name_process(
                code=process.slug, name_en=process.name.en, name_zh=process.name.zh, by=hr
            )
    for slug, (throughput, quality, competence) in WEIGHTS.items():
        role = stage.role(slug) if slug else None
        if not Weights.objects.filter(role=role).exists():
            measures.set_weights(
                role=role,
                throughput=throughput,
                quality=quality,
                competence=competence,
                gate=Decimal("1.25"),
                on=stage.day(DAYS + 30),
                by=hr,
                at=stage.at(DAYS + 40),
            )


def _period(stage: Stage, name: str, first: dt.date, end: dt.date) -> None:
    """Calculated on the day after its last one; the older, the further it has come."""
    hr = stage.person(HR)
    ago = (stage.today - end).days
    period = periods.add_period(name=name, starts_on=first, ends_on=end, by=hr, at=stage.at(ago, 9))
    periods.calculate_period(period=period, by=hr, at=stage.at(ago, 9, 30))
    periods.start_review(period=period, by=hr, at=stage.at(ago, 10))
    if ago == 0:
        _review(stage, period, ago, share=0.5)
        return
    _review(stage, period, ago - 4)
    periods.publish(period=period, by=hr, at=stage.at(ago - 6))
    _answer(stage, period, ago - 8)
    if ago > PERIOD_DAYS:
        periods.close(period=period, by=hr, at=stage.at(ago - 20))


def _review(stage: Stage, period: ScoringPeriod, ago: int, *, share: float = 1.0) -> None:
    """Leads write and sign; where `share` is below 1 some have written, fewer have signed."""
    waiting = Review.objects.filter(scorecard__period=period).select_related(
        "scorecard__person", "scorecard__period", "reviewer"
    )
    for review in waiting.order_by("scorecard__person__employee_number"):
        number = review.scorecard.person.employee_number
        rng = random.Random(f"{stage.seed}/{period.name}/{number}")
        if rng.random() > share:
            continue
        by = review.reviewer or stage.person(HR)
        words = _words(review, rng)
        reason = words.reason if review.lacks_reason else None
        at = stage.at(ago, rng.randint(9, 17), rng.randint(0, 59))
        reviews.save_review(
            review=review,
            lead_words=words.said[by.language],
            goals=words.goals[by.language],
            band_reason=reason[by.language] if reason else "",
            met_on=at.date(),
            by=by,
            at=at,
        )
        if rng.random() < share:
            reviews.sign_review(review=review, seen=review.scorecard, by=by, at=at)


def _story(review: Review) -> Words | None:
    """What was written for this person in particular: a text for each of the own cards."""
    card = review.scorecard
    story = content.reviews().by_person.get(card.person.employee_number)
    if story is None:
        return None
    earlier = ScoringPeriod.objects.filter(
        starts_on__lt=card.period.starts_on, scorecards__person=card.person
    ).distinct()
    return story[min(earlier.count(), len(story) - 1)]


def _words(review: Review, rng: random.Random) -> Words:
    card = review.scorecard
    texts = content.reviews()
    if words := _story(review):
        general = texts.by_verdict["below"][0].reason
        return words if words.reason else dataclasses.replace(words, reason=general)
    if card.is_between:
        verdict = "between_low" if card.may_be_below else "between_high"
    else:
        verdict = card.band or card.verdict
    return rng.choice(texts.by_verdict[verdict])


def _answer(stage: Stage, period: ScoringPeriod, ago: int) -> None:
    """Most people sign their published card, and some add a word."""
    texts = content.reviews()
    for review in Review.objects.filter(scorecard__period=period).select_related(
        "scorecard__person", "scorecard__period"
    ):
        person: User = review.scorecard.person
        rng = random.Random(f"{stage.seed}/{period.name}/{person.employee_number}/own")
        told = person.employee_number in texts.by_person
        if not person.is_active or (not told and rng.random() > ANSWERS):
            continue
        story = _story(review)
        own = story.own if story else None
        if own is None and rng.random() < 0.5:
            own = rng.choice(texts.answers)
        at = stage.at(ago, rng.randint(9, 20), rng.randint(0, 59))
        if own is not None:
            reviews.save_own_words(review=review, words=own[person.language], by=person, at=at)
        reviews.sign_own(review=review, by=person, at=at)
