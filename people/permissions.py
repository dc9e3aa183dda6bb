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


def authority(user: User) -> int:
    """How far an account reaches, open or closed; nobody may take one that reaches further."""
    if user.is_superuser:
        return 3
    if groups.ADMINISTRATORS in user.group_names:
        return 2
    return 1 if groups.HR in user.group_names else 0


def can_manage_person(user: Anyone, person: User) -> bool:
    """May change the record, and so the access, of this person.

    Issuing a code or changing the e-mail address is a way into the account: HR may not do it to
    an administrator.
    """
    return (
        isinstance(user, User) and can_manage_people(user) and authority(person) <= authority(user)
    )


def can_grant(user: Anyone, person: User, names: set[str]) -> bool:
    """May add the person to these groups or take the person out; never oneself."""
    if user.pk == person.pk or not can_manage_person(user, person):
        return False
    return is_administrator(user) or names.isdisjoint({groups.HR, groups.ADMINISTRATORS})


def can_see_audit(user: Anyone) -> bool:
    """Reads who did what to whom."""
    return in_group(user, groups.HR, groups.AUDITORS, groups.ADMINISTRATORS)
