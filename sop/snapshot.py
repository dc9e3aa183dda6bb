"""The content of a page as plain JSON: what is approved, hashed, kept and shown.

    {"schema": 1, "code", "title", "language", "team", "owner", "roles": [slug], "purpose", "scope",
     "risk_level", "review_months",
     "steps": [{"uid", "type": "step", "title", "role": slug, "instruction",
                "pictures": [{"image": pk, "file": hash of the file, "alt"}],
                "warnings": [{"level", "text"}], "check", "expected_seconds", "value_class",
                "error_codes": [code], "sha256"}]}

`purpose`, `scope` and `instruction` are HTML of a few plain tags; everything else is text.
A step's `sha256` leaves out its uid and its place, so a step that only moved keeps it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import nh3

from sop.canonical import sha256

if TYPE_CHECKING:
    from sop.models import SOPPage

SCHEMA = 1
# Facts of the SOP rather than of a language: a translation takes them from its source.
FACTS = ("code", "team", "owner", "roles", "risk_level", "review_months")
TAGS = {"p", "b", "ol", "ul", "li", "br"}


def clean_html(html: str) -> str:
    return nh3.clean(html or "", tags=TAGS, attributes={})


def build(page: SOPPage) -> dict[str, Any]:
    """The page's content; `page` may be a revision's object."""
    return {
        "schema": SCHEMA,
        "code": page.code,
        "title": page.title,
        "language": page.language,
        "team": page.team.slug,
        "owner": page.process_owner.employee_number if page.process_owner else None,
        "roles": sorted(role.slug for role in page.roles.all()),
        "purpose": clean_html(page.purpose),
        "scope": clean_html(page.scope),
        "risk_level": page.risk_level,
        "review_months": page.review_months,
        "steps": [_step(child) for child in page.steps],
    }


def _step(child: Any) -> dict[str, Any]:
    value = child.value
    content = {
        "type": child.block_type,
        "title": value["title"],
        "role": value["role"],
        "instruction": clean_html(value["instruction"].source if value["instruction"] else ""),
        "pictures": [_picture(picture) for picture in value["pictures"]],
        "warnings": [
            {"level": warning["level"], "text": warning["text"]} for warning in value["warnings"]
        ],
        "check": value["check"] or "",
        "expected_seconds": value["expected_seconds"],
        "value_class": value["value_class"],
        "error_codes": sorted(value["error_codes"] or []),
    }
    return {"uid": str(child.id), **content, "sha256": sha256(content)}


def _picture(picture: Any) -> dict[str, Any]:
    image = picture["image"]
    return {
        "image": image.pk if image else None,
        "file": image.get_file_hash() if image else None,
        "alt": picture["alt"],
    }


def for_approval(page: SOPPage) -> dict[str, Any]:
    """What the approver answers for: the content and the notes of the change."""
    start = page.effective_from
    return {
        "content": build(page),
        "change": {
            "kind": page.change_kind,
            "summary": page.change_summary,
            "reason": page.change_reason,
            "effective_from": start.astimezone(dt.UTC).isoformat() if start else None,
        },
    }


def neutral_steps(snapshot: dict[str, Any]) -> list[dict[str, Any]]:
    """What each step of a translation must share with its source."""
    return [
        {
            "uid": step["uid"],
            "role": step["role"],
            "warnings": [warning["level"] for warning in step["warnings"]],
            "expected_seconds": step["expected_seconds"],
            "value_class": step["value_class"],
            "error_codes": step["error_codes"],
        }
        for step in snapshot["steps"]
    ]
