"""Forms of operations data: a file with its source and mapping, a decision on an error."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import User
from scoring.importing.mapping import MappingError, parse_bytes
from scoring.models import OperationsImport, Source

MAPPING_LIMIT = 256 * 1024


class ImportForm(forms.Form):
    """A file, where it comes from, and how it is to be read."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("An export as CSV or XLSX, as your system gives it."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    source = forms.ModelChoiceField(
        label=_("Source"),
        queryset=Source.objects.none(),
        required=False,
        empty_label=_("A new source"),
        help_text=_("Where the file comes from. The same kind of file always has the same source."),
    )
    new_source = forms.SlugField(
        label=_("Code of the new source"),
        max_length=40,
        required=False,
        help_text=_("Latin letters, digits and hyphens, such as wms or quality-desk."),
    )
    mapping = forms.FileField(
        label=_("Mapping file"),
        required=False,
        help_text=_(
            "Says which column means what (TOML). Left out, the source's last one is used."
        ),
        widget=forms.FileInput(attrs={"accept": ".toml"}),
    )
    create_people = forms.BooleanField(
        label=_("Make a person for each account that nobody has"),
        required=False,
        help_text=_("Otherwise rows with such accounts are rejected."),
    )

    def __init__(self, *args: Any, replaces: OperationsImport | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        source = cast(forms.ModelChoiceField, self.fields["source"])
        source.queryset = Source.objects.all()
        if replaces is not None:
            del self.fields["new_source"]
            source.queryset = Source.objects.filter(pk=replaces.source_id)
            source.required = True
            source.empty_label = None
            source.initial = replaces.source
        elif not Source.objects.exists():
            del self.fields["source"]
            self.fields["new_source"].required = True
            self.fields["mapping"].required = True

    def clean_mapping(self) -> str | None:
        """The mapping's text, checked."""
        file = self.cleaned_data["mapping"]
        if file is None:
            return None
        if file.size > MAPPING_LIMIT:
            raise forms.ValidationError(_("This is too large for a mapping file."))
        try:
            return parse_bytes(file.read()).text
        except MappingError as error:
            raise forms.ValidationError(error.problems) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        source = data.get("source")
        if source is None and not data.get("new_source"):
            if "new_source" in self.fields and "new_source" not in self.errors:
                self.add_error("new_source", _("Choose a source, or give a new one a code."))
            return data
        data["slug"] = source.slug if source else data["new_source"].lower()
        if not data.get("mapping") and "mapping" not in self.errors:
            latest = OperationsImport.objects.filter(source__slug=data["slug"]).committed().first()
            known = Source.objects.filter(slug=data["slug"]).first()
            newest = known.mappings.first() if known else None
            version = latest.mapping if latest else newest
            if version is None:
                self.add_error("mapping", _("This source has no mapping yet. Add its file."))
            else:
                data["mapping"] = version.text
        return data


class DecisionForm(forms.Form):
    """Who made an error: somebody who worked on the order; for HR also anybody, or nobody."""

    NOBODY, OTHER = "nobody", "other"

    who = forms.ChoiceField(label=_("Who made the error"), widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("Employee number of the other person"), max_length=40, required=False
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("The person reads this. Say how you know."),
    )

    def __init__(self, *args: Any, people: list[User], whole_store: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        choices: list[tuple[str, Any]] = [(pk, str(p)) for pk, p in self.people.items()]
        if whole_store:
            choices += [
                (self.OTHER, _("Somebody else")),
                (self.NOBODY, _("Nobody: it counts for no one")),
            ]
        else:
            del self.fields["number"]
        cast(forms.ChoiceField, self.fields["who"]).choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        who = data.get("who")
        if who == self.OTHER:
            number = data.get("number", "").strip()
            data["maker"] = User.objects.filter(employee_number__iexact=number).first()
            if data["maker"] is None:
                self.add_error("number", _("Nobody has this employee number."))
        else:
            data["maker"] = self.people.get(who or "")
        return data


class ReasonForm(forms.Form):
    """Why a decision is taken back."""

    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )
