"""The editor's own form for an SOP."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm


class SOPPageForm(WagtailAdminPageForm):
    """Asks for the notes of a change when it is handed in, not before.

    The model leaves them empty between changes; Wagtail waives required fields in a draft.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "change_summary" in self.fields:
            self.fields["change_summary"].required = True
