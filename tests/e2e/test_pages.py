"""Every page that is linked: no barrier, no overflow, no complaint, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from people.models import User
from tests.browser import DESK, PHONE, Visitor
from tests.cast import Cast
from tests.e2e import store
from tests.e2e.crawl import pages_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [(PHONE, "light", "en"), (DESK, "dark", "zh-hans")]
EXPECTED = {
    "home",
    "people:person",
    "people:team",
    "people:audit",
    "sop:list",
    "sop:read",
    "sop:writing",
    "training:home",
    "training:module",
    "training:lesson",
    "training:team",
    "scoring:mine",
    "scoring:scorecard",
    "scoring:rows",
    "scoring:reviews",
    "scoring:review",
    "scoring:periods",
    "scoring:period",
    "scoring:imports",
    "scoring:import",
    "scoring:unattributed",
}
HATS = ["hua", "lena", "noor", "ada", "mei", "ping", "otto"]


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_every_page(
    width: int,
    theme: str,
    language: str,
    cast: Cast,
    visit: Visitor,
    sign_in: Callable[[User], Client],
) -> None:
    store.fill(cast)
    User.objects.update(language=language)
    checked: set[str] = set()
    faults: dict[str, list[str]] = {}
    for hat in HATS:
        person = User.objects.get(pk=getattr(cast, hat).pk)
        for route, path in pages_of(sign_in(person)).items():
            if route in checked:
                continue
            checked.add(route)
            found = visit(path, person=person, width=width, theme=theme).faults()
            if found:
                faults[f"{hat} {route} {path}"] = found
    assert faults == {}
    # Each room was reached, or the links that this test follows are broken.
    assert checked >= EXPECTED, EXPECTED - checked
