"""What somebody who means harm would try at every route: the same tries, all of them refused.

The routes, their arguments and who may go in come from the permission matrix. Each test goes over
all rows and collects what went wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.models import Role, Team, User
from tests.matrix.core import GO, OK, Row, World, outcome, routes
from tests.matrix.rows import ADMIN_PREFIX, ROWS
from tests.matrix.standing import standing_cast, taken_back, watched, world

__all__ = ["standing_cast", "world"]

EVIL = "https://evil.example/"
SCRIPT = "<script>alert('x')</script>"
OURS = [row for row in ROWS if not row.route.startswith("wagtail")]


def client_of(world: World, actor: str, **options: bool) -> Client:
    client = Client(**options)
    if person := world.person(actor):
        client.force_login(person, backend="people.backends.SignInBackend")
    return client


def who_may(row: Row, method: str, *outcomes: str) -> str | None:
    """Somebody for whom the route works, of those who may most."""
    table = row.get if method == "get" else row.post
    return next((actor for actor in reversed(table) if table[actor] in outcomes), None)


def read(response: HttpResponse) -> str:
    return b"".join(response).decode(errors="replace")


def over(world: World, rows: list[Row], check: Callable[[World, Row], Iterator[str]]) -> list[str]:
    """What `check` finds wrong with each row; each row meets the cast untouched."""
    wrong = []
    for row in rows:
        with taken_back():
            wrong += [f"{row.label}: {fault}" for fault in check(World(world.cast), row)]
    return wrong


def written(queries: CaptureQueriesContext) -> list[str]:
    statements = [query["sql"] for query in queries.captured_queries]
    return [
        sql
        for sql in statements
        if re.match("INSERT|UPDATE|DELETE", sql) and '"django_session"' not in sql
    ]


def once_a_route(rows: list[Row]) -> list[Row]:
    """The first row of each route: these tries don't depend on the object's state."""
    return list({row.route: row for row in reversed(rows)}.values())


POSTS = once_a_route([row for row in OURS if who_may(row, "post", OK, GO)])


def test_no_form_is_taken_from_another_site(world: World) -> None:
    """Without the token that our own pages carry, every POST is refused and writes nothing."""

    def check(world: World, row: Row) -> Iterator[str]:
        client = client_of(world, who_may(row, "post", OK, GO), enforce_csrf_checks=True)
        url, data = row.url(world), row.data(world)
        with watched() as queries:
            status = client.post(url, data).status_code
        if status != 403:
            yield f"taken with {status}"
        if written(queries):
            yield f"wrote {written(queries)[0][:120]}"

    assert not over(world, POSTS, check)


def test_a_form_sent_twice_does_no_harm(world: World) -> None:
    """A double click, or the back button: the second is done, shown with its error, or gone."""

    def check(world: World, row: Row) -> Iterator[str]:
        client, url = client_of(world, who_may(row, "post", OK, GO)), row.url(world)
        client.post(url, row.data(world))
        if (got := outcome(client.post(url, row.data(world)))) not in (OK, GO, "404", "sign in"):
            yield got

    assert not over(world, POSTS, check)


def test_no_redirect_leads_away(world: World) -> None:
    def check(world: World, row: Row) -> Iterator[str]:
        for method in ("get", "post"):
            if (actor := who_may(row, method, OK, GO)) is None:
                continue
            client, url = client_of(world, actor), row.url(world)
            address = f"{url}{'&' if '?' in url else '?'}next={EVIL}&back={EVIL}&url={EVIL}"
            data = row.data(world) | {"next": EVIL} if method == "post" else None
            response = getattr(client, method)(address, data, headers={"referer": EVIL})
            read(response)
            for header in ("Location", "HX-Redirect"):
                if response.headers.get(header, "").startswith(("http", "//")):
                    yield f"{method} leads to {response.headers[header]}"

    assert not over(world, once_a_route(OURS), check)


def test_other_methods_do_nothing(world: World) -> None:
    def check(world: World, row: Row) -> Iterator[str]:
        url = row.url(world)
        for asker in (client_of(world, "admin"), Client()):
            for method in ("put", "patch", "delete", "trace", "options"):
                with watched() as queries:
                    response = getattr(asker, method)(url)
                read(response)
                if response.status_code >= 500 or written(queries):
                    yield f"{method}: {response.status_code}, wrote {written(queries)}"

    assert not over(world, once_a_route(OURS), check)


def strange_paths() -> Iterator[str]:
    """Every route of ours with arguments that no link has."""
    words = ["%00", "%F0%9F%92%A9", "..%2F..%2Fetc%2Fpasswd", "%27%20OR%201%3D1", "%3Cscript%3E"]
    patterns = {route.pattern for route in routes() if not route.pattern.startswith(ADMIN_PREFIX)}
    for pattern in patterns:
        if "<" not in pattern or "(?P" in pattern:
            continue
        for number in ("0", "9" * 30):
            for word in [*words, "a" * 300]:
                path = re.sub(r"<int:\w+>", number, pattern)
                path = re.sub(r"<uuid:\w+>", "00000000-0000-0000-0000-000000000000", path)
                yield "/" + re.sub(r"<(?:\w+:)?\w+>", word, path)


def test_strange_addresses_are_not_found(world: World) -> None:
    client = client_of(world, "hr")
    wrong = []
    for path in sorted(set(strange_paths())):
        for method in ("get", "post"):
            status = getattr(client, method)(path).status_code
            if status not in (400, 404, 405):
                wrong.append(f"{method} {path[:80]}: {status}")
    assert not wrong


LISTS = [row for row in OURS if who_may(row, "get", OK)]
FOR_HR = once_a_route([row for row in LISTS if row.get["hr"] == OK])
NAMES = "q page team role state since until verb period module process kind sort replaces source"
NONSENSE = ("%00", "9" * 30, "-1", "abc", "%27%22%3E%3Cscript%3E", "%F0%9F%92%A9", "2024-02-30")


def test_strange_questions_are_answered(world: World) -> None:
    """Filters, pages and searches with nonsense in them: an answer, never a fault."""

    def check(world: World, row: Row) -> Iterator[str]:
        client, url = client_of(world, "hr"), row.url(world)
        for value in NONSENSE:
            query = "&".join(f"{name}={value}" for name in NAMES.split())
            response = client.get(f"{url}{'&' if '?' in url else '?'}{query}")
            text = read(response)
            if response.status_code not in (200, 302, 400, 404):
                yield f"{value}: {response.status_code}"
            if "'\"><script>" in text:
                yield f"{value} stands in the page as it came"

    assert not over(world, FOR_HR, check)


def test_names_are_text_on_every_page(world: World) -> None:
    """Whatever people, teams and roles are called, it is shown, not run."""
    met = []

    def check(world: World, row: Row) -> Iterator[str]:
        url = row.url(world)
        User.objects.update(name=SCRIPT)
        for model in (Team, Role):
            model.objects.update(name_en=SCRIPT, name_zh=SCRIPT)
        for actor in ("hr", "lead", "staff"):
            if row.get[actor] != OK:
                continue
            text = read(client_of(world, actor).get(url))
            met.append("&lt;script&gt;alert(" in text)
            if SCRIPT in text:
                yield f"runs for {actor}"

    assert not over(world, LISTS, check)
    assert sum(met) > 50  # the names were on the pages, as text


def html_of(world: World, row: Row) -> tuple[HttpResponse, str]:
    response = client_of(world, "hr").get(row.url(world))
    text = read(response)
    return response, text if "html" in response.headers["Content-Type"] else ""


def test_our_pages_carry_a_policy_that_lets_no_foreign_script_run(world: World) -> None:
    def check(world: World, row: Row) -> Iterator[str]:
        response, html = html_of(world, row)
        if not html:
            return
        policy = response.headers["Content-Security-Policy"]
        if "unsafe-inline" in policy or "frame-ancestors 'self'" not in policy:
            yield policy
        if found := re.search(r"<script(?![^>]*\ssrc=)|\son\w+=[\"']|javascript:", html):
            yield found.group()

    assert not over(world, FOR_HR, check)


def test_answers_about_people_stay_out_of_shared_caches(world: World) -> None:
    def check(world: World, row: Row) -> Iterator[str]:
        response, _html = html_of(world, row)
        control = response.headers.get("Cache-Control", "")
        kept_apart = "Cookie" in response.headers.get("Vary", "") or "private" in control
        if "public" in control or not (kept_apart or "no-store" in control):
            yield f"Cache-Control: {control}, Vary: {response.headers.get('Vary')}"

    assert not over(world, [row for row in FOR_HR if row.get["anonymous"] != OK], check)


def test_a_host_that_is_not_ours_gets_nothing(world: World) -> None:
    response = Client().post(
        reverse("account_reset_password"),
        {"email": "p1@example.com"},
        headers={"host": "evil.example"},
    )
    assert response.status_code == 400


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_session_that_is_forged_is_nobodys(world: World, method: str) -> None:
    client = Client()
    client.cookies["sessionid"] = "0" * 32
    assert outcome(getattr(client, method)("/people/add/")) == "sign in"
