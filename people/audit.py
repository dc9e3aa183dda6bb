"""The audit record: every service writes one line in the transaction of its change."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from people.models import AuditRecord, User


def record(
    *,
    by: User | None,
    verb: str,
    target: models.Model | None = None,
    at: dt.datetime | None = None,
    **data: Any,
) -> AuditRecord:
    """Adds one line; `by` is None for the system itself; `data` must be JSON."""
    return AuditRecord.objects.create(
        at=at or timezone.now(),
        actor=by,
        verb=verb,
        target_type=ContentType.objects.get_for_model(target) if target is not None else None,
        target_id=str(target.pk) if target is not None else "",
        target_label=str(target)[:200] if target is not None else "",
        data=data,
    )
