"""Reads across people, teams and roles, on a given day."""

from __future__ import annotations

import datetime as dt
import unicodedata

from django.db.models import Prefetch, Q, QuerySet

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


def listed(
    people: UserQuerySet,
    *,
    q: str = "",
    team: Team | None = None,
    role: Role | None = None,
    state: str = "present",
    on: dt.date,
) -> QuerySet[User]:
    """People as a list shows them: narrowed down, each with `home` and `holdings` of the day.

    `state` is one of `people.forms.PeopleFilter.STATES`.
    """
    for word in unicodedata.normalize("NFKC", q).split():
        people = people.filter(Q(name__icontains=word) | Q(employee_number__icontains=word))
    if team is not None:
        teams = Team.objects.filter(pk=team.pk).with_descendants()
        people = people.filter(
            pk__in=Membership.objects.on(on).filter(team__in=teams).values("person")
        )
    if role is not None:
        holding = RoleHolding.objects.on(on).filter(role=role)
        people = people.filter(pk__in=holding.values("person"))
    gone = Q(left_on__lte=on)
    narrowed = {
        "present": people.exclude(gone),
        "new": people.exclude(gone).filter(is_active=True, last_login=None),
        "closed": people.exclude(gone).filter(is_active=False),
        "left": people.filter(gone),
    }.get(state, people)
    return with_todays_facts(narrowed, on)


def with_todays_facts(people: QuerySet[User], on: dt.date) -> QuerySet[User]:
    """Each person with `home` (memberships) and `holdings` (roles) of the day, in two queries."""
    return people.prefetch_related(
        Prefetch("memberships", Membership.objects.on(on).select_related("team"), to_attr="home"),
        Prefetch(
            "role_holdings", RoleHolding.objects.on(on).select_related("role"), to_attr="holdings"
        ),
    )
