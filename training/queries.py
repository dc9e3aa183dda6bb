"""Reads across modules, releases and people: what is due, and what somebody has shown."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from people.models import RoleHolding, User
from people.queries import roles_of
from sop.models import SOPRelease, SOPReleaseQuerySet
from training.models import (
    Acknowledgement,
    Assignment,
    Certification,
    ModulePage,
    ModuleVersion,
    Quiz,
    Result,
)


@dataclass(frozen=True)
class Score:
    """The best result of a module's quiz that counts, in marks."""

    marks: Decimal
    max_marks: Decimal

    @property
    def percent(self) -> Decimal:
        return self.marks * 100 / self.max_marks


@dataclass
class Competence:
    """What one person had to show by the end of a day, and had shown. Sets hold primary keys.

    `required`: modules of the person's roles, and those assigned to the person; one that was given
    by hand counts until it is done, and from then on as long as its certificate is in force.
    `certified`: those of them with a certificate in force; `expired`: those whose last one ran out
    or was revoked.
    `best_scores`: best quiz result by module, required or not. `to_acknowledge`: every release in
    force that the person has to acknowledge; `acknowledged`: those of them that are covered.
    """

    required: set[int] = field(default_factory=set)
    certified: set[int] = field(default_factory=set)
    expired: set[int] = field(default_factory=set)
    best_scores: dict[int, Score] = field(default_factory=dict)
    to_acknowledge: set[int] = field(default_factory=set)
    acknowledged: set[int] = field(default_factory=set)


def to_read(person: User, at: dt.datetime | None = None) -> SOPReleaseQuerySet:
    """Releases in force for the person's roles that the person has yet to acknowledge.

    A minor release needs no acknowledgement of its own: whoever acknowledged the last major one
    has nothing to do, whoever did not reads the minor one, since it is the one in force.
    """
    at = at or timezone.now()
    roles = roles_of(person, timezone.localtime(at).date())
    releases = SOPRelease.objects.in_force(at).visible_to(person, at).for_roles(roles)
    anchors = _anchors(at)
    covered = _covered([person.pk], at).get(person.pk, {})
    due = [
        release.pk
        for release in releases
        if release.sop_key in anchors and covered.get(release.sop_key, 0) < anchors[release.sop_key]
    ]
    return releases.filter(pk__in=due).with_texts().order_by("effective_from", "code")


def acknowledged_release(
    person: User, release: SOPRelease, at: dt.datetime | None = None
) -> Acknowledgement | None:
    """What the person acknowledged last of this SOP, if that covers `release`."""
    at = at or timezone.now()
    anchor = _anchors(at).get(release.sop_key)
    if anchor is None:
        return None
    return (
        Acknowledgement.objects.filter(
            person=person,
            acknowledged_at__lte=at,
            release__sop_key=release.sop_key,
            release__sequence__gte=anchor,
        )
        .select_related("release")
        .order_by("-release__sequence")
        .first()
    )


def is_asked(quiz: Quiz) -> bool:
    """A module asks the quiz, asked it, or is written to: it can't be deleted."""
    return (
        quiz.attempts.exists()
        or ModuleVersion.objects.filter(quiz=quiz).exists()
        or ModulePage.objects.filter(quiz=quiz).exists()
    )


def _anchors(at: dt.datetime) -> dict:
    """By SOP, the running number of the last release until `at` that asks to be acknowledged."""
    asking = SOPRelease.objects.effective(at).filter(requires_acknowledgement=True)
    return dict(asking.order_by().values_list("sop_key").annotate(Max("sequence")))


def _covered(people: Iterable[int], at: dt.datetime) -> dict[int, dict]:
    """By person and SOP, the highest running number that the person acknowledged until `at`."""
    rows = (
        Acknowledgement.objects.filter(person__in=people, acknowledged_at__lte=at)
        .order_by()
        .values_list("person", "release__sop_key")
        .annotate(Max("release__sequence"))
    )
    found: dict[int, dict] = defaultdict(dict)
    for person, key, sequence in rows:
        found[person][key] = sequence
    return found


def to_learn(person: User, at: dt.datetime | None = None) -> QuerySet[Assignment]:
    """The person's open assignments that existed by `at`, the most urgent first."""
    at = at or timezone.now()
    return (
        Assignment.objects.filter(
            Q(done_at=None) | Q(done_at__gt=at),
            Q(ended_at=None) | Q(ended_at__gt=at),
            person=person,
            assigned_at__lte=at,
        )
        .select_related("module__current__quiz", "module__team", "role", "release")
        .prefetch_related("module__current__texts")
    )


