"""Lessons and results made ready to be read; steps are shown as the release in force has them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from wagtail.images import get_image_model

from people.models import User
from sop.models import ReleasedStep, SOPRelease
from sop.reading import Step, step_of
from training import question_types, snapshot
from training.models import Attempt, ModulePage, ModulePicture, ModuleText, Result
from training.question_types import Reviewed


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


def _lesson(lesson: dict[str, Any], number: int, user: User, find: FindPicture) -> ShownLesson:
    parts: list[Part] = []
    for part in lesson["body"]:
        if part["type"] == "text":
            # Cleaned when the snapshot was made; once more costs little and trusts nothing.
            parts.append(TextPart(mark_safe(snapshot.clean_html(part["html"]))))  # nosec B308, B703
        elif part["type"] == "step":
            parts.append(_step(part["step_uid"], user))
        elif picture := find(part):
            parts.append(picture)
    return ShownLesson(number, lesson["uid"], lesson["title"], lesson["minutes"], parts)


def _step(step_uid: str | None, user: User) -> StepPart:
    language = get_language() or "en"
    row = steps_in_force([step_uid], user).first() if step_uid else None
    if row is None:
        return StepPart(None, None, language)
    text = row.release.text_for(language)
    return StepPart(step_of(text, row.step_uid), row.release, text.language)


@dataclass(frozen=True)
class AnsweredQuestion:
    """A question after handing in, with the step to read again where there is one."""

    question: Reviewed
    step: ReleasedStep | None


def review_of(attempt: Attempt, result: Result, viewer: User) -> list[AnsweredQuestion]:
    """What was answered, what is right and why. Call it for a closed attempt only.

    Whoever failed and may try again is not told the right options that were not picked.
    """
    reveal = result.passed or viewer.pk != attempt.person_id
    answers = attempt.answers()
    uids = {frozen["step_uid"] for frozen in attempt.questions if frozen["step_uid"]}
    steps = {str(step.step_uid): step for step in steps_in_force(uids, viewer)}
    reviewed = [
        question_types.reviewed(
            frozen,
            answers[frozen["key"]].answer if frozen["key"] in answers else [],
            earned=Decimal(result.by_question[frozen["key"]]),
            reveal=reveal,
        )
        for frozen in attempt.questions
    ]
    return [AnsweredQuestion(each, steps.get(each.step_uid or "")) for each in reviewed]


def steps_in_force(uids: Iterable[uuid.UUID | str], user: User) -> QuerySet[ReleasedStep]:
    """The steps as the releases in force have them, those that the user may read."""
    return (
        ReleasedStep.objects.filter(
            step_uid__in=uids, release__in=SOPRelease.objects.in_force().visible_to(user)
        )
        .select_related("release")
        .prefetch_related("release__texts")
    )
