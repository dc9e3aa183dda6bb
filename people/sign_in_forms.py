"""Forms of sign-in: by number or e-mail, and by a one-time code."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.numbers import fold_number


class SignInForm(LoginForm):
    """One field takes the e-mail address or the employee number, in whatever width."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("Employee number or e-mail address")
        login.widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        password.help_text = ""
        for field in (login, password):
            field.widget.attrs.pop("placeholder", None)
        remember = self.fields["remember"]
        remember.label = _("Stay signed in on this device")
        remember.help_text = _("Not on a device that others use too.")

    def clean_login(self) -> str:
        # Folded here too, so that each spelling does not get rate limits of its own.
        return fold_number(super().clean_login())


class ResetForm(ResetPasswordForm):
    """Sends a link to people who may sign in, and says the same to everybody."""

    users: list[User]

    def clean_email(self) -> str:
        email = super().clean_email()
        today = timezone.localdate()
        self.users = [user for user in self.users if user.may_sign_in(today)]
        return email


class CodeForm(forms.Form):
    """Number, one-time code, and the password that the person wants from now on."""

    employee_number = forms.CharField(
        label=_("Employee number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    code = forms.CharField(
        label=_("One-time code"),
        max_length=20,
        help_text=_("The 8 digits on the slip from HR."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 8 characters, not only digits. You will use it from now on."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("New password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        return cleaned
