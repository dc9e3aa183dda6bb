"""The content of a module page as plain JSON: what is approved, hashed, kept and shown.

    {"schema": 1, "title", "summary", "language",
     "lessons": [{"uid", "title", "minutes",
                  "body": [{"type": "text", "html"} |
                           {"type": "picture", "image": pk, "file": hash, "alt", "caption"} |
                           {"type": "step", "step_uid"}]}]}

`html` is HTML of a few plain tags; everything else is text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nh3

if TYPE_CHECKING:
    from training.models import ModulePage

SCHEMA = 1
TAGS = {"h2", "p", "b", "ol", "ul", "li", "br"}


def clean_html(html: str) -> str:
    return nh3.clean(html or "", tags=TAGS, attributes={})


def build(page: ModulePage) -> dict[str, Any]:
    """What readers see; `page` may be a revision's object."""
    return {
        "schema": SCHEMA,
        "title": page.title,
        "summary": page.summary,
        "language": page.language,
        "lessons": [_lesson(child) for child in page.lessons],
    }


def _lesson(child: Any) -> dict[str, Any]:
    return {
        "uid": str(child.id),
        "title": child.value["title"],
        "minutes": child.value["minutes"],
        "body": [_part(part) for part in child.value["body"]],
    }


def _part(part: Any) -> dict[str, Any]:
    if part.block_type == "text":
        return {"type": "text", "html": clean_html(part.value.source if part.value else "")}
    if part.block_type == "step":
        return {"type": "step", "step_uid": part.value}
    image = part.value["image"]
    return {
        "type": "picture",
        "image": image.pk if image else None,
        "file": image.get_file_hash() if image else None,
        "alt": part.value["alt"],
        "caption": part.value["caption"] or "",
    }


def for_approval(page: ModulePage) -> dict[str, Any]:
    """What the approver answers for: the content, and whom it binds and for how long."""
    return {
        "content": build(page),
        "settings": {
            "slug": page.slug,
            "team": page.team.slug,
            "roles": sorted(role.slug for role in page.roles.all()),
            "sops": sorted(str(link.sop_key) for link in page.sop_links.all()),
            "quiz": page.quiz_id,
            "validity_months": page.validity_months,
            "due_days": page.due_days,
            "retake_on_release": page.retake_on_release,
        },
        "change": page.change_summary,
    }


def neutral(lessons: list[dict[str, Any]]) -> list[Any]:
    """The part of lessons that a translation must share with its source."""
    return [
        [
            lesson["uid"],
            [
                part["step_uid"] if part["type"] == "step" else part["type"]
                for part in lesson["body"]
            ],
        ]
        for lesson in lessons
    ]
