"""What training does when people change roles and procedures change."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.dispatch import receiver

from people.models import Role, User
from people.signals import role_changed
from sop.models import SOPRelease
from sop.signals import release_published
from training import services


@receiver(role_changed)
def move_duties(
    sender: Any, person: User, role: Role, holds: bool, on: dt.date, by: User | None, **kwargs: Any
) -> None:
    if holds:
        services.assign_for_role(person=person, role=role, starts_on=on, by=by)
    else:
        services.end_for_role(person=person, role=role, by=by)


@receiver(release_published)
def make_due_again(sender: Any, release: SOPRelease, by: User | None, **kwargs: Any) -> None:
    services.assign_for_release(release=release, by=by)
