"""What of Wagtail's admin concerns people, cut down to what is Wagtail's to change."""

from __future__ import annotations

from typing import Any

from wagtail.admin.views import account
from wagtail.admin.viewsets.base import ViewSet


class Nothing(ViewSet):
    """A viewset with no pages and no place in the menu."""

    def on_register(self) -> None:
        return None


class AccountView(account.AccountView):
    """Notifications, picture and theme; name, e-mail and language belong to Handrail's record."""

    not_ours = (account.NameEmailSettingsPanel, account.LocaleSettingsPanel)

    def get_panels(self) -> list[Any]:
        return [panel for panel in super().get_panels() if not isinstance(panel, self.not_ours)]
