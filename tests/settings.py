"""Handrail's own settings, made quick and private for tests."""

import multiprocessing
import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 50)
os.environ["DEBUG"] = "0"
os.environ["HTTPS"] = "0"
os.environ["EMAIL_URL"] = "memorymail://"
# Each pytest-xdist worker writes into a folder of its own; the processes it starts share it.
if multiprocessing.parent_process() is None:
    os.environ["HANDRAIL_DATA_DIR"] = tempfile.mkdtemp(prefix="handrail-test-")

from portal.settings import *  # noqa: F403
from portal.settings import BASE_DIR, DATABASES, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405
ACCOUNT_RATE_LIMITS = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Where the migrated template databases are kept between runs.
TEST_TEMPLATES_DIR = Path(os.environ.get("TEST_TEMPLATES_DIR", BASE_DIR / "var" / "test-templates"))
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
    )
