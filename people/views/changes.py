"""What HR does with one person."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people import forms, groups, services
from people.permissions import can_grant
from people.views.action import Action, PersonAction


class AddPerson(Action):
    form_class = forms.NewPersonForm
    heading = _("Add a person")
    submit = _("Add")
    done = _("Added. Hand out a one-time code for the first sign-in.")

    def act(self, data: dict[str, Any]) -> None:
        self.person = services.add_person(by=self.request.user, **data)

    def back(self) -> str:
        if person := getattr(self, "person", None):
            return reverse("people:person", args=[person.pk])
        return reverse("people:list")


class EditPerson(PersonAction):
    form_class = forms.PersonForm
    heading = _("Change the record")

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.person, name) for name in self.form_class.base_fields}

    def act(self, data: dict[str, Any]) -> None:
        services.change_person(person=self.person, by=self.request.user, **data)


class MovePerson(PersonAction):
    form_class = forms.MoveForm
    heading = _("Move to a team")
    submit = _("Move")

    def act(self, data: dict[str, Any]) -> None:
        services.join_team(person=self.person, by=self.request.user, **data)


class StartRole(PersonAction):
    form_class = forms.StartRoleForm
    heading = _("Give a role")
    explanation = _("Training that the role requires is assigned at once.")

    def act(self, data: dict[str, Any]) -> None:
        services.start_role(person=self.person, by=self.request.user, **data)


class EndRole(PersonAction):
    form_class = forms.EndForm
    submit = _("End")

    def find(self, pk: int, holding: int, **kwargs: Any) -> None:
        super().find(pk)
        self.holding = get_object_or_404(
            self.person.role_holdings.open().select_related("role"), pk=holding
        )

    @property
    def heading(self) -> str:
        return gettext("End the role %(role)s") % {"role": self.holding.role.name}

    def act(self, data: dict[str, Any]) -> None:
        services.end_role(person=self.person, role=self.holding.role, by=self.request.user, **data)


class LinkAccount(PersonAction):
    form_class = forms.AccountForm
    heading = _("Link an account or badge")
    explanation = _(
        "The name under which a system knows this person. Work and errors of these days are "
        "counted for whoever held the account then."
    )

    def initial(self) -> dict[str, Any]:
        return {"on": self.person.hired_on} if self.person.hired_on else {}

    def act(self, data: dict[str, Any]) -> None:
        services.link_account(person=self.person, by=self.request.user, **data)


class EndAccount(PersonAction):
    form_class = forms.EndForm
    submit = _("End")

    def find(self, pk: int, account: int, **kwargs: Any) -> None:
        super().find(pk)
        self.linked = get_object_or_404(self.person.source_accounts, pk=account)

    @property
    def heading(self) -> str:
        return gettext("End the account %(system)s %(account)s") % {
            "system": self.linked.system,
            "account": self.linked.account,
        }

    def act(self, data: dict[str, Any]) -> None:
        services.end_account(linked=self.linked, by=self.request.user, **data)


class SetGroups(PersonAction):
    form_class = forms.GroupsForm
    heading = _("Groups")
    explanation = _("Nobody changes their own; HR and Administrators only by an administrator.")

    def find(self, pk: int, **kwargs: Any) -> None:
        super().find(pk)
        if not can_grant(self.request.user, self.person, {groups.APPROVERS}):
            raise Http404

    def initial(self) -> dict[str, Any]:
        return {"names": [*self.person.group_names]}

    def act(self, data: dict[str, Any]) -> None:
        services.set_groups(person=self.person, names=set(data["names"]), by=self.request.user)


class SignInAccess(PersonAction):
    """Closes sign-in, or opens it again, without ending employment."""

    danger = True

    @property
    def heading(self) -> str:
        return gettext("Close sign-in") if self.person.is_active else gettext("Open sign-in")

    submit = heading

    @property
    def explanation(self) -> str:
        if self.person.is_active:
            return gettext("Refused from the next request on, on every device.")
        return gettext("With the same password as before, or with a new one-time code.")

    def act(self, data: dict[str, Any]) -> None:
        services.allow_sign_in(
            person=self.person, allowed=not self.person.is_active, by=self.request.user
        )


class Leave(PersonAction):
    form_class = forms.LeaveForm
    heading = _("Record the leaving")
    danger = True

    def act(self, data: dict[str, Any]) -> None:
        services.leave(person=self.person, by=self.request.user, **data)


class Return(PersonAction):
    form_class = forms.ReturnForm
    heading = _("Record the return")

    def act(self, data: dict[str, Any]) -> None:
        services.rehire(person=self.person, by=self.request.user, **data)
