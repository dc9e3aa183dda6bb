"""The frame around every page: navigation, language, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from people.models import AuditRecord, User
from portal.context import Item, Navigation, navigation_for
from tests.cast import Cast

SignIn = Callable[[User], Client]


def places(person: User, path: str = "/") -> list[str]:
    request = RequestFactory().get(path)
    request.user = person
    return [item.label for item in navigation_for(request)]


def first_line(response: HttpResponse) -> str:
    """The page up to its head: what a browser knows before it fetches any style."""
    return response.content.decode().split("<head>")[0]


def test_a_visitor_is_sent_to_the_sign_in(client: Client, db: None) -> None:
    response = client.get("/")
    assert response.status_code == 302
    assert response.url == reverse("account_login") + "?next=/"


def test_a_visitor_sees_no_navigation(client: Client, db: None) -> None:
    html = client.get(reverse("account_login")).content.decode()
    assert 'class="topnav"' not in html
    assert 'class="tabbar"' not in html


def test_each_hat_has_its_places(cast: Cast) -> None:
    assert {"Write", "Approvals", "People"}.isdisjoint(places(cast.noor))
    assert {"Write", "People", "Team"} <= set(places(cast.lena))
    assert "Team" not in places(cast.hua)
    assert "Approvals" in places(cast.ping)
    assert "Write" not in places(cast.ping)
    assert "People" in places(cast.hua)


def test_only_those_who_may_are_led_to_the_page_editor(cast: Cast, sign_in: SignIn) -> None:
    link = f'href="{reverse("wagtailadmin_home")}"'
    assert link in sign_in(cast.lena).get("/").content.decode()
    assert link not in sign_in(cast.noor).get("/").content.decode()


def test_home_is_current_only_at_home(cast: Cast) -> None:
    def current(path: str) -> list[str]:
        request = RequestFactory().get(path)
        request.user = cast.lena
        return [item.label for item in navigation_for(request) if item.current]

    assert current("/") == ["Home"]
    assert current("/sop/PK-03/") == ["Procedures"]
    assert current("/sop/writing/") == ["Write"]
    assert current("/elsewhere/") == []


@pytest.mark.parametrize(("places", "bar", "more"), [(4, 4, 0), (5, 5, 0), (6, 4, 2), (9, 4, 5)])
def test_a_phone_shows_five_targets_at_most(places: int, bar: int, more: int) -> None:
    navigation = Navigation(tuple(Item(str(n), f"/{n}/", "home", n == 8) for n in range(places)))
    assert (len(navigation.bar), len(navigation.more)) == (bar, more)
    assert navigation.bar + navigation.more == navigation.items
    assert navigation.more_is_current is (places == 9)


def test_language_is_kept_on_the_person(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.noor)
    response = client.post(reverse("set_language"), {"language": "zh-hans", "next": "/"})
    assert response.status_code == 302
    cast.noor.refresh_from_db()
    assert cast.noor.language == "zh-hans"
    assert AuditRecord.objects.filter(verb="person.language", actor=cast.noor).count() == 1
    page = client.get("/")
    assert '<html lang="zh-hans"' in page.content.decode()


def test_a_visitor_chooses_the_language_of_the_sign_in(client: Client, db: None) -> None:
    client.post(reverse("set_language"), {"language": "zh-hans", "next": "/accounts/login/"})
    assert '<html lang="zh-hans"' in client.get(reverse("account_login")).content.decode()


def test_a_language_that_is_not_offered_is_refused(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.noor).post(reverse("set_language"), {"language": "fr"}).status_code == 400
    cast.noor.refresh_from_db()
    assert cast.noor.language == "en"


def test_the_look_is_in_the_first_byte_sent(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.noor)
    assert "data-theme=" not in first_line(client.get("/"))
    response = client.post(reverse("set_theme"), {"theme": "dark", "next": "/people/"})
    assert response.url == "/people/"
    assert 'data-theme="dark"' in first_line(client.get("/"))
    client.post(reverse("set_theme"), {"theme": ""})
    assert "data-theme=" not in first_line(client.get("/"))


def test_a_look_that_is_not_offered_is_refused(client: Client, db: None) -> None:
    assert client.post(reverse("set_theme"), {"theme": '"><script>'}).status_code == 400
    client.cookies["theme"] = "loud"
    assert "data-theme=" not in first_line(client.get(reverse("account_login")))


@pytest.mark.parametrize("name", ["set_theme", "set_language"])
def test_choices_lead_back_to_our_own_pages_only(name: str, client: Client, db: None) -> None:
    data = {"theme": "dark", "language": "en", "next": "https://elsewhere.example/"}
    assert client.post(reverse(name), data).url == "/"
    assert client.get(reverse(name)).status_code == 405


def test_no_page_asks_another_host_for_anything(cast: Cast, sign_in: SignIn) -> None:
    html = sign_in(cast.noor).get("/").content.decode()
    assert "//" not in html.replace("http://www.w3.org/2000/svg", "")


def test_many_places_wait_for_a_wide_screen(cast: Cast, sign_in: SignIn) -> None:
    assert "has-long-nav" in first_line(sign_in(cast.hua).get("/"))
    assert "has-long-nav" not in first_line(sign_in(cast.noor).get("/"))
