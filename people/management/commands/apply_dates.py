from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from people.services import apply_dates


class Command(BaseCommand):
    help = "Makes planned leads and leavers of today true. The worker does it by itself each day."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{apply_dates()} changes.")
