"""What every page of our own needs: where one may go, and light or dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from people.permissions import is_approver, leads_any_team
from scoring.permissions import (
    can_read_all_scorecards,
    can_read_imports,
    can_read_unattributed,
)
from sop.permissions import can_write

THEMES = ("light", "dark")
THEME_COOKIE = "theme"
# A phone's bar has room for five; beyond that the fifth opens the others.
BAR = 5
# More places than this need a wide screen to stand in one line.
LINE = 7


@dataclass(frozen=True)
class Item:
    """One place to go; `current` where the page belongs to it."""

    label: str
    url: str
    icon: str
    current: bool = False


@dataclass(frozen=True)
class Navigation:
    """Where the person may go: all of it on a wide screen, `bar` and `more` on a phone."""

    items: tuple[Item, ...]

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    @property
    def bar(self) -> tuple[Item, ...]:
        return self.items if len(self.items) <= BAR else self.items[: BAR - 1]

    @property
    def more(self) -> tuple[Item, ...]:
        return self.items[len(self.bar) :]

    @property
    def is_long(self) -> bool:
        return len(self.items) > LINE

    @property
    def more_is_current(self) -> bool:
        return any(item.current for item in self.more)


def _places(request: HttpRequest) -> Iterator[tuple[str, str, str]]:
    """(label, URL, icon) of each place that the person may go to, the daily ones first."""
    user = request.user
    yield _("Home"), reverse("home"), "home"
    yield _("Procedures"), reverse("sop:list"), "procedures"
    yield _("Learn"), reverse("training:home"), "learn"
    yield _("Scores"), reverse("scoring:mine"), "scores"
    leads = leads_any_team(user)
    if leads:
        yield pgettext("navigation", "Team"), reverse("training:team"), "team"
    if is_approver(user):
        yield _("Approvals"), reverse("sop:reviews"), "check"
    if can_write(user):
        yield pgettext("navigation", "Write"), reverse("sop:writing"), "write"
    if user.sees_everyone or leads:
        yield _("People"), reverse("people:list"), "people"
    if can_read_all_scorecards(user):
        yield _("Periods"), reverse("scoring:periods"), "periods"
    if can_read_imports(user):
        yield pgettext("navigation", "Data"), reverse("scoring:imports"), "imports"
    if can_read_unattributed(user):
        yield _("Open errors"), reverse("scoring:unattributed"), "dispute"


def navigation_for(request: HttpRequest) -> Navigation | None:
    """None for visitors: they see nothing but the sign-in.

    An error that was met before sign-in was looked at has no `user` on its request.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    places = list(_places(request))
    home = reverse("home")
    fits = [
        url
        for _label, url, _icon in places
        if request.path == url or (url != home and request.path.startswith(url))
    ]
    current = max(fits, key=len, default=None)
    return Navigation(tuple(Item(label, url, icon, url == current) for label, url, icon in places))


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation` costs nothing on a page that does not show it."""
    theme = request.COOKIES.get(THEME_COOKIE)
    return {
        "navigation": SimpleLazyObject(lambda: navigation_for(request)),
        "theme": theme if theme in THEMES else "",
    }
