"""Fills an empty installation with a demo store: people, procedures, training, 90 days of work."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from portal.demo import seed as demo
from portal.demo.sign_ins import as_lines


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=demo.SEED, help="of everything random")
        parser.add_argument(
            "--today",
            type=dt.date.fromisoformat,
            help="the last day of the store's history, YYYY-MM-DD; today if left out",
        )
        parser.add_argument("--small", action="store_true", help="a small store, for tests")
        parser.add_argument(
            "--force", action="store_true", help="even with production settings (DEBUG off)"
        )

    def handle(
        self, *, seed: int, today: dt.date | None, small: bool, force: bool, **options: Any
    ) -> None:
        if not settings.DEBUG and not force:
            raise CommandError(
                "This would put invented people with a known password into an installation with "
                "production settings. Set DEBUG=1, or say --force if that is what you want."
            )
        now = timezone.localdate()
        if today is not None and today > now:
            raise CommandError(f"--today {today} is in the future; give {now} or an earlier day.")
        with translation.override("en"):
            demo.build(
                today=today or now,
                folder=Path(settings.DATA_DIR) / "demo-exports",
                seed=seed,
                small=small,
                say=self.stdout.write,
            )
        self.stdout.write("")
        self.stdout.write("\n".join(as_lines()))
