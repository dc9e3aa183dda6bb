"""Files with people that HR has handed in: kept until they are imported, a week at most.

They hold personal data, so they lie outside the media folder, under names of our own.
"""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path, PurePath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

KEPT = dt.timedelta(days=7)


def _folder() -> Path:
    folder = Path(settings.HANDRAIL_FILES_DIR) / "people-imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep(upload: UploadedFile) -> str:
    """Stores the upload and returns the name under which `path_of` finds it."""
    _forget_old()
    name = f"{uuid.uuid4()}{PurePath(upload.name or '').suffix.lower()[:8]}"
    with (_folder() / name).open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return name


def path_of(name: str) -> Path:
    return _folder() / PurePath(name).name


def _forget_old() -> None:
    limit = (timezone.now() - KEPT).timestamp()
    for path in _folder().iterdir():
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
