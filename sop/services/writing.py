"""Writing a procedure: drafts, their translations, and handing them in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Locale, WorkflowState
from wagtail.rich_text import RichText
from wagtail_localize.models import Translation

from people.audit import record
from people.models import Role, Team, User
from sop import permissions
from sop.choices import RiskLevel, ValueClass
from sop.models import ControlledPage, ErrorCode, FourEyesTaskState, SOPIndexPage, SOPPage
from sop.services.errors import NotReady, SOPError


@transaction.atomic
def add_error_code(
    *, code: str, name_en: str = "", name_zh: str = "", by: User | None
) -> ErrorCode:
    added = ErrorCode(code=code.strip(), name_en=name_en, name_zh=name_zh)
    try:
        added.full_clean()
    except ValidationError as error:
        raise SOPError(" ".join(error.messages)) from error
    added.save()
    record(by=by, verb="error_code.added", target=added)
    return added


@transaction.atomic
def create_sop(
    *,
    code: str,
    team: Team,
    texts: Mapping[str, Mapping[str, Any]],
    roles: Iterable[Role],
    by: User,
    source_language: str | None = None,
    process_owner: User | None = None,
    risk_level: str = RiskLevel.LOW,
    review_months: int = 12,
    change_summary: str = "",
    change_reason: str = "",
) -> SOPPage:
    """A draft in the team's section, with translations; returns the source language's page.

    `texts` maps a language to `{"title", "purpose", "scope", "change_summary", "steps": [...]}`.
    A step is `{"uid", "title", "role", "instruction", "pictures": [{"image", "alt"}], "warnings":
    [{"level", "text"}], "check", "expected_seconds", "value_class", "error_codes": [code]}`: `uid`
    a UUID, the same in all languages, `role` a Role or its slug, `image` a Wagtail image; all
    but uid, title, role and instruction may be left out. `purpose`, `scope` and `instruction` are
    HTML. The source language is the first one unless it is named.

    Raises NotReady with the list of what is wrong.
    """
    source = source_language or next(iter(texts))
    languages = [source, *(language for language in texts if language != source)]
    pages: dict[str, SOPPage] = {}
    for language in languages:
        text = texts[language]
        locale = Locale.objects.get(language_code=language)
        section = SOPIndexPage.objects.filter(team=team, locale=locale).first()
        if section is None:
            raise SOPError(
                _("The team %(team)s has no section for procedures.") % {"team": team.name}
            )
        page = SOPPage(
            title=text["title"],
            slug=slugify(code),
            code=code,
            locale=locale,
            owner=by,
            live=False,
            process_owner=process_owner,
            risk_level=risk_level,
            review_months=review_months,
            purpose=text.get("purpose", ""),
            scope=text.get("scope", ""),
            steps=_steps(text["steps"]),
            change_summary=text.get("change_summary") or change_summary,
            change_reason=change_reason,
        )
        if pages:
            page.translation_key = pages[source].translation_key
        section.add_child(instance=page)
        page.roles.set(roles)
        page.steps_key = page.translation_key
        page.save(clean=False)
        _save(page, by)
        pages[language] = page
    record(by=by, verb="sop.created", target=pages[source], code=code, languages=languages)
    return pages[source]


@transaction.atomic
def change_sop(*, page: SOPPage, by: User, text: Mapping[str, Any]) -> SOPPage:
    """A new draft of one language's page; `text` as in `create_sop`, and only what changes.

    Raises PermissionDenied for somebody who may not edit the page, or while it is in review.
    """
    if not permissions.can_edit(by, page):
        raise PermissionDenied(_("Only the team's leads can change this page."))
    draft = page.get_latest_revision_as_object()
    for name in ("title", "purpose", "scope"):
        if name in text:
            setattr(draft, name, text[name])
    if "steps" in text:
        draft.steps = _steps(text["steps"])
    _save(draft, by)
    return SOPPage.objects.get(pk=page.pk)


def _steps(steps: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Step dictionaries as a StreamField takes them."""
    return [
        {
            "type": "step",
            "id": str(step["uid"]),
            "value": {
                "title": step["title"],
                "role": getattr(step["role"], "slug", step["role"]),
                "instruction": RichText(step["instruction"]).source,
                "pictures": _items(
                    step,
                    "pictures",
                    [
                        {"image": getattr(each["image"], "pk", each["image"]), "alt": each["alt"]}
                        for each in step.get("pictures", ())
                    ],
                ),
                "warnings": _items(
                    step, "warnings", [dict(warning) for warning in step.get("warnings", ())]
                ),
                "check": step.get("check", ""),
                "expected_seconds": step.get("expected_seconds"),
                "value_class": step.get("value_class", ValueClass.NECESSARY),
                "error_codes": list(step.get("error_codes", ())),
            },
        }
        for step in steps
    ]


