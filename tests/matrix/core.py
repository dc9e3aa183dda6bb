"""What a row of the permission matrix says, and how an answer is read.

A row names a route and says what each actor gets. Its objects belong to Noor, who picks in
Lena's team: so `staff` is the owner, `other_staff` (Pia) and `other_lead` (Leo) are strangers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from people.models import User
from tests.cast import Cast

OK, GO, SIGN_IN, NOT_FOUND, NOT_ALLOWED, BAD = "200", "302", "sign in", "404", "405", "400"
# Wagtail refuses by leading back to its first page; whatever is fine for whoever may go in.
REFUSED, ANY = "refused", "any"

# Actor in the matrix -> who of the cast that is; None is a visitor.
ACTORS: dict[str, str | None] = {
    "anonymous": None,
    "staff": "noor",
    "other_staff": "pia",
    "lead": "lena",
    "other_lead": "leo",
    "manager": "mei",
    "approver": "ping",
    "auditor": "otto",
    "hr": "hua",
    "admin": "ada",
}
SIGNED_IN = tuple(actor for actor, who in ACTORS.items() if who)
Expectation = Mapping[str, str]


def allow(outcome: str, *actors: str, otherwise: str = NOT_FOUND, visitor: str = SIGN_IN) -> dict:
    """These actors get `outcome`, other signed-in people `otherwise`, visitors `visitor`."""
    unknown = set(actors) - set(ACTORS)
    assert not unknown, f"no such actor: {unknown}"
    table = dict.fromkeys(ACTORS, otherwise) | {"anonymous": visitor}
    return table | dict.fromkeys(actors, outcome)


def everybody(outcome: str) -> dict:
    """The same for all, visitors included."""
    return dict.fromkeys(ACTORS, outcome)


def signed_in(outcome: str) -> dict:
    """Everybody who is signed in; visitors are sent to the sign-in."""
    return allow(outcome, *SIGNED_IN)


READ_ONLY = everybody(NOT_ALLOWED)
POST_ONLY = everybody(NOT_ALLOWED)


@dataclass
class World:
    """What the factories of a row build on; `made` keeps what one test has made already."""

    cast: Cast
    made: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]

    def person(self, actor: str) -> User | None:
        who = ACTORS[actor]
        # Loaded anew: a person remembers its groups for the length of one request.
        return User.objects.get(pk=getattr(self.cast, who).pk) if who else None


def nothing(world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Row:
    """One route in one situation.

    `route` is the name with its namespace; `case` tells rows of the same route apart; `says` is
    what the page is, for `docs/permissions.md`; `kwargs` and `data` build the path's arguments (a
    tuple where they have no names) and the form that is posted; `writes_on_get` is for the rare
    page whose opening records something.
    """

    route: str
    says: str
    get: Expectation
    post: Expectation
    kwargs: Callable[[World], dict[str, Any] | tuple] = nothing
    data: Callable[[World], dict[str, Any]] = nothing
    query: str = ""
    case: str = ""
    writes_on_get: bool = False
    # Words of the object, and exactly who meets them in the answer to a GET.
    secret: str = ""
    shown_to: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.route} ({self.case})" if self.case else self.route

    def url(self, world: World) -> str:
        arguments = self.kwargs(world)
        if isinstance(arguments, tuple):
            return reverse(self.route, args=arguments) + self.query
        return reverse(self.route, kwargs=arguments) + self.query


def outcome(response: HttpResponse) -> str:
    if response.status_code in (301, 302):
        to = response["Location"]
        if to.startswith((reverse("account_login"), reverse("wagtailadmin_login"))):
            return SIGN_IN
        return REFUSED if to == reverse("wagtailadmin_home") else GO
    return str(response.status_code)


@dataclass(frozen=True)
class Route:
    """A route of the URL configuration: its name, or its pattern where it has none."""

    name: str
    pattern: str


def routes() -> list[Route]:
    """Every route that the project answers, Wagtail's admin included."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list, prefix: str, namespace: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, path, inner)
        elif isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name}" if pattern.name else path
            yield Route(name, path)
