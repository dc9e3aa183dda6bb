"""HR's section: data in, periods, errors without a maker, people who can't sign in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Max, Q
from django.utils import timezone

from people.models import User, UserQuerySet
from people.permissions import is_hr
from scoring.models import OperationsImport, ScoringPeriod, Source

PERIODS_SHOWN = 4
# A source whose newest day is older than this is probably forgotten.
STALE_DAYS = 7


@dataclass(frozen=True)
class SourceState:
    """One source of operations data: how far its data reaches, and what waits."""

    source: Source
    last_day: dt.date | None
    days_behind: int | None
    to_take: int
    refused: int

    @property
    def is_stale(self) -> bool:
        return self.days_behind is None or self.days_behind > STALE_DAYS


@dataclass(frozen=True)
class Facts:
    sources: list[SourceState]
    under_way: int
    periods: list[ScoringPeriod]
    never_signed_in: int
    without_code: int


def facts(person: User, at: dt.datetime) -> Facts | None:
    if not is_hr(person):
        return None
    today = timezone.localtime(at).date()
    return Facts(
        sources=sources(today),
        under_way=OperationsImport.objects.filter(
            state__in=[OperationsImport.State.RECEIVED, OperationsImport.State.READING]
        ).count(),
        periods=list(ScoringPeriod.objects.visible_to(person)[:PERIODS_SHOWN]),
        never_signed_in=never_signed_in(at).count(),
        without_code=without_code(at).count(),
    )


def sources(today: dt.date) -> list[SourceState]:
    """Each source with the newest day in the ledger, and files that wait or were refused.

    A refused file no longer counts once a later one of its source was taken.
    """
    State = OperationsImport.State
    rows = Source.objects.annotate(
        last_day=Max("imports__last_day", filter=Q(imports__state=State.COMMITTED)),
        last_taken=Max("imports__committed_at", filter=Q(imports__state=State.COMMITTED)),
    )
    pending = OperationsImport.objects.filter(
        state__in=[State.CHECKED, State.REJECTED, State.FAILED]
    ).values_list("source", "state", "received_at")
    waiting: dict[int, list[tuple[str, dt.datetime]]] = {}
    for source_id, state, received_at in pending:
        waiting.setdefault(source_id, []).append((state, received_at))
    found = []
    for source in rows:
        new = [
            state
            for state, received_at in waiting.get(source.pk, [])
            if source.last_taken is None or received_at > source.last_taken
        ]
        found.append(
            SourceState(
                source=source,
                last_day=source.last_day,
                days_behind=(today - source.last_day).days if source.last_day else None,
                to_take=new.count(State.CHECKED),
                refused=new.count(State.REJECTED) + new.count(State.FAILED),
            )
        )
    return found


def never_signed_in(at: dt.datetime) -> UserQuerySet:
    """People who work here, may sign in and have not done so yet."""
    today = timezone.localtime(at).date()
    return User.objects.employed_on(today).filter(is_active=True, last_login=None)


def without_code(at: dt.datetime) -> UserQuerySet:
    """Those of them with neither a password nor a code to choose one with."""
    holders = User.objects.filter(sign_in_codes__used_at=None, sign_in_codes__expires_at__gt=at)
    return (
        never_signed_in(at)
        .filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        .exclude(pk__in=holders.values("pk"))
    )
