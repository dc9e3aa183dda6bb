"""allauth, set to Handrail's rules."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from people.models import User


class AccountAdapter(DefaultAccountAdapter):
    """People are added by HR; nobody signs up."""

    # One answer for an unknown person and a wrong password, so that nobody can try out numbers.
    error_messages = DefaultAccountAdapter.error_messages | dict.fromkeys(
        ("username_password_mismatch", "email_password_mismatch"),
        _("The employee number, the e-mail address or the password is wrong."),
    )

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """allauth looks at `is_active` alone; a past last day closes the door too."""
        if not user.may_sign_in(timezone.localdate()):
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """In the language of whoever reads it, not of whoever asked."""
        with translation.override(user.language):
            super().send_password_reset_mail(user, email, context)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)
