"""Who may sign in, and who stays signed in: asked again at every request."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from people.models import User
from people.numbers import fold_number


class SignInBackend(AuthenticationBackend):
    """By employee number or e-mail; a closed account or a past last day is refused at once.

    Django asks `user_can_authenticate` at sign-in and, through `get_user`, for every request of
    an open session.
    """

    def user_can_authenticate(self, user: AbstractBaseUser) -> bool:
        return isinstance(user, User) and user.may_sign_in(timezone.localdate())

    def _authenticate_by_username(self, username: str, password: str) -> AbstractBaseUser | None:
        return super()._authenticate_by_username(fold_number(username), password)
