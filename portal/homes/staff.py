"""Everybody's own section: what to read, what to learn, certificates and the scorecard."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language

from people.models import Role, User
from people.queries import roles_of
from scoring.models import Scorecard
from sop.models import SOPRelease
from training import queries
from training.models import Acknowledgement, Assignment, Certification
from training.progress import Progress, progress_of

# For how long after the first day the home page shows the way in.
START = dt.timedelta(days=35)


@dataclass(frozen=True)
class Reading:
    """A release to acknowledge; `changed`: an earlier one had been acknowledged."""

    release: SOPRelease
    title: str
    language: str
    changed: bool
    summary: str


@dataclass(frozen=True)
class Learning:
    """A module to take, with how far the person is."""

    assignment: Assignment
    progress: Progress
    days_left: int | None

    @property
    def overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def is_soon(self) -> bool:
        return self.days_left is not None and 0 <= self.days_left <= 3


@dataclass(frozen=True)
class Certificate:
    certification: Certification
    title: str
    is_expiring: bool


@dataclass(frozen=True)
class Start:
    """The first weeks: how much of the reading and learning of the role is behind one."""

    read: int
    to_read: int
    passed: int
    to_pass: int

    @property
    def has_read(self) -> bool:
        return self.read == self.to_read

    @property
    def has_passed(self) -> bool:
        return self.passed == self.to_pass


@dataclass(frozen=True)
class Facts:
    roles: list[Role]
    readings: list[Reading]
    learnings: list[Learning]
    certificates: list[Certificate]
    card: Scorecard | None
    start: Start | None

    @property
    def overdue(self) -> int:
        return sum(learning.overdue for learning in self.learnings)

    @property
    def is_empty(self) -> bool:
        """Nothing here yet and no role that could bring something, as for a person in HR."""
        return not (self.roles or self.readings or self.learnings or self.certificates or self.card)


def facts(person: User, at: dt.datetime) -> Facts:
    today = timezone.localtime(at).date()
    return Facts(
        roles=roles_of(person, today),
        readings=_readings(person, at),
        learnings=_learnings(person, at, today),
        certificates=_certificates(person, today),
        card=(
            Scorecard.objects.visible_to(person)
            .published()
            .filter(person=person)
            .select_related("period")
            .order_by("-period__starts_on")
            .first()
        ),
        start=_start(person, today),
    )


def _readings(person: User, at: dt.datetime) -> list[Reading]:
    releases = list(queries.to_read(person, at))
    known = set(
        Acknowledgement.objects.filter(
            person=person, release__sop_key__in=[release.sop_key for release in releases]
        ).values_list("release__sop_key", flat=True)
    )
    language = get_language() or "en"
    found = []
    for release in releases:
        text = release.text_for(language)
        changed = release.sop_key in known
        summary = text.change_summary if changed else ""
        found.append(Reading(release, text.title, text.language, changed, summary))
    return found


def _learnings(person: User, at: dt.datetime, today: dt.date) -> list[Learning]:
    rows = list(queries.to_learn(person, at))
    progress = {
        each.module.pk: each for each in progress_of(person, [row.module for row in rows], today)
    }
    return [
        Learning(
            assignment=row,
            progress=progress[row.module_id],
            days_left=(row.due_on - today).days if row.due_on else None,
        )
        for row in rows
    ]


def _certificates(person: User, today: dt.date) -> list[Certificate]:
    """The latest valid one of each module, those that run out first on top."""
    rows = (
        Certification.objects.valid_on(today)
        .filter(person=person)
        .select_related("module__current", "revocation")
        .prefetch_related("module__current__texts")
        .order_by("issued_at")
    )
    latest = {row.module_id: row for row in rows}
    last_day = dt.date.max
    return [
        Certificate(row, row.module.title, row.state_on(today) == "expiring")
        for row in sorted(latest.values(), key=lambda row: row.expires_on or last_day)
    ]


def _start(person: User, today: dt.date) -> Start | None:
    """None once everything is done, or the first weeks are over."""
    if person.hired_on is None or not person.hired_on <= today < person.hired_on + START:
        return None
    shown = queries.competence([person], today)[person.pk]
    start = Start(
        read=len(shown.acknowledged),
        to_read=len(shown.to_acknowledge),
        passed=len(shown.certified),
        to_pass=len(shown.required),
    )
    nothing_asked = not (start.to_read or start.to_pass)
    return None if nothing_asked or (start.has_read and start.has_passed) else start
