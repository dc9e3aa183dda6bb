"""A store's operations data in the database, for tests that need some and do not talk about it."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from django.utils import timezone

from people import services as people
from people.models import User
from scoring import aggregate
from scoring.models import OperationsImport
from scoring.queries import current_snapshot
from scoring.services import imports
from tests.scoring.operations import MAPPING, csv_bytes, row

DAY = dt.date(2024, 1, 15)
# Two people finished the same order's picking at once; a third logged an error at the check.
TIED = (
    row(工号="W01"),
    row(工号="W02"),
    row(工号="W03", 作业="验", 开始="2024-01-15 10:00", 结束="2024-01-15 10:10", 不良="2"),
)


def receive(
    content: bytes,
    *,
    by: User | None = None,
    source: str = "wms",
    mapping: str = MAPPING,
    filename: str = "wms.csv",
    **options: Any,
) -> OperationsImport:
    """An import of a file with this content, not read yet."""
    version = imports.use_mapping(source=source, text=mapping, by=by, at=timezone.now())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        return imports.receive(
            path=path, filename=filename, mapping=version, by=by, at=timezone.now(), **options
        )


def take(item: OperationsImport, by: User | None = None) -> OperationsImport:
    """The import, taken into the ledger."""
    imports.commit(item=item, by=by, at=timezone.now())
    item.refresh_from_db()
    return item


def checked(by: User | None = None) -> OperationsImport:
    """An import that waits to be taken; one of its rows is wrong."""
    item = receive(csv_bytes(row(), row(订单号="2", 件数="-1")), by=by, create_people=True)
    imports.check(item=item, at=timezone.now())
    return item


def open_error(*makers: User, finder: User) -> str:
    """The event of an error that one of the two makers made and that the finder logged."""
    for person, account in zip((*makers, finder), ("W01", "W02", "W03"), strict=True):
        people.link_account(person=person, system="wms", account=account, on=DAY, by=None)
    take(receive(csv_bytes(*TIED)))
    return str(aggregate.open_errors(current_snapshot())["event_id"].item())
