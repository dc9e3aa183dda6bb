"""Forms of the record of people: each becomes one call of a service."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people import groups
from people.models import Role, Team, User
from people.numbers import fold_number, validate_number

EARLIEST, LATEST = dt.date(1950, 1, 1), dt.date(2100, 1, 1)


class DayField(forms.DateField):
    """A day, chosen from the device's own calendar; typing errors such as 0204 are refused."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_validators = [
        MinValueValidator(EARLIEST, _("This day is too long ago.")),
        MaxValueValidator(LATEST, _("This day is too far away.")),
    ]


def today_field(label: Any, help_text: Any = "") -> DayField:
    return DayField(label=label, help_text=help_text, initial=timezone.localdate)


class PersonForm(forms.Form):
    """What HR keeps of a person."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("For sign-in and to reset the password. Without one, hand out codes."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    hired_on = DayField(label=_("First day of work"), required=False)


class NewPersonForm(PersonForm):
    """A new person, with the first team and roles."""

    field_order = ("employee_number", "name", "hired_on", "team", "roles", "email", "language")

    employee_number = forms.CharField(
        label=_("Employee number"),
        max_length=40,
        help_text=_("As on the badge. It can't be changed later."),
    )
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True), label=_("Team"), required=False
    )
    roles = forms.ModelMultipleChoiceField(
        Role.objects.all(),
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hired_on"].required = True
        self.fields["hired_on"].initial = timezone.localdate
        self.fields["language"].initial = User._meta.get_field("language").default

    def clean_employee_number(self) -> str:
        number = fold_number(self.cleaned_data["employee_number"])
        validate_number(number)
        return number


class MoveForm(forms.Form):
    team = forms.ModelChoiceField(Team.objects.filter(is_active=True), label=_("New team"))
    on = today_field(pgettext_lazy("people", "From"), _("The team before ends on this day."))


class StartRoleForm(forms.Form):
    role = forms.ModelChoiceField(Role.objects.all(), label=_("Role"))
    on = today_field(pgettext_lazy("people", "From"))


class EndForm(forms.Form):
    on = today_field(_("First day without it"))


class AccountForm(forms.Form):
    system = forms.SlugField(
        label=_("System"),
        max_length=40,
        help_text=_("As in the mapping of its export, for example wms."),
    )
    account = forms.CharField(label=_("Account or badge"), max_length=80)
    on = today_field(pgettext_lazy("people", "From"))
    ends_on = DayField(
        label=_("To"),
        required=False,
        help_text=_("The first day on which it is no longer this person's; empty: still is."),
    )


class GroupsForm(forms.Form):
    """Groups that are handed out by hand; Staff and Team leads follow from other facts."""

    LABELS = {
        groups.APPROVERS: _("Approvers: approve procedures and training of others"),
        groups.MANAGERS: _("Managers: see every team, set targets"),
        groups.HR: _("HR: keep people, imports, periods and scorecards"),
        groups.AUDITORS: _("Auditors: see everything, change nothing"),
        groups.ADMINISTRATORS: _("Administrators: keep the installation"),
    }

    names = forms.MultipleChoiceField(
        label=_("Groups"),
        required=False,
        choices=list(LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
    )


class LeaveForm(forms.Form):
    on = today_field(
        _("First day no longer employed"),
        _("Teams, roles, leads and accounts end on this day, and sign-in closes."),
    )


class ReturnForm(forms.Form):
    on = today_field(
        _("First day back"),
        _("Number and history stay. Give team, role and a one-time code afterwards."),
    )


class NameForm(forms.Form):
    """A name in one language or both."""

    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)


class CodedNameForm(NameForm):
    field_order = ("slug", "name_en", "name_zh")
    slug = forms.SlugField(
        label=_("Code"),
        help_text=_("Short, for files and addresses: letters, digits, -. It stays for good."),
    )


class NewRoleForm(CodedNameForm):
    pass


class NewTeamForm(CodedNameForm):
    parent = forms.ModelChoiceField(
        Team.objects.filter(is_active=True),
        label=_("Part of"),
        required=False,
        empty_label=_("the whole store"),
    )


class TeamForm(NameForm):
    parent = NewTeamForm.base_fields["parent"]
    is_active = forms.BooleanField(
        label=_("In use"), required=False, help_text=_("A team without people can be closed.")
    )


class LeadForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), label=_("Who"))
    on = today_field(
        pgettext_lazy("people", "From"),
        _("The rights on the team and its procedures come with this day."),
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people


class PeopleFilter(forms.Form):
    """What the list of people shows."""

    STATES = (
        ("present", _("employed")),
        ("new", _("never signed in")),
        ("closed", _("sign-in closed")),
        ("left", _("left")),
        ("all", _("everybody")),
    )

    q = forms.CharField(label=_("Name or number"), required=False)
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team"), required=False, empty_label=_("all")
    )
    role = forms.ModelChoiceField(
        Role.objects.all(), label=_("Role"), required=False, empty_label=_("all")
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)

    def __init__(self, *args: Any, teams: QuerySet[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams
