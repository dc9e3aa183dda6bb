"""Scores in a real browser: the review from the lead's list to the person's signature."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from scoring.models import Review, Scorecard, ScoringPeriod
from tests.browser import DESK, PHONE, Visitor
from tests.cast import Cast
from tests.scoring.made import made_card

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def card(cast: Cast) -> Scorecard:
    now = timezone.now()
    period = ScoringPeriod.objects.create(
        name="2024-Q1", state="in_review", starts_on=dt.date(2024, 1, 1),
        ends_on=dt.date(2024, 4, 1), created_at=now, calculated_at=now, fingerprint="f" * 64,
    )  # fmt: skip
    made = made_card(period, cast.noor, team=cast.pickers, pace=0.6, errors=3)
    Review.objects.create(scorecard=made, reviewer=cast.lena)
    return made


def test_from_the_leads_list_to_the_persons_signature(
    cast: Cast, visit: Visitor, card: Scorecard
) -> None:
    lead = visit("/scores/reviews/", person=cast.lena, width=DESK).page
    lead.get_by_role("link", name="Noor").click()
    lead.get_by_label("What went well").fill("Careful with fragile goods.")
    lead.get_by_role("button", name="Save and sign").click()
    assert lead.get_by_text("write the reason before you sign").is_visible()
    lead.get_by_label("Why the result is below").fill("The new layout was not trained.")
    lead.get_by_role("button", name="Save and sign").click()
    assert lead.get_by_text("Noor: Signed.").is_visible()

    hr = visit("/scores/periods/2024-Q1/", person=cast.hua, width=DESK).page
    hr.on("dialog", lambda dialog: dialog.accept())
    hr.get_by_role("button", name="Publish").click()
    hr.get_by_role("button", name="Close the period").wait_for()

    own = visit("/scores/", person=cast.noor).page
    own.get_by_role("link", name="2024-Q1").click()
    assert own.get_by_text("The new layout was not trained.").is_visible()
    own.get_by_label("Your own words").fill("I asked for the training in February.")
    own.get_by_role("button", name="Save and sign").click()
    assert own.get_by_text("Saved.").is_visible()
    review = Review.objects.get()
    assert review.person_signed_at is not None
    assert review.person_words == "I asked for the training in February."


@pytest.mark.parametrize(("width", "theme"), [(PHONE, "light"), (DESK, "dark")])
def test_the_pages_keep_nobody_out(
    cast: Cast, visit: Visitor, card: Scorecard, width: int, theme: str
) -> None:
    faults = {}
    for path, person in (
        (f"/scores/{card.pk}/", cast.lena),
        (f"/scores/{card.pk}/review/", cast.lena),
        (f"/scores/{card.pk}/rows/", cast.hua),
        ("/scores/periods/2024-Q1/", cast.hua),
        ("/scores/measures/", cast.hua),
    ):
        faults[path] = visit(path, person=person, width=width, theme=theme).faults()
    assert not any(faults.values()), faults
