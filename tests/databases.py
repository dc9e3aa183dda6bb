"""A migrated template database, built once per set of migrations and copied for each worker.

`migrate` from empty takes 8 s, and without migrations there is no root page, no locale and no
full-text index. A copy takes milliseconds, and is taken again after each test that commits.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections


def fingerprint() -> str:
    """Changes whenever a migration of ours, or a library that brings migrations, does."""
    digest = hashlib.sha256()
    for package in ("Django", "wagtail", "wagtail-localize", "django-allauth", "django-tasks-db"):
        digest.update(version(package).encode())
    for app in ("kit", "people", "sop", "training", "scoring", "portal"):
        for path in sorted((settings.BASE_DIR / app / "migrations").glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
        # Triggers are set after the migrations, see `sop.immutability`.
        for path in (settings.BASE_DIR / app).glob("immutability.py"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _locked() -> Iterator[None]:
    settings.TEST_TEMPLATES_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.TEST_TEMPLATES_DIR / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _use(name: str) -> None:
    connections.close_all()
    connections.databases["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()


class SQLiteCopies:
    def __init__(self, worker: str) -> None:
        self.template = settings.TEST_TEMPLATES_DIR / f"{fingerprint()}.sqlite3"
        self.copy = settings.DATA_DIR / f"test-{worker}.sqlite3"

    def create(self) -> None:
        with _locked():
            if not self.template.exists():
                for stale in settings.TEST_TEMPLATES_DIR.glob("*.sqlite3"):
                    stale.unlink()
                building = Path(f"{self.template}.{os.getpid()}.building")
                _use(str(building))
                _migrate()
                building.rename(self.template)
        self.restore()

    def restore(self) -> None:
        connections.close_all()
        # A new file, not new bytes in the old one: a thread of the live server may still hold that
        # open, and SQLite would share its stale write-ahead index ("disk I/O error").
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.copy}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self.template, self.copy)
        _use(str(self.copy))

    def destroy(self) -> None:
        connections.close_all()
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


class PostgreSQLCopies:
    def __init__(self, worker: str) -> None:
        self.template = f"handrail_template_{fingerprint()}"
        self.copy = f"handrail_test_{worker}_{os.getpid()}"

    def _sql(self, *statements: str) -> None:
        _use("postgres")
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connections.close_all()

    def create(self) -> None:
        with _locked():
            _use("postgres")
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.template])
                exists = cursor.fetchone()
            if not exists:
                building = f"{self.template}_building"
                self._sql(f'DROP DATABASE IF EXISTS "{building}"', f'CREATE DATABASE "{building}"')
                _use(building)
                _migrate()
                self._sql(f'ALTER DATABASE "{building}" RENAME TO "{self.template}"')
        self.restore()

    def restore(self) -> None:
        with _locked():  # a template may have one reader at a time
            self._sql(
                f'DROP DATABASE IF EXISTS "{self.copy}" WITH (FORCE)',
                f'CREATE DATABASE "{self.copy}" TEMPLATE "{self.template}"',
            )
        _use(self.copy)

    def destroy(self) -> None:
        self._sql(f'DROP DATABASE IF EXISTS "{self.copy}" WITH (FORCE)')
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


def copies(worker: str) -> SQLiteCopies | PostgreSQLCopies:
    return SQLiteCopies(worker) if connection.vendor == "sqlite" else PostgreSQLCopies(worker)


def database_url() -> str:
    """Address of the copy that this test works on, for a process of its own."""
    wanted = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{wanted['NAME']}"
    # A socket's folder is a path, and django-environ reads it after a second slash.
    host = "/" + wanted["HOST"] if wanted["HOST"].startswith("/") else wanted["HOST"]
    return f"postgres://{wanted['USER']}@{host}/{wanted['NAME']}"
