"""Lessons made ready to be read: addresses instead of hashes, steps as the release in force has them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from wagtail.images import get_image_model

from people.models import User
from sop.models import ReleasedStep, SOPRelease
from sop.reading import Step, step_of
from training import snapshot
from training.models import ModulePage, ModulePicture, ModuleText


@dataclass(frozen=True)
class TextPart:
    html: SafeString
    type: str = "text"


@dataclass(frozen=True)
class PicturePart:
    url: str
    alt: str
    caption: str
    width: int
    height: int
    type: str = "picture"


@dataclass(frozen=True)
class StepPart:
    """A step of the release in force; both empty when no release in force has it any more."""

    step: Step | None
    release: SOPRelease | None
    language: str
    type: str = "step"


Part = TextPart | PicturePart | StepPart
FindPicture = Callable[[dict[str, Any]], PicturePart | None]


@dataclass(frozen=True)
class ShownLesson:
    number: int
    uid: str
    title: str
    minutes: int
    parts: list[Part]


def released_lesson(text: ModuleText, number: int, user: User) -> ShownLesson:
    """Lesson `number` (from 1) as a reader sees it; pictures come through the checked view."""
    kept = {picture.source_hash: picture for picture in ModulePicture.objects.filter(text=text)}

    def find(part: dict[str, Any]) -> PicturePart:
        row = kept[part["file"]]
        url = reverse("training:picture", args=[row.pk])
        return PicturePart(url, part["alt"], part["caption"], row.width, row.height)

    return _lesson(text.lessons[number - 1], number, user, find)


def draft_lessons(page: ModulePage, user: User) -> list[ShownLesson]:
    """What an author previews; pictures come from Wagtail, for those who may choose them."""
    lessons = snapshot.build(page)["lessons"]
    wanted = [
        part["image"] for lesson in lessons for part in lesson["body"] if part["type"] == "picture"
    ]
    images = get_image_model().objects.in_bulk(wanted)

    def find(part: dict[str, Any]) -> PicturePart | None:
        image = images.get(part["image"])
        if image is None:
            return None
        drawn = image.get_rendition("max-1600x1600")
        return PicturePart(drawn.url, part["alt"], part["caption"], drawn.width, drawn.height)

    return [_lesson(lesson, number, user, find) for number, lesson in enumerate(lessons, start=1)]


def _lesson(
    lesson: dict[str, Any], number: int, user: User, find: FindPicture
) -> ShownLesson:
    parts: list[Part] = []
    for part in lesson["body"]:
        if part["type"] == "text":
            # Cleaned when the snapshot was made; once more costs little and trusts nothing.
            parts.append(TextPart(mark_safe(snapshot.clean_html(part["html"]))))
        elif part["type"] == "step":
            parts.append(_step(part["step_uid"], user))
        elif picture := find(part):
            parts.append(picture)
    return ShownLesson(number, lesson["uid"], lesson["title"], lesson["minutes"], parts)


def _step(step_uid: str | None, user: User) -> StepPart:
    language = get_language() or "en"
    row = step_in_force(step_uid, user) if step_uid else None
    if row is None:
        return StepPart(None, None, language)
    text = row.release.text_for(language)
    return StepPart(step_of(text, row.step_uid), row.release, text.language)


def step_in_force(step_uid: uuid.UUID | str, user: User) -> ReleasedStep | None:
    """The step as the release in force has it, if one has it and the user may read that."""
    return (
        ReleasedStep.objects.filter(
            step_uid=step_uid, release__in=SOPRelease.objects.in_force().visible_to(user)
        )
        .select_related("release")
        .prefetch_related("release__texts")
        .first()
    )
