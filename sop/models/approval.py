"""The workflow's task: somebody else than the authors approves exactly what they saw."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.locks import WorkflowLock
from wagtail.models import AbstractGroupApprovalTask, TaskState, WorkflowState

from people.audit import record
from people.models import User
from sop import approval


class ReviewLock(WorkflowLock):
    """While a page is in review nobody changes it, the approvers included."""

    def get_message(self, user: User) -> str:
        return _(
            "This page is in review and can't be changed. An approver decides on it, "
            "or the person who submitted it cancels the review."
        )

    def get_description(self, user: User, can_lock: bool = False) -> str:
        return _("Nobody can change the page while it is in review")


class FourEyesTaskState(TaskState):
    """One review of one revision, with the hash of what was submitted."""

    content_sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = gettext_lazy("review")

    @transaction.atomic
    def approve(
        self,
        user: User | None = None,
        update: bool = True,
        comment: str = "",
        at: dt.datetime | None = None,
    ) -> FourEyesTaskState:
        """Approves at `at`; refuses authors, and content that differs from the submitted."""
        approval.check_approver(self, user)
        approval.check_unchanged(self)
        self._decide()
        super().approve(user=user, update=False, comment=comment)
        if at is not None:
            self.finished_at = at
            self.save(update_fields=["finished_at"])
        if update:
            self.workflow_state.update(user=user)
        return self

    @transaction.atomic
    def reject(
        self, user: User | None = None, update: bool = True, comment: str = ""
    ) -> FourEyesTaskState:
        approval.check_approver(self, user)
        self._decide()
        return super().reject(user=user, update=update, comment=comment)

    def _decide(self) -> None:
        """Lets one decision through when two come at the same moment."""
        waiting = FourEyesTaskState.objects.filter(pk=self.pk, status=self.STATUS_IN_PROGRESS)
        if not waiting.update(finished_at=timezone.now()):
            raise approval.ApprovalError(_("This review has been decided already."))


class FourEyesApprovalTask(AbstractGroupApprovalTask):
    """Approval by a member of the groups who has not edited the page since its last release.

    Wagtail's own approve buttons stay closed (`get_actions` is empty): the decision is made on the
    review page, which shows the content, the notes and the difference, and sends their hash back.
    """

    task_state_class = FourEyesTaskState
    lock_class = ReviewLock

    class Meta:
        verbose_name = gettext_lazy("approval by a second person")
        verbose_name_plural = gettext_lazy("approvals by a second person")

    def start(self, workflow_state: WorkflowState, user: User | None = None) -> FourEyesTaskState:
        """Opens a review of the latest revision, with its hash; audited at every door."""
        draft = workflow_state.content_object.get_latest_revision().as_object()
        approval.check_submittable(draft)
        state = super().start(workflow_state, user=user)
        state.content_sha256 = draft.content_sha256()
        state.save(update_fields=["content_sha256"])
        record(
            by=user,
            verb="page.submitted",
            target=draft,
            revision=state.revision_id,
            sha256=state.content_sha256,
        )
        return state

    def locked_for_user(self, obj: Any, user: User) -> bool:
        return True

    def user_can_lock(self, obj: Any, user: User) -> bool:
        return False

    def get_actions(self, obj: Any, user: User) -> list:
        return []

    def get_task_states_user_can_moderate(self, user: User, **kwargs: Any) -> models.QuerySet:
        if approval.may_approve(self, user):
            return self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        return TaskState.objects.none()

    @classmethod
    def get_description(cls) -> str:
        return _("A member of the chosen groups who is none of the page's editors approves it")
