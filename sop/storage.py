"""Where the pictures of releases lie: never under MEDIA_ROOT, so never served unchecked."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages


def private_storage() -> Storage:
    """The storage named `private` in the settings, else the folder of private files."""
    if "private" in settings.STORAGES:
        return storages["private"]
    return FileSystemStorage(location=settings.HANDRAIL_FILES_DIR, base_url=None)
