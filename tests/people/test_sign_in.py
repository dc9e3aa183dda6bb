"""Signing in: by number or e-mail, within limits, and only while one may."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from people import services
from people.models import User
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def try_sign_in(client: Client, login: str, password: str = PASSWORD, **extra: str):
    return client.post(LOGIN, {"login": login, "password": password, **extra})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "login", ["P1", "p1", " P1 ", "Ｐ１", "ｐ1", "p1@example.com", "P1@Example.com"]
)
def test_number_and_address_open_in_any_case_and_width(
    cast: Cast, client: Client, login: str
) -> None:
    assert try_sign_in(client, login)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(cast.noor.pk)


@pytest.mark.parametrize("login", ["P1", "p1@example.com", "nobody", "nobody@example.com"])
def test_a_wrong_password_opens_nothing_and_tells_nothing(
    cast: Cast, client: Client, login: str
) -> None:
    response = try_sign_in(client, login, "wrong horse")
    assert response.status_code == 200
    assert not signed_in(client)
    assert "is wrong" in response.content.decode()


def test_sign_in_leads_to_our_own_pages_only(cast: Cast, client: Client) -> None:
    for target in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert try_sign_in(Client(), "P1", next=target)["Location"] == "/"
    assert try_sign_in(client, "P1", next="/people/code/")["Location"] == "/people/code/"


def test_guessing_is_slowed_down_and_each_spelling_counts_as_one(
    cast: Cast, client: Client, settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    for login in ("P1", "p1", "Ｐ１", "p１", "P1 "):
        try_sign_in(client, login, "wrong horse")
    response = try_sign_in(client, "P1")
    assert "Too many failed" in response.content.decode()
    assert not signed_in(client)


def test_a_closed_account_is_refused_with_the_right_password(cast: Cast, client: Client) -> None:
    services.allow_sign_in(person=cast.noor, allowed=False, by=cast.hua)
    assert try_sign_in(client, "P1")["Location"] == reverse("account_inactive")
    assert not signed_in(client)


def test_closing_an_account_ends_its_open_sessions(cast: Cast, client: Client) -> None:
    try_sign_in(client, "P1")
    services.allow_sign_in(person=cast.noor, allowed=False, by=cast.hua)
    assert client.get("/")["Location"].startswith(LOGIN)


@pytest.mark.parametrize(
    "path",
    ["email/", "confirm-email/", "confirm-email/x/", "reauthenticate/", "login/code/",
     "login/code/confirm/", "password/set/", "social/connections/"],
)  # fmt: skip
def test_what_is_not_used_of_allauth_is_closed(cast: Cast, sign_in, path: str) -> None:
    for client in (Client(), sign_in(cast.noor)):
        assert client.get(f"/accounts/{path}").status_code == 404
        assert client.post(f"/accounts/{path}").status_code == 404


def test_nobody_signs_up(client: Client) -> None:
    before = User.objects.count()
    client.post(
        "/accounts/signup/",
        {"username": "X1", "email": "x@example.com", "password1": "a new battery",
         "password2": "a new battery"},
    )  # fmt: skip
    assert User.objects.count() == before


def test_wagtails_own_sign_in_leads_to_ours(cast: Cast, client: Client) -> None:
    assert client.get("/cms/login/?next=/cms/pages/")["Location"] == f"{LOGIN}?next=/cms/pages/"
    assert client.get("/cms/")["Location"] == f"{LOGIN}?next=/cms/"
    response = client.post("/cms/login/", {"username": "AD1", "password": PASSWORD}, follow=True)
    assert not signed_in(client)
    assert response.redirect_chain[0][0] == LOGIN


def test_signing_out_of_the_admin_signs_out(cast: Cast, sign_in) -> None:
    client = sign_in(cast.lena)
    client.post("/cms/logout/")
    assert not signed_in(client)


def test_the_admin_does_not_exist_for_those_who_may_not_use_it(cast: Cast, sign_in) -> None:
    for person in (cast.noor, cast.hua, cast.mei, cast.otto):
        for path in ("/cms/", "/cms/pages/", "/cms/account/", "/cms/users/"):
            assert sign_in(person).get(path).status_code == 404, (person, path)


BULK = ["people/user/delete", "people/user/assign_role", "people/user/set_active_state"]
CLOSED = ["users/", "groups/", "users/add/", "users/1/", "password_reset/", "password_reset/done/"]


@pytest.mark.parametrize("path", [*CLOSED, *(f"bulk/{action}/?id=1" for action in BULK)])
def test_wagtail_has_no_door_to_people_not_even_for_a_superuser(cast: Cast, sign_in, path) -> None:
    root = User.objects.create_superuser("ROOT", "Root")
    for person in (root, cast.ada, cast.lena):
        assert sign_in(person).get(f"/cms/{path}").status_code == 404
        assert sign_in(person).post(f"/cms/{path}").status_code == 404


def test_wagtails_account_page_keeps_to_its_own(cast: Cast, sign_in) -> None:
    client = sign_in(cast.lena)
    page = client.get("/cms/account/").content.decode()
    for name in ("first_name", "last_name", "email", "preferred_language", "new_password1"):
        assert name not in page
    client.post(
        "/cms/account/",
        {"theme-theme": "dark", "theme-density": "default", "theme-contrast": "system",
         "name_email-first_name": "X", "locale-preferred_language": "fr"},
    )  # fmt: skip
    lena = User.objects.get(pk=cast.lena.pk)
    assert lena.wagtail_userprofile.theme == "dark"
    assert (lena.name, lena.wagtail_userprofile.preferred_language) == ("Lena", "")


def reset_link(client: Client, email: str) -> str | None:
    response = client.post("/accounts/password/reset/", {"email": email})
    assert response["Location"] == "/accounts/password/reset/done/"
    found = [re.search(r"http://testserver(\S+)", letter.body) for letter in mail.outbox]
    mail.outbox.clear()
    return found[0].group(1) if found else None


def test_a_link_by_mail_sets_a_new_password_once(cast: Cast, client: Client) -> None:
    link = reset_link(client, "P1@example.com")
    form = client.get(link, follow=True)
    new = {"password1": "a new battery", "password2": "a new battery"}
    assert client.post(form.redirect_chain[-1][0], new).status_code == 302
    assert "password1" not in Client().get(link, follow=True).content.decode()
    try_sign_in(client, "P1", "a new battery")
    assert signed_in(client)


def test_the_mail_is_in_the_language_of_its_reader(cast: Cast, client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": "p2@example.com"})
    assert mail.outbox[0].to == ["p2@example.com"]
    assert "王喆" in mail.outbox[0].body


def test_the_answer_is_the_same_for_an_address_that_nobody_has(cast: Cast, client: Client) -> None:
    assert reset_link(client, "nobody@example.com") is None


def test_no_link_for_a_closed_account(cast: Cast, client: Client) -> None:
    services.allow_sign_in(person=cast.noor, allowed=False, by=cast.hua)
    assert reset_link(client, "p1@example.com") is None


def test_an_address_taken_off_the_record_opens_nothing_any_more(cast: Cast, client: Client) -> None:
    link = reset_link(client, "p1@example.com")  # allauth writes the address down here
    services.change_person(
        person=cast.noor, name="Noor", email="new@example.com", language="en",
        hired_on=cast.noor.hired_on, by=cast.hua,
    )  # fmt: skip
    assert "password1" not in client.get(link, follow=True).content.decode()
    assert reset_link(client, "p1@example.com") is None
    try_sign_in(client, "p1@example.com")
    assert not signed_in(client)
    try_sign_in(client, "new@example.com")
    assert signed_in(client)


def test_changing_the_password_ends_the_other_sessions(cast: Cast) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        try_sign_in(client, "P1")
    here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "a new battery", "password2": "a new battery"},
    )
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
