"""Reads of the scoring layer that cross models."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from people.models import Team, User
from scoring import permissions
from scoring.models import AttributionDecision, LedgerFile, LedgerState, OperationsImport, PersonKey
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
    decisions = AttributionDecision.objects.standing()
    return Snapshot(
        folder=Path(settings.HANDRAIL_LEDGER_DIR),
        files=tuple(File(f.kind, f.name, f.sha256) for f in LedgerFile.objects.in_ledger()),
        policies={slug: item.mapping.mapping.attribution for slug, item in latest.items()},
        decisions=tuple(Decision(d.error_event, d.maker.hex if d.maker else "") for d in decisions),
    )


def decision_on(error_event: str) -> AttributionDecision | None:
    """What was decided last about an error, if anything was."""
    return AttributionDecision.objects.filter(error_event=error_event).first()


def errors_open_to(user: User) -> set[str] | None:
    """Whose orders' errors the user may decide about: keys of people, or None for everybody's."""
    if permissions.can_read_imports(user):
        return None
    team = User.objects.members_of(Team.objects.led_by(user), timezone.localdate())
    return {
        key.hex for key in PersonKey.objects.filter(person__in=team).values_list("key", flat=True)
    }


def people_by_key(keys: Iterable[str]) -> dict[str, User]:
    """The people behind keys of the ledger; a key whose identity was removed is left out."""
    wanted = {uuid.UUID(key) for key in keys if key}
    held = PersonKey.objects.filter(key__in=wanted).select_related("person")
    return {item.key.hex: item.person for item in held}
