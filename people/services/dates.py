"""What a new day brings: planned leads begin or end, and planned leavers lose their access."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from people.models import Membership, Team, TeamUserObjectPermission, User
from people.services.persons import close_access
from people.services.teams import sync_lead


@transaction.atomic
def apply_dates() -> int:
    """Makes rights equal to the dated facts of today; safe to run at any time, and twice.

    Returns the number of changes. Sign-in itself needs no run of this: a person whose last day
    is over is refused by `people.backends.SignInBackend`.
    """
    today = timezone.localdate()
    changes = 0
    for person in User.objects.filter(is_active=True, left_on__lte=today):
        close_access(person, by=None)
        changes += 1
    leading = Membership.objects.on(today).filter(kind=Membership.Kind.LEAD)
    granted = TeamUserObjectPermission.objects.filter(permission__codename="lead_team")
    pairs = set(leading.values_list("team_id", "person_id")) ^ set(
        granted.values_list("content_object_id", "user_id")
    )
    for team_id, person_id in sorted(pairs):
        changes += sync_lead(
            team=Team.objects.get(pk=team_id), person=User.objects.get(pk=person_id), by=None
        )
    return changes
