"""What procedures do when teams and their leads change."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from people import groups
from people.models import Team, User
from people.signals import lead_changed, team_created, team_moved
from sop import services


@receiver(team_created)
def make_section(sender: Any, team: Team, by: User | None, **kwargs: Any) -> None:
    services.create_section(team=team, by=by)
    _sync_all_leads()


@receiver(team_moved)
def sync_those_above(sender: Any, team: Team, **kwargs: Any) -> None:
    _sync_all_leads()


def _sync_all_leads() -> None:
    """A new place in the tree changes what the leads above it lead."""
    for lead in User.objects.in_group(groups.TEAM_LEADS):
        services.sync_editors(person=lead)


@receiver(lead_changed)
def move_editor(sender: Any, person: User, **kwargs: Any) -> None:
    services.sync_editors(person=person)
