"""A scoring period from its opening to its closing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Max, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.audit import record
from people.models import User
from people.queries import lead_of
from scoring import card_queries, cards, engine, frames, permissions
from scoring.engine.assess import assess
from scoring.faults import fault_point
from scoring.models import Process, Review, Scorecard, ScorecardLine, ScoringPeriod

State = ScoringPeriod.State
Progress = Callable[[int, int, str], Any]
STEPS = 4


class PeriodError(Exception):
    """The period can't go that way; the message says why, and what mends it."""


class NotAllowed(PeriodError):
    """The actor may not do this."""


class NotInThatState(PeriodError):
    """The period has moved on meanwhile."""


class Overtaken(PeriodError):
    """Another calculation of the same period was quicker."""


class NotReady(PeriodError):
    """Reviews are still missing; `names` says whose."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(
            ngettext(
                "%(number)s review has to be signed first, with a reason where the result is "
                "below expectations: %(names)s.",
                "%(number)s reviews have to be signed first, with a reason where the result is "
                "below expectations: %(names)s.",
                len(names),
            )
            % {"number": len(names), "names": _listed(names)}
        )


def quiet(done: int, total: int, message: str) -> None:
    """A progress that tells nobody."""


@transaction.atomic
def add_period(
    *,
    name: str,
    starts_on: dt.date,
    ends_on: dt.date,
    by: User | None,
    at: dt.datetime | None = None,
) -> ScoringPeriod:
    """Opens the period `[starts_on, ends_on)`. Raises PeriodError for a name or days that can't be.

    Periods may overlap: a month and its quarter are two.
    """
    _require_manager(by)
    if not _is_name(name):
        raise PeriodError(
            _("“%(name)s” can't be a name: use letters, digits, hyphens and underscores, such as "
              "2026-Q1.") % {"name": name}
        )  # fmt: skip
    if ends_on <= starts_on:
        raise PeriodError(_("The first day after the period must be later than its first day."))
    if ScoringPeriod.objects.filter(name__iexact=name).exists():
        raise PeriodError(
            _("There is a period %(name)s already. Choose another name.") % {"name": name}
        )
    period = ScoringPeriod.objects.create(
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=at or timezone.now(),
        created_by=by,
    )
    record(by=by, verb="period.added", target=period, at=at)
    return period


def calculate_period(
    *,
    period: ScoringPeriod,
    by: User | None,
    at: dt.datetime | None = None,
    progress: Progress = quiet,
) -> dict[str, int]:
    """Calculates everybody's scorecard; returns counts: people, new, changed, kept, gone.

    A card whose content is the same stays; another content is a new version that supersedes it. In
    review, the lead's signature goes with the old version. Nothing is locked while it calculates;
    raises Overtaken where another calculation finished meanwhile, NotInThatState where the period
    is published.
    """
    _require_manager(by)
    at = at or timezone.now()
    period.refresh_from_db()
    if not period.is_calculable:
        raise NotInThatState(_published(period))
    progress(0, STEPS, _("Reading work and errors"))
    inputs = frames.read(period)
    _name_processes({*inputs.work["process"], *inputs.errors["process"]})
    progress(1, STEPS, _("Calculating"))
    result = assess(
        inputs.work,
        inputs.errors,
        inputs.skills,
        seed=frames.seed_of(inputs.fingerprint),
        given=inputs.given,
        weights=inputs.weights,
        settings=frames.SETTINGS,
    )
    progress(2, STEPS, _("Writing the scorecards"))
    steps = card_queries.steps_of(inputs.events["error_code"], period.last_day)
    built = cards.build(inputs, result, steps)
    fault_point("scores.calculated")
    with transaction.atomic():
        _claim(period, inputs, at)
        counts = _keep(period, inputs.fingerprint, built, at)
        if period.state == State.IN_REVIEW:
            _open_reviews(period)
        fault_point("scores.written")
        record(
            by=by, verb="period.calculated", target=period, at=at,
            fingerprint=inputs.fingerprint, **counts,
        )  # fmt: skip
    progress(STEPS, STEPS, "")
    return counts


@transaction.atomic
def start_review(*, period: ScoringPeriod, by: User | None, at: dt.datetime | None = None) -> None:
    """Hands the calculated cards to the leads: one review each, for whoever led the person."""
    _require_manager(by)
    at = at or timezone.now()
    _move(period, State.CALCULATED, State.IN_REVIEW, review_started_at=at)
    made = _open_reviews(period)
    record(by=by, verb="period.review_started", target=period, at=at, reviews=made)


@transaction.atomic
def publish(*, period: ScoringPeriod, by: User | None, at: dt.datetime | None = None) -> None:
    """Shows each person the own card; from here on no card changes. Raises NotReady."""
    _require_manager(by)
    at = at or timezone.now()
    _move(period, State.IN_REVIEW, State.PUBLISHED, published_at=at, published_by=by)
    names = [review.scorecard.person.name for review in card_queries.blockers(period)]
    if names:
        raise NotReady(names)
    record(
        by=by, verb="period.published", target=period, at=at,
        cards=period.scorecards.current().count(),
    )  # fmt: skip


@transaction.atomic
def close(*, period: ScoringPeriod, by: User | None, at: dt.datetime | None = None) -> None:
    """Ends the time in which people add their own words and signatures."""
    _require_manager(by)
    at = at or timezone.now()
    _move(period, State.PUBLISHED, State.CLOSED, closed_at=at)
    record(by=by, verb="period.closed", target=period, at=at)


def _require_manager(by: User | None) -> None:
    """Commands act as the system itself, with nobody's name."""
    if by is not None and not permissions.can_manage_periods(by):
        raise NotAllowed(_("Only HR manages scoring periods."))


