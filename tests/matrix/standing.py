"""One cast for a whole module of tests, each test in a savepoint of its own.

The matrix asks some hundred times; making the cast anew each time took most of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

import pytest
from django.db import connection, reset_queries, transaction
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, build_cast
from tests.matrix.core import World


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done to the database inside is undone at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def watched() -> Iterator[CaptureQueriesContext]:
    """The statements of what is done inside.

    Django's log holds 9,000 and is emptied by a request; inside a capture none is.
    """
    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        yield queries


@pytest.fixture(scope="module")
def standing_cast(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[Cast]:
    with django_db_blocker.unblock(), taken_back():
        yield build_cast()


@pytest.fixture
def world(standing_cast: Cast) -> Iterator[World]:
    """The cast as it was first, read anew from the database."""
    with taken_back():
        people = {
            field.name: (model := getattr(standing_cast, field.name))._meta.model.objects.get(
                pk=model.pk
            )
            for field in fields(Cast)
        }
        yield World(Cast(**people))
