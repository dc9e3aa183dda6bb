"""A lead's section: who needs something today, procedures and reviews that wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import get_language

from people.models import Team, User
from scoring.models import Scorecard
from sop.models import SOPRelease
from training import queries
from training.models import RENEWAL_DAYS, Assignment, Certification

SHOWN = 8
# A procedure is shown as due for review from this long before its day.
REVIEW_AHEAD = dt.timedelta(days=30)


@dataclass
class Need:
    """What one person of the team needs; the counts decide the order."""

    person: User
    to_read: int = 0
    overdue: list[Assignment] = field(default_factory=list)
    stuck: list[Assignment] = field(default_factory=list)
    expiring: list[Certification] = field(default_factory=list)

    @property
    def urgency(self) -> tuple[int, int, int, int]:
        return (len(self.stuck), len(self.overdue), len(self.expiring), self.to_read)


@dataclass(frozen=True)
class DueProcedure:
    release: SOPRelease
    title: str
    due_on: dt.date
    overdue: bool


@dataclass(frozen=True)
class Facts:
    teams: list[Team]
    people: int
    needs: list[Need]
    procedures: list[DueProcedure]
    reviews: list[Scorecard]

    @property
    def shown(self) -> list[Need]:
        return self.needs[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.needs) - len(self.shown)

    @property
    def reviews_shown(self) -> list[Scorecard]:
        return self.reviews[:SHOWN]

    @property
    def more_reviews(self) -> int:
        return len(self.reviews) - len(self.reviews_shown)

    @property
    def overdue(self) -> int:
        return sum(bool(need.overdue) for need in self.needs)

    @property
    def stuck(self) -> int:
        return sum(bool(need.stuck) for need in self.needs)

    @property
    def expiring(self) -> int:
        return sum(bool(need.expiring) for need in self.needs)

    @property
    def reading(self) -> int:
        return sum(bool(need.to_read) for need in self.needs)


def facts(person: User, at: dt.datetime) -> Facts | None:
    teams = list(Team.objects.led_by(person))
    if not teams:
        return None
    today = timezone.localtime(at).date()
    members = list(
        User.objects.members_of(Team.objects.led_by(person), today)
        .employed_on(today)
        .exclude(pk=person.pk)
        .order_by("name")
    )
    return Facts(
        teams=teams,
        people=len(members),
        needs=_needs(members, today),
        procedures=_procedures(teams, at),
        reviews=list(
            Scorecard.objects.reviewable_by(person)
            .filter(review__lead_signed_at=None)
            .select_related("person", "period")
            .order_by("person__name")
        ),
    )


def _needs(members: list[User], today: dt.date) -> list[Need]:
    """The people who need something, the most urgent first; a fixed number of queries."""
    needs = {member.pk: Need(member) for member in members}
    for pk, shown in queries.competence(members, today).items():
        needs[pk].to_read = len(shown.to_acknowledge - shown.acknowledged)
    open_ones = (
        Assignment.objects.open()
        .filter(person__in=needs)
        .select_related("module__current")
        .prefetch_related("module__current__texts")
    )
    for assignment in open_ones.filter(due_on__lt=today):
        needs[assignment.person_id].overdue.append(assignment)
    over = Count("attempts", filter=~Q(attempts__state="started"))
    going = Count("attempts", filter=Q(attempts__state="started"))
    used_up = F("module__current__quiz__attempt_limit") + F("extra_attempts")
    for assignment in open_ones.annotate(over=over, going=going).filter(going=0, over__gte=used_up):
        needs[assignment.person_id].stuck.append(assignment)
    for certification in _expiring(needs, today):
        needs[certification.person_id].expiring.append(certification)
    waiting = [need for need in needs.values() if any(need.urgency)]
    return sorted(waiting, key=lambda need: need.urgency, reverse=True)


def _expiring(people: Iterable[int], today: dt.date) -> list[Certification]:
    """Certificates that run out soon and have not been renewed."""
    limit = today + dt.timedelta(days=RENEWAL_DAYS)
    rows = (
        Certification.objects.valid_on(today)
        .filter(person__in=people)
        .select_related("module__current")
        .prefetch_related("module__current__texts")
    )
    longest: dict[tuple[int, int], Certification] = {}
    for row in rows:
        key = (row.person_id, row.module_id)
        held = longest.get(key)
        if held is None or (held.expires_on is not None and _later(row, held)):
            longest[key] = row
    return [row for row in longest.values() if row.expires_on and row.expires_on <= limit]


def _later(row: Certification, held: Certification) -> bool:
    """Whether `row` outlasts `held`; a certificate without an end outlasts all."""
    if row.expires_on is None or held.expires_on is None:
        return row.expires_on is None
    return row.expires_on > held.expires_on


def _procedures(teams: list[Team], at: dt.datetime) -> list[DueProcedure]:
    """The teams' procedures in force whose review is due or will be soon."""
    language = get_language() or "en"
    today = timezone.localtime(at).date()
    found = []
    for release in SOPRelease.objects.in_force(at).filter(team__in=teams).with_texts():
        due_on = months_later(timezone.localtime(release.approved_at).date(), release.review_months)
        if due_on <= today + REVIEW_AHEAD:
            title = release.text_for(language).title
            found.append(DueProcedure(release, title, due_on, due_on < today))
    return sorted(found, key=lambda procedure: procedure.due_on)


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day `months` later, or the last day of a shorter month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return dt.date(year, month, min(day.day, (following - dt.timedelta(days=1)).day))
