"""The editor's forms for modules, in the order in which a team lead thinks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    TitleFieldPanel,
)

from training.choices import released_sops


class LazySelect(forms.Select):
    """Asks for its choices each time that it is drawn."""

    def __init__(self, choices: Callable[[], list], attrs: dict | None = None) -> None:
        super().__init__(attrs)
        self.choices = choices  # type: ignore[assignment]  # Django takes a callable


class ModulePageForm(WagtailAdminPageForm):
    """Offers the quizzes that the editor may edit, and the one that is chosen already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "quiz" in self.fields and self.for_user is not None:
            quizzes = self.fields["quiz"].queryset
            offered = Q(pk__in=quizzes.editable_by(self.for_user)) | Q(pk=self.instance.quiz_id)
            self.fields["quiz"].queryset = quizzes.filter(offered)


module_panels = [
    TitleFieldPanel("title"),
    FieldPanel("slug"),
    FieldPanel("summary"),
    FieldPanel("lessons"),
    InlinePanel(
        "sop_links",
        label=_("SOP that it teaches"),
        heading=_("SOPs that it teaches"),
        panels=[FieldPanel("sop_key", widget=LazySelect(released_sops))],
    ),
    FieldPanel("quiz"),
    FieldPanel("roles", widget=forms.CheckboxSelectMultiple),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("due_days"), FieldPanel("validity_months")]),
            FieldPanel("retake_on_release"),
        ],
        heading=_("Deadlines"),
    ),
]
