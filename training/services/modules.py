"""Modules: drafts in several languages, and what approval does with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid5

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.images import get_image_model
from wagtail.models import Locale, Revision

from people.audit import record
from people.models import Role, Team, User
from sop.canonical import sha256
from sop.models import FourEyesTaskState, SOPIndexPage
from sop.services.pictures import for_phones
from sop.storage import private_storage
from training import snapshot
from training.models import (
    Module,
    ModulePage,
    ModulePicture,
    ModuleSOPLink,
    ModuleText,
    ModuleVersion,
    Quiz,
)
from training.services.duties import assign_for_module
from training.services.errors import NotReady, TrainingError


@transaction.atomic
def create_module(
    *,
    slug: str,
    team: Team,
    texts: Mapping[str, Mapping[str, Any]],
    by: User,
    roles: Iterable[Role] = (),
    sop_keys: Iterable[UUID] = (),
    quiz: Quiz | None = None,
    validity_months: int | None = 12,
    due_days: int = 14,
    retake_on_release: bool = True,
    source_language: str | None = None,
) -> ModulePage:
    """A draft in the team's section, with its translations; returns the source language's page.

    `texts` maps a language to `{"title", "summary", "lessons": [...]}`. A lesson is `{"uid",
    "title", "minutes", "body": [...]}`, with `uid` a UUID that is the same in all languages; a
    part of its body is `{"type": "text", "html"}`, `{"type": "picture", "image", "alt",
    "caption"}` or `{"type": "step", "step_uid"}`. The source language is the first one unless it
    is named. Approve it as any page under document control: `sop.services.submit_for_approval`
    and `approve`, once for each language, the source first.
    """
    source = source_language or next(iter(texts))
    pages: dict[str, ModulePage] = {}
    for language in [source, *(language for language in texts if language != source)]:
        text = texts[language]
        locale = Locale.objects.get(language_code=language)
        section = SOPIndexPage.objects.filter(team=team, locale=locale).first()
        if section is None:
            raise TrainingError(
                _("The team %(team)s has no section for pages.") % {"team": team.name}
            )
        page = ModulePage(
            title=text["title"],
            slug=slug,
            summary=text["summary"],
            locale=locale,
            owner=by,
            live=False,
            quiz=quiz,
            validity_months=validity_months,
            due_days=due_days,
            retake_on_release=retake_on_release,
            lessons=_lessons(text["lessons"]),
        )
        if pages:
            page.translation_key = pages[source].translation_key
        section.add_child(instance=page)
        page.roles.set(roles)
        for key in sop_keys:
            page.sop_links.create(sop_key=key)
        page.save(clean=False)
        page.save_revision(user=by, log_action=True, clean=False)
        pages[language] = page
    record(by=by, verb="module.created", target=pages[source], slug=slug, languages=list(pages))
    return pages[source]


def _lessons(lessons: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lesson dictionaries as a StreamField takes them."""
    return [
        {
            "type": "lesson",
            "id": str(lesson["uid"]),
            "value": {
                "title": lesson["title"],
                "minutes": lesson["minutes"],
                "body": [
                    # wagtail-localize finds a part by its id, which all languages share.
                    {"id": str(uuid5(UUID(str(lesson["uid"])), str(place))), **_part(part)}
                    for place, part in enumerate(lesson["body"])
                ],
            },
        }
        for lesson in lessons
    ]


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    if part["type"] == "text":
        return {"type": "text", "value": part["html"]}
    if part["type"] == "step":
        return {"type": "step", "value": str(part["step_uid"])}
    value = {
        "image": getattr(part["image"], "pk", part["image"]),
        "alt": part["alt"],
        "caption": part.get("caption", ""),
    }
    return {"type": "picture", "value": value}


@transaction.atomic
def publish_module(*, task_state: FourEyesTaskState, by: User, at: dt.datetime) -> ModuleVersion:
    """What approval does with a module page: the next version, or a language of the current one.

    A new version makes the module due for everybody in its roles who is not certified.
    """
    revision = task_state.revision
    page: ModulePage = revision.as_object()
    module = Module.objects.filter(key=page.translation_key).first()
    if module is not None and page.is_translation:
        version = module.version
        if version.texts.filter(language=page.language).exists():
            raise TrainingError(
                _(
                    "Version %(number)d has a text in this language already. It stays as it is: "
                    "approve a new version first."
                )
                % {"number": version.number}
            )
    else:
        module = module or Module.objects.create(
            key=page.translation_key, slug=page.slug, team=page.team
        )
        version = _next_version(module, page, task_state.workflow_state.requested_by, by, at)
    _add_text(version, page, revision, by, at)
    if module.current_id != version.pk:
        Module.objects.filter(pk=module.pk).update(current=version)
        module = Module.objects.select_related("current").get(pk=module.pk)
        assign_for_module(module=module, by=by, at=at)
    PublishPageRevisionAction(revision, user=by).execute(skip_permission_checks=True)
    # The note belongs to this change alone.
    ModulePage.objects.filter(pk=page.pk).update(change_summary="")
    record(
        by=by,
        verb="module.approved",
        target=module,
        at=at,
        version=version.number,
        language=page.language,
    )
    return version


def _next_version(
    module: Module, page: ModulePage, submitted_by: User, by: User, at: dt.datetime
) -> ModuleVersion:
    last = module.versions.order_by("-number").first()
    version = ModuleVersion.objects.create(
        module=module,
        number=last.number + 1 if last else 1,
        source_language=page.language,
        quiz=page.quiz,
        validity_months=page.validity_months,
        due_days=page.due_days,
        retake_on_release=page.retake_on_release,
        change_summary=page.change_summary,
        submitted_by=submitted_by,
        approved_by=by,
        approved_at=at,
    )
    version.roles.add(*page.roles.all())
    for key in {link.sop_key for link in page.sop_links.all()}:
        ModuleSOPLink.objects.create(version=version, sop_key=key)
    return version


def _add_text(
    version: ModuleVersion, page: ModulePage, revision: Revision, by: User, at: dt.datetime
) -> None:
    content = snapshot.build(page)
    text = ModuleText.objects.create(
        version=version,
        language=page.language,
        title=page.title,
        snapshot=content,
        sha256=sha256(content),
        revision=revision,
        approved_by=by,
        approved_at=at,
    )
    wanted = {
        part["file"]: part["image"]
        for lesson in content["lessons"]
        for part in lesson["body"]
        if part["type"] == "picture"
    }
    images = get_image_model().objects.in_bulk(wanted.values())
    storage = private_storage()
    for source_hash, pk in wanted.items():
        data, width, height = for_phones(images[pk])
        name = f"training/pictures/{source_hash}.webp"
        if not storage.exists(name):
            storage.save(name, ContentFile(data))
        ModulePicture.objects.create(
            text=text, source_hash=source_hash, file=name, width=width, height=height
        )


@transaction.atomic
def retire_module(*, module: Module, reason: str, by: User, at: dt.datetime | None = None) -> None:
    """The module is no longer offered and no longer due; certificates and history stay."""
    at = at or timezone.now()
    if not reason.strip():
        raise NotReady(_("Say why the module is retired."))
    if not Module.objects.offered().filter(pk=module.pk).update(retired_at=at):
        raise TrainingError(_("This module was retired already."))
    module.assignments.open().update(ended_at=at, ended_note=reason.strip())
    record(by=by, verb="module.retired", target=module, at=at, reason=reason.strip())
