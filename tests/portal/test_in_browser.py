"""Every page of the frame in a real browser: both widths, both themes, both languages."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.browser import DESK, PHONE, Visitor
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [
    (PHONE, "light", "en"), (PHONE, "dark", "zh-hans"), (DESK, "light", "zh-hans"),
    (DESK, "dark", "en"),
]  # fmt: skip
HATS = ["noor", "wei", "lena", "ping", "hua", "mei", "ada", "otto"]


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_pages_before_the_sign_in(width: int, theme: str, language: str, visit: Visitor) -> None:
    for name in ("account_login", "people:code", "account_reset_password", "account_signup"):
        visited = visit(reverse(name), width=width, theme=theme, language=language)
        assert visited.faults() == [], name
        assert visited.page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_home_of_every_hat(
    width: int, theme: str, language: str, cast: Cast, visit: Visitor
) -> None:
    for hat in HATS:
        person = getattr(cast, hat)
        type(person).objects.filter(pk=person.pk).update(language=language)
        assert visit("/", person=person, width=width, theme=theme).faults() == [], hat


def test_the_bar_of_a_phone_hides_nothing_that_has_focus(cast: Cast, visit: Visitor) -> None:
    page = visit("/", person=cast.lena, width=PHONE).page
    bar = page.locator(".tabbar").bounding_box()
    for _step in range(40):
        page.keyboard.press("Tab")
        box = page.evaluate(
            "(e => e.closest('.tabbar') ? null : e.getBoundingClientRect().toJSON())"
            "(document.activeElement)"
        )
        if box and box["height"] < 700:
            assert box["bottom"] <= bar["y"] + 1


def test_the_first_tab_skips_the_navigation(cast: Cast, visit: Visitor) -> None:
    page = visit("/", person=cast.lena, width=DESK).page
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("class") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_dark_is_chosen_at_once_and_kept(cast: Cast, visit: Visitor) -> None:
    page = visit("/", person=cast.noor, width=DESK, theme="light").page
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.locator(".site-header summary").click()
    with page.expect_response(re.compile("/theme/")):
        page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(paper)
    assert dark != light
    page.reload()
    assert page.evaluate(paper) == dark


def test_a_menu_closes_on_escape_and_gives_focus_back(cast: Cast, visit: Visitor) -> None:
    page = visit("/", person=cast.noor, width=DESK).page
    page.locator(".site-header summary").click()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Sign out").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_everything_works_without_scripts(cast: Cast, visit: Visitor) -> None:
    page = visit("/", person=cast.noor, width=PHONE, scripts=False).page
    page.locator(".site-header summary").click()
    page.get_by_role("button", name="简体中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    page.locator(".site-header summary").click()
    page.get_by_role("button", name="深色").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator(".site-header summary").click()
    page.get_by_role("button", name="退出登录").click()
    assert reverse("account_login") in page.url
