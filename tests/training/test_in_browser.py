"""The learner's way on a phone, in a real browser, with and without scripts."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.browser import DESK, PHONE, Visitor
from tests.cast import Cast
from tests.training.make import a_module, take
from training.models import Attempt, Certification, Response

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_picker_takes_the_module_on_a_phone(cast: Cast, visit: Visitor, scripts: bool) -> None:
    a_module(cast)
    page = visit(reverse("training:home"), person=cast.noor, scripts=scripts).page
    page.get_by_role("link", name="Scanning").click()
    page.get_by_role("link", name="Start learning").click()
    page.get_by_role("button", name="Understood, finish").click()
    page.get_by_role("button", name="Start the quiz").click()
    for picks in (["The bin"], ["Heavy pieces", "Boxes"], ["True"]):
        for pick in picks:
            page.get_by_label(pick, exact=True).check()
        page.get_by_role("button", name="Next").or_(
            page.get_by_role("button", name="Check and hand in")
        ).click()
    page.get_by_role("button", name="Hand in the quiz").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Passed"
    assert Certification.objects.filter(person=cast.noor).count() == 1
    page.get_by_role("link", name="My certificates").click()
    assert page.get_by_text("Certified").is_visible()


def test_an_answer_is_kept_without_pressing_anything(cast: Cast, visit: Visitor) -> None:
    attempt = take(cast.noor, a_module(cast)).attempt
    place = reverse("training:question", args=[attempt.pk, "2"])
    page = visit(place, person=cast.noor).page
    for pick in ("Heavy pieces", "Boxes"):
        page.get_by_label(pick).check()
    page.get_by_text("Saved").wait_for()
    page.wait_for_load_state("networkidle")
    assert attempt.answers()["2"].answer == ["1", "2"]
    # Each change has a key of its own, so each is a version of its own.
    assert Response.objects.values("client_key").distinct().count() == Response.objects.count()
    page.reload()
    assert page.get_by_label("Boxes").is_checked()


def test_a_lost_connection_is_said_and_the_answer_stays_on_the_screen(
    cast: Cast, visit: Visitor
) -> None:
    attempt = take(cast.noor, a_module(cast)).attempt
    page = visit(reverse("training:question", args=[attempt.pk, "1"]), person=cast.noor).page
    page.context.set_offline(True)
    page.get_by_label("The bin").check()
    page.get_by_text("Not saved: no connection").wait_for()
    assert page.get_by_label("The bin").is_checked()
    page.context.set_offline(False)
    page.get_by_role("button", name="Next").click()
    assert attempt.answers()["1"].answer == ["1"]


@pytest.mark.parametrize(("width", "theme"), [(PHONE, "light"), (DESK, "dark")])
def test_no_page_of_training_has_a_barrier(
    cast: Cast, visit: Visitor, width: int, theme: str
) -> None:
    module = a_module(cast)
    taking = take(cast.wei, module)
    taking.answer("1", "2")
    taking.submit()
    running = take(cast.noor, module).attempt
    ways = {
        cast.noor: [
            reverse("training:home"),
            reverse("training:module", args=[module.slug]),
            reverse("training:lesson", args=[module.slug, 1]),
            reverse("training:question", args=[running.pk, "1"]),
            reverse("training:attempt", args=[running.pk]),
            reverse("training:certificates"),
            reverse("sop:read", args=["PK-03"]),
        ],
        cast.lena: [
            reverse("training:team"),
            reverse("training:person", args=[cast.wei.pk]),
            reverse("training:attempt", args=[taking.attempt.pk]),
            reverse("training:retire", args=[module.slug]),
        ],
    }
    faults = {
        path: found
        for person, paths in ways.items()
        for path in paths
        if (found := visit(path, person=person, width=width, theme=theme).faults())
    }
    assert faults == {}
    assert Attempt.objects.count() == 2
