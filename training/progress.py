"""How far people are: one person's modules, and a team's training at a glance."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from people.models import Membership, Team, User
from training.models import (
    RENEWAL_DAYS,
    Assignment,
    Attempt,
    Certification,
    LessonDone,
    Module,
    ModuleText,
)
from training.queries import Competence, competence


@dataclass
class Progress:
    """One person and one module; `assignment` is the open one, `certificate` the last one."""

    module: Module
    day: dt.date
    assignment: Assignment | None = None
    certificate: Certification | None = None
    lessons_done: set[str] = field(default_factory=set)
    attempts: list[Attempt] = field(default_factory=list)  # of the assignment, last first

    @property
    def text(self) -> ModuleText:
        return self.module.version.text

    @property
    def lessons(self) -> int:
        return len(self.text.lessons)

    @property
    def done(self) -> int:
        return sum(lesson["uid"] in self.lessons_done for lesson in self.text.lessons)

    @property
    def minutes(self) -> int:
        return sum(lesson["minutes"] for lesson in self.text.lessons)

    @property
    def next_lesson(self) -> int | None:
        """Number of the first lesson not worked through, from 1."""
        return next(
            (
                number
                for number, lesson in enumerate(self.text.lessons, start=1)
                if lesson["uid"] not in self.lessons_done
            ),
            None,
        )

    @property
    def running(self) -> Attempt | None:
        return next((attempt for attempt in self.attempts if attempt.is_open), None)

    @property
    def attempts_left(self) -> int | None:
        """None: no limit."""
        quiz = self.module.version.quiz
        if quiz is None or quiz.attempt_limit is None:
            return None
        extra = self.assignment.extra_attempts if self.assignment else 0
        used = sum(not attempt.is_open for attempt in self.attempts)
        return max(quiz.attempt_limit + extra - used, 0)

    @property
    def started(self) -> bool:
        return bool(self.lessons_done or self.attempts)

    @property
    def held(self) -> str | None:
        """State of the last certificate: certified, expiring, expired or revoked."""
        return self.certificate.state_on(self.day) if self.certificate else None

    @property
    def state(self) -> str:
        """The one word for it, a key of `training.templatetags.training.STATES`."""
        if self.assignment is None:
            return self.held or "free"
        if self.assignment.is_overdue(self.day):
            return "overdue"
        return "started" if self.started else "due"


def progress_of(person: User, modules: Iterable[Module], day: dt.date) -> list[Progress]:
    """A fixed number of queries, whatever the number of modules."""
    found = {module.pk: Progress(module, day) for module in modules}
    for duty in (
        Assignment.objects.open()
        .filter(person=person, module__in=found)
        .select_related("role", "release")
    ):
        found[duty.module_id].assignment = duty
    for certificate in (
        Certification.objects.filter(person=person, module__in=found)
        .select_related("revocation")
        .order_by("issued_at")
    ):
        found[certificate.module_id].certificate = certificate
    by_duty = {each.assignment.pk: each for each in found.values() if each.assignment}
    for done in LessonDone.objects.filter(assignment__in=by_duty):
        by_duty[done.assignment_id].lessons_done.add(str(done.lesson_uid))
    for attempt in Attempt.objects.filter(assignment__in=by_duty).order_by("-number"):
        by_duty[attempt.assignment_id].attempts.append(attempt)
    return list(found.values())


def modules_of(person: User, day: dt.date) -> list[Progress]:
    """Every module that is offered, the most urgent first."""
    modules = Module.objects.visible_to(person).offered().with_texts()
    rows = progress_of(person, modules, day)
    far = dt.date.max
    return sorted(
        rows,
        key=lambda row: (
            row.assignment is None,
            (row.assignment.due_on or far) if row.assignment else far,
            row.text.title,
        ),
    )


@dataclass
class Row:
    """One person in a team's training."""

    person: User
    team: Team | None
    competence: Competence
    open: int = 0
    overdue: int = 0
    expiring: int = 0

    @property
    def missing(self) -> int:
        """Required modules without a certificate in force."""
        return len(self.competence.required - self.competence.certified)

    @property
    def to_read(self) -> int:
        return len(self.competence.to_acknowledge - self.competence.acknowledged)

    @property
    def state(self) -> str:
        if self.overdue:
            return "overdue"
        if self.open:
            return "due"
        if self.expiring:
            return "expiring"
        if self.missing:
            return "missing"
        return "certified" if self.competence.required else "free"


# The worst first, as the list of a team shows it.
ORDER = ("overdue", "due", "missing", "expiring", "certified", "free")


def team_training(people: Iterable[User], day: dt.date) -> list[Row]:
    """Who is due, overdue, expiring and certified; a fixed number of queries."""
    people = list(people)
    ids = [person.pk for person in people]
    shown = competence(people, day)
    teams = {
        held.person_id: held.team
        for held in Membership.objects.on(day)
        .filter(person__in=ids, kind=Membership.Kind.MEMBER)
        .select_related("team")
    }
    rows = {person.pk: Row(person, teams.get(person.pk), shown[person.pk]) for person in people}
    for duty in Assignment.objects.open().filter(person__in=ids):
        rows[duty.person_id].open += 1
        rows[duty.person_id].overdue += duty.is_overdue(day)
    ends: dict[tuple[int, int], list[dt.date | None]] = defaultdict(list)
    for person, module, end in (
        Certification.objects.valid_on(day)
        .filter(person__in=ids)
        .values_list("person", "module", "expires_on")
    ):
        ends[person, module].append(end)
    horizon = day + dt.timedelta(days=RENEWAL_DAYS)
    for (person, module), dates in ends.items():
        soon = all(end is not None and end <= horizon for end in dates)
        if soon and module in rows[person].competence.required:
            rows[person].expiring += 1
    return sorted(rows.values(), key=lambda row: (ORDER.index(row.state), row.person.name))


def totals(rows: Iterable[Row]) -> Counter[str]:
    """How many people are in each state."""
    return Counter(row.state for row in rows)
