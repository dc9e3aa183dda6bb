"""What procedures do when teams and their leads change."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from people.models import Team, User
from people.signals import lead_changed, team_created
from sop import services


@receiver(team_created)
def make_section(sender: Any, team: Team, by: User | None, **kwargs: Any) -> None:
    services.create_section(team=team, by=by)


@receiver(lead_changed)
def move_editor(sender: Any, person: User, **kwargs: Any) -> None:
    services.sync_editors(person=person)
