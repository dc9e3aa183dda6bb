"""The administrator's section: does the machinery run, and who holds which rights."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from kit.models import Job
from people import groups
from people.models import User
from people.permissions import is_administrator

# A worker takes a job within seconds; after this long nobody is there to take it.
WAITS_TOO_LONG = dt.timedelta(minutes=2)
FAILURES_SINCE = dt.timedelta(days=7)
LABELS = {
    groups.STAFF: _("Staff"),
    groups.TEAM_LEADS: _("Team leads"),
    groups.APPROVERS: _("Approvers"),
    groups.MANAGERS: _("Managers"),
    groups.HR: _("HR"),
    groups.AUDITORS: _("Auditors"),
    groups.ADMINISTRATORS: _("Administrators"),
}


@dataclass(frozen=True)
class Facts:
    """`stuck_since`: since when the oldest job waits, if longer than a worker ever takes."""

    stuck_since: dt.datetime | None
    running: int
    waiting: int
    failed: list[Job]
    groups: list[tuple[str, int]]
    active_people: int


def facts(person: User, at: dt.datetime) -> Facts | None:
    if not is_administrator(person):
        return None
    waiting = list(
        Job.objects.filter(state=Job.State.QUEUED)
        .order_by("created_at")
        .values_list("created_at", flat=True)
    )
    stuck = waiting[0] if waiting and at - waiting[0] > WAITS_TOO_LONG else None
    return Facts(
        stuck_since=stuck,
        running=Job.objects.filter(state=Job.State.RUNNING).count(),
        waiting=len(waiting),
        failed=list(
            Job.objects.filter(state=Job.State.FAILED, finished_at__gt=at - FAILURES_SINCE)[:5]
        ),
        groups=_members(),
        active_people=User.objects.filter(is_active=True).count(),
    )


def _members() -> list[tuple[str, int]]:
    """How many people hold the rights of each group, in the order of the rules."""
    counted = dict(
        Group.objects.annotate(people=Count("user", filter=Q(user__is_active=True))).values_list(
            "name", "people"
        )
    )
    return [(str(LABELS[name]), counted.get(name, 0)) for name in groups.ALL]
