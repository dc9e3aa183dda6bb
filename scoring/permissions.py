"""Who may do what with operations data and scores."""

from __future__ import annotations

from people import groups
from people.permissions import Anyone, in_group, leads_any_team


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
