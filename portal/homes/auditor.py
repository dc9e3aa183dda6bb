"""The auditor's section: what was done lately, and the state of data and periods; read only."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from people.models import AuditRecord, User
from people.permissions import is_auditor
from scoring.models import OperationsImport, ScoringPeriod

SHOWN = 12


@dataclass(frozen=True)
class Facts:
    records: list[AuditRecord]
    periods: list[ScoringPeriod]
    imports: list[OperationsImport]


def facts(person: User, at: dt.datetime) -> Facts | None:
    if not is_auditor(person):
        return None
    return Facts(
        records=list(AuditRecord.objects.select_related("actor")[:SHOWN]),
        periods=list(ScoringPeriod.objects.visible_to(person)[:4]),
        imports=list(
            OperationsImport.objects.visible_to(person)
            .select_related("source")
            .order_by("-received_at")[:4]
        ),
    )
