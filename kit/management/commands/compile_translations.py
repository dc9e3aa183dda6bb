"""Compiles every app's .po file to the .mo that Django reads; gettext is not needed for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polib
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand


def po_files() -> list[Path]:
    """The .po files of the project's own apps."""
    folders = [Path(config.path) for config in apps.get_app_configs()]
    own = [folder for folder in folders if folder.parent == settings.BASE_DIR]
    return sorted(path for folder in own for path in folder.glob("locale/*/LC_MESSAGES/*.po"))


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:
        files = po_files()
        for path in files:
            target = path.with_suffix(".mo")
            # Another process may be reading the old one.
            building = path.with_suffix(".mo.new")
            polib.pofile(str(path)).save_as_mofile(str(building))
            building.replace(target)
        self.stdout.write(f"Translations: {len(files)} files compiled")
