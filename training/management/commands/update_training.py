"""`manage.py update_training`: what has to happen to training once a day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from training import services


class Command(BaseCommand):
    help = "Closes attempts whose time is over, ends the duties of ended roles, makes renewals due."

    def handle(self, *args: Any, **options: Any) -> None:
        done = services.update_training()
        self.stdout.write(
            _(
                "Attempts closed: %(expired)d. Duties ended: %(ended)d. "
                "Modules made due again: %(renewed)d."
            )
            % {"expired": done.expired, "ended": done.ended, "renewed": done.renewed}
        )
