"""An approver's section: what waits for a decision."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from wagtail.models import TaskState

from people.models import User
from people.permissions import is_approver

SHOWN = 10


@dataclass(frozen=True)
class Waiting:
    """One text handed in for approval; `own` where the person may not decide."""

    title: str
    url: str
    submitted_by: str
    submitted_at: dt.datetime
    own: bool


@dataclass(frozen=True)
class Facts:
    waiting: list[Waiting]
    more: int


def facts(person: User, at: dt.datetime) -> Facts | None:
    if not is_approver(person):
        return None
    states = (
        TaskState.objects.reviewable_by(person)
        .select_related("revision", "workflow_state__requested_by")
        .order_by("started_at")
    )
    waiting = []
    for state in states[:SHOWN]:
        author = state.workflow_state.requested_by
        waiting.append(
            Waiting(
                title=" ".join(
                    filter(None, [state.revision.content.get("code"), state.revision.object_str])
                ),
                url=reverse("sop:review", args=[state.revision.object_id]),
                submitted_by=author.name if author else "",
                submitted_at=state.started_at,
                own=author == person,
            )
        )
    return Facts(waiting, more=max(0, states.count() - SHOWN))
