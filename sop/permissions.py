"""Who may do what with a procedure."""

from __future__ import annotations

from people import groups
from people.models import Team
from people.permissions import Anyone, in_group, is_approver
from sop.models import SOPPage, SOPRelease


def can_read(user: Anyone, release: SOPRelease) -> bool:
    """Matches `SOPRelease.objects.visible_to`."""
    return SOPRelease.objects.visible_to(user).filter(pk=release.pk).exists()


def can_edit(user: Anyone, page: SOPPage) -> bool:
    """As Wagtail's editor decides it: the team's leads, and administrators."""
    return user.is_authenticated and page.permissions_for_user(user).can_edit()


def can_withdraw(user: Anyone, release: SOPRelease) -> bool:
    """The team's leads, approvers and administrators."""
    return (
        is_approver(user)
        or in_group(user, groups.ADMINISTRATORS)
        or Team.objects.led_by(user).filter(pk=release.team_id).exists()
    )
