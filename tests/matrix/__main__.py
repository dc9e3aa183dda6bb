"""Writes `docs/permissions.md` anew: `python -m tests.matrix`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.matrix.page import PAGE, as_markdown  # noqa: E402
from tests.matrix.rows import ROWS  # noqa: E402

PAGE.write_text(as_markdown(ROWS), encoding="utf-8")
