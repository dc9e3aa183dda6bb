"""Who may do what with a procedure."""

from __future__ import annotations

from typing import Any

from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import Collection, Page
from wagtail.permissions import page_permission_policy

from people import groups
from people.models import Team
from people.permissions import Anyone, in_group, is_approver
from sop.approval import may_approve
from sop.models import ControlledPage, FourEyesTaskState, SOPRelease

PAGE_RIGHTS = {"add", "change", "publish", "lock", "unlock", "bulk_delete"}
IMAGE_RIGHTS = ["choose", "change", "delete"]


def can_read(user: Anyone, release: SOPRelease) -> bool:
    """Matches `SOPRelease.objects.visible_to`."""
    return SOPRelease.objects.visible_to(user).filter(pk=release.pk).exists()


def can_edit(user: Anyone, page: ControlledPage) -> bool:
    """The team's leads, and administrators.

    Wagtail's own `can_edit` also opens the (locked) editor to a page's approvers.
    """
    return user.is_authenticated and page_permission_policy.user_has_permission_for_instance(
        user, "change", page
    )


def can_write(user: Anyone) -> bool:
    """Somebody who may write procedures somewhere."""
    return user.is_authenticated and page_permission_policy.user_has_any_permission(
        user, {"add", "change"}
    )


def can_review(user: Anyone, state: FourEyesTaskState) -> bool:
    """Sees what is in review: its approvers, and those who may edit the page."""
    return may_approve(state.task.specific, user) or can_edit(user, state.revision.content_object)


def can_withdraw(user: Anyone, release: SOPRelease) -> bool:
    """The team's leads, approvers and administrators."""
    return (
        is_approver(user)
        or in_group(user, groups.ADMINISTRATORS)
        or Team.objects.led_by(user).filter(pk=release.team_id).exists()
    )


# --- What Wagtail's admin may show ------------------------------------------


def can_see_page(user: Anyone, page: Page | None) -> bool:
    """Pages on the way to the own sections and in them, and a page in one's review.

    A number that no page has is left to the view.
    """
    if page is None:
        return True
    return (
        page_permission_policy.explorable_instances(user).filter(pk=page.pk).exists()
        or page.permissions_for_user(user).can_edit()
    )


def can_see_subtree(user: Anyone, page: Page | None) -> bool:
    """Everything under the page lies in the own sections."""
    if user.is_superuser:
        return True
    return page is not None and page_permission_policy.user_has_any_permission_for_instance(
        user, PAGE_RIGHTS, page
    )


def can_see_image(user: Anyone, image: Any) -> bool:
    return image is None or image_policy.user_has_any_permission_for_instance(
        user, IMAGE_RIGHTS, image
    )


def can_see_collection(user: Anyone, collection: Collection | None) -> bool:
    if user.is_superuser:
        return True
    return (
        collection is not None
        and image_policy.collections_user_has_any_permission_for(user, IMAGE_RIGHTS)
        .filter(pk=collection.pk)
        .exists()
    )
