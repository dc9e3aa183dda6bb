"""Signing in, passwords and errors: in our words and look, whoever asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.views import defaults
from django.views.csrf import csrf_failure

from people.models import User
from tests.cast import PASSWORD, Cast

SignIn = Callable[[User], Client]


@pytest.mark.parametrize("login", ["P1", "p1", "p1@example.com", "P1@Example.com"])
def test_sign_in_by_number_or_e_mail(login: str, cast: Cast, client: Client) -> None:
    response = client.post(reverse("account_login"), {"login": login, "password": PASSWORD})
    assert (response.status_code, response.url) == (302, "/")


def test_a_wrong_sign_in_does_not_tell_whether_the_person_exists(
    cast: Cast, client: Client
) -> None:
    def answer(login: str) -> str:
        data = {"login": login, "password": "wrong"}
        html = client.post(reverse("account_login"), data).content.decode()
        return html.split('class="errorlist nonfield"')[1].split("</ul>")[0]

    assert answer("P1") == answer("P999")
    assert "is wrong" in answer("P1")


def test_nobody_signs_up(client: Client, db: None) -> None:
    html = client.get(reverse("account_signup")).content.decode()
    assert "Accounts come from HR" in html
    assert "<input" not in html.split("<main")[1]


@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_reset_password_done"]
)
def test_entrances_speak_chinese_too(name: str, client: Client, db: None) -> None:
    client.cookies["django_language"] = "zh-hans"
    html = client.get(reverse(name)).content.decode()
    assert '<html lang="zh-hans"' in html
    assert "登录" in html
    assert 'rel="stylesheet"' in html


@pytest.mark.parametrize("name", ["account_change_password", "account_logout"])
def test_own_account_pages_have_the_frame(name: str, cast: Cast, sign_in: SignIn) -> None:
    html = sign_in(cast.noor).get(reverse(name)).content.decode()
    assert 'class="topnav"' in html
    assert "btn--primary" in html


def test_signing_out_takes_a_post(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.noor)
    client.get(reverse("account_logout"))
    assert client.get("/").status_code == 200
    client.post(reverse("account_logout"))
    assert client.get("/").status_code == 302


def test_a_forgotten_password_is_reset_by_a_link_that_works_once(
    cast: Cast, client: Client
) -> None:
    client.post(reverse("account_reset_password"), {"email": "p1@example.com"})
    [message] = mail.outbox
    link = next(word for word in message.body.split() if "/password/reset/key/" in word)
    page = client.get(link, follow=True)
    new = {"password1": "a quite new phrase", "password2": "a quite new phrase"}
    client.post(page.redirect_chain[-1][0], new)
    cast.noor.refresh_from_db()
    assert cast.noor.check_password("a quite new phrase")
    assert "This link no longer works" in Client().get(link, follow=True).content.decode()


def test_every_error_page_draws_in_both_languages(db: None) -> None:
    request = RequestFactory().get("/missing/")
    for language, way_home in (("en", "Go to my home page"), ("zh-hans", "回到我的首页")):
        with translation.override(language):
            for status, response in {
                400: defaults.bad_request(request, Exception()),
                403: defaults.permission_denied(request, Exception()),
                404: defaults.page_not_found(request, Exception()),
                500: defaults.server_error(request),
            }.items():
                assert response.status_code == status
                assert way_home in response.content.decode(), status
            refused = csrf_failure(request)
            assert refused.status_code == 403
            assert way_home in refused.content.decode()


def test_an_unknown_address_answers_with_our_page(client: Client, db: None) -> None:
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "We can’t find this page" in response.content.decode()


def test_the_editor_carries_our_name_and_leads_back(cast: Cast, sign_in: SignIn) -> None:
    html = sign_in(cast.lena).get(reverse("wagtailadmin_home"), follow=True).content.decode()
    assert "portal/admin.css" in html
    assert "Handrail</title>" in html.replace("\n", "")
    assert 'aria-label="Handrail"' in html
    assert "Back to Handrail" in html
