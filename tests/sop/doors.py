"""Every address of Wagtail's admin at which a page, a revision or a picture could be asked for.

Taken from the URL configuration, so a door that a new version opens is in the test at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from sop.models import SOPPage

# Told apart by name: a door whose placeholder is not listed here fails the test that uses it.
UNRELATED = re.compile(
    r"^cms/(users|groups|sites|searchpicks|logout|account|password_reset|dismissibles|sprite|jsi18n"
    r"|test404|failwhale|locales|snippets)/|^cms/\^|^cms/login/|^cms/localize/jsi18n"
)

COMPARE = r"^(\d+)/revisions/compare/(live|earliest|\d+)\.\.\.(live|latest|\d+)/$"


@dataclass(frozen=True)
class Secret:
    """A draft that only its team may see, with the ids by which the doors ask for it."""

    page: SOPPage
    ids: dict[str, list[Any]]
    markers: tuple[str, ...]


def cms_patterns() -> Iterator[str]:
    def walk(resolver: Any, prefix: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, route)
            elif isinstance(pattern, URLPattern):
                yield route

    for route in walk(get_resolver(), ""):
        if route.startswith("cms/") and not UNRELATED.match(route):
            yield route


def addresses(secret: Secret) -> Iterator[str]:
    """Each pattern with the secret's ids put in, every combination."""
    for route in cms_patterns():
        yield from _filled(_plain(route), secret)


def _plain(route: str) -> str:
    """A regular-expression route as a path with named placeholders."""
    route = route.replace(COMPARE, "<int:page_id>/revisions/compare/<int:revision_id>...latest/")
    return route.replace("^", "").replace("$", "")


def _filled(route: str, secret: Secret) -> Iterator[str]:
    found = re.search(r"<(?:\w+:)?(\w+)>", route)
    if found is None:
        yield "/" + route
        return
    for value in secret.ids[found[1]]:
        yield from _filled(route.replace(found[0], str(value), 1), secret)
