"""allauth's sign-in form in Handrail's words."""

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """One field takes the employee number or the e-mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("Employee number or e-mail address")
        login.widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}
        password.help_text = ""
        for field in (login, password):
            field.widget.attrs.pop("placeholder", None)
        remember = self.fields["remember"]
        remember.label = _("Stay signed in on this device")
        remember.help_text = _("Not on a device that others use too.")
