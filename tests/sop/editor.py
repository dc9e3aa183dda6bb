"""What a browser sends from Wagtail's page editor."""

from __future__ import annotations

from typing import Any

from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from sop.models import SOPPage
from tests.cast import Cast


def step_data(title: str, role: str = "picker", **values: Any) -> dict[str, Any]:
    return {
        "title": title, "role": role, "instruction": rich_text(f"<p>{title}</p>"),
        "pictures": streamfield([]), "warnings": streamfield([]), "check": "",
        "expected_seconds": "", "value_class": "necessary", **values,
    }  # fmt: skip


def page_data(cast: Cast, *steps: dict[str, Any], **values: Any) -> dict[str, Any]:
    """The whole form; `values` replace or add fields, such as the button that was pressed."""
    fields = {
        "title": "Pick an order", "code": "PK-03", "process_owner": "",
        "roles": [str(cast.picker.pk)], "purpose": rich_text("<p>Right item.</p>"),
        "scope": rich_text(""), "risk_level": "low", "review_months": "12",
        "steps": streamfield([("step", each) for each in steps or [step_data("Scan the shelf")]]),
        "change_kind": "major", "change_summary": "First version.", "change_reason": "",
        "effective_from": "", "comments": inline_formset([]),
    }  # fmt: skip
    roles = values.pop("roles", fields.pop("roles"))
    return nested_form_data(fields | values) | {"roles": roles}


def stale_data(cast: Cast, page: SOPPage, **values: Any) -> dict[str, Any]:
    """What autosave sends from a tab that holds the page's latest revision."""
    revision = page.latest_revision
    return page_data(
        cast,
        overwrite_revision_id=str(revision.pk),
        loaded_revision_id=str(revision.pk),
        loaded_revision_created_at=revision.created_at.isoformat(),
        **values,
    )


JSON = {"HTTP_ACCEPT": "application/json", "HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}
