"""Pages under document control: written in Wagtail, approved by four eyes, read as released.

`SOPPage` is one; the training layer's modules are another. A subclass says what its content
is (`approval_content`), what still lacks (`check_ready`) and what has been released
(`release_records`); `sop.workflow.register` says what its approval does.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext as _
from wagtail.admin.panels import CommentPanel
from wagtail.models import Page, PagePermissionTester, Revision, TaskState

from people.models import User
from sop.canonical import sha256


class ControlledPagePermissions(PagePermissionTester):
    """Nobody publishes, unpublishes or moves a controlled page by hand, administrators included.

    Approval publishes it; a released one stays where it is and can't be deleted.
    """

    def can_publish(self) -> bool:
        return False

    def can_publish_subpage(self) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False

    def can_set_view_restrictions(self) -> bool:
        return False

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return super().can_delete(ignore_bulk) and not self.page.specific.is_released

    def can_move(self) -> bool:
        return super().can_move() and not self.page.specific.is_released

    def can_view_revisions(self) -> bool:
        """History and comparison show drafts, so only to those who may edit them."""
        return super().can_view_revisions() and self.can_edit()


class ControlledPage(Page):
    """A page that reaches its readers only through an approved release."""

    settings_panels = [CommentPanel()]  # no scheduled publishing: a release has its own date
    promote_panels: list = []
    private_page_options: list = []

    class Meta:
        abstract = True

    # --- What a subclass says -----------------------------------------------

    def approval_content(self) -> dict[str, Any]:
        """Everything that the approver answers for, as JSON values."""
        raise NotImplementedError

    def check_ready(self) -> None:
        """Raises ValidationError, in the author's words, for what still lacks for approval."""
        raise NotImplementedError

    def release_records(self) -> models.QuerySet:
        """The records of this page's releases, each with a foreign key `revision`."""
        raise NotImplementedError

    @property
    def note_fields(self) -> list[str]:
        """Fields that the author fills in when handing the page in."""
        raise NotImplementedError

    # The template that shows the content in a review, as its readers would see it.
    review_template = ""

    def review_context(self) -> dict[str, Any]:
        """What `review_template` needs besides `draft`."""
        return {}

    # --- What holds for all -------------------------------------------------

    @property
    def is_released(self) -> bool:
        return self.pk is not None and self.release_records().exists()

    def content_sha256(self) -> str:
        """What an approval is bound to."""
        return sha256(self.approval_content())

    def permissions_for_user(self, user: User) -> ControlledPagePermissions:
        return ControlledPagePermissions(user, self)

    def publish(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Closed: every way to publish but the release service ends here."""
        raise PermissionDenied(_("This page is published by its approval, not by hand."))

    def save_revision(
        self,
        user: User | None = None,
        *args: Any,
        overwrite_revision: Revision | None = None,
        **kwargs: Any,
    ) -> Revision:
        """Refuses to touch what is in review, and to rewrite what was reviewed or released.

        Autosave keeps a revision's id and replaces its content, so a forgotten browser tab could
        otherwise change a text after its approval.
        """
        if self.pk and self.workflow_in_progress:
            raise PermissionDenied(
                _("This page is in review. Cancel the review before changing it.")
            )
        if overwrite_revision is not None and self._is_on_record(overwrite_revision):
            raise PermissionDenied(
                _("This version has been in review or is released. Reload the page to go on.")
            )
        return super().save_revision(user, *args, overwrite_revision=overwrite_revision, **kwargs)

    def _is_on_record(self, revision: Revision) -> bool:
        return (
            TaskState.objects.filter(revision=revision).exists()
            or self.release_records().filter(revision=revision).exists()
        )
