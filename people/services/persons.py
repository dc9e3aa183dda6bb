"""People themselves: their record, their groups, their coming and going."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people import groups
from people.audit import record
from people.models import Membership, Role, Team, User
from people.numbers import fold_number, validate_number
from people.permissions import can_grant, can_manage_person
from people.services.accounts import end_account
from people.services.common import NotAllowed, PeopleError, end, lock
from people.services.roles import end_role, start_role
from people.services.teams import end_team_lead, join_team


@transaction.atomic
def add_person(
    *,
    employee_number: str,
    name: str,
    by: User | None,
    email: str | None = None,
    language: str = "zh-hans",
    hired_on: dt.date | None = None,
    password: str | None = None,
    team: Team | None = None,
    roles: Iterable[Role] = (),
) -> User:
    """Team and roles are held from the first day of work, or from today.

    Raises PeopleError when the number is malformed, or it or the e-mail address is taken.
    """
    number = fold_number(employee_number)
    try:
        validate_number(number)
    except ValidationError as error:
        raise PeopleError(
            _("Employee number %(number)s: %(reason)s")
            % {"number": employee_number, "reason": error.message},
            field="employee_number",
        ) from error
    if User.objects.filter(employee_number__iexact=number).exists():
        raise PeopleError(
            _("Employee number %(number)s is already in use.") % {"number": number},
            field="employee_number",
        )
    address = _free_email(email, None)
    try:
        with transaction.atomic():
            person = User.objects.create_user(
                number, name, password, email=address, language=language, hired_on=hired_on
            )
    except IntegrityError as error:  # another request was quicker
        raise PeopleError(
            _("Employee number %(number)s is already in use.") % {"number": number},
            field="employee_number",
        ) from error
    person.groups.add(Group.objects.get(name=groups.STAFF))
    record(by=by, verb="person.added", target=person)
    first_day = hired_on or timezone.localdate()
    if team is not None:
        join_team(person=person, team=team, on=first_day, by=by)
    for role in roles:
        start_role(person=person, role=role, on=first_day, by=by)
    return person


@transaction.atomic
def change_person(
    *,
    person: User,
    name: str,
    email: str | None,
    language: str,
    hired_on: dt.date | None,
    by: User | None,
) -> None:
    """Raises NotAllowed for a person above the actor, PeopleError for a taken e-mail address."""
    stored = lock(person)
    address = _free_email(email, person)
    if stored.left_on and hired_on and hired_on >= stored.left_on:
        raise PeopleError(
            _("The day of joining must be before the day of leaving, %(day)s.")
            % {"day": stored.left_on.isoformat()}
        )
    wanted = {
        "name": name.strip(),
        "email": address,
        "language": language,
        "hired_on": hired_on,
    }
    changed = [field for field, value in wanted.items() if getattr(stored, field) != value]
    if not changed:
        return
    _require_authority(by, person)
    for field, value in wanted.items():
        setattr(person, field, value)
    person.save(update_fields=changed)
    if "email" in changed:
        # allauth keeps addresses of its own, by which the old one would still sign in.
        EmailAddress.objects.filter(user=person).delete()
    record(
        by=by,
        verb="person.changed",
        target=person,
        changes={
            field: [_plain(getattr(stored, field)), _plain(wanted[field])] for field in changed
        },
    )


@transaction.atomic
def choose_language(*, person: User, language: str, by: User | None) -> None:
    """The language of the interface, of notices and of the person's scorecard."""
    if person.language == language:
        return
    person.language = language
    person.save(update_fields=["language"])
    record(by=by, verb="person.language", target=person, language=language)


@transaction.atomic
def set_groups(*, person: User, names: set[str], by: User | None) -> None:
    """Makes the person a member of exactly these groups, Staff always among them.

    Only the groups of `people.groups` are touched, and of those not Team leads, which follows
    from leading a team. Raises NotAllowed when the actor may not grant or withdraw one of them.
    """
    lock(person)
    present = set(person.groups.values_list("name", flat=True))
    grantable = set(groups.ALL) - {groups.TEAM_LEADS}
    wanted = (set(names) & grantable) | {groups.STAFF} | (present - grantable)
    changed = present ^ wanted
    if not changed:
        return
    if by is not None and not can_grant(by, person, changed):
        raise NotAllowed(
            _("You may not change these groups of %(person)s.") % {"person": person.name}
        )
    person.groups.set(Group.objects.filter(name__in=wanted))
    record(
        by=by,
        verb="person.groups",
        target=person,
        groups=sorted(wanted),
        added=sorted(wanted - present),
        removed=sorted(present - wanted),
    )


