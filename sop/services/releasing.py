"""From an approved revision to a release, and a release's end."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Revision

from people.audit import record
from people.models import Role, User
from sop import permissions, signals, snapshot, translations
from sop.approval import ApprovalError
from sop.canonical import sha256
from sop.choices import ChangeKind
from sop.models import (
    ControlledPage,
    ErrorCode,
    FourEyesTaskState,
    ReleasedStep,
    ReleaseText,
    SOPPage,
    SOPRelease,
    Withdrawal,
)
from sop.services.errors import SOPError, TranslationDiffers
from sop.services.pictures import keep_pictures


@transaction.atomic
def approve(
    *,
    page: ControlledPage,
    by: User,
    seen_sha256: str,
    comment: str = "",
    at: dt.datetime | None = None,
) -> None:
    """Approves what the approver saw, which puts it in force.

    `seen_sha256` is the `content_sha256` of the review that was shown. Raises ApprovalError for
    an author, for content other than the seen one, and when nothing is in review.
    """
    state = _open_review(page)
    if seen_sha256 != state.content_sha256:
        raise ApprovalError(
            _("This page was submitted anew after you opened it. Read it again, then decide.")
        )
    state.approve(user=by, comment=comment, at=at)
    record(
        by=by,
        verb="page.approved",
        target=page,
        at=at,
        sha256=seen_sha256,
        revision=state.revision_id,
    )


@transaction.atomic
def request_changes(*, page: ControlledPage, by: User, comment: str) -> None:
    """Sends the page back to its authors with a word on what to change."""
    state = _open_review(page)
    if not comment.strip():
        raise SOPError(_("Say what should be changed."))
    state.reject(user=by, comment=comment)
    record(by=by, verb="page.changes_requested", target=page, comment=comment)


def _open_review(page: ControlledPage) -> FourEyesTaskState:
    state = page.specific_class.objects.get(pk=page.pk).current_workflow_task_state
    if not isinstance(state, FourEyesTaskState):
        raise ApprovalError(_("This page is not in review any more."))
    return state


def finish_review(*, task_state: FourEyesTaskState, by: User, at: dt.datetime) -> SOPRelease:
    """What approval does with an SOP: a new release, or a new language of the latest one."""
    page = task_state.revision.as_object()
    submitted_by = task_state.workflow_state.requested_by
    if page.is_translation:
        return add_text(revision=task_state.revision, by=by, at=at)
    return publish_release(revision=task_state.revision, submitted_by=submitted_by, by=by, at=at)


@transaction.atomic
def publish_release(
    *, revision: Revision, submitted_by: User, by: User, at: dt.datetime
) -> SOPRelease:
    """The next release of the SOP whose revision was approved; `by` is the approver."""
    page: SOPPage = revision.as_object()
    previous = page.latest_release
    major, minor = _next_number(previous, page.change_kind)
    content = snapshot.build(page)
    release = SOPRelease.objects.create(
        sop_key=page.translation_key,
        sequence=previous.sequence + 1 if previous else 1,
        code=page.code,
        team=page.team,
        major=major,
        minor=minor,
        effective_from=_start(page, previous, at),
        change_summary=page.change_summary,
        change_reason=page.change_reason,
        requires_acknowledgement=minor == 0,
        source_language=page.language,
        risk_level=page.risk_level,
        review_months=page.review_months,
        process_owner=page.process_owner,
        submitted_by=submitted_by,
        approved_by=by,
        approved_at=at,
    )
    release.roles.add(*page.roles.all())
    _add_steps(release, content)
    _add_text(release, page, revision, content, by, at)
    _publish_page(page, revision, by)
    record(
        by=by,
        verb="sop.released",
        target=release,
        at=at,
        number=release.number,
        effective_from=release.effective_from.isoformat(),
    )
    signals.release_published.send(SOPRelease, release=release, by=by)
    return release


def _next_number(previous: SOPRelease | None, kind: str) -> tuple[int, int]:
    if previous is None:
        return 1, 0
    if kind == ChangeKind.MAJOR:
        return previous.major + 1, 0
    return previous.major, previous.minor + 1


def _start(page: SOPPage, previous: SOPRelease | None, at: dt.datetime) -> dt.datetime:
    """The chosen time, else now; never before a release that still stands."""
    start = max(page.effective_from or at, at)
    if previous and not hasattr(previous, "withdrawal") and start < previous.effective_from:
        raise ApprovalError(
            _("Release %(number)s becomes effective later. Withdraw it, or choose a later date.")
            % {"number": previous.number}
        )
    return start


def _add_steps(release: SOPRelease, content: dict) -> None:
    roles = {role.slug: role for role in Role.objects.all()}
    codes = {code.code: code for code in ErrorCode.objects.all()}
    for order, step in enumerate(content["steps"], start=1):
        row = ReleasedStep.objects.create(
            release=release,
            step_uid=step["uid"],
            order=order,
            title=step["title"],
            role=roles[step["role"]],
            expected_seconds=step["expected_seconds"],
            value_class=step["value_class"],
            sha256=step["sha256"],
        )
        row.error_codes.add(*(codes[code] for code in step["error_codes"]))


@transaction.atomic
def add_text(*, revision: Revision, by: User, at: dt.datetime) -> SOPRelease:
    """Adds a language to the latest release; nothing that is there changes.

    Raises TranslationDiffers when the steps are not those of the release.
    """
    page: SOPPage = revision.as_object()
    release = page.latest_release
    assert release is not None, "only a released SOP has translations"
    if problems := translations.problems(page):
        raise TranslationDiffers(" ".join(problems))
    source = release.text_for(release.source_language).snapshot
    content = snapshot.build(page) | {name: source[name] for name in snapshot.FACTS}
    _add_text(release, page, revision, content, by, at)
    _publish_page(page, revision, by)
    record(by=by, verb="sop.text_added", target=release, at=at, language=page.language)
    return release


def _add_text(
    release: SOPRelease,
    page: SOPPage,
    revision: Revision,
    content: dict,
    by: User,
    at: dt.datetime,
) -> None:
    text = ReleaseText.objects.create(
        release=release,
        language=page.language,
        title=page.title,
        snapshot=content,
        sha256=sha256(content),
        change_summary=page.change_summary,
        revision=revision,
        approved_by=by,
        approved_at=at,
    )
    keep_pictures(text)


def _publish_page(page: SOPPage, revision: Revision, by: User) -> None:
    """Makes the revision Wagtail's live version, so that the editor goes on from it.

    Readers are not served from there. The notes belong to this change alone: the next one
    starts with empty ones.
    """
    PublishPageRevisionAction(revision, user=by).execute(skip_permission_checks=True)
    SOPPage.objects.filter(pk=page.pk).update(
        change_summary="", change_reason="", change_kind=ChangeKind.MAJOR, effective_from=None
    )


@transaction.atomic
def withdraw(
    *, release: SOPRelease, by: User, reason: str, at: dt.datetime | None = None
) -> Withdrawal:
    """From `at` (now) on nobody may work from the release.

    Raises PermissionDenied for somebody who neither leads the team nor approves, SOPError
    without a reason and when it is withdrawn already.
    """
    if not permissions.can_withdraw(by, release):
        raise PermissionDenied(_("Only the team's leads and the approvers can withdraw it."))
    if not reason.strip():
        raise SOPError(_("Say why it is withdrawn."))
    at = at or timezone.now()
    if Withdrawal.objects.filter(release=release).exists():
        raise SOPError(_("%(release)s has been withdrawn already.") % {"release": release})
    if release.state(at) == "superseded":
        raise SOPError(
            _("%(release)s is superseded, so nobody works from it.") % {"release": release}
        )
    withdrawn = Withdrawal.objects.create(release=release, at=at, by=by, reason=reason.strip())
    record(by=by, verb="sop.withdrawn", target=release, at=at, reason=reason.strip())
    signals.release_withdrawn.send(SOPRelease, release=release, by=by)
    return withdrawn
