"""Reads across people, teams and roles, on a given day."""

from __future__ import annotations

import datetime as dt

from people.models import (
    Membership,
    Role,
    RoleHolding,
    SourceAccount,
    Team,
    TeamQuerySet,
    User,
    UserQuerySet,
)


def members_of(teams: TeamQuerySet, on: dt.date) -> UserQuerySet:
    """People of the teams on a day, leads included."""
    return User.objects.members_of(teams, on)


def roles_of(person: User, on: dt.date) -> list[Role]:
    held = RoleHolding.objects.on(on).filter(person=person).select_related("role")
    return [holding.role for holding in held]


def team_of(person: User, on: dt.date) -> Team | None:
    """The home team on a day."""
    held = (
        Membership.objects.on(on)
        .filter(person=person, kind=Membership.Kind.MEMBER)
        .select_related("team")
        .first()
    )
    return held.team if held else None


def lead_of(person: User, on: dt.date) -> User | None:
    """Who leads the person: the own team's lead, or the next one above when that is oneself."""
    team = team_of(person, on)
    passed: set[int] = set()
    while team is not None and team.pk not in passed:
        passed.add(team.pk)
        leads = (
            Membership.objects.on(on)
            .filter(team=team, kind=Membership.Kind.LEAD)
            .exclude(person=person)
            .select_related("person")
        )
        if found := leads.first():
            return found.person
        team = team.parent
    return None


def person_for_account(system: str, account: str, on: dt.date) -> User | None:
    """Who used the badge or login on a day; badges are used again by others later."""
    held = (
        SourceAccount.objects.on(on)
        .filter(system=system, account=account)
        .select_related("person")
        .first()
    )
    return held.person if held else None
