"""Doors of Wagtail's admin that Handrail answers itself; mounted before Wagtail's own URLs.

Wagtail's sign-in would go past the rate limits, and its account page and bulk actions would
change people past the services and the audit record.
"""

from allauth.account.views import logout
from django.urls import path, re_path
from django.views.generic import RedirectView
from wagtail.admin.auth import require_admin_access

from people.account_urls import closed
from people.wagtail_admin import AccountView

urlpatterns = [
    # `next` travels along; allauth follows it to our own pages only.
    path("login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("logout/", logout),
    path("account/", require_admin_access(AccountView.as_view())),
    re_path(r"^password_reset/", closed),
    re_path(r"^bulk/(?:people|auth)/", closed),
]
