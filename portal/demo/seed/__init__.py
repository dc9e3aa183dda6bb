"""Builds the demo store through the services of each layer; run twice, it adds nothing.

`build` calls the parts in the order in which a store would live through them. Chance is seeded, so
that the same seed and day give the same store.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from people.models import User
from portal.demo import content
from portal.demo.seed import learning, procedures, scores, staff, work
from portal.demo.seed.stage import Stage

SEED = 20251111
PARTS: tuple[tuple[str, Callable[[Stage], int]], ...] = (
    ("people", staff.build),
    ("SOP releases", procedures.build),
    ("training modules", learning.build),
    ("operations files", work.build),
    ("scoring periods", scores.build),
)


def build(
    *,
    today: dt.date,
    folder: Path,
    seed: int = SEED,
    small: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, int]:
    """Builds what is not there yet; returns how much each part added.

    A store that is there keeps its day, whatever `today` says.
    """
    since = _day_of_the_store()
    if since is not None and since != today:
        say(f"The store of {since} is here already and stays as it is.")
        today = since
    stage = Stage(today=today, seed=seed, small=small, folder=folder, say=say)
    added = {}
    with _silence():
        for name, part in PARTS:
            started = time.monotonic()
            added[name] = part(stage)
            say(f"{name}: {added[name]} added ({time.monotonic() - started:.1f} s)")
    return added


def _day_of_the_store() -> dt.date | None:
    """The day for which the store was built, if it was: one store is never two."""
    first = content.people()[0]
    person = User.objects.filter(employee_number=first.number, name=first.name).first()
    if person is None or person.hired_on is None:
        return None
    return person.hired_on + dt.timedelta(days=first.hired_days_ago)


@contextmanager
def _silence() -> Iterator[None]:
    """A year of approvals in a minute: no mails to invented people, no log line for each page."""
    backend = settings.EMAIL_BACKEND
    levels = {name: logging.getLogger(name).level for name in ("wagtail", "django_tasks")}
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    for name in levels:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = backend
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
