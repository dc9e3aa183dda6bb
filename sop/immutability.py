"""Database triggers behind the guards of `sop.models.releases`: SQL can't change history either.

Installed after every `migrate`, since SQLite drops a table's triggers when a migration rebuilds
it. A migration that must touch these rows drops the triggers first (`remove`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from sop.models import ReleasedPicture, ReleasedStep, ReleaseText, SOPRelease, Withdrawal

MODELS = (
    SOPRelease,
    ReleaseText,
    ReleasedStep,
    ReleasedPicture,
    Withdrawal,
    SOPRelease.roles.through,
    ReleasedStep.error_codes.through,
)
TABLES = tuple(model._meta.db_table for model in MODELS)
MESSAGE = "Released procedures are never changed or deleted."
_FUNCTION = """
CREATE OR REPLACE FUNCTION sop_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def install(using: str = "default", **kwargs: Any) -> None:
    """Sets the triggers of procedures."""
    protect(TABLES, message=MESSAGE, using=using)


def protect(tables: Iterable[str], *, message: str, using: str = "default") -> None:
    """Sets the triggers on every one of the tables that is there; `message` holds no quote."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    tables = [table for table in tables if table in present]
    remove(connection, tables)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table in tables:
            for verb in ("UPDATE", "DELETE"):
                cursor.execute(_create(connection.vendor, table, verb, message))


def _create(vendor: str, table: str, verb: str, message: str) -> str:
    head = f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
    if vendor == "postgresql":
        return head + "FOR EACH ROW EXECUTE FUNCTION sop_refuse_change('" + message + "')"
    return head + f"BEGIN SELECT RAISE(ABORT, '{message}'); END"


def remove(connection: BaseDatabaseWrapper, tables: list[str]) -> None:
    """Takes the triggers away, for a migration that knows what it does."""
    with connection.cursor() as cursor:
        for table in tables:
            for verb in ("update", "delete"):
                trigger = f"{table}_no_{verb}"
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}{on}")
