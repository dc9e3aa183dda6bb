"""allauth, set to Handrail's rules."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """People are added by HR; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
