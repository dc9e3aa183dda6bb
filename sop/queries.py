"""Reads across procedures, roles and error codes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from wagtail.models import WorkflowState, get_default_page_content_type
from wagtail.permissions import page_permission_policy

from people.models import User
from people.permissions import Anyone
from sop.approval import ApprovalError, check_approver, may_approve
from sop.models import (
    ControlledPage,
    FourEyesTaskState,
    ReleasedStep,
    SOPIndexPage,
    SOPPage,
    SOPRelease,
)


def steps_for_error_codes(
    codes: Iterable[str], at: dt.datetime | None = None
) -> dict[str, ReleasedStep]:
    """For each error code the step that prevents it, in the releases in force at `at`.

    Codes without a step are left out. Where several steps list one code, the first by SOP
    code and order is given.
    """
    wanted = list(codes)
    rows = (
        ReleasedStep.objects.filter(
            release__in=SOPRelease.objects.in_force(at), error_codes__code__in=wanted
        )
        .order_by("-release__code", "-order")
        .select_related("release", "role")
        .prefetch_related("release__texts", "error_codes")
    )
    found: dict[str, ReleasedStep] = {}
    for step in rows:
        for code in step.error_codes.all():
            if code.code in wanted:
                found[code.code] = step
    return found


def step_for_error_code(code: str, at: dt.datetime | None = None) -> ReleasedStep | None:
    return steps_for_error_codes([code], at).get(code)


def release_in_force(code: str, at: dt.datetime | None = None) -> SOPRelease | None:
    return SOPRelease.objects.in_force(at).filter(code=code).first()


# --- Writing and reviewing --------------------------------------------------


@dataclass(frozen=True)
class Written:
    """One page of an author's list."""

    page: SOPPage
    state: str  # draft, in_review, changes_requested, changed, behind, released
    release: SOPRelease | None
    comment: str


def sections_of(user: Anyone) -> list[SOPIndexPage]:
    """Sections in which the person may write, in the person's language first."""
    own = page_permission_policy.instances_user_has_permission_for(user, "add")
    return list(SOPIndexPage.objects.filter(pk__in=own).select_related("team", "locale"))


def written_by(user: Anyone) -> list[Written]:
    """The procedures that the person may edit, by code and language."""
    own = page_permission_policy.instances_user_has_permission_for(user, "change")
    pages = list(
        SOPPage.objects.filter(pk__in=own).select_related("locale").order_by("code", "locale")
    )
    releases = SOPRelease.objects.filter(sop_key__in={page.translation_key for page in pages})
    latest = {release.sop_key: release for release in releases.with_texts().order_by("sequence")}
    reviews = {
        int(state.object_id): state
        for state in WorkflowState.objects.active()
        .filter(
            base_content_type=get_default_page_content_type(),
            object_id__in=[str(page.pk) for page in pages],
        )
        .select_related("current_task_state")
    }
    return [
        _written(page, latest.get(page.translation_key), reviews.get(page.pk)) for page in pages
    ]


def _written(page: SOPPage, release: SOPRelease | None, review: WorkflowState | None) -> Written:
    comment = ""
    if review is not None and review.status == WorkflowState.STATUS_IN_PROGRESS:
        state = "in_review"
    elif review is not None:
        state, comment = "changes_requested", review.current_task_state.comment
    elif not page.live:
        state = "draft"
    elif page.has_unpublished_changes:
        state = "changed"
    elif release and not any(text.language == page.language for text in release.texts.all()):
        state = "behind"
    else:
        state = "released"
    return Written(page=page, state=state, release=release, comment=comment)


@dataclass(frozen=True)
class Review:
    """One page that waits for a decision; `obstacle` says why it is not the person's to make."""

    page: ControlledPage
    state: FourEyesTaskState
    obstacle: str


def open_reviews(user: User) -> list[Review]:
    """What waits for a decision, the longest waiting first."""
    states = (
        FourEyesTaskState.objects.filter(status=FourEyesTaskState.STATUS_IN_PROGRESS)
        .select_related("revision", "workflow_state__requested_by", "task")
        .order_by("started_at")
    )
    return [
        Review(state.revision.as_object(), state, obstacle(user, state))
        for state in states
        if may_approve(state.task.specific, user)
    ]


def obstacle(user: User, state: FourEyesTaskState) -> str:
    """Why the person may not decide on this page; empty when nothing stands in the way."""
    try:
        check_approver(state, user)
    except ApprovalError as error:
        return str(error)
    return ""
