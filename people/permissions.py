"""Who may do what with people, teams and roles."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from people import groups
from people.models import Team, User

Anyone = User | AnonymousUser


def in_group(user: Anyone, *names: str) -> bool:
    """Active member of one of the groups; a superuser counts as an administrator."""
    if not isinstance(user, User) or not user.is_active:
        return False
    if user.is_superuser and groups.ADMINISTRATORS in names:
        return True
    return not user.group_names.isdisjoint(names)


def is_hr(user: Anyone) -> bool:
    return in_group(user, groups.HR)


def is_manager(user: Anyone) -> bool:
    return in_group(user, groups.MANAGERS)


def is_auditor(user: Anyone) -> bool:
    return in_group(user, groups.AUDITORS)


def is_approver(user: Anyone) -> bool:
    return in_group(user, groups.APPROVERS)


def is_administrator(user: Anyone) -> bool:
    return in_group(user, groups.ADMINISTRATORS)


def leads_any_team(user: Anyone) -> bool:
    return Team.objects.led_by(user).exists()


def can_view_person(user: Anyone, person: User) -> bool:
    """Matches `User.objects.visible_to`."""
    return User.objects.visible_to(user).filter(pk=person.pk).exists()


def can_manage_people(user: Anyone) -> bool:
    """Adds, moves and ends people, teams and roles, and issues sign-in codes."""
    return in_group(user, groups.HR, groups.ADMINISTRATORS)
