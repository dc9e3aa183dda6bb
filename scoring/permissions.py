"""Who may do what with operations data and scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from people import groups
from people.permissions import Anyone, in_group, leads_any_team

if TYPE_CHECKING:
    from scoring.models import Scorecard


def can_import(user: Anyone) -> bool:
    """Brings operations data in, and takes it out again."""
    return in_group(user, groups.HR, groups.ADMINISTRATORS)


def can_read_imports(user: Anyone) -> bool:
    """Matches `OperationsImport.objects.visible_to`: auditors read what importers do."""
    return can_import(user) or in_group(user, groups.AUDITORS)


def can_read_unattributed(user: Anyone) -> bool:
    """Opens the queue of errors without a maker; a lead sees the own team's orders only."""
    return can_read_imports(user) or leads_any_team(user)


def can_assign_errors(user: Anyone) -> bool:
    """Says who made an error; a lead only of the own team, see `services.attribution`."""
    return can_import(user) or leads_any_team(user)


def can_manage_periods(user: Anyone) -> bool:
    """Opens, calculates, publishes and exports periods; sets standards and weights."""
    return in_group(user, groups.HR)


def can_read_all_scorecards(user: Anyone) -> bool:
    """Sees everybody's scorecards, in every state. Administrators run the system, not people."""
    return in_group(user, groups.HR, groups.MANAGERS, groups.AUDITORS)


def can_view_scorecard(user: Anyone, card: Scorecard) -> bool:
    """Matches `Scorecard.objects.visible_to`."""
    return type(card).objects.visible_to(user).filter(pk=card.pk).exists()


def can_review(user: Anyone, card: Scorecard) -> bool:
    """Matches `Scorecard.objects.reviewable_by`: never one's own."""
    return type(card).objects.reviewable_by(user).filter(pk=card.pk).exists()
