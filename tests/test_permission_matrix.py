"""Every route x every kind of person x GET and POST, against the table in `tests/matrix/`."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.matrix.core import ACTORS, ANY, GO, OK, Row, World, outcome, routes
from tests.matrix.page import PAGE, as_markdown
from tests.matrix.rows import ADMIN_PREFIX, ROWS
from tests.matrix.standing import standing_cast, taken_back, watched, world

__all__ = ["standing_cast", "world"]  # fixtures

WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
# Messages and sign-in live in the session; that is not the domain.
NOT_THE_DOMAIN = re.compile(r'"django_session"')


def client_for(world: World, actor: str) -> Client:
    client = Client(raise_request_exception=False)
    if person := world.person(actor):
        client.force_login(person, backend="people.backends.SignInBackend")
    return client


def ask(world: World, row: Row, actor: str, method: str) -> tuple[str, list[str], str]:
    """The outcome, the statements that wrote to the domain, and the answer's text."""
    url, data = row.url(world), row.data(world)
    client = client_for(world, actor)
    with taken_back(), watched() as queries:
        response = client.get(url) if method == "get" else client.post(url, data)
        body = b"".join(response)  # read to its end, a file closes itself
    wrote = [
        query["sql"]
        for query in queries.captured_queries
        if WRITES.match(query["sql"]) and not NOT_THE_DOMAIN.search(query["sql"])
    ]
    return outcome(response), wrote, body.decode(errors="replace")


def check(world: World, row: Row, method: str) -> list[str]:
    """What differs from the row, one line for each actor."""
    wrong = []
    for actor, expected in (row.get if method == "get" else row.post).items():
        got, wrote, body = ask(world, row, actor, method)
        if expected not in (got, ANY):
            wrong.append(f"{actor}: {got} instead of {expected}")
        may_write = expected in (OK, GO, ANY) and (method == "post" or row.writes_on_get)
        if wrote and not may_write:
            wrong.append(f"{actor}: wrote {wrote[0][:160]}")
        if not row.secret:
            continue
        if method == "get" and (row.secret in body) != (actor in row.shown_to):
            wrong.append(f"{actor}: meets “{row.secret}” or should: {body.count(row.secret)} times")
        if method == "post" and expected != ANY and row.secret in body:
            wrong.append(f"{actor}: meets “{row.secret}”")
    return wrong


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.label)
def test_each_person_gets_what_the_table_says(world: World, row: Row, method: str) -> None:
    assert not check(world, row, method), f"{method.upper()} {row.label}"


def test_every_route_of_ours_has_a_row() -> None:
    ours = {route.name for route in routes() if not route.pattern.startswith(ADMIN_PREFIX)}
    with_rows = {row.route for row in ROWS}
    assert ours - with_rows == set(), "routes without a row in tests/matrix/"
    every = {route.name for route in routes()}
    assert with_rows - every == set(), "rows of routes that no longer exist"


def test_every_row_speaks_of_every_actor_and_is_told_apart() -> None:
    for row in ROWS:
        assert set(row.get) == set(row.post) == set(ACTORS), row.label
    labels = [row.label for row in ROWS]
    assert len(labels) == len(set(labels))


def test_the_page_of_permissions_says_what_the_tests_prove() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(ROWS), (
        "write it anew: python -m tests.matrix"
    )


def a_path(pattern: str) -> str:
    """A path that the pattern of a route matches, with 1 or "x" for its arguments."""
    path = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", "1", pattern)
    path = re.sub(r"\(\?:([^|()]*)[^()]*\)", r"\1", path)
    path = re.sub(r"<int:\w+>", "1", path)
    path = re.sub(r"<(?:\w+:)?\w+>", "x", path).replace("\\.", ".")
    return "/" + path.replace("^", "").replace("$", "").replace("\\Z", "").replace(".*", "x")


@pytest.mark.parametrize("method", ["get", "post"])
def test_wagtails_admin_is_closed_to_everybody_who_does_not_write(
    world: World, method: str
) -> None:
    """All of it, known by its prefix: a route that Wagtail adds is closed as well."""
    open_by_design = {
        "wagtailadmin_sprite",  # icons
        "wagtailadmin_javascript_catalog",  # Wagtail's own words
        "wagtailadmin_logout",
        "cms/logout/",  # the same, answered by ours
    }
    paths = {
        a_path(route.pattern): route.name
        for route in routes()
        if route.pattern.startswith(ADMIN_PREFIX) and route.name not in open_by_design
    }
    assert len(paths) > 150
    wrong = []
    for actor in ("anonymous", "staff", "manager", "auditor", "hr"):
        client = client_for(world, actor)
        for path, name in paths.items():
            got = outcome(getattr(client, method)(path))
            closed = ("sign in", "404") if actor == "anonymous" else ("404",)
            if got not in closed:
                wrong.append(f"{actor} {path} ({name}): {got}")
    assert not wrong