def _items(
    step: Mapping[str, Any], name: str, values: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """A list as Wagtail keeps it, each part with an id that is the same in every language."""
    uid = uuid.UUID(str(step["uid"]))
    return [
        {"type": "item", "id": str(uuid.uuid5(uid, f"{name}-{number}")), "value": value}
        for number, value in enumerate(values)
    ]


def _save(page: ControlledPage, by: User) -> None:
    page.save_revision(user=by, log_action=True, clean=False)


@transaction.atomic
def submit_for_approval(*, page: ControlledPage, by: User, **notes: Any) -> FourEyesTaskState:
    """Hands the latest draft in for approval.

    `notes` are values for the page's `note_fields` (`change_summary`, `change_reason`,
    `change_kind`, `effective_from`); what is left out stays as the draft has it.

    Raises NotReady with everything that lacks, SOPError when it is in review already, and
    PermissionDenied for somebody who may not edit the page.
    """
    page = page.specific_class.objects.get(pk=page.pk)
    if not permissions.can_edit(by, page):
        raise PermissionDenied(_("Only the team's leads can hand this page in."))
    if page.workflow_in_progress:
        raise SOPError(_("This page is in review already."))
    page = _take_in_translation(page, by)
    draft = page.get_latest_revision_as_object()
    for name, value in notes.items():
        setattr(draft, name, value)
    try:
        draft.check_ready()
    except ValidationError as error:
        raise NotReady(error.messages) from error
    if notes or not page.has_unpublished_changes:
        draft.save_revision(user=by, log_action=True, clean=False)
    state = page.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(by)
    else:
        state = draft.get_workflow().start(draft, by)
    state.refresh_from_db()
    return state.current_task_state.specific


def _take_in_translation(page: ControlledPage, by: User) -> ControlledPage:
    """Saves what stands in the translation editor as the page's draft.

    wagtail-localize keeps the translated strings apart and would bring them in by publishing.
    """
    record = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale=page.locale_id, enabled=True
    ).first()
    if record is None:
        return page
    total, translated = record.get_progress()
    if translated < total:
        missing = total - translated
        raise NotReady(
            [
                ngettext(
                    "%(n)d text is not translated yet.",
                    "%(n)d texts are not translated yet.",
                    missing,
                )
                % {"n": missing}
            ]
        )
    before = page.latest_revision_id
    record.save_target(user=by, publish=False)
    page = page.specific_class.objects.get(pk=page.pk)
    if page.latest_revision_id == before:  # it swallows a ValidationError
        raise SOPError(
            _("The translation could not be saved. The translation editor marks what is wrong.")
        )
    return page


@transaction.atomic
def cancel_review(*, page: ControlledPage, by: User) -> None:
    """Takes a page back out of review, so that it can be changed again."""
    state = page.current_workflow_state
    if state is None:
        raise SOPError(_("This page is not in review."))
    if not permissions.can_edit(by, page):
        raise PermissionDenied(_("Only the team's leads can cancel the review."))
    state.cancel(user=by)
    record(by=by, verb="page.review_cancelled", target=page)
