"""Fails when a string of the interface has no Chinese, or a .po file is behind the code."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kit.management.commands.compile_translations import po_files


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:
        faults = []
        for path in po_files():
            name = path.relative_to(settings.BASE_DIR)
            entries = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path))}
            current = {key: entry for key, entry in entries.items() if not entry.obsolete}
            faults += [
                f"{name}: not translated: {entry.msgid!r}"
                for entry in current.values()
                if not entry.translated() or "fuzzy" in entry.flags
            ]
            faults += [f"{name}: missing: {key[1]!r}" for key in _extracted(path) - current.keys()]
        if faults:
            raise CommandError("\n".join([*faults, "Run `make messages` and translate."]))
        self.stdout.write("Translations: complete")


def _extracted(path: Path) -> set[tuple[str | None, str]]:
    """Strings that the app's code has now, extracted in a copy so that nothing is written."""
    app = path.parents[3]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / app.name
        shutil.copytree(app, copy, ignore=shutil.ignore_patterns("*.mo", "vendor", "__pycache__"))
        subprocess.run(
            [
                sys.executable,
                str(settings.BASE_DIR / "manage.py"),
                "makemessages",
                "--locale=zh_Hans",
                "--no-location",
                "--no-wrap",
                "--verbosity=0",
            ],
            cwd=copy,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        found = polib.pofile(str(copy / path.relative_to(app)))
    return {(entry.msgctxt, entry.msgid) for entry in found if not entry.obsolete}
