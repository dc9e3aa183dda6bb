"""Who has to take which module and why; when a duty begins, is fulfilled and ends."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from people.audit import record
from people.models import Role, RoleHolding, User
from sop.models import SOPRelease
from training.models import (
    RENEWAL_DAYS,
    Acknowledgement,
    Assignment,
    Certification,
    Module,
)
from training.services.errors import NotInForce, TrainingError

Reason = Assignment.Reason


@transaction.atomic
def assign(
    *,
    person: User,
    module: Module,
    by: User | None,
    reason: str = Reason.LEAD,
    due_on: dt.date | None = None,
    role: Role | None = None,
    release: SOPRelease | None = None,
    note: str = "",
    at: dt.datetime | None = None,
) -> Assignment:
    """The person's one open duty to take the module; an earlier due date shortens it.

    Without `due_on` it is due the module's own number of days after `at`; a module that the
    person chose has no due date.
    """
    at = at or timezone.now()
    if not Module.objects.offered().filter(pk=module.pk).exists():
        raise TrainingError(
            _("%(module)s is no longer offered. Choose another module.") % {"module": module.title}
        )
    if due_on is None and reason != Reason.OWN:
        due_on = timezone.localtime(at).date() + dt.timedelta(days=module.version.due_days)
    try:
        with transaction.atomic():
            assignment = Assignment.objects.create(
                person=person,
                module=module,
                reason=reason,
                role=role,
                release=release,
                note=note.strip(),
                assigned_at=at,
                assigned_by=by,
                due_on=due_on,
            )
    except IntegrityError:
        # Only the constraint knows for certain whether there is an open one already.
        open_ones = Assignment.objects.open().filter(person=person, module=module)
        assignment = open_ones.get()
        if due_on is not None:
            open_ones.filter(Q(due_on=None) | Q(due_on__gt=due_on)).update(due_on=due_on)
            assignment.refresh_from_db()
        return assignment
    record(
        by=by,
        verb="training.assigned",
        target=assignment,
        at=at,
        reason=str(reason),
        due_on=due_on.isoformat() if due_on else None,
    )
    return assignment


@transaction.atomic
def assign_for_role(
    *,
    person: User,
    role: Role,
    by: User | None,
    starts_on: dt.date | None = None,
    at: dt.datetime | None = None,
) -> list[Assignment]:
    """The duties of a role for a person who holds it: each of its modules not yet certified.

    Due the module's own number of days after `starts_on`, or after `at` if the role began before.
    """
    at = at or timezone.now()
    day = timezone.localtime(at).date()
    held = Certification.objects.valid_on(day).filter(person=person)
    missing = Module.objects.required_by([role]).exclude(pk__in=held.values("module"))
    start = max(day, starts_on or day)
    return [
        assign(
            person=person,
            module=module,
            reason=Reason.ROLE,
            role=role,
            by=by,
            at=at,
            due_on=start + dt.timedelta(days=module.version.due_days),
        )
        for module in missing.select_related("current")
    ]


@transaction.atomic
def end_for_role(
    *, person: User, role: Role, by: User | None, at: dt.datetime | None = None
) -> list[Assignment]:
    """Ends the duties that came with a role which the person no longer holds.

    Another role that asks for the same keeps them, and so does the role itself while its end
    lies ahead. What a lead gave, or the person chose, stays. Nothing is deleted.
    """
    at = at or timezone.now()
    held = RoleHolding.objects.overlapping(timezone.localtime(at).date(), None)
    held = held.filter(person=person)
    if held.filter(role=role).exists():
        return []
    ended = []
    duties = Assignment.objects.open().filter(
        Q(role=role) | Q(reason=Reason.RELEASE, module__in=Module.objects.required_by([role])),
        person=person,
    )
    for duty in duties.select_related("module__current"):
        other = duty.module.version.roles.filter(pk__in=held.values("role")).first()
        if other is not None:
            Assignment.objects.filter(pk=duty.pk).update(role=other)
            continue
        note = _("No longer in the role %(role)s") % {"role": role.name}
        Assignment.objects.open().filter(pk=duty.pk).update(ended_at=at, ended_note=note)
        record(by=by, verb="training.ended", target=duty, at=at, role=role.slug)
        ended.append(duty)
    return ended


def end_lapsed(*, at: dt.datetime | None = None) -> list[Assignment]:
    """Ends the duties of roles whose last day has passed. Meant to run once a day."""
    at = at or timezone.now()
    held = RoleHolding.objects.overlapping(timezone.localtime(at).date(), None).filter(
        person=OuterRef("person"), role=OuterRef("role")
    )
    lapsed = Assignment.objects.open().filter(~Exists(held), role__isnull=False)
    return [
        ended
        for duty in lapsed.select_related("person", "role")
        for ended in end_for_role(person=duty.person, role=duty.role, by=None, at=at)
    ]


@transaction.atomic
def assign_for_release(
    *, release: SOPRelease, by: User | None, at: dt.datetime | None = None
) -> list[Assignment]:
    """Makes the modules about an SOP due again when a release of it changes the work.

    The first release of an SOP makes nothing due again: nobody has learned it yet. Due from the
    day on which the release comes into force.
    """
    at = at or timezone.now()
    if not release.requires_acknowledgement or release.sequence == 1:
        return []
    made = []
    start = max(timezone.localtime(at).date(), timezone.localtime(release.effective_from).date())
    modules = Module.objects.about_sop(release.sop_key).filter(current__retake_on_release=True)
    for module in modules.select_related("current"):
        due_on = start + dt.timedelta(days=module.version.due_days)
        made += [
            assign(
                person=person,
                module=module,
                reason=Reason.RELEASE,
                release=release,
                due_on=due_on,
                by=by,
                at=at,
            )
            for person, _role in holders_of(module, start)
        ]
    return made


@transaction.atomic
def assign_for_module(
    *, module: Module, by: User | None, at: dt.datetime | None = None
) -> list[Assignment]:
    """The duties that a newly approved version brings to those who hold its roles already."""
    at = at or timezone.now()
    day = timezone.localtime(at).date()
    held = set(
        Certification.objects.valid_on(day).filter(module=module).values_list("person", flat=True)
    )
    return [
        assign(person=person, module=module, reason=Reason.ROLE, role=role, by=by, at=at)
        for person, role in holders_of(module, day)
        if person.pk not in held
    ]


def assign_renewals(*, at: dt.datetime | None = None) -> list[Assignment]:
    """Makes due again what runs out soon or ran out, for everybody whose role asks for it.

    Due on the day on which the certificate ends, or the module's own days from now if it ended.
    Meant to run once a day; run twice, it adds nothing.
    """
    at = at or timezone.now()
    day = timezone.localtime(at).date()
    horizon = day + dt.timedelta(days=RENEWAL_DAYS)
    made = []
    for module in Module.objects.offered().select_related("current"):
        issued = Certification.objects.filter(module=module)
        certified = set(issued.values_list("person", flat=True))
        valid = issued.valid_on(day)
        lasting = valid.filter(Q(expires_on=None) | Q(expires_on__gt=horizon))
        settled = set(lasting.values_list("person", flat=True)) | set(
            Assignment.objects.open().filter(module=module).values_list("person", flat=True)
        )
        ends = dict(valid.order_by("expires_on").values_list("person", "expires_on"))
        for person, role in holders_of(module, day):
            if person.pk in settled:
                continue
            reason = Reason.RENEWAL if person.pk in certified else Reason.ROLE
            made.append(
                assign(
                    person=person,
                    module=module,
                    reason=reason,
                    role=role,
                    by=None,
                    at=at,
                    due_on=ends.get(person.pk),
                )
            )
    return made


def holders_of(module: Module, day: dt.date) -> list[tuple[User, Role]]:
    """Who works here on the day in a role that the module is required for, and in which one."""
    people = User.objects.employed_on(day).filter(is_active=True)
    held = (
        RoleHolding.objects.on(day)
        .filter(role__in=module.version.roles.all(), person__in=people)
        .select_related("person", "role")
        .order_by("-role__slug")
    )
    return list({holding.person_id: (holding.person, holding.role) for holding in held}.values())


@transaction.atomic
def end_assignment(
    *, assignment: Assignment, note: str, by: User, at: dt.datetime | None = None
) -> None:
    """Releases a person from a duty, for a reason that stays in the history."""
    at = at or timezone.now()
    if not note.strip():
        raise TrainingError(_("Say why the module is no longer due."))
    ended = Assignment.objects.open().filter(pk=assignment.pk)
    if not ended.update(ended_at=at, ended_note=note.strip()):
        raise TrainingError(_("This assignment is no longer open."))
    record(by=by, verb="training.ended", target=assignment, at=at, note=note.strip())


@transaction.atomic
def allow_another_attempt(
    *, assignment: Assignment, by: User, at: dt.datetime | None = None
) -> None:
    """One attempt more than the quiz allows, for this duty only."""
    duty = Assignment.objects.open().filter(pk=assignment.pk)
    if not duty.update(extra_attempts=F("extra_attempts") + 1):
        raise TrainingError(_("This assignment is no longer open."))
    record(by=by, verb="training.attempt_allowed", target=assignment, at=at)


def acknowledge(
    *, person: User, release: SOPRelease, at: dt.datetime | None = None
) -> Acknowledgement:
    """Keeps that the person read and understood this very release; once, however often sent.

    Raises NotInForce unless the release is in force at `at` and the person may see it.
    """
    at = at or timezone.now()
    visible = SOPRelease.objects.visible_to(person, at).filter(pk=release.pk)
    if not visible.exists() or not release.is_in_force(at):
        raise NotInForce(
            _("%(code)s %(number)s is not in force any more. Read the release in force.")
            % {"code": release.code, "number": release.number}
        )
    try:
        with transaction.atomic():
            acknowledgement = Acknowledgement.objects.create(
                person=person, release=release, acknowledged_at=at
            )
            record(by=person, verb="release.acknowledged", target=release, at=at)
    except IntegrityError:
        return Acknowledgement.objects.get(person=person, release=release)
    return acknowledgement
