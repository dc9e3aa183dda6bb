"""Changes to people, teams and roles: each one transaction, each with an audit record."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from people import groups, signals
from people.audit import record
from people.models import Membership, Role, RoleHolding, SourceAccount, Team, User

LEAD_PERMISSIONS = ("lead_team", "view_team_scorecards")


class PeopleError(Exception):
    """A change that would make the record of people untrue; the message says what to mend."""


@transaction.atomic
def add_team(
    *, slug: str, name_en: str = "", name_zh: str = "", parent: Team | None = None,
    by: User | None,
) -> Team:
    team = Team.objects.create(slug=slug, name_en=name_en, name_zh=name_zh, parent=parent)
    record(by=by, verb="team.added", target=team)
    signals.team_created.send(Team, team=team, by=by)
    return team


@transaction.atomic
def add_role(*, slug: str, name_en: str = "", name_zh: str = "", by: User | None) -> Role:
    role = Role.objects.create(slug=slug, name_en=name_en, name_zh=name_zh)
    record(by=by, verb="role.added", target=role)
    return role


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
) -> User:
    """Raises PeopleError when the number or the e-mail address is taken."""
    if User.objects.filter(employee_number__iexact=employee_number.strip()).exists():
        raise PeopleError(
            _("Employee number %(number)s is already in use.") % {"number": employee_number}
        )
    if email and User.objects.filter(email=email.strip().lower()).exists():
        raise PeopleError(_("The e-mail address %(email)s is already in use.") % {"email": email})
    person = User.objects.create_user(
        employee_number, name, password, email=email, language=language, hired_on=hired_on
    )
    person.groups.add(Group.objects.get(name=groups.STAFF))
    record(by=by, verb="person.added", target=person)
    return person


@transaction.atomic
def set_groups(*, person: User, names: set[str], by: User | None) -> None:
    """Makes the person a member of exactly these groups, Staff always among them.

    Team leads follow from leading a team, so that group is left as it is.
    """
    kept = {groups.TEAM_LEADS} & set(person.groups.values_list("name", flat=True))
    wanted = (set(names) - {groups.TEAM_LEADS}) | {groups.STAFF} | kept
    person.groups.set(Group.objects.filter(name__in=wanted))
    record(by=by, verb="person.groups", target=person, groups=sorted(wanted))


@transaction.atomic
def join_team(*, person: User, team: Team, on: dt.date, by: User | None) -> Membership:
    """Makes `team` the home team from `on`; the one before ends on that day."""
    current = person.memberships.open().filter(kind=Membership.Kind.MEMBER).first()
    if current is not None and current.team_id == team.pk:
        return current
    if current is not None:
        _end(current, on)
    held = Membership.objects.create(person=person, team=team, starts_on=on)
    record(by=by, verb="team.joined", target=person, team=team.slug, on=on.isoformat())
    return held


@transaction.atomic
def start_role(*, person: User, role: Role, on: dt.date, by: User | None) -> RoleHolding:
    held = person.role_holdings.open().filter(role=role).first()
    if held is not None:
        return held
    held = RoleHolding.objects.create(person=person, role=role, starts_on=on)
    record(by=by, verb="role.started", target=person, role=role.slug, on=on.isoformat())
    signals.role_changed.send(RoleHolding, person=person, role=role, holds=True, on=on, by=by)
    return held


@transaction.atomic
def end_role(*, person: User, role: Role, on: dt.date, by: User | None) -> None:
    held = person.role_holdings.open().filter(role=role).first()
    if held is None:
        raise PeopleError(
            _("%(person)s does not hold the role %(role)s.")
            % {"person": person.name, "role": role.name}
        )
    _end(held, on)
    record(by=by, verb="role.ended", target=person, role=role.slug, on=on.isoformat())
    signals.role_changed.send(RoleHolding, person=person, role=role, holds=False, on=on, by=by)


@transaction.atomic
def set_team_lead(*, team: Team, person: User, on: dt.date, by: User | None) -> Membership:
    """Grants the team's object rights, and through `lead_changed` its section of pages."""
    held = team.memberships.open().filter(person=person, kind=Membership.Kind.LEAD).first()
    if held is not None:
        return held
    held = Membership.objects.create(
        team=team, person=person, kind=Membership.Kind.LEAD, starts_on=on
    )
    for permission in LEAD_PERMISSIONS:
        assign_perm(f"people.{permission}", person, team)
    person.groups.add(Group.objects.get(name=groups.TEAM_LEADS))
    record(by=by, verb="lead.set", target=team, person=person.pk, on=on.isoformat())
    signals.lead_changed.send(Team, team=team, person=person, leads=True, by=by)
    return held


@transaction.atomic
def end_team_lead(*, team: Team, person: User, on: dt.date, by: User | None) -> None:
    """Withdraws at once, at every door, what `set_team_lead` granted."""
    held = team.memberships.open().filter(person=person, kind=Membership.Kind.LEAD).first()
    if held is None:
        raise PeopleError(
            _("%(person)s does not lead the team %(team)s.")
            % {"person": person.name, "team": team.name}
        )
    _end(held, on)
    for permission in LEAD_PERMISSIONS:
        remove_perm(f"people.{permission}", person, team)
    if not person.memberships.open().filter(kind=Membership.Kind.LEAD).exists():
        person.groups.remove(Group.objects.get(name=groups.TEAM_LEADS))
    record(by=by, verb="lead.ended", target=team, person=person.pk, on=on.isoformat())
    signals.lead_changed.send(Team, team=team, person=person, leads=False, by=by)


@transaction.atomic
def link_account(
    *, person: User, system: str, account: str, on: dt.date, by: User | None,
    ends_on: dt.date | None = None,
) -> SourceAccount:
    """Says that a badge or login was the person's; raises PeopleError when it was another's."""
    rows = SourceAccount.objects.filter(system=system, account=account)
    clash = rows.overlapping(on, ends_on).select_related("person").first()
    if clash is not None and clash.person_id == person.pk:
        return clash
    if clash is not None:
        raise PeopleError(
            _("%(system)s account %(account)s belongs to %(person)s then; end that first.")
            % {"system": system, "account": account, "person": clash.person}
        )
    linked = SourceAccount.objects.create(
        person=person, system=system, account=account, starts_on=on, ends_on=ends_on
    )
    record(by=by, verb="account.linked", target=person, system=system, account=account)
    return linked


@transaction.atomic
def leave(*, person: User, on: dt.date, by: User | None) -> None:
    """Ends leads, memberships, roles and accounts on the day, and closes sign-in at once."""
    for held in person.memberships.open().filter(kind=Membership.Kind.LEAD):
        end_team_lead(team=held.team, person=person, on=on, by=by)
    for held in person.role_holdings.open().select_related("role"):
        end_role(person=person, role=held.role, on=on, by=by)
    for held in [*person.memberships.open(), *person.source_accounts.open()]:
        _end(held, on)
    person.left_on = on
    person.is_active = False
    person.save(update_fields=["left_on", "is_active"])
    record(by=by, verb="person.left", target=person, on=on.isoformat())


def _end(held: Membership | RoleHolding | SourceAccount, on: dt.date) -> None:
    """Ends a dated fact; one that would end on its first day never held, so it goes."""
    if on <= held.starts_on:
        held.delete()
    else:
        held.ends_on = on
        held.save(update_fields=["ends_on"])