@transaction.atomic
def allow_sign_in(*, person: User, allowed: bool, by: User | None) -> None:
    """Closes or opens sign-in without ending employment; closing holds for open sessions too."""
    _require_authority(by, person)
    if allowed and lock(person).has_left(timezone.localdate()):
        raise PeopleError(
            _("%(person)s has left; record the return first.") % {"person": person.name}
        )
    person.is_active = allowed
    person.save(update_fields=["is_active"])
    record(by=by, verb="sign_in.opened" if allowed else "sign_in.closed", target=person)


@transaction.atomic
def leave(*, person: User, on: dt.date, by: User | None) -> None:
    """`on` is the first day no longer employed: everything the person held ends on it.

    Sign-in closes with that day, at once when it has come. Raises NotAllowed for a person above
    the actor, PeopleError when the person has left already or would leave before being hired.
    """
    _require_authority(by, person)
    stored = lock(person)
    if stored.left_on is not None and stored.left_on <= on:
        raise PeopleError(
            _("%(person)s has already left on %(day)s.")
            % {"person": person.name, "day": stored.left_on.isoformat()}
        )
    if stored.hired_on is not None and on <= stored.hired_on:
        raise PeopleError(
            _("The day of leaving must be after the day of joining, %(day)s.")
            % {"day": stored.hired_on.isoformat()}
        )
    memberships = person.memberships.overlapping(on, None).select_related("team")
    for team in {held.team for held in memberships.filter(kind=Membership.Kind.LEAD)}:
        end_team_lead(team=team, person=person, on=on, by=by)
    roles = person.role_holdings.overlapping(on, None).select_related("role")
    for role in {held.role for held in roles}:
        end_role(person=person, role=role, on=on, by=by)
    for held in memberships.filter(kind=Membership.Kind.MEMBER):
        end(held, on)
    for linked in person.source_accounts.overlapping(on, None):
        end_account(linked=linked, on=on, by=by)
    person.left_on = on
    person.save(update_fields=["left_on"])
    record(by=by, verb="person.left", target=person, on=on.isoformat())
    if person.has_left(timezone.localdate()):
        close_access(person, by=by)


@transaction.atomic
def rehire(*, person: User, on: dt.date, by: User | None) -> None:
    """The person comes back on `on`, keeps number and history, and signs in by a new code."""
    _require_authority(by, person)
    stored = lock(person)
    if stored.left_on is None:
        raise PeopleError(_("%(person)s has not left.") % {"person": person.name})
    if on < stored.left_on:
        raise PeopleError(
            _("The day of return can't be before the day of leaving, %(day)s.")
            % {"day": stored.left_on.isoformat()}
        )
    person.hired_on, person.left_on, person.is_active = on, None, True
    person.save(update_fields=["hired_on", "left_on", "is_active"])
    record(by=by, verb="person.rehired", target=person, on=on.isoformat())


def close_access(person: User, *, by: User | None) -> None:
    """Refuses sign-in, and makes every open session, reset link and code worthless for good."""
    person.is_active = False
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])
    person.sign_in_codes.filter(used_at=None).update(expires_at=timezone.now())
    record(by=by, verb="sign_in.closed", target=person)


def _require_authority(by: User | None, person: User) -> None:
    if by is not None and not can_manage_person(by, person):
        raise NotAllowed(_("You may not change %(person)s.") % {"person": person.name})


def _free_email(email: str | None, person: User | None) -> str | None:
    address = (email or "").strip().lower() or None
    taken = User.objects.filter(email=address)
    if person is not None:
        taken = taken.exclude(pk=person.pk)
    if address and taken.exists():
        raise PeopleError(
            _("The e-mail address %(email)s is already in use.") % {"email": address},
            field="email",
        )
    return address


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value
