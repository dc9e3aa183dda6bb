"""Procedures for tests: `a_draft` is written, `a_release` also handed in and approved."""

from __future__ import annotations

import datetime as dt
import uuid
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image as Pillow
from wagtail.images.models import Image
from wagtail.models import Collection, Locale

from people.models import User
from sop import services
from sop.models import SOPPage, SOPRelease
from tests.cast import Cast


def step(title: str, role: str = "picker", **values: Any) -> dict[str, Any]:
    return {
        "uid": uuid.uuid4(),
        "title": title,
        "role": role,
        "instruction": f"<p>{title}, calmly.</p>",
        **values,
    }


def in_chinese(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same steps, worded in Chinese."""
    return [
        each | {"title": f"中文 {each['title']}", "instruction": "<p>慢慢来。</p>"}
        for each in steps
    ]


def a_draft(
    cast: Cast,
    code: str = "PK-03",
    *,
    steps: list[dict[str, Any]] | None = None,
    languages: tuple[str, ...] = ("en",),
    by: User | None = None,
    **values: Any,
) -> SOPPage:
    """A draft of the pickers, written by their lead Lena."""
    steps = steps if steps is not None else [step("Scan the shelf"), step("Take the item")]
    texts = {
        "en": {"title": "Pick an order", "purpose": "<p>Right item.</p>", "steps": steps},
        "zh-hans": {"title": "拣货", "purpose": "<p>拣对货。</p>", "steps": in_chinese(steps)},
    }
    return services.create_sop(
        code=code,
        team=values.pop("team", cast.pickers),
        roles=values.pop("roles", [cast.picker]),
        texts={language: texts[language] for language in languages},
        by=by or cast.lena,
        change_summary=values.pop("change_summary", "First version."),
        **values,
    )


def approve(
    cast: Cast,
    page: SOPPage,
    *,
    at: dt.datetime | None = None,
    by: User | None = None,
    approver: User | None = None,
    **notes: Any,
) -> SOPRelease:
    """Handed in by the page's author, approved by Ping."""
    page = SOPPage.objects.get(pk=page.pk)
    state = services.submit_for_approval(page=page, by=by or page.owner, **notes)
    services.approve(page=page, by=approver or cast.ping, seen_sha256=state.content_sha256, at=at)
    return page.latest_release


def a_release(
    cast: Cast, code: str = "PK-03", *, at: dt.datetime | None = None, **values: Any
) -> SOPRelease:
    return approve(cast, a_draft(cast, code, **values), at=at)


def translation(page: SOPPage, language: str = "zh-hans") -> SOPPage:
    return page.get_translation(Locale.objects.get(language_code=language))


def change(page: SOPPage, *, by: User, **values: Any) -> SOPPage:
    """Saves a new draft of the page with other values, as the editor does."""
    draft = SOPPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    for name, value in values.items():
        setattr(draft, name, value)
    if not draft.live:
        draft.save(clean=False)
    draft.save_revision(user=by, log_action=True, clean=False)
    return SOPPage.objects.get(pk=page.pk)


def a_picture(
    title: str = "Shelf", *, collection: Collection | None = None, data: bytes | None = None
) -> Image:
    """A Wagtail image in the collection, of a colour of its own where no data is given."""
    if data is None:
        drawn = BytesIO()
        Pillow.new("RGB", (60, 40), f"#{uuid.uuid4().hex[:6]}").save(drawn, "PNG")
        data = drawn.getvalue()
    return Image.objects.create(
        title=title,
        file=ContentFile(data, name=f"{title}.png"),
        collection=collection or Collection.get_first_root_node(),
    )
