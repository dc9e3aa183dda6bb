"""What leads and HR fill in."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Team
from training.models import Module


class ModuleChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, module: Module) -> str:
        return module.title


class AssignForm(forms.Form):
    """A lead gives a module to a person."""

    module = ModuleChoiceField(Module.objects.none(), label=_("Module"))
    due_on = forms.DateField(
        label=_("Due on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: the module's own number of days from today."),
    )
    note = forms.CharField(
        label=_("Reason, for the person to read"), max_length=300, required=False
    )

    def __init__(self, *args: Any, modules: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ModuleChoiceField, self.fields["module"]).queryset = modules

    def clean_due_on(self) -> dt.date | None:
        due_on = self.cleaned_data["due_on"]
        if due_on is not None and due_on < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day."))
        return due_on


class ReasonForm(forms.Form):
    """A reason that stays in the history."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class TeamFilterForm(forms.Form):
    """Which of the people that one sees."""

    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team"), required=False, empty_label=_("All teams")
    )

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["team"]).queryset = teams
