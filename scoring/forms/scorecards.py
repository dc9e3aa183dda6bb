"""Forms of periods, reviews, standards and weights."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Role, Team
from scoring.models import Review, ScoringPeriod, Weights


class DateInput(forms.DateInput):
    """The browser's own date picker, which takes and gives ISO dates in every language."""

    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class PeriodForm(forms.Form):
    """A new period; people say its last day, the record keeps the day after it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=40,
        help_text=_("Letters, digits and hyphens, such as 2026-Q1. It stands in addresses."),
    )
    starts_on = forms.DateField(label=_("First day"), widget=DateInput)
    last_day = forms.DateField(label=_("Last day"), widget=DateInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day can't be before the first day."))
        return data

    @property
    def ends_on(self) -> dt.date:
        last: dt.date = self.cleaned_data["last_day"]
        return last + dt.timedelta(days=1)


class ReviewForm(forms.ModelForm):
    """The lead's words."""

    class Meta:
        model = Review
        fields = ("lead_words", "goals", "band_reason", "met_on")
        widgets = {
            "lead_words": forms.Textarea(attrs={"rows": 6}),
            "goals": forms.Textarea(attrs={"rows": 4}),
            "band_reason": forms.Textarea(attrs={"rows": 3}),
            "met_on": DateInput,
        }
        labels = {
            "lead_words": _("What went well, what to work on"),
            "goals": _("Goals for the next period"),
            "band_reason": _("Why the result is below expectations"),
            "met_on": _("Talked about on"),
        }
        help_texts = {
            "goals": _("What, by how much, until when, and how you will both see it."),
            "band_reason": _("The numbers alone are no reason: say what lies behind them."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.instance.scorecard.may_be_below:
            del self.fields["band_reason"]


class OwnWordsForm(forms.Form):
    """What the person says about the own card."""

    words = forms.CharField(
        label=_("Your own words"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What you agree with, what you see differently, what you need."),
    )


class ProcessForm(forms.Form):
    """The names of a process."""

    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)


class StandardForm(forms.Form):
    """A standard from a day on; without seconds the peers' own counts from that day."""

    seconds = forms.DecimalField(
        label=_("Seconds a unit"), min_value=0, max_digits=9, decimal_places=3, required=False,
        help_text=_("Leave it empty to measure by what the people themselves take."),
    )  # fmt: skip
    on = forms.DateField(label=_("From"), widget=DateInput)
    reason = forms.CharField(
        label=_("How it was found"), max_length=300, required=False,
        help_text=_("For example: time study of 40 orders, 12 to 14 May, by Leo."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("seconds") and not data.get("reason"):
            self.add_error("reason", _("Say how the standard was found."))
        return data


class WeightsForm(forms.ModelForm):
    """How much each component counts, for a role or for all others."""

    on = forms.DateField(label=_("From"), widget=DateInput)

    class Meta:
        model = Weights
        fields = ("role", "throughput", "quality", "competence", "gate")
        labels = {"gate": _("Speed counts only up to this error ratio")}
        help_texts = {
            "gate": _(
                "1.25 means: beyond the standard, speed earns nothing where errors are likely more "
                "than 1.25 times the expected."
            )
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"] = forms.ModelChoiceField(
            label=_("Role"),
            queryset=Role.objects.all(),
            required=False,
            empty_label=_("every role without weights of its own"),
        )


class PeriodFilter(forms.Form):
    """Which cards of a period are listed."""

    def __init__(self, *args: Any, period: ScoringPeriod, **options: Any) -> None:
        super().__init__(*args, **options)
        used = period.scorecards.current().values("team")
        self.fields["team"] = forms.ModelChoiceField(
            label=_("Team"),
            queryset=Team.objects.filter(pk__in=used),
            required=False,
            empty_label=_("all teams"),
        )
