"""What time alone brings about: attempts run out, roles end, certificates come to their end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from training.services.attempts import expire_overdue
from training.services.duties import assign_renewals, end_lapsed


@dataclass(frozen=True)
class Done:
    """How many of each."""

    expired: int
    ended: int
    renewed: int


def update_training(*, at: dt.datetime | None = None) -> Done:
    """Meant to run once a day; safe to stop at any point and to run again."""
    at = at or timezone.now()
    return Done(
        expired=expire_overdue(at=at),
        ended=len(end_lapsed(at=at)),
        renewed=len(assign_renewals(at=at)),
    )
