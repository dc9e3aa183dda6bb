"""Fixtures that every test may use: the database copy, the cast, a client signed in as somebody."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.test import Client, TransactionTestCase
from django.utils import translation
from wagtail.models import Site

from people.models import User
from tests.browser import chromium, visit  # noqa: F401
from tests.cast import Cast, build_cast
from tests.databases import copies

# A busy machine makes single examples slow; that is no fault of the rule under test.
hypothesis.settings.register_profile("handrail", deadline=None)
hypothesis.settings.load_profile("handrail")

REAL_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    database = copies(os.environ.get("PYTEST_XDIST_WORKER", "main"))
    flush = TransactionTestCase._fixture_teardown
    # Django's flush would take the root page, the locales and the groups along.
    TransactionTestCase._fixture_teardown = lambda self: database.restore()
    with django_db_blocker.unblock():
        database.create()
    yield
    with django_db_blocker.unblock():
        database.destroy()
    TransactionTestCase._fixture_teardown = flush


@pytest.fixture(autouse=True)
def _nothing_left_over() -> Iterator[None]:
    """Caches and the active language do not travel from one test to the next."""
    yield
    cache.clear()
    ContentType.objects.clear_cache()
    Site.clear_site_root_paths_cache()
    translation.deactivate()


@pytest.fixture
def cast(db: None) -> Cast:
    """The people whom every test talks about; see `tests/cast.py`."""
    return build_cast()


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """`sign_in(person)` gives a client on which the person is signed in."""

    def as_person(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="people.backends.SignInBackend")
        return client

    return as_person


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real operations data, which is not part of the repository."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"the real data is not at {REAL_DATA}")
    return REAL_DATA
