"""Forms of the reading and reviewing pages; the editor's own form is Wagtail's."""

from __future__ import annotations

from django import forms
from django.forms import ModelForm, modelform_factory
from django.utils.translation import gettext_lazy as _

from sop.models import ControlledPage


class DecisionForm(forms.Form):
    seen_sha256 = forms.CharField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when you ask for changes: say what and why."),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Staff are told that it is withdrawn; the reason is kept with the record."),
    )


def notes_form(page: ControlledPage) -> type[ModelForm]:
    """What the author says of a change when handing it in."""
    return modelform_factory(
        type(page),
        fields=page.note_fields,
        widgets={
            "change_summary": forms.Textarea(attrs={"rows": 3}),
            "change_reason": forms.Textarea(attrs={"rows": 2}),
            "change_kind": forms.RadioSelect,
            "effective_from": forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
        },
    )
