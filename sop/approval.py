"""Four eyes: who may decide on a page, and that it is still what was submitted.

Shared by every page under document control. Imports no model of its own layer, since the
workflow's models call it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from wagtail.models import PageLogEntry, Revision
from wagtail_localize.models import StringTranslation

if TYPE_CHECKING:
    from people.models import User
    from people.permissions import Anyone
    from sop.models import ControlledPage, FourEyesApprovalTask, FourEyesTaskState

EDITS = (
    "wagtail.create",
    "wagtail.edit",
    "wagtail.revert",
    "wagtail.rename",
    "wagtail.copy",
    "wagtail.copy_for_translation",
)


class ApprovalError(PermissionDenied):
    """An approval that the rules don't allow; the message says why, for the person."""


def last_released_revision(page: ControlledPage) -> Revision | None:
    return (
        Revision.objects.filter(pk__in=page.release_records().values("revision"))
        .order_by("-created_at", "-pk")
        .first()
    )


def editors_since_release(page: ControlledPage) -> set[int]:
    """Ids of everybody who changed the page since its last release, not only the last editor.

    Read from the revisions and from the log, since autosave and `purge_revisions` leave fewer
    revisions than there were edits, and from the translation editor's own records.
    """
    last = last_released_revision(page)
    revisions = page.revisions
    entries = PageLogEntry.objects.filter(page=page.pk, action__in=EDITS)
    strings = StringTranslation.objects.filter(
        context__object=page.translation_key, locale=page.locale_id
    )
    if last is not None:
        revisions = revisions.filter(created_at__gt=last.created_at)
        entries = entries.filter(timestamp__gt=last.created_at).exclude(revision=last)
        strings = strings.filter(updated_at__gt=last.created_at)
    found = {
        *revisions.values_list("user", flat=True),
        *entries.values_list("user", flat=True),
        *strings.values_list("last_translated_by", flat=True),
    }
    return found - {None}


def may_approve(task: FourEyesApprovalTask, user: Anyone) -> bool:
    """Active member of one of the task's groups; being a superuser is not enough."""
    return user.is_active and user.groups.filter(pk__in=task.groups.all()).exists()


def check_approver(state: FourEyesTaskState, user: User | None) -> None:
    """Raises ApprovalError unless the user may decide on this very page."""
    page = state.revision.content_object
    if user is None or not may_approve(state.task.specific, user):
        raise ApprovalError(_("Only an approver can decide on this page."))
    own = editors_since_release(page) | {state.workflow_state.requested_by_id}
    if user.pk in own:
        raise ApprovalError(
            _("You changed this page since its last release. Somebody else must decide on it.")
        )


def check_unchanged(state: FourEyesTaskState) -> None:
    """Raises ApprovalError when the page is no longer what was submitted."""
    page = state.revision.content_object
    if page.latest_revision_id != state.revision_id:
        raise ApprovalError(
            _("A newer version has been saved since this one was submitted. Submit it again.")
        )
    if state.revision.as_object().content_sha256() != state.content_sha256:
        raise ApprovalError(
            _("The content has changed since it was submitted. Cancel the review and submit again.")
        )


def check_submittable(draft: ControlledPage) -> None:
    """Raises ApprovalError with what still lacks."""
    try:
        draft.check_ready()
    except ValidationError as error:
        raise ApprovalError(" ".join(error.messages)) from error
