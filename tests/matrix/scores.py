"""Scorecards, reviews, periods, standards and weights."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from kit.models import Job
from scoring import export
from scoring.models import Process, Review, Scorecard, ScoringPeriod
from tests.matrix.core import (
    GO,
    NOT_ALLOWED,
    OK,
    SIGNED_IN,
    Row,
    World,
    allow,
    signed_in,
)
from tests.scoring.made import made_card

READERS = ("manager", "auditor", "hr")
CLOSED_GET = allow(NOT_ALLOWED, *SIGNED_IN, visitor=NOT_ALLOWED)
READ_ONLY = allow(NOT_ALLOWED, *SIGNED_IN, visitor=NOT_ALLOWED)


def period(world: World, state: str) -> ScoringPeriod:
    return world.once(f"period {state}", lambda: _period(state))


def _period(state: str) -> ScoringPeriod:
    now = timezone.now()
    published = now if state in ("published", "closed") else None
    return ScoringPeriod.objects.create(
        name=f"p-{state.replace('_', '-')}", state=state, starts_on=dt.date(2024, 1, 1),
        ends_on=dt.date(2024, 4, 1), created_at=now, published_at=published, calculated_at=now,
    )  # fmt: skip


def card(world: World, state: str) -> Scorecard:
    """Noor's card in a period of that state."""
    return world.once(f"card {state}", lambda: _card(world, state))


def _card(world: World, state: str) -> Scorecard:
    made = made_card(period(world, state), world.cast.noor, team=world.cast.pickers)
    Review.objects.create(scorecard=made, reviewer=world.cast.lena)
    return made


def of(state: str):
    return lambda world: {"pk": card(world, state).pk}


def named(state: str):
    return lambda world: {"name": period(world, state).name}


def process(world: World) -> dict[str, int]:
    made = world.once("process", lambda: Process.objects.create(code="picking"))
    return {"pk": made.pk}


def archive(world: World) -> dict[str, object]:
    item = period(world, "published")
    job = world.once(
        "zip",
        lambda: Job.objects.create(
            kind="export_scorecards", owner=world.cast.hua, state="succeeded",
            created_at=timezone.now(), finished_at=timezone.now(), payload={"period": item.pk},
        ),
    )  # fmt: skip
    path = export.zip_path(job)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"PK\x05\x06" + bytes(18))
    return {"name": item.name, "pk": job.pk}


def card_rows(route: str, says: str) -> list[Row]:
    """Reading one card: before the review, in it, and once published."""
    before = allow(OK, *READERS)
    within = allow(OK, *READERS, "lead")
    after = allow(OK, *READERS, "lead", "staff")
    return [
        Row(route, says, before, READ_ONLY, kwargs=of("calculated"), case="calculated"),
        Row(route, says, within, READ_ONLY, kwargs=of("in_review"), case="in review"),
        Row(route, says, after, READ_ONLY, kwargs=of("published"), case="published"),
    ]


def step(route: str, says: str, state: str) -> Row:
    return Row(route, says, CLOSED_GET, allow(GO, "hr", visitor="sign in"), kwargs=named(state))


ROWS = [
    Row("scoring:mine", "One's own scorecards", signed_in(OK), READ_ONLY),
    *card_rows("scoring:scorecard", "Noor's scorecard"),
    *card_rows("scoring:rows", "The rows behind it"),
    *card_rows("scoring:scorecard_pdf", "The same as PDF"),
    Row("scoring:answer", "Own words and signature", CLOSED_GET,
        allow(GO, "staff"), kwargs=of("published"), data=lambda world: {"words": "Seen."},
        case="published"),
    Row("scoring:answer", "Own words and signature", CLOSED_GET,
        allow(GO), kwargs=of("in_review"), data=lambda world: {"words": "Seen."},
        case="in review"),
    Row("scoring:reviews", "Reviews to write", allow(OK, "lead", "other_lead", "hr"), READ_ONLY),
    Row("scoring:review", "Write a review", allow(OK, "lead"), allow(GO, "lead"),
        kwargs=of("in_review"), data=lambda world: {"lead_words": "Steady."}, case="in review"),
    Row("scoring:review", "Write a review", allow(OK), allow(GO),
        kwargs=of("published"), data=lambda world: {"lead_words": "Steady."}, case="published"),
    Row("scoring:review_reopen", "Take a signature back", CLOSED_GET, allow(GO, "lead"),
        kwargs=of("in_review")),
    Row("scoring:periods", "All periods", allow(OK, *READERS), READ_ONLY),
    Row("scoring:period_new", "Open a period", allow(OK, "hr"), allow(GO, "hr"),
        data=lambda world: {"name": "2030-Q1", "starts_on": "2030-01-01",
                            "last_day": "2030-03-31"}),
    Row("scoring:period", "A period and everybody's result", allow(OK, *READERS), READ_ONLY,
        kwargs=named("calculated")),
    step("scoring:period_calculate", "Calculate", "open"),
    step("scoring:period_start_review", "Start the review", "calculated"),
    step("scoring:period_publish", "Publish", "in_review"),
    step("scoring:period_close", "Close", "published"),
    step("scoring:period_export", "Make PDFs of all", "published"),
    Row("scoring:period_download", "The zip of all PDFs", allow(OK, "hr"), READ_ONLY,
        kwargs=archive),
    Row("scoring:measures", "Standards and weights", allow(OK, *READERS), READ_ONLY),
    Row("scoring:process", "A process: names and standard", allow(OK, "hr"), allow(GO, "hr"),
        kwargs=process, data=lambda world: {"form": "names", "name_en": "Picking"}),
    Row("scoring:weights", "Change weights", allow(OK, "hr"), allow(GO, "hr"),
        data=lambda world: {"role": "", "throughput": "40", "quality": "40", "competence": "20",
                            "gate": "1.25", "on": "2030-01-01"}),
]  # fmt: skip
