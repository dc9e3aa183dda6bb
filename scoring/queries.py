"""Reads of the scoring layer that cross models."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db.models import Max

from scoring.models import AttributionDecision, LedgerFile, LedgerState, OperationsImport
from scoring.snapshot import Decision, File, Snapshot


def current_snapshot() -> Snapshot:
    """The ledger as it is now: committed files, each source's policy, what people decided.

    A source's policy is that of the mapping of its latest committed import, for all of its data, so
    that a corrected rule is right for the past too. What changes any of it moves the ledger's
    version, so that two queries of one snapshot can't see two states.
    """
    while True:
        version = _version()
        snapshot = _read_snapshot()
        if _version() == version:
            return snapshot


def _version() -> int:
    return LedgerState.objects.filter(pk=1).values_list("version", flat=True).first() or 0


def _read_snapshot() -> Snapshot:
    imports = OperationsImport.objects.committed().select_related("mapping", "source")
    latest = {item.source.slug: item for item in imports.order_by("committed_at", "pk")}
    newest = AttributionDecision.objects.values("error_event").annotate(pk=Max("pk")).values("pk")
    decisions = AttributionDecision.objects.filter(pk__in=newest).exclude(verdict="undone")
    return Snapshot(
        folder=Path(settings.HANDRAIL_LEDGER_DIR),
        files=tuple(File(f.kind, f.name, f.sha256) for f in LedgerFile.objects.in_ledger()),
        policies={slug: item.mapping.mapping.attribution for slug, item in latest.items()},
        decisions=tuple(Decision(d.error_event, d.maker.hex if d.maker else "") for d in decisions),
    )
