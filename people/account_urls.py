"""The allauth routes that Handrail uses, under their own names.

Everything else of allauth (e-mail addresses, sign-in codes by mail, social accounts) is not
routed, so that it answers 404: people and their addresses are kept by HR.
"""

from allauth.account import views
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path


def closed(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", views.signup, name="account_signup"),  # says that accounts come from HR
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("password/change/", views.password_change, name="account_change_password"),
    # allauth leads here a person without a password, who can't be signed in.
    path("password/set/", closed, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