def competence(people: Iterable[User], on: dt.date) -> dict[int, Competence]:
    """By primary key, what each person had to show and had shown by the end of `on`.

    A fixed number of queries, whatever the number of people.
    """
    ids = [person.pk for person in people]
    at = end_of(on)
    found = {pk: Competence() for pk in ids}
    roles = _roles(ids, on)
    valid = _valid(found, on, at)
    _requirements(found, roles, valid, at)
    _certificates(found, valid, at)
    _scores(found, at)
    _acknowledgements(found, roles, at)
    return found


def end_of(day: dt.date) -> dt.datetime:
    """The last moment of a day at the site."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


def _roles(ids: list[int], on: dt.date) -> dict[int, set[int]]:
    held: dict[int, set[int]] = defaultdict(set)
    for person, role in (
        RoleHolding.objects.on(on).filter(person__in=ids).values_list("person", "role")
    ):
        held[person].add(role)
    return held


def _valid(found: Iterable[int], on: dt.date, at: dt.datetime) -> set[tuple[int, int]]:
    """(person, module) with a certificate in force."""
    rows = Certification.objects.valid_on(on).filter(person__in=found, issued_at__lte=at)
    return set(rows.values_list("person", "module"))


def _requirements(
    found: dict[int, Competence],
    roles: dict[int, set[int]],
    valid: set[tuple[int, int]],
    at: dt.datetime,
) -> None:
    """From the version of each module that was the approved one at the time."""
    last = ModuleVersion.objects.filter(approved_at__lte=at).filter(
        Q(module__retired_at=None) | Q(module__retired_at__gt=at)
    )
    numbers = dict(last.order_by().values_list("module").annotate(Max("number")))
    asked = ModuleVersion.roles.through.objects.filter(
        moduleversion__approved_at__lte=at, moduleversion__module__in=numbers
    ).values_list("role", "moduleversion__module", "moduleversion__number")
    by_role: dict[int, set[int]] = defaultdict(set)
    for role, module, number in asked:
        if numbers[module] == number:
            by_role[role].add(module)
    for person, held in roles.items():
        for role in held:
            found[person].required |= by_role[role]
    given = Assignment.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=at), person__in=found, assigned_at__lte=at
    ).exclude(reason=Assignment.Reason.OWN)
    for person, module, done_at in given.values_list("person", "module", "done_at"):
        is_open = done_at is None or done_at > at
        if module in numbers and (is_open or (person, module) in valid):
            found[person].required.add(module)


def _certificates(
    found: dict[int, Competence], valid: set[tuple[int, int]], at: dt.datetime
) -> None:
    issued = Certification.objects.filter(person__in=found, issued_at__lte=at)
    for person, module in issued.values_list("person", "module"):
        if module in found[person].required:
            held = found[person].certified if (person, module) in valid else found[person].expired
            held.add(module)


def _scores(found: dict[int, Competence], at: dt.datetime) -> None:
    results = (
        Result.objects.filter(attempt__person__in=found, made_at__lte=at)
        .order_by("attempt", "number")
        .values_list("attempt", "attempt__person", "attempt__version__module", "marks", "max_marks")
    )
    # The last result of an attempt counts.
    counting = {row[0]: row for row in results}
    for _attempt, person, module, marks, max_marks in counting.values():
        score = Score(marks, max_marks)
        best = found[person].best_scores.get(module)
        if best is None or score.percent > best.percent:
            found[person].best_scores[module] = score


def _acknowledgements(
    found: dict[int, Competence], roles: dict[int, set[int]], at: dt.datetime
) -> None:
    anchors = _anchors(at)
    covered = _covered(found, at)
    in_force = SOPRelease.objects.in_force(at).filter(sop_key__in=anchors)
    sop_of = dict(in_force.values_list("pk", "sop_key"))
    by_role: dict[int, set[int]] = defaultdict(set)
    for role, release in SOPRelease.roles.through.objects.filter(
        soprelease__in=in_force
    ).values_list("role", "soprelease"):
        by_role[role].add(release)
    for person, held in roles.items():
        mine = set().union(*(by_role[role] for role in held))
        found[person].to_acknowledge = mine
        found[person].acknowledged = {
            release
            for release in mine
            if covered.get(person, {}).get(sop_of[release], 0) >= anchors[sop_of[release]]
        }
