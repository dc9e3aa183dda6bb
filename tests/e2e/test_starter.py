"""A new starter's first day, in Chinese on a phone: code, procedure, module, quiz, certificate."""

from __future__ import annotations

import re

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Locator, Page, expect

from tests.browser import DESK, PHONE, Visit, Visitor
from tests.cast import Cast
from tests.sop import make as sop
from tests.training import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "六月的雨下个不停"
STEPS = [
    sop.step("Scan the bin", uid=make.STEP),
    sop.step("Take the item"),
]
QUESTIONS = [
    {
        "type": "single",
        "text": {"en": "What do you scan first?", "zh-hans": "先扫什么？"},
        "choices": [
            {"text": {"en": "The bin", "zh-hans": "库位"}, "correct": True},
            {"text": {"en": "The item", "zh-hans": "商品"}},
        ],
    },
    {
        "type": "multiple",
        "text": {"en": "What goes to the bottom?", "zh-hans": "哪些放在底部？"},
        "choices": [
            {"text": {"en": "Heavy pieces", "zh-hans": "重的"}, "correct": True},
            {"text": {"en": "Boxes", "zh-hans": "箱子"}, "correct": True},
            {"text": {"en": "Glass", "zh-hans": "玻璃"}},
        ],
    },
    {
        "type": "truefalse",
        "text": {"en": "A set is one piece.", "zh-hans": "一套算一件。"},
        "statement_is_true": True,
    },
]


def zh(text: str) -> str:
    """The interface's Chinese for `text`."""
    with translation.override("zh-hans"):
        return gettext(text)


def button(page: Page, text: str) -> Locator:
    return page.locator("main").get_by_role("button", name=zh(text), exact=True)


def clean(visited: Visit) -> None:
    assert visited.faults() == [], visited.page.url


@pytest.fixture
def ready(cast: Cast) -> None:
    """A procedure, its module and quiz, released in both languages for the pickers."""
    draft = sop.a_draft(cast, steps=STEPS, languages=("en", "zh-hans"))
    release = sop.approve(cast, draft)
    sop.approve(cast, sop.translation(draft), by=cast.lena)
    quiz = make.a_quiz(cast, questions=QUESTIONS)
    page = make.a_module_page(cast, sops=(release,), quiz=quiz, languages=("en", "zh-hans"))
    make.in_both_languages(cast, page)


def hand_out_a_code(hr: Visit) -> str:
    """HR adds the person and issues a code; returns what the slip says."""
    main = hr.page.locator("main")
    main.get_by_label("Employee number").fill("P9")
    main.get_by_label("Name").fill("陈玥")
    main.get_by_label("Language").select_option("zh-hans")
    main.get_by_label("Team").select_option(label="Picking")
    main.get_by_label("Picker").check()
    main.locator("form button[type=submit]").click()
    main.get_by_role("button", name="One-time code").click()
    return main.locator(".slip__code").inner_text()


def sign_in_with(page: Page, code: str) -> None:
    page.locator("[name=employee_number]").fill("p9")
    page.locator("[name=code]").fill(code)
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    button(page, "Set password and sign in").click()
    expect(page.get_by_role("heading", name="陈玥")).to_be_visible()


def answer(page: Page, *choices: str) -> None:
    for choice in choices:
        page.get_by_label(choice, exact=True).check()
    expect(page.locator("#saved")).to_contain_text(re.compile(r"\d\d:\d\d"))


def test_the_first_day(ready: None, cast: Cast, visit: Visitor) -> None:
    hr = visit("/people/add/", person=cast.hua, width=DESK)
    code = hand_out_a_code(hr)
    clean(hr)

    starter = visit("/people/code/", width=PHONE, language="zh-hans")
    page, main = starter.page, starter.page.locator("main")
    clean(starter)
    sign_in_with(page, code)
    clean(starter)

    main.get_by_role("link", name="PK-03").first.click()
    expect(main.get_by_role("heading", name="中文 Scan the bin")).to_be_visible()
    clean(starter)
    button(page, "I have read and understood it").click()
    expect(main.get_by_text(zh("You have read this"))).to_be_visible()

    page.goto(page.url.split("/sop")[0])
    expect(main.get_by_role("link", name="PK-03")).to_have_count(0)
    main.get_by_role("link", name="扫描").first.click()
    clean(starter)
    main.get_by_role("link", name=zh("Start learning")).click()
    expect(main.get_by_text("看标签。")).to_be_visible()
    clean(starter)
    button(page, "Understood, finish").click()
    button(page, "Start the quiz").click()

    expect(main.get_by_role("heading", name="先扫什么？")).to_be_visible()
    clean(starter)
    answer(page, "库位")
    button(page, "Next").click()
    answer(page, "重的", "箱子")
    page.reload()
    expect(page.get_by_label("箱子", exact=True)).to_be_checked()
    button(page, "Next").click()
    answer(page, zh("True"))
    button(page, "Check and hand in").click()
    clean(starter)
    button(page, "Hand in the quiz").click()

    expect(main.get_by_role("heading", name=zh("Passed"), exact=True)).to_be_visible()
    expect(main.get_by_text("100 %").first).to_be_visible()
    clean(starter)
    main.get_by_role("link", name=zh("My certificates")).click()
    expect(main.get_by_role("link", name="扫描")).to_be_visible()
    clean(starter)


def test_a_code_works_once(cast: Cast, visit: Visitor) -> None:
    code = hand_out_a_code(visit("/people/add/", person=cast.hua, width=DESK))
    sign_in_with(visit("/people/code/", width=PHONE, language="zh-hans").page, code)
    again = visit("/people/code/", width=PHONE, language="zh-hans")
    again.page.locator("[name=employee_number]").fill("P9")
    again.page.locator("[name=code]").fill(code)
    again.page.locator("[name=password1]").fill(PASSWORD + "!")
    again.page.locator("[name=password2]").fill(PASSWORD + "!")
    button(again.page, "Set password and sign in").click()
    expect(
        again.page.locator("main [role=alert], main .notice, main .errorlist").first
    ).to_be_visible()
    assert again.page.url.endswith("/people/code/")
    clean(again)