def _is_name(name: str) -> bool:
    return name.isascii() and name.replace("-", "").replace("_", "").isalnum() and len(name) <= 40


def _move(period: ScoringPeriod, start: str, end: str, **changes: Any) -> None:
    """One step on, unless somebody else was quicker (SQLite has no row locks)."""
    moved = ScoringPeriod.objects.filter(pk=period.pk, state=start).update(state=end, **changes)
    period.refresh_from_db()
    if not moved:
        raise NotInThatState(
            _("%(period)s is %(state)s; this step comes after “%(needed)s”.")
            % {
                "period": period.name,
                "state": period.get_state_display(),
                "needed": State(start).label,
            }
        )


def _published(period: ScoringPeriod) -> str:
    return _("%(period)s is published; its scorecards don't change any more.") % {
        "period": period.name
    }


def _name_processes(found: set[str]) -> None:
    """A row for each process of the ledger, so that the store can name it and set a standard."""
    new = found - set(Process.objects.values_list("code", flat=True))
    Process.objects.bulk_create([Process(code=c) for c in sorted(new)], ignore_conflicts=True)


def _claim(period: ScoringPeriod, inputs: frames.Inputs, at: dt.datetime) -> None:
    claimed = ScoringPeriod.objects.filter(
        pk=period.pk, state__in=ScoringPeriod.CALCULABLE, calculations=period.calculations
    ).update(
        calculations=F("calculations") + 1,
        state=Case(When(state=State.OPEN, then=Value(State.CALCULATED)), default=F("state")),
        fingerprint=inputs.fingerprint,
        unattributed_errors=inputs.unattributed,
        calculated_at=at,
    )
    period.refresh_from_db()
    if not claimed and not period.is_calculable:
        raise NotInThatState(_published(period))
    if not claimed:
        raise Overtaken(
            _("%(period)s was calculated by somebody else meanwhile; this run changed nothing.")
            % {"period": period.name}
        )


def _keep(
    period: ScoringPeriod, fingerprint: str, built: Iterable[cards.Card], at: dt.datetime
) -> dict[str, int]:
    current = {card.person_id: card for card in period.scorecards.current().defer("evidence")}
    versions = dict(period.scorecards.order_by().values_list("person").annotate(Max("version")))
    counts = {"people": 0, "new": 0, "changed": 0, "kept": 0}
    ended: list[int] = []
    fresh: list[tuple[cards.Card, Scorecard]] = []
    for card in built:
        counts["people"] += 1
        old = current.pop(card.person.pk, None)
        if old is not None and old.content_sha256 == card.sha256:
            counts["kept"] += 1
            continue
        counts["changed" if old else "new"] += 1
        if old is not None:
            ended.append(old.pk)
        fresh.append(
            (
                card,
                Scorecard(
                    period=period,
                    person=card.person,
                    team=card.team,
                    role=card.role,
                    version=versions.get(card.person.pk, 0) + 1,
                    snapshot=card.snapshot,
                    evidence=card.evidence,
                    fingerprint=fingerprint,
                    content_sha256=card.sha256,
                    engine_version=engine.VERSION,
                    calculated_at=at,
                    **card.fields,
                ),
            )
        )
    counts["gone"] = len(current)
    ended += [card.pk for card in current.values()]
    Scorecard.objects.filter(pk__in=ended).update(superseded_at=at)
    made = Scorecard.objects.bulk_create([row for _card, row in fresh])
    ScorecardLine.objects.bulk_create(
        [
            ScorecardLine(scorecard=row, **line)
            for (card, _row), row in zip(fresh, made, strict=True)
            for line in card.lines
        ]
    )
    _move_reviews(period, {row.person_id: row for row in made})
    return counts


def _move_reviews(period: ScoringPeriod, fresh: dict[int, Scorecard]) -> None:
    """Reviews follow the person to the new version; a signature was given to the old numbers."""
    for review in Review.objects.filter(
        scorecard__period=period, scorecard__person__in=fresh
    ).select_related("scorecard"):
        review.scorecard = fresh[review.scorecard.person_id]
        review.lead_signed_at = review.lead_signed_by = None
        review.save(update_fields=["scorecard", "lead_signed_at", "lead_signed_by"])


def _open_reviews(period: ScoringPeriod) -> int:
    waiting = period.scorecards.current().filter(review=None).select_related("person")
    made = Review.objects.bulk_create(
        [
            Review(scorecard=card, reviewer=lead_of(card.person, period.last_day))
            for card in waiting.defer("snapshot", "evidence")
        ]
    )
    return len(made)


def _listed(names: list[str], most: int = 8) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} …"
