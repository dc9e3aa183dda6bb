"""A snapshot made ready to be read: names instead of slugs, addresses instead of hashes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from wagtail.images import get_image_model

from people.models import Role
from sop import snapshot as snapshots
from sop.choices import RiskLevel, ValueClass, WarningLevel
from sop.durations import how_long
from sop.models import ErrorCode, ReleasedPicture, ReleaseText, SOPPage


@dataclass(frozen=True)
class Picture:
    url: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class Caution:
    level: str
    label: str
    text: str


@dataclass(frozen=True)
class Step:
    """One step as `sop/_step.html` draws it."""

    number: int
    uid: str
    title: str
    role: str
    instruction: SafeString
    pictures: list[Picture]
    warnings: list[Caution]
    check: str
    expected_seconds: int | None
    value_class: str
    value_label: str
    error_codes: list[str]

    @property
    def anchor(self) -> str:
        return f"step-{self.number}"

    @property
    def expected(self) -> str:
        return how_long(self.expected_seconds) if self.expected_seconds else ""


@dataclass(frozen=True)
class Text:
    """A whole procedure in one language."""

    code: str
    title: str
    language: str
    purpose: SafeString
    scope: SafeString
    risk: str
    risk_label: str
    roles: list[str]
    steps: list[Step]

    @property
    def expected(self) -> str:
        """The sum of the steps' times, empty where none is given."""
        total = sum(step.expected_seconds or 0 for step in self.steps)
        return how_long(total) if total else ""


FindPicture = Callable[[dict[str, Any]], Picture | None]


def released_text(text: ReleaseText) -> Text:
    """What a reader sees; pictures come through the checked view."""
    kept = {picture.source_hash: picture for picture in ReleasedPicture.objects.filter(text=text)}

    def find(picture: dict[str, Any]) -> Picture | None:
        row = kept[picture["file"]]
        url = reverse("sop:picture", args=[row.pk])
        return Picture(url, picture["alt"], row.width, row.height)

    return _text(text.snapshot, find)


def draft_text(page: SOPPage) -> Text:
    """What an author previews; pictures come from Wagtail, for those who may choose them."""
    content = snapshots.build(page)
    images = get_image_model().objects.in_bulk(
        [picture["image"] for step in content["steps"] for picture in step["pictures"]]
    )

    def find(picture: dict[str, Any]) -> Picture | None:
        image = images.get(picture["image"])
        if image is None:
            return None
        drawn = image.get_rendition("max-1600x1600")
        return Picture(drawn.url, picture["alt"], drawn.width, drawn.height)

    return _text(content, find)


def step_of(text: ReleaseText, step_uid: uuid.UUID | str) -> Step | None:
    """One step of a release, for a lesson that embeds it."""
    return next((step for step in released_text(text).steps if step.uid == str(step_uid)), None)


def _text(content: dict[str, Any], find: FindPicture) -> Text:
    roles = {role.slug: role.name for role in Role.objects.all()}
    codes = {code.code: code.name or code.code for code in ErrorCode.objects.all()}
    return Text(
        code=content["code"],
        title=content["title"],
        language=content["language"],
        purpose=_html(content["purpose"]),
        scope=_html(content["scope"]),
        risk=content["risk_level"],
        risk_label=_label(RiskLevel, content["risk_level"]),
        roles=[roles.get(slug, slug) for slug in content["roles"]],
        steps=[
            Step(
                number=number,
                uid=step["uid"],
                title=step["title"],
                role=roles.get(step["role"], step["role"] or ""),
                instruction=_html(step["instruction"]),
                pictures=[found for picture in step["pictures"] if (found := find(picture))],
                warnings=[
                    Caution(each["level"], _label(WarningLevel, each["level"]), each["text"])
                    for each in step["warnings"]
                ],
                check=step["check"],
                expected_seconds=step["expected_seconds"],
                value_class=step["value_class"],
                value_label=_label(ValueClass, step["value_class"]),
                error_codes=[codes.get(code, code) for code in step["error_codes"]],
            )
            for number, step in enumerate(content["steps"], start=1)
        ],
    )


def _label(choices: type[TextChoices], value: str | None) -> str:
    """The word for a stored value; a draft may not have one yet."""
    return str(choices(value).label) if value else ""


def _html(html: str) -> SafeString:
    """Snapshots are cleaned when they are made; once more costs little and trusts nothing."""
    return mark_safe(snapshots.clean_html(html))  # nosec B308, B703
